"""What gives something away, asked for through the engine: it goes where the thing itself may go, and nowhere else."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from consent.engine import decide
from consent.labels import label
from consent.leaving.clearance import Decided, clear
from schemas.canonical import Booking, CanonicalRecord, Enrollment, LivingSituation
from schemas.disclosure import DisclosureRequest, InHmis, Party, Piece, Provenance, Recipient, Subject
from schemas.instruments import (
    Agreement,
    Consent,
    Facts,
    HmisPolicy,
    Policies,
    PrivacyNotice,
)
from schemas.showing import shown
from schemas.vocab import (
    AgreementKind,
    Capacity,
    Channel,
    Field,
    Funding,
    Justice,
    Match,
    Purpose,
    Relationship,
    Role,
    Sensitivity,
    SharingBasis,
)
from schemas.vocab.records import BookingEvent, LivingSetting

AT = datetime(2026, 6, 15, 10, tzinfo=UTC)
SHELTER = Party(organization="open-door", capacities=frozenset({Capacity.HOMELESS_SERVICES, Capacity.HMIS_PARTICIPANT}))
JAIL = Party(organization="county-jail", capacities=frozenset({Capacity.CORRECTIONAL_INSTITUTION}))
CRISIS = Recipient(
    organization="night-owl",
    capacities=frozenset({Capacity.COVERED_ENTITY, Capacity.HEALTH_CARE_PROVIDER, Capacity.CRISIS_PROVIDER}),
    role=Role.CLINICIAN,
    identity_verified=True,
    relationship=Relationship.TREATING,
)
SHARED = (Field.ACTIVE_ENROLLMENT, Field.CASE_MANAGER, Field.LAST_CONTACT, Field.LIVING_SITUATION)
IN_HMIS = Provenance(hmis=InHmis())


def release(**information: Any) -> Consent:
    return Consent.model_validate(
        {
            "id": "c1",
            "kind": "hmis-release",
            "disclosers": [{"class_of_persons": "hmis-participants"}],
            "information": information or {"all": True},
            "recipients": [{"class_of_persons": "crisis-providers"}],
            "purposes": ["COC"],
            "expiration": {"date": "2026-12-31"},
            "signatures": [{"by": "subject", "method": "ink", "on": "2026-06-01"}],
        }
    )


def told(record: CanonicalRecord, source: Party, *papers: Consent) -> set[str]:
    """The attributes of a record that reach the crisis team."""
    kept = label(record)
    piece = Piece(id="r1", source=source, contents=shown(kept.body, kept.reveals), **dict(kept.provenance))
    survivor = Sensitivity.SDV in kept.sensitivity
    request = DisclosureRequest(
        at=AT,
        channel=Channel.QUERY,
        purpose=Purpose.COC,
        recipient=CRISIS,
        subject=Subject(match=Match.UNIQUE, age_years=41, domestic_violence_flag=survivor),
        records=(piece,),
    )
    decision = decide(request, Facts(consents=papers, agreements=AGREEMENTS, policies=POLICIES))
    cleared = clear([Decided(kept, source.organization, decision.records[0])], on=AT.date())
    return {name for one in cleared for name in one.values}


AGREEMENTS = (
    Agreement(kind=AgreementKind.HMIS_DATA_SHARING, parties=("hub", "open-door"), since=date(2025, 1, 1), until=None),
    Agreement(
        kind=AgreementKind.BOOKING_DATA,
        parties=("hub", "county-jail"),
        since=date(2025, 1, 1),
        until=None,
        fields=(Field.CUSTODY_STATUS, Field.FACILITY),
    ),
)
POLICIES = Policies(
    hmis=HmisPolicy(
        sharing_within=SharingBasis.INFERRED,
        external_sharing=SharingBasis.WRITTEN,
        notice=PrivacyNotice(version="1", recipients=(Capacity.CRISIS_PROVIDER,), purposes=(Purpose.COC,)),
        shared_fields=SHARED,
        law_enforcement_doors=(),
    )
)


def seen(setting: LivingSetting) -> CanonicalRecord:
    day = date(2026, 6, 1)
    body = LivingSituation(enrollment="e", contacted_on=day, seen_on=day, setting=setting)
    return CanonicalRecord(feed="any", key="1", provenance=IN_HMIS, body=body)


def stay(*funding: Funding, **said: Any) -> CanonicalRecord:
    body = Enrollment(program="Project/7", entry_date=date(2026, 6, 1), **said)
    return CanonicalRecord(
        feed="any", key="1", provenance=Provenance(hmis=InHmis(funding=frozenset(funding))), body=body
    )


class TestLivingSituation:
    @pytest.mark.parametrize("paper", [release(), release(fields=["living-situation", "last-contact"])])
    def test_in_a_treatment_facility_is_not_a_mere_living_situation(self, paper: Consent) -> None:
        assert told(seen(LivingSetting.EMERGENCY_SHELTER), SHELTER, paper) == {"contacted_on", "seen_on", "setting"}
        assert told(seen(LivingSetting.SUBSTANCE_USE_FACILITY), SHELTER, paper) == {"contacted_on"}
        assert told(seen(LivingSetting.PSYCHIATRIC_FACILITY), SHELTER, paper) == {"contacted_on"}

    def test_goes_with_a_release_of_what_it_gives_away(self) -> None:
        paper = release(categories=["substance-use"], fields=["last-contact"])

        assert told(seen(LivingSetting.SUBSTANCE_USE_FACILITY), SHELTER, paper) == {
            "contacted_on",
            "seen_on",
            "setting",
        }
        assert told(seen(LivingSetting.PSYCHIATRIC_FACILITY), SHELTER, paper) == {"contacted_on"}


class TestProject:
    def test_for_people_with_mental_illness_is_not_named_where_its_people_are(self) -> None:
        assert told(stay(), SHELTER, release()) == {"program", "entry_date"}
        assert told(stay(Funding.PATH), SHELTER, release()) == {"entry_date"}
        assert "program" in told(stay(Funding.PATH), SHELTER, release(categories=["mental-health"]))

    def test_of_someone_who_flees_tells_where_they_are(self) -> None:
        assert told(stay(fleeing_violence=False), SHELTER, release()) >= {"program"}
        assert told(stay(fleeing_violence=True), SHELTER, release()) == {"entry_date"}
        assert told(stay(fleeing_violence=True), SHELTER, release(fields=["last-known-whereabouts"])) == {"program"}


class TestCustody:
    def test_in_a_treatment_unit_is_told_without_the_unit(self) -> None:
        told_of = {
            facility: told(
                CanonicalRecord(
                    feed="any",
                    key="1",
                    provenance=Provenance(justice=Justice.BOOKING),
                    body=Booking(event=BookingEvent.BOOKED, facility=facility),
                ),
                JAIL,
            )
            for facility in ("Pod C", "MOUD Unit")
        }

        assert told_of == {"Pod C": {"event", "facility"}, "MOUD Unit": {"event"}}
