"""What the county's organizations agreed with the hub and with each other, and the policy of its Continuum of Care."""

from collections.abc import Iterator
from datetime import date

from hub.demo.county.days import Calendar
from hub.demo.county.programs import AGENCIES, HMIS
from schemas.instruments import Agreement, FieldProtocol, HmisPolicy, Policies, PrivacyNotice
from schemas.vocab import AgreementKind, Capacity, Field, LawEnforcementDoor, Purpose, SharingBasis

_HUB = "hub"
_COVERED = (
    "mercy-hospital",
    "lakeside-clinic",
    "cedar-opioid-treatment",
    "harbor-mobile-crisis",
    "county-crisis-line",
)
_PROMISING = ("willow-peer-respite", "riverbend-warmline", "riverbend-reentry")
_TO_HAND_OVER = (
    Field.NAME,
    Field.DATE_OF_BIRTH,
    Field.SAFE_CONTACT_METHOD,
    Field.SAFETY_PRECAUTIONS,
    Field.FOLLOW_UP_APPOINTMENT,
    Field.RETURN_NEEDS,
)
_BOOKING_FIELDS = (Field.CUSTODY_STATUS, Field.FACILITY, Field.BOOKING_TIME, Field.RELEASE_TIME)
_SHARED_FIELDS = (
    Field.NAME,
    Field.DATE_OF_BIRTH,
    Field.ACTIVE_ENROLLMENT,
    Field.LIVING_SITUATION,
    Field.LAST_KNOWN_WHEREABOUTS,
    Field.LAST_CONTACT,
    Field.CASE_MANAGER,
    Field.REFERRAL_STATUS,
    Field.MOVE_IN_DATE,
)


def agreements(calendar: Calendar) -> tuple[Agreement, ...]:
    """In force from the first day of last year to the last day of next year."""
    return tuple(_agreements(date(calendar.today.year - 1, 1, 1), date(calendar.today.year + 1, 12, 31)))


def _agreements(since: date, until: date) -> Iterator[Agreement]:
    def between(kind: AgreementKind, *parties: str, fields: tuple[Field, ...] | None = None) -> Agreement:
        return Agreement(kind=kind, parties=(_HUB, *parties), since=since, until=until, fields=fields)

    for covered in _COVERED:
        yield between(AgreementKind.BUSINESS_ASSOCIATE, covered)
    yield between(AgreementKind.QUALIFIED_SERVICE_ORGANIZATION, "cedar-opioid-treatment")
    for agency in AGENCIES:
        yield between(AgreementKind.HMIS_DATA_SHARING, HMIS, agency.slug)
    yield between(AgreementKind.BOOKING_DATA, "riverbend-jail", fields=_BOOKING_FIELDS)
    for promising in _PROMISING:
        yield between(AgreementKind.SERVICE_DATA, promising)


def policies() -> Policies:
    """Sharing within the HMIS is inferred from the posted notice; outside it a written release is asked for."""
    notice = PrivacyNotice(
        version="2026.1",
        recipients=(Capacity.HOMELESS_SERVICES, Capacity.CRISIS_PROVIDER, Capacity.HEALTH_CARE_PROVIDER),
        purposes=(Purpose.TREAT, Purpose.COC),
    )
    hmis = HmisPolicy(
        sharing_within=SharingBasis.INFERRED,
        external_sharing=SharingBasis.WRITTEN,
        notice=notice,
        shared_fields=_SHARED_FIELDS,
        law_enforcement_doors=(LawEnforcementDoor.COURT_PROCESS,),
    )
    return Policies(hmis=hmis, field_protocols=_protocols())


def _protocols() -> tuple[FieldProtocol, ...]:
    """What each health source finds necessary for coordination with those who do not treat.

    Where the law gives the necessary only and nobody has said what that is, nothing goes.
    """
    coordinating = (Capacity.HOMELESS_SERVICES, Capacity.PEER_SUPPORT, Capacity.SOCIAL_SERVICES_AGENCY)
    return tuple(
        FieldProtocol(source=source, recipients=coordinating, purposes=(Purpose.COC,), fields=fields)
        for source, fields in (
            ("mercy-hospital", (Field.PRESENCE, Field.TREATMENT_TIME, Field.DISPOSITION, Field.FOLLOW_UP_APPOINTMENT)),
            ("lakeside-clinic", (Field.FOLLOW_UP_APPOINTMENT, Field.MEDICATION_STORAGE, Field.MOBILITY_NEEDS)),
            ("harbor-mobile-crisis", _TO_HAND_OVER),
        )
    )
