"""Writes a whole county to a folder, person by person, in the formats that its organizations send."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path
from typing import Protocol

from pydantic import AwareDatetime

from hub.demo.county.cast import SURVIVOR
from hub.demo.county.clinic import ClinicFeed
from hub.demo.county.days import Calendar
from hub.demo.county.dice import Dice
from hub.demo.county.directory import CountyDirectory, FiledAssignment, FiledConsent
from hub.demo.county.hmis import HmisFeed
from hub.demo.county.hmis_setup import Refresh
from hub.demo.county.hospital import HospitalFeed
from hub.demo.county.jail import JailFeed
from hub.demo.county.lives import Life
from hub.demo.county.papers import Papers
from hub.demo.county.participants import directory
from hub.demo.county.population import population
from hub.demo.county.programs import SAFE_HOUSE, SAFE_HOUSE_BEDS
from hub.demo.county.treatment import TreatmentFeed
from schemas.frozen import Frozen, Slug

SMALLEST = 100
DIRECTORY, CONSENTS, ASSIGNMENTS, TRUTH = "directory.json", "consents.jsonl", "assignments.jsonl", "truth.csv"


class FeedFile(Frozen):
    """A file or folder to import: the adapter's name, who sends it, and its feed definition where it needs one."""

    feed: str
    source: Slug
    path: Path
    definition: Path | None = None


class County(Frozen):
    """A county on disk. `files` are in the order in which they are to be imported.

    wrong_file  an HMIS delta of the victim-service provider: to be refused at the door
    truth       CSV of person, source, source id: who is who, for measuring how well people are matched
    """

    root: Path
    people: int
    seed: int
    now: AwareDatetime
    files: tuple[FeedFile, ...]
    wrong_file: FeedFile
    truth: Path

    def directory(self) -> CountyDirectory:
        return CountyDirectory.model_validate_json((self.root / DIRECTORY).read_bytes())

    def consents(self) -> Iterator[FiledConsent]:
        """Every release and consent on file, read as they are asked for."""
        with (self.root / CONSENTS).open("rb") as lines:
            yield from map(FiledConsent.model_validate_json, lines)

    def assignments(self) -> Iterator[FiledAssignment]:
        """Who works with whom, read as it is asked for."""
        with (self.root / ASSIGNMENTS).open("rb") as lines:
            yield from map(FiledAssignment.model_validate_json, lines)


class _Sender(Protocol):
    """One organization's feed, open for writing: which adapter reads it, by which definition, and the files so far."""

    adapter: str
    source: str

    @property
    def definition(self) -> Path | None: ...

    @property
    def paths(self) -> Sequence[Path]: ...

    def write(self, life: Life) -> Sequence[str]:
        """Tells of the person what this sender knows, and answers under which ids it knows them."""

    def close(self) -> None: ...


_SENDERS: Mapping[str, Callable[[Path, Calendar, Dice], _Sender]] = {
    "hmis": HmisFeed,
    "hospital": HospitalFeed,
    "clinic": ClinicFeed,
    "treatment": TreatmentFeed,
    "jail": JailFeed,
}
"""Who writes into which folder, in the order in which the files are to be imported."""


def generate(out: Path, *, people: int = 300, seed: int = 7, now: datetime) -> County:
    """Writes a county of so many people as of `now` (aware) into the folder `out`, and says what lies where.

    The same arguments give the same bytes. Memory stays bounded: one life is in hand at a time. Raises ValueError for
    a naive `now`, or for fewer people than `SMALLEST`, which would leave no room beside the stories.
    """
    if people < SMALLEST:
        raise ValueError(f"people should be at least {SMALLEST}")
    calendar, dice = Calendar(now), Dice(seed)
    out.mkdir(parents=True, exist_ok=True)
    (out / DIRECTORY).write_text(directory(calendar).model_dump_json(indent=1), "utf-8")
    files = _write_lives(out, population(people, dice, calendar), calendar, dice)
    return County(
        root=out,
        people=people,
        seed=seed,
        now=now,
        files=files,
        wrong_file=_write_wrong_file(out, calendar, dice),
        truth=out / TRUTH,
    )


def _write_lives(out: Path, lives: Iterator[Life], calendar: Calendar, dice: Dice) -> tuple[FeedFile, ...]:
    with ExitStack() as opened:
        senders = [
            opened.enter_context(closing(sender(out / folder, calendar, dice))) for folder, sender in _SENDERS.items()
        ]
        papers = opened.enter_context(closing(Papers(out / CONSENTS, out / ASSIGNMENTS, calendar)))
        truth = csv.writer(opened.enter_context((out / TRUTH).open("w", encoding="utf-8", newline="")))
        truth.writerow(("person", "source", "source_id"))
        for life in lives:
            papers.write(life)
            truth.writerows(_told(life, senders))
    return tuple(
        FeedFile(feed=sender.adapter, source=sender.source, path=path, definition=sender.definition)
        for sender in senders
        for path in sender.paths
    )


def _told(life: Life, senders: Sequence[_Sender]) -> Iterator[tuple[int, str, str]]:
    """Tells every sender of the person, and says which of them knows the person as whom."""
    for sender in senders:
        for key in sender.write(life):
            yield life.person.number, sender.source, key


def _write_wrong_file(out: Path, calendar: Calendar, dice: Dice) -> FeedFile:
    """The delta that Harbor Safe House's vendor sends by mistake, as if it were the county's HMIS."""
    beds = HmisFeed(
        out / "hmis-vsp", calendar, dice, projects=(SAFE_HOUSE_BEDS,), agencies=(SAFE_HOUSE,), refresh=Refresh.DELTA
    )
    with closing(beds):
        beds.write(SURVIVOR)
    return FeedFile(feed=beds.adapter, source=beds.source, path=out / "hmis-vsp")
