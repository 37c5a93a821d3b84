"""A warm handoff in the words of coordinated entry: a referral, the contact with the crisis team, its assessment.

The referral is a matter of both sides, so both hold it; the contact and the assessment are the sender's alone.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, tzinfo
from typing import NamedTuple
from uuid import UUID

from hub.store.handoffs import HandoffEventRow, HandoffRow, PresenceRow
from schemas.canonical import Body, CoordinatedEntry, LivingSituation
from schemas.handoffs import Told
from schemas.vocab.handoffs import HandedOverTo, HandoffState, Side, Urgency
from schemas.vocab.records import LivingSetting, ProgramType, ReferralState

RESULTS: Mapping[str, ReferralState] = {
    HandoffState.RECEIVED: ReferralState.ACCEPTED,
    HandoffState.DECLINED: ReferralState.PROVIDER_REJECTED,
}
OFFERED_BY: Mapping[str, HandedOverTo] = {
    ProgramType.EMERGENCY_SHELTER: HandedOverTo.EMERGENCY_SHELTER,
    ProgramType.NIGHTLY_SHELTER: HandedOverTo.EMERGENCY_SHELTER,
    ProgramType.STREET_OUTREACH: HandedOverTo.STREET_OUTREACH,
    ProgramType.TRANSITIONAL_HOUSING: HandedOverTo.TRANSITIONAL_HOUSING,
    ProgramType.RAPID_REHOUSING: HandedOverTo.RAPID_REHOUSING,
    ProgramType.PERMANENT_SUPPORTIVE_HOUSING: HandedOverTo.SUPPORTIVE_HOUSING,
    ProgramType.PERMANENT_HOUSING: HandedOverTo.PERMANENT_HOUSING,
    ProgramType.PREVENTION: HandedOverTo.PREVENTION,
}

TABLES = ("Event", "CurrentLivingSituation", "Assessment")
"""Those that a handoff has a row in, each at most one."""


class Step(NamedTuple):
    """One row to be: its table in HUD's words, what it says, and who holds it."""

    table: str
    body: Body
    holders: tuple[str, ...]
    deleted_at: datetime | None = None


class Course(NamedTuple):
    """How a handoff went, as far as its rows tell."""

    handoff: HandoffRow
    told: Told
    events: Sequence[HandoffEventRow]
    presences: Mapping[Side, PresenceRow]
    programs: frozenset[str]
    by_crisis_team: bool
    where_may_be_told: bool

    def steps(self, enrollment: str, zone: tzinfo) -> Iterator[Step]:
        """What there is to write for an enrollment; a referral only where it is known what to."""
        handoff, on = self.handoff, self.handoff.offered_at.astimezone(zone).date()
        if (to := self.handed_over_to) is not None:
            referral = CoordinatedEntry(
                enrollment=enrollment,
                on=on,
                referral=to.value,
                state=RESULTS.get(handoff.state, ReferralState.OPEN),
                settled_on=self._settled_on(zone),
            )
            yield Step("Event", referral, (handoff.sender, handoff.receiver), self._withdrawn_at)
        if self.by_crisis_team and (met := self._met_on(zone)) is not None:
            yield Step("CurrentLivingSituation", self._found(enrollment, met), (handoff.sender,))
        if self.told.assessment is not None:
            made = self.told.assessment
            assessed = CoordinatedEntry(enrollment=enrollment, on=on, assessed=made.how, prioritized=made.prioritized)
            yield Step("Assessment", assessed, (handoff.sender,))

    @property
    def handed_over_to(self) -> HandedOverTo | None:
        """As the sender said, or what the receiver offers if that is one thing."""
        offered = {OFFERED_BY[kind] for kind in self.programs if kind in OFFERED_BY}
        return self.told.handed_over_to or (offered.pop() if len(offered) == 1 else None)

    @property
    def moved_at(self) -> datetime:
        return max(event.at for event in self.events)

    @property
    def _withdrawn_at(self) -> datetime | None:
        return self.moved_at if self.handoff.state == HandoffState.WITHDRAWN else None

    def _settled_on(self, zone: tzinfo) -> date | None:
        return self.moved_at.astimezone(zone).date() if self.handoff.state in RESULTS else None

    def _met_on(self, zone: tzinfo) -> date | None:
        """The day on which the team was with the person: as it attested, or because it stood beside them."""
        there = self.presences.get(Side.SENDER)
        if there is not None:
            return there.since.astimezone(zone).date()
        beside = self.handoff.urgency == Urgency.NOW
        return self.handoff.offered_at.astimezone(zone).date() if beside else None

    def _found(self, enrollment: str, on: date) -> LivingSituation:
        return LivingSituation(
            enrollment=enrollment,
            contacted_on=on,
            seen_on=on,
            setting=self.told.found_in or LivingSetting.UNKNOWN,
            place=self.told.area if self.where_may_be_told else None,
        )


def row_key(source: str, table: str, handoff_id: UUID) -> str:
    """The same for the same step at every export, 32 characters, and nothing that two receivers could compare."""
    digest = hashlib.sha256(f"{source}|{table}|{handoff_id}".encode()).hexdigest()
    return f"{table}/{digest[:32]}"
