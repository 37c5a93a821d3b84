"""Whom a delta names, and which stays as theirs: of these it is asked what is kept."""

from collections.abc import Collection, Iterator, Mapping

import polars as pl

from adapters.hmis.definition import Definition
from adapters.hmis.extra import ClientFile
from adapters.hmis.fileset import FileSet
from adapters.hmis.person import personal_id
from adapters.hmis.report import Report
from schemas.canonical import Identifier

_TELL_OF_A_STAY = ("Enrollment", "Exit", "HealthAndDV")
_AT_ONCE = 2_000
_SCHEMA = [("PersonalID", pl.String()), ("EnrollmentID", pl.List(pl.String())), ("tells", pl.Boolean())]


def mentions(files: FileSet, agreed: Definition) -> pl.DataFrame:
    """One row a person: the enrollments named as theirs, and whether the set tells how one of these stands."""
    named = [*_in_tables(files), *_beside(files, agreed)]
    if not named:
        return pl.DataFrame(schema=pl.Schema(_SCHEMA))
    by_person = pl.concat(named).filter(pl.col("PersonalID") != "").group_by("PersonalID")
    return by_person.agg(pl.col("EnrollmentID").unique(), pl.col("tells").any())


def by_person(mentions: pl.DataFrame) -> Iterator[Mapping[Identifier, Collection[str]]]:
    """The keys of the enrollments by whom they are named with, for some thousand people at a time."""
    for some in mentions.select("PersonalID", "EnrollmentID").iter_slices(_AT_ONCE):
        yield {personal_id(person): [f"Enrollment/{stay}" for stay in stays if stay] for person, stays in some.rows()}


def _in_tables(files: FileSet) -> Iterator[pl.DataFrame]:
    for table in files.tables:
        if "PersonalID" in table.needs:
            stay = "EnrollmentID" if "EnrollmentID" in table.needs else None
            for frame in files.frames(table.name):
                yield _named(frame, "PersonalID", stay, tells=table.name in _TELL_OF_A_STAY)


def _beside(files: FileSet, agreed: Definition) -> Iterator[pl.DataFrame]:
    """In the sender's own files."""
    for file in agreed.extras:
        person = file.client if isinstance(file, ClientFile) else getattr(file, "person", None)
        if person is not None and files.has(file.file):
            for frame in files.beside(file, [person], Report(f"{file.file}.csv")):
                yield _named(frame, person, None, tells=False)


def _named(frame: pl.DataFrame, person: str, stay: str | None, *, tells: bool) -> pl.DataFrame:
    stays = pl.lit("") if stay is None else pl.col(stay)
    return frame.select(PersonalID=person, EnrollmentID=stays, tells=pl.lit(tells)).unique()
