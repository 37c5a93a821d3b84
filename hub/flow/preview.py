"""What a message would change, worked out as if it were taken: in a transaction that is rolled back.

Nothing of it is kept, and no message either. While it runs, messages of the same source wait, as they do for another.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import BaseModel
from sqlalchemy import Engine
from sqlmodel import Session

from adapters.base import Feed
from consent.codes import Codes
from hub.flow.pipeline import Pipeline, Progress
from hub.flow.report import Report
from hub.flow.restraint import Restraint
from hub.store.crypto import Keys
from hub.store.messages import Messages
from hub.store.people import News
from hub.store.records.changes import Became
from hub.store.records.filing import Identified
from schemas.canonical import CanonicalRecord, ConsentOnFile, Organization, StaffMember
from schemas.frozen import Frozen
from schemas.messages import Problem, RawMessage, Severity

Outcomes = Counter[tuple[str, Became]]


class Change(Frozen):
    """What would become of one kind of thing: of the rows of a file, where the sender's keys name one."""

    of: str
    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    older: int = 0


class Preview(Frozen):
    """What a message would change; the shape of `hub import --preview --json`.

    possible_matches  pairs of people who may be one, for a human to decide
    held              it would remove so much that it would not be taken before somebody confirms it
    """

    feed: str
    source: str
    received: int
    set_aside: int
    refused: bool
    held: bool
    changes: tuple[Change, ...]
    new_people: int
    possible_matches: int
    problems: tuple[Problem, ...]
    seconds: float

    @property
    def is_whole(self) -> bool:
        """Everything of the message would be in."""
        return not self.held and all(problem.severity is Severity.WARNING for problem in self.problems)


@dataclass(frozen=True)
class Terms:
    """By what a reader would take the message; `restraint` is None where removals are confirmed."""

    auto_link: float
    codes: Codes
    restraint: Restraint | None


def preview(
    engine: Engine,
    keys: Keys,
    message: RawMessage,
    feed: Feed,
    terms: Terms,
    *,
    actor: str,
    progress: Progress = lambda _: None,
) -> Preview:
    """Reads a message against what the hub holds, and says what it would change; raises what reading it would."""
    with Session(engine, expire_on_commit=False) as session:
        try:
            rehearsal = Rehearsal(session, keys, terms, actor=actor)
            return rehearsal.play(message, feed, progress)
        finally:
            session.rollback()


class Rehearsal(Pipeline):
    """The journey of a message as far as the hub's own door, counted thing by thing."""

    def __init__(self, session: Session, keys: Keys, terms: Terms, *, actor: str) -> None:
        super().__init__(session, keys, at=datetime.now(UTC), actor=actor, auto_link=terms.auto_link, codes=terms.codes)
        self._limit = terms.restraint
        self._outcomes: Outcomes = Counter()
        self.records.changes.heard = self._hear

    def play(self, message: RawMessage, feed: Feed, progress: Progress) -> Preview:
        """Takes the message, and says what that changed; the caller rolls back."""
        messages = Messages(self.session, self.keys)
        messages.one_at_a_time(messages.stand_in(message))
        report = self.carry(message, feed, progress)
        over = self._limit.over(message.source, self.records) if self._limit and not report.refused else []
        news = News(0, 0) if report.refused else self.people.news_of(self.at)
        return _told(report, [] if report.refused else list(_changes(self._outcomes)), news, over)

    def take_of_nobody(self, source: str, record: CanonicalRecord) -> None:
        became, before = self.descriptors.becomes(source, record), self._standing(source, record)
        super().take_of_nobody(source, record)
        became = became or Became.of(before, self._standing(source, record))
        self._hear(record.body.kind, record.key, became)

    def file(self, source: str, one: Identified) -> None:
        before = self._paper(source, one.record)
        super().file(source, one)
        self._hear(one.record.body.kind, one.record.key, Became.of(before, self._paper(source, one.record)))

    def _hear(self, kind: str, key: str, became: Became) -> None:
        file, slash, _ = key.partition("/")
        self._outcomes[file if slash else kind, became] += 1

    def _standing(self, source: str, record: CanonicalRecord) -> object | None:
        """How an organization, a program or a member of staff stands now."""
        self.session.expire_all()
        if isinstance(record.body, StaffMember):
            return self.staff.member(source, record.key)
        if isinstance(record.body, Organization):
            return self.directory.known_as(source, record.key)
        row: BaseModel | None = self.directory.program(source, record.key)
        return None if row is None else row.model_dump()

    def _paper(self, source: str, record: CanonicalRecord) -> object | None:
        body = record.body
        return self.consents.on_file(source, body.consent.id) if isinstance(body, ConsentOnFile) else None


def _changes(outcomes: Outcomes) -> Iterator[Change]:
    """By file, in the order in which they were met."""
    for of in dict.fromkeys(of for of, _ in outcomes):
        yield Change(of=of, **{became.value: outcomes[of, became] for became in Became})


def _told(report: Report, changes: list[Change], news: News, over: list[Problem]) -> Preview:
    return Preview(
        feed=report.feed,
        source=report.source,
        received=report.received,
        set_aside=report.set_aside,
        refused=report.refused,
        held=bool(over),
        changes=tuple(changes),
        new_people=news.people,
        possible_matches=news.reviews,
        problems=(*over, *report.problems),
        seconds=report.seconds,
    )
