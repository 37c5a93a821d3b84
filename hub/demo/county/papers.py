"""What the feeds do not carry: signed releases and consents, and who works with whom; JSON Lines, one paper a line."""

from collections.abc import Mapping
from pathlib import Path

import orjson

from hub.demo.county.days import Calendar
from hub.demo.county.hmis import personal_id
from hub.demo.county.lives import Life, Part2Consent, Release, Stay
from hub.demo.county.programs import HMIS
from hub.demo.county.treatment import SOURCE as PROGRAM
from hub.demo.county.treatment import patient_number
from schemas.vocab import ConsentKind, Purpose, RecipientClass, RevocationForm, SignatureMethod, Signer, Statement

_BUFFER = 1 << 18
_CLASSES = frozenset(RecipientClass)
_TPO_STATEMENTS = (
    Statement.RIGHT_TO_REVOKE,
    Statement.HIPAA_REDISCLOSURE,
    Statement.REDISCLOSURE_RISK,
    Statement.CONSEQUENCES_OF_REFUSAL,
)
_TPO_RECIPIENTS = (
    RecipientClass.TREATING_PROVIDERS,
    RecipientClass.HEALTH_PLANS,
    RecipientClass.THIRD_PARTY_PAYERS,
    RecipientClass.PROGRAM_HELPERS,
)


class Papers:
    """Writes consents and staff assignments beside the feeds."""

    def __init__(self, consents: Path, assignments: Path, calendar: Calendar) -> None:
        self._calendar = calendar
        self._consents = consents.open("wb", buffering=_BUFFER)
        self._assignments = assignments.open("wb", buffering=_BUFFER)

    def close(self) -> None:
        self._consents.close()
        self._assignments.close()

    def write(self, life: Life) -> None:
        """Files what a person signed, and who works with them in each stay."""
        number = life.person.number
        if life.release:
            self._file(HMIS, personal_id(number), self._release(f"roi-{number}", life.release))
        if life.part2_consent:
            self._file(PROGRAM, patient_number(number), self._part2(f"tpo-{number}", life.part2_consent))
        for stay in life.stays:
            self._assign(personal_id(number), stay)

    def _file(self, source: str, person: str, consent: Mapping[str, object]) -> None:
        line = {"source": source, "person": person, "consent": consent}
        self._consents.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))

    def _release(self, key: str, release: Release) -> Mapping[str, object]:
        """An HMIS release: all shared fields, from any participant of the HMIS, to those it names."""
        day = self._calendar.day
        paper: dict[str, object] = {
            "id": key,
            "kind": ConsentKind.HMIS_RELEASE,
            "disclosers": [{"class_of_persons": "hmis-participants"}],
            "information": {"all": True},
            "recipients": [_recipient(to) for to in release.to],
            "purposes": [Purpose.TREAT, Purpose.COC],
            "expiration": {"date": day(-release.ends)},
            "signatures": [_signed(day(release.signed))],
            "expressly_covers": release.covers,
        }
        if release.revoked is not None:
            learned = self._calendar.moment(release.revoked * 24 * 60)
            paper["revocation"] = {
                "form": RevocationForm.ORAL,
                "on": learned[:10],
                "learned_at": learned,
            }
        return paper

    def _part2(self, key: str, consent: Part2Consent) -> Mapping[str, object]:
        """The single consent for all future treatment, payment and operations, with every element of 42 CFR 2.31."""
        return {
            "id": key,
            "kind": ConsentKind.PART2_TPO_CONSENT,
            "disclosers": [{"organization": PROGRAM}],
            "information": {"all": True},
            "recipients": [{"class_of_persons": to} for to in _TPO_RECIPIENTS],
            "purposes": [Purpose.TREAT, Purpose.HPAYMT, Purpose.HOPERAT],
            "expiration": {"none": True},
            "signatures": [_signed(self._calendar.day(consent.signed))],
            "statements": _TPO_STATEMENTS,
        }

    def _assign(self, person: str, stay: Stay) -> None:
        """The worker of a stay; it ended with the stay."""
        if stay.worker is None:
            return
        line = {
            "source": HMIS,
            "person": person,
            "participant": stay.project.agency.slug,
            "assignment": {
                "program": stay.project.key,
                "worker": stay.worker.name,
                "role": stay.worker.role,
                "phone": stay.worker.phone,
                "since": self._calendar.day(stay.worker_since),
            },
        }
        self._assignments.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))


def _recipient(to: str) -> Mapping[str, str]:
    return {"class_of_persons" if to in _CLASSES else "organization": to}


def _signed(day: str) -> Mapping[str, str]:
    return {"by": Signer.SUBJECT, "method": SignatureMethod.ELECTRONIC, "on": day}
