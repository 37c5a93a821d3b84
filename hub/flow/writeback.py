"""Handoffs written back to the HMIS that the person is enrolled in, as far as the law lets them be told there.

What enters an HMIS is seen by everyone who takes part in it, so the question is asked for the HMIS itself. Both sides
hold a referral, and it goes only where both may tell it; a row has no room for the notice that a Part 2 program's
records must carry, so nothing of such a program goes.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from adapters.hmis.definition import Definition, definition
from adapters.hmis.out import About, HmisExport, Place
from hub.flow.offered import FEED, told
from hub.flow.recording import for_the_record
from hub.flow.release import NOTHING_ON_FILE, Answer, Question, Release, recipient
from hub.flow.stays import Stay, Stays, bare
from hub.flow.steps import Course, Step, row_key
from hub.store.audit import Act, AuditLog
from hub.store.crypto import Keys
from hub.store.handoffs import HandoffRow, Handoffs, moved_since
from hub.store.records import Identified, RecordRow, speaks_of
from schemas.canonical import CanonicalRecord
from schemas.disclosure import InHmis, Provenance
from schemas.messages import Cleared
from schemas.vocab import Capacity, Channel, Field, Match, Purpose, Role, Sensitivity

FEED_OF_HMIS = "hmis-csv"
TOLD = frozenset({Field.REFERRAL_STATUS, Field.LIVING_SITUATION, Field.LAST_CONTACT, Field.LAST_KNOWN_WHEREABOUTS})


class Written(NamedTuple):
    """What may go back of one handoff, and where each row of it belongs."""

    handoff: HandoffRow
    answer: Answer
    places: Mapping[str, Place]

    @property
    def cleared(self) -> list[Cleared]:
        return [one.cleared for one in self.answer.opened]


class Writeback:
    """What goes back to one HMIS."""

    def __init__(self, session: Session, keys: Keys, source: str, *, at: datetime) -> None:
        self.session = session
        self.release = Release(session, keys)
        self.source = source
        self.at = at
        self.trail = AuditLog(session, keys)
        self.stays = Stays(self.release, source)
        self.name = self.release.terms.participant(source).name

    @cached_property
    def agreed(self) -> Definition:
        """What is agreed with the HMIS."""
        return definition(self.release.directory.definition(self.source, FEED_OF_HMIS))

    @cached_property
    def zone(self) -> ZoneInfo:
        """The clock on the HMIS's wall."""
        return self.agreed.zone

    def nothing(self) -> Answer:
        """The answer about someone who is not enrolled there."""
        question = self._question()
        return self.release.nothing(question, self.release.decide(question, Match.NONE, (), NOTHING_ON_FILE).decision)

    def since(self, moment: datetime) -> Iterator[Written]:
        """What may go back of each handoff that moved since then, decided now."""
        for handoff in moved_since(self.session, moment):
            if (written := self.of(handoff)) is not None:
                yield written

    def of(self, handoff: HandoffRow) -> Written | None:
        """What may go back of one handoff; None where the person had no open enrollment there."""
        zone = self.zone
        rows = self.release.records.about(handoff.person_id)
        stay = self.stays.on(rows, handoff.offered_at.astimezone(zone).date())
        if stay is None:
            return None
        course = self._course(handoff, rows)
        steps = {row_key(self.source, step.table, handoff.id): step for step in course.steps(stay.record.key, zone)}
        made = [one for key, step in steps.items() for one in self._held(handoff.person_id, key, step)]
        answer = _where_all_agree(self.release.answer_of(self._question(), handoff.person_id, made), steps)
        return Written(handoff, answer, {key: self._place(stay, course, step) for key, step in steps.items()})

    def for_source(self, handoff: HandoffRow, source: str) -> list[str]:
        """What would become of what one side holds of a handoff, why, and what would help.

        By that side's records alone: it learns neither what others hold nor whether the person is enrolled there.
        """
        rows = [row for row in self.release.records.about(handoff.person_id) if row.holder == source]
        steps = self._course(handoff, rows).steps("", self.zone)
        held = (self._held(handoff.person_id, row_key(self.source, step.table, handoff.id), step) for step in steps)
        made = [one for some in held for one in some if one.holder == source]
        return self.release.for_source(self._question(), handoff.person_id, source, made)

    def _course(self, handoff: HandoffRow, known: Sequence[RecordRow]) -> Course:
        handoffs = Handoffs(self.session, handoff.sender)
        return Course(
            handoff=handoff,
            told=told(handoff, self.release.people),
            events=handoffs.events(handoff),
            presences=handoffs.presences(handoff),
            programs=frozenset(program.type for program in self.release.directory.programs(handoff.receiver)),
            by_crisis_team=Capacity.CRISIS_PROVIDER in self.release.terms.participant(handoff.sender).capacities,
            where_may_be_told=not any(speaks_of(row, Sensitivity.SDV) for row in known),
        )

    def _held(self, person_id: UUID, key: str, step: Step) -> Iterator[Identified]:
        """The record as each of its holders has it, under the law that each is under."""
        for holder in step.holders:
            in_hmis = Capacity.HMIS_PARTICIPANT in self.release.terms.participant(holder).capacities
            record = CanonicalRecord(
                feed=FEED,
                key=key,
                updated_at=self.at,
                provenance=Provenance(hmis=InHmis() if in_hmis else None),
                body=step.body,
            )
            yield Identified(record, person_id, holder)

    def _question(self) -> Question:
        return Question(
            at=self.at,
            channel=Channel.SUBSCRIPTION,
            purpose=Purpose.COC,
            needs=TOLD,
            way=HmisExport.way,
            recipient=recipient(self.release.terms, self.source, role=Role.INTERFACE, identity_verified=True),
        )

    def _place(self, stay: Stay, course: Course, step: Step) -> Place:
        sender = self.release.terms.participant(course.handoff.sender).name
        return Place(
            person=stay.person,
            enrollment=stay.key,
            project=bare(stay.enrollment.program),
            organization=bare(self.release.directory.key_of(self.source, stay.holder) or stay.holder),
            entered_on=stay.enrollment.entry_date,
            household=stay.enrollment.household,
            continuum=stay.record.as_sent.get("EnrollmentCoC", ""),
            created_at=course.handoff.offered_at,
            updated_at=course.moved_at,
            deleted_at=step.deleted_at,
            verified_by=sender if self.stays.is_coordinated_entry(stay) else None,
            location=sender,
        )

    def record(self, written: Written, *, actor: str, export: str) -> None:
        """Says in the audit log what was told of a handoff, or that nothing was, and why."""
        self.trail.append(
            Act.HMIS_WRITTEN if written.answer.opened else Act.HMIS_WITHHELD,
            at=self.at,
            actor=actor,
            participant=self.source,
            subject=written.handoff.person_id,
            details={
                "handoff": str(written.handoff.id),
                "purpose": Purpose.COC.value,
                "export": export,
                **for_the_record(written.answer),
            },
        )


def _where_all_agree(answer: Answer, steps: Mapping[str, Step]) -> Answer:
    """Keeps the records that everyone who holds them may tell, and tell alike."""
    told = {key: [one for one in answer.opened if one.cleared.key == key] for key in steps}
    agreed = {
        key
        for key, some in told.items()
        if {one.row.holder for one in some} == set(steps[key].holders)
        and len({one.cleared.fields for one in some}) == 1
    }
    return answer._replace(opened=tuple(one for one in answer.opened if one.cleared.key in agreed))


def about_of(back: Writeback, since: date, *, implementation: str, export_id: str) -> About:
    """What a file set for this HMIS says of itself."""
    return About(
        id=export_id,
        at=back.at,
        since=since,
        until=back.at.astimezone(back.zone).date(),
        zone=back.zone,
        implementation=implementation,
    )
