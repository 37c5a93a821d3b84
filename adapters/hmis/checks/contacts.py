"""What is done for a person during a stay: services, bed nights, current living situations, assessments, events."""

import polars as pl

from adapters.hmis.checks.catalogue import Check, Level
from adapters.hmis.checks.days import day
from adapters.hmis.checks.prior import RENTAL_WITH_SUBSIDY
from adapters.hmis.checks.rules import TODAY, Rule, is_blank, is_unknown, of_stay, text

BED_NIGHT = "200"
NIGHT_BY_NIGHT = 1
_DATED = {
    "Services": ("DateProvided", "service date"),
    "CurrentLivingSituation": ("InformationDate", "4.12 Information Date"),
    "Assessment": ("AssessmentDate", "4.19 Assessment Date"),
    "Event": ("EventDate", "4.20 Event Date"),
    "IncomeBenefits": ("InformationDate", "Information Date"),
    "HealthAndDV": ("InformationDate", "Information Date"),
    "EmploymentEducation": ("InformationDate", "Information Date"),
    "Disabilities": ("InformationDate", "Information Date"),
    "YouthEducationStatus": ("InformationDate", "Information Date"),
}
_AFTER_EXIT_TOO = "6"
_OPEN_REFERRAL = "90d"
_REFERRALS = [str(event) for event in range(10, 19)]
_IS_BED_NIGHT = text("RecordType") == BED_NIGHT


def _check(code: str, level: Level, file: str, field: str, expected: str, wrong: pl.Expr, *eva: int) -> Rule:
    return Rule(Check(code, level, expected, file, field, eva), wrong)


def _outside(file: str, field: str, name: str) -> Rule:
    """What follows an exit by its nature (stage 6, post-exit) may do so."""
    outside = (day(field) < of_stay("entry")) | (day(field) > of_stay("exit"))
    if name == "Information Date":
        outside = outside & (text("DataCollectionStage") != _AFTER_EXIT_TOO)
    return _check(
        "outside-stay",
        Level.ERROR,
        file,
        field,
        f"{name} from 3.10 Project Start Date to 3.11 Project Exit Date",
        outside,
    )


def _in_future(file: str, field: str, name: str) -> Rule:
    return _check("future", Level.ERROR, file, field, f"{name} not in the future", day(field) > TODAY)


RULES = (
    *(_outside(file, *field) for file, field in _DATED.items()),
    *(_in_future(file, *field) for file, field in _DATED.items()),
    _check(
        "bed-night-on-exit",
        Level.ERROR,
        "Services",
        "DateProvided",
        "4.14 Bed Night Date before 3.11 Project Exit Date",
        _IS_BED_NIGHT & (day("DateProvided") == of_stay("exit")),
        108,
    ),
    _check(
        "bed-night-project",
        Level.WARNING,
        "Services",
        "RecordType",
        "4.14 Bed Night in a night-by-night emergency shelter (2.02.6 is 1)",
        _IS_BED_NIGHT & (of_stay("project_type") != NIGHT_BY_NIGHT),
    ),
    _check(
        "assistance-period",
        Level.ERROR,
        "Services",
        "FAEndDate",
        "V3 assistance end date on or after its start date",
        day("FAEndDate") < day("FAStartDate"),
    ),
    _check(
        "situation-subsidy-missing",
        Level.ERROR,
        "CurrentLivingSituation",
        "CLSSubsidyType",
        f"4.12.A Subsidy Type where 4.12 is {RENTAL_WITH_SUBSIDY}",
        (text("CurrentLivingSituation") == RENTAL_WITH_SUBSIDY) & is_blank("CLSSubsidyType"),
        129,
    ),
    _check(
        "situation-unknown",
        Level.WARNING,
        "CurrentLivingSituation",
        "CurrentLivingSituation",
        "4.12 Current Living Situation told",
        is_unknown("CurrentLivingSituation"),
        68,
    ),
    _check(
        "referral-open",
        Level.WARNING,
        "Event",
        "ReferralResult",
        "4.20.D Referral Result within 90 days of 4.20.1 Event Date",
        text("Event").is_in(_REFERRALS)
        & is_blank("ReferralResult")
        & of_stay("exit").is_null()
        & (day("EventDate").dt.offset_by(_OPEN_REFERRAL) < TODAY),
        100,
    ),
    _check(
        "result-before-event",
        Level.ERROR,
        "Event",
        "ResultDate",
        "4.20.E Result Date on or after 4.20.1 Event Date",
        day("ResultDate") < day("EventDate"),
    ),
    _check(
        "result-date-missing",
        Level.ERROR,
        "Event",
        "ResultDate",
        "4.20.E Result Date where 4.20.D tells a result",
        ~is_blank("ReferralResult") & is_blank("ResultDate"),
    ),
)
