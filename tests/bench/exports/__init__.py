"""HMIS CSV exports of FY2026 of any size, for measuring: 24 files in the proportions of published ones, all sound.

Whoever asks twice with the same seed gets the same rows, and of a larger export the smaller one is the beginning. The
memory needed does not depend on the size.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import polars as pl

from tests.bench.exports import answers, contacts, people, stays
from tests.bench.exports.programs import Period, programs

YEARS = Period(date(2024, 3, 1), date(2026, 2, 28))
_AT_A_TIME = 5_000
_OF_A_HOUSEHOLD = 28


def until(end: date) -> Period:
    """Two years to a day: an export must be recent, for what is still open in it is asked when it was last heard of."""
    return Period(end - timedelta(days=(YEARS.end - YEARS.start).days), end)


def write(folder: Path, rows: int, *, seed: int = 1, period: Period = YEARS) -> int:
    """Writes an export of about that many rows into a new folder; answers how many there are."""
    folder.mkdir(parents=True)
    written = 0
    for tables in _parts(rows, seed, period):
        for name, frame in tables.items():
            path = folder / f"{name}.csv"
            begins = not path.exists()
            with path.open("ab") as file:
                frame.write_csv(file, include_header=begins)
            written += frame.height
    return written


def pack(folder: Path, archive: Path) -> None:
    """The folder as a zip."""
    with ZipFile(archive, "w", ZIP_DEFLATED, compresslevel=1) as packed:
        for path in sorted(folder.glob("*.csv")):
            packed.write(path, path.name)


def _parts(rows: int, seed: int, period: Period) -> Iterator[dict[str, pl.DataFrame]]:
    yield programs(period, beds=200 + rows // 100)
    households = max(1, round(rows / _OF_A_HOUSEHOLD))
    for first in range(0, households, _AT_A_TIME):
        yield _part(people.households(first, min(_AT_A_TIME, households - first)), seed, period)


def _part(homes: pl.DataFrame, seed: int, period: Period) -> dict[str, pl.DataFrame]:
    enrolled = stays.enrolled(stays.stays(homes, period, seed))
    asked = answers.asked(enrolled)
    return {
        "Client": people.clients(people.members(homes), period, seed),
        "Enrollment": stays.enrollments(enrolled, seed),
        "Exit": stays.exits(enrolled, seed),
        "IncomeBenefits": answers.income(asked, seed),
        "HealthAndDV": answers.health(asked, seed),
        "EmploymentEducation": answers.work(asked, seed),
        "Disabilities": answers.disabilities(asked, seed),
        "Services": contacts.services(enrolled),
        "CurrentLivingSituation": contacts.situations(enrolled, seed),
        "Assessment": contacts.assessments(enrolled, seed),
        "AssessmentQuestions": contacts.questions(enrolled, seed),
        "AssessmentResults": contacts.results(enrolled, seed),
        "Event": contacts.events(enrolled, seed),
        "YouthEducationStatus": answers.school(asked, seed),
    }
