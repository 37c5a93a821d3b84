"""The statements of 42 CFR 2.32(a), one edition for each change of the rule. The words are the regulation's own."""

from datetime import date
from typing import NamedTuple

from consent.law import PART2_2017, PART2_2024
from schemas.vocab.leaving import Room

STATEMENT_1 = (
    "This record which has been disclosed to you is protected by Federal confidentiality rules (42 CFR part 2). "
    "These rules prohibit you from using or disclosing this record, or testimony that describes the information "
    "contained in this record, in any civil, criminal, administrative, or legislative proceedings by any Federal, "
    "State, or local authority, against the patient, unless authorized by the consent of the patient, except as "
    "provided at 42 CFR 2.12(c)(5) or as authorized by a court in accordance with 42 CFR 2.64 or 2.65. In addition, "
    "the Federal rules prohibit you from making any other use or disclosure of this record unless at least one of the "
    "following applies: (i) Further use or disclosure is expressly permitted by the written consent of the individual "
    "whose information is being disclosed in this record or as otherwise permitted by 42 CFR part 2. (ii) You are a "
    "covered entity or business associate and have received the record for treatment, payment, or health care "
    "operations, or (iii) You have received the record from a covered entity or business associate as permitted by "
    "45 CFR part 164, subparts A and E. A general authorization for the release of medical or other information is "
    "NOT sufficient to meet the required elements of written consent to further use or redisclose the record (see "
    "42 CFR 2.31)."
)
"""42 CFR 2.32(a)(1) as changed in 2024."""

STATEMENT_2 = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
"""42 CFR 2.32(a)(2) as changed in 2024, for where the long one does not fit."""

_STATEMENT_1_OF_2020 = (
    "This record which has been disclosed to you is protected by federal confidentiality rules (42 CFR part 2). The "
    "federal rules prohibit you from making any further disclosure of this record unless further disclosure is "
    "expressly permitted by the written consent of the individual whose information is being disclosed in this record "
    "or, is otherwise permitted by 42 CFR part 2. A general authorization for the release of medical or other "
    "information is NOT sufficient for this purpose (see §2.31). The federal rules restrict any use of the information "
    "to investigate or prosecute with regard to a crime any patient with a substance use disorder, except as provided "
    "at §§2.12(c)(5) and 2.65."
)
_STATEMENT_1_OF_2017 = (
    "This information has been disclosed to you from records protected by federal confidentiality rules (42 CFR part "
    "2). The federal rules prohibit you from making any further disclosure of information in this record that "
    "identifies a patient as having or having had a substance use disorder either directly, by reference to publicly "
    "available information, or through verification of such identification by another person unless further disclosure "
    "is expressly permitted by the written consent of the individual whose information is being disclosed or as "
    "otherwise permitted by 42 CFR part 2. A general authorization for the release of medical or other information is "
    "NOT sufficient for this purpose (see §2.31). The federal rules restrict any use of the information to investigate "
    "or prosecute with regard to a crime any patient with a substance use disorder, except as provided at "
    "§§2.12(c)(5) and 2.65."
)
_STATEMENT_2_OF_2018 = "42 CFR part 2 prohibits unauthorized disclosure of these records."


class Edition(NamedTuple):
    """The statements from a day on; the rule of 2017 knew no short one."""

    since: date
    long: str
    short: str | None


EDITIONS = (
    Edition(PART2_2017, _STATEMENT_1_OF_2017, None),
    Edition(date(2018, 2, 2), _STATEMENT_1_OF_2017, _STATEMENT_2_OF_2018),
    Edition(date(2020, 8, 14), _STATEMENT_1_OF_2020, _STATEMENT_2_OF_2018),
    Edition(PART2_2024, STATEMENT_1, STATEMENT_2),
)
"""82 FR 6052, 83 FR 239, 85 FR 42986 and 89 FR 12472, each from its effective date."""


def statement(on: date, room: Room) -> str | None:
    """The statement for a disclosure decided on a day; None where that day's rule had none that fits."""
    in_force = [edition for edition in EDITIONS if edition.since <= on]
    if not in_force:
        return None
    return in_force[-1].short if room is Room.SCANT else in_force[-1].long
