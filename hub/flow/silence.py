"""An answer that says nothing costs the same whoever it is about.

How long an answer takes would tell what it does not say. So a question about a stranger is asked of an ordinary nobody,
all the way, and what that gives is thrown away. And where nothing is told of somebody known, the hub does for nobody
what it has not had to do for them: it opens papers, asks the consent engine and writes down why, until the work of
nearly anyone is done. The law is asked about the real person alone, and nothing that is done for nobody is kept.

There is no waiting: whoever measures long enough tells a pause from work.
"""

from collections.abc import Sequence
from uuid import UUID

import orjson

from hub.flow.ordinary import Ordinary
from hub.flow.recording import for_the_record
from hub.flow.release import NOTHING_ON_FILE, Answer, Question, Release
from hub.store.consents import Evidence
from hub.store.nobody import NOBODY, nobody
from hub.store.records import RecordRow
from schemas.disclosure import Decision
from schemas.instruments import Consent
from schemas.vocab import Field, Match

ORDINARY_RECORDS = 6
"""So many records has an ordinary person; how many nearly everyone has is a matter of `hub.store`."""

MORE = 4
"""So many more, because real records take a little longer than nobody's: measured by `tests/soak/test_silence.py`."""

ORDINARY_LAW = 12
"""So many times laws are asked about the records of nearly everyone: each once for each sort of record it bears on."""

ORDINARY_BIRTH_DATES = 2
"""So many sources say who a person is, of nearly everyone."""

_NO_NEEDS: frozenset[Field] = frozenset()


class Silence:
    """Answers one question about a person, and where nothing is told of them does the rest for nobody."""

    def __init__(self, release: Release) -> None:
        self.release = release
        self._sealer = nobody(release.keys).sealer
        self._ordinary = Ordinary(release.keys, release.terms)
        self._stood_in: Answer | None = None
        self._records = self._papers = 0

    def answer(self, question: Question, person_id: UUID | None, nothing: Decision) -> Answer:
        """What may be told of a person surely found; about anyone else `nothing`, as the gate has decided."""
        known = NOBODY if person_id is None else person_id
        sealer = self._sealer if person_id is None else self.release.people.sealer(known)
        rows, self._records = self.release.records.in_company(known)
        evidence, self._papers = self.release.consents.in_company(known, sealer)
        if person_id is not None:
            return self.release.answer_from(question, rows, evidence, sealer)
        self._stand_in(question)
        return self.release.nothing(question, nothing)

    def _stand_in(self, question: Question) -> None:
        rows = self._ordinary.records(ORDINARY_RECORDS + MORE, different=ORDINARY_RECORDS + MORE)
        evidence = self._open_papers(1)
        self._records, self._papers = self._records - ORDINARY_RECORDS, self._papers - 1
        opens_nothing = question.model_copy(update={"needs": _NO_NEEDS})
        self._stood_in = self.release.answer_from(opens_nothing, rows, evidence, self._sealer)

    def make_up(self, question: Question, answer: Answer) -> None:
        """Brings the work of an answer that tells nothing up to what it is for nearly anyone."""
        done = self._stood_in or answer
        who = self._ordinary.who(_short_of(_records_of_who(done.rows), ORDINARY_BIRTH_DATES))
        age = self.release.age(who, self._sealer, question.at)
        asked_of_law = ORDINARY_RECORDS if self._stood_in else _times_asked(answer.decision)
        rows = self._ordinary.records(self._records, different=_short_of(asked_of_law, ORDINARY_LAW))
        opened = self._open_papers(self._papers)
        evidence = NOTHING_ON_FILE if done.evidence.consents else opened
        marked = self.release.marked(question, rows, self._sealer)
        asked = self.release.decide(question, Match.UNIQUE, rows, evidence, marked, age)
        _write(done._replace(decision=asked.decision, rows=rows, opened=()))
        if self._stood_in is not None:
            _write(self._stood_in)

    def _open_papers(self, number: int) -> Evidence:
        opened = [self.release.consents.open(paper, self._sealer) for paper in self._ordinary.papers(number)]
        return NOTHING_ON_FILE._replace(consents=tuple(one for one in opened[:1] if isinstance(one, Consent)))


def _records_of_who(rows: Sequence[RecordRow]) -> int:
    return sum(row.kind == "person" for row in rows)


def _times_asked(decision: Decision) -> int:
    """Pieces that are alike in law share one trace: a law was asked about them once."""
    return sum({id(piece.trace): len(piece.regimes) for piece in decision.records}.values())


def _short_of(number: int, ordinary: int) -> int:
    """How many are missing to a multiple of what is ordinary, and to one at the least."""
    return -number % ordinary if number else ordinary


def _write(answer: Answer) -> None:
    """Writes down the reasons as often as an entry does: once to commit to them, once to seal them."""
    written = for_the_record(answer)
    for _ in range(2):
        orjson.dumps(written, option=orjson.OPT_SORT_KEYS)
