"""What happens during a stay: nights, contacts on the street, assessments and referrals."""

import polars as pl

from tests.bench.exports.chance import Chance, day, number, where
from tests.bench.exports.stays import ENTRY, NIGHTLY, OUTREACH, keys
from tests.bench.exports.tables import Said, rows, stamped

_NIGHTS, _CONTACTS = 9, 3
_BED_NIGHT = "200"
_HOUSING, _EMERGENCY = "2", "10"


def _repeated(stays: pl.DataFrame, times: int) -> pl.DataFrame:
    """Each stay as many times, on days spread from its first to its last; never on the day of the exit."""
    again = stays.join(pl.DataFrame({"turn": range(times)}), how="cross")
    length = (pl.col("last") - pl.col("entry")).dt.total_days() - pl.col("exit").is_not_null().cast(pl.Int64)
    spread = again.with_columns(
        on=pl.col("entry") + pl.duration(days=length * pl.col("turn") // (times - 1)),
        contact=pl.col("enrollment") * 10 + pl.col("turn"),
    )
    return spread.unique(["enrollment", "on"], keep="first", maintain_order=True)


def services(people: pl.DataFrame) -> pl.DataFrame:
    """Services.csv: bed nights of night-by-night shelters."""
    said: Said = {
        **keys(),
        "ServicesID": number("V", pl.col("contact")),
        "DateProvided": day(pl.col("on")),
        "RecordType": _BED_NIGHT,
        "TypeProvided": _BED_NIGHT,
        **stamped(pl.col("on"), pl.col("contact")),
    }
    return rows("Services", _repeated(people.filter(pl.col("kind") == NIGHTLY), _NIGHTS), said)


def situations(people: pl.DataFrame, seed: int) -> pl.DataFrame:
    """CurrentLivingSituation.csv: contacts of outreach and coordinated entry."""
    met = _repeated(people.filter(pl.col("kind").is_in([OUTREACH, ENTRY])), _CONTACTS)
    said: Said = {
        **keys(),
        "CurrentLivingSitID": number("L", pl.col("contact")),
        "InformationDate": day(pl.col("on")),
        "CurrentLivingSituation": Chance(seed, "contact").one_of(("116", "101"), "where"),
        "LocationDetails": where(pl.col("kind") == OUTREACH, "by the river"),
        "VerifiedBy": where(pl.col("kind") == ENTRY, "Agency 1"),
        **stamped(pl.col("on"), pl.col("contact")),
    }
    return rows("CurrentLivingSituation", met, said)


def _assessed(people: pl.DataFrame) -> pl.DataFrame:
    return people.filter((pl.col("kind") == ENTRY) & pl.col("adult"))


def assessments(people: pl.DataFrame, seed: int) -> pl.DataFrame:
    chance = Chance(seed, "enrollment")
    said: Said = {
        **keys(),
        "AssessmentID": number("T", pl.col("enrollment")),
        "AssessmentDate": day(pl.col("entry")),
        "AssessmentLocation": "Project 24",
        "AssessmentType": chance.one_of(("1", "2", "3"), "type of assessment"),
        "AssessmentLevel": _HOUSING,
        "PrioritizationStatus": chance.one_of(("1", "2"), "priority"),
        **stamped(pl.col("entry"), pl.col("enrollment")),
    }
    return rows("Assessment", _assessed(people), said)


def questions(people: pl.DataFrame, seed: int) -> pl.DataFrame:
    said: Said = {
        **keys(),
        "AssessmentQuestionID": number("N", pl.col("enrollment")),
        "AssessmentID": number("T", pl.col("enrollment")),
        "AssessmentQuestionOrder": "1",
        "AssessmentQuestion": "Nights outside",
        "AssessmentAnswer": Chance(seed, "enrollment").below(30, "nights outside").cast(pl.String),
        **stamped(pl.col("entry"), pl.col("enrollment")),
    }
    return rows("AssessmentQuestions", _assessed(people), said)


def results(people: pl.DataFrame, seed: int) -> pl.DataFrame:
    said: Said = {
        **keys(),
        "AssessmentResultID": number("Z", pl.col("enrollment")),
        "AssessmentID": number("T", pl.col("enrollment")),
        "AssessmentResultType": "Score",
        "AssessmentResult": Chance(seed, "enrollment").below(17, "score").cast(pl.String),
        **stamped(pl.col("entry"), pl.col("enrollment")),
    }
    return rows("AssessmentResults", _assessed(people), said)


def events(people: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Event.csv: a referral to emergency shelter each, accepted or not."""
    said: Said = {
        **keys(),
        "EventID": number("B", pl.col("enrollment")),
        "EventDate": day(pl.col("entry")),
        "Event": _EMERGENCY,
        "LocationCrisisOrPHHousing": "Project 1",
        "ReferralResult": Chance(seed, "enrollment").one_of(("1", "2", "3"), "result"),
        "ResultDate": day(pl.col("entry")),
        **stamped(pl.col("entry"), pl.col("enrollment")),
    }
    return rows("Event", _assessed(people), said)
