"""Consents and restrictions: filed by the organization that holds the paper, checked, and revoked."""

from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from consent.validity import Lack
from hub.edge.auth import CallerDep
from hub.edge.transaction import KeysDep, NowDep, SessionDep
from hub.flow.evidence import EvidenceDesk
from schemas.canonical import Identifier
from schemas.frozen import Frozen
from schemas.instruments import Consent, Facts, Restriction
from schemas.vocab import RevocationForm

router = APIRouter(prefix="/api/consents", tags=["consents"])


class Filing(Frozen):
    """A consent and whose it is, as the organization that holds the paper names the person."""

    person: Identifier
    consent: Consent


class RestrictionFiling(Frozen):
    """A restriction that the person asked of the organization that files it, agreed to or not."""

    person: Identifier
    restriction: Restriction


class Lacking(Frozen):
    """One thing that a paper lacks, the paragraph that asks for it, and what would cure it."""

    what: str
    paragraph: str
    cure: str


class Filed(Frozen):
    """That it is on file, and all that it lacks to be valid."""

    id: UUID
    lacking: tuple[Lacking, ...]


class Checked(Frozen):
    """One of several papers by its place among them, as `consents.0`, and all that it lacks."""

    place: str
    lacking: tuple[Lacking, ...]


class Revoking(Frozen):
    """A revocation; it counts from the moment it arrives here."""

    consent_id: str
    form: RevocationForm


def desk(caller: CallerDep, session: SessionDep, keys: KeysDep, at: NowDep) -> EvidenceDesk:
    return EvidenceDesk(session, keys, caller, at=at)


DeskDep = Annotated[EvidenceDesk, Depends(desk)]


@router.post("", status_code=201)
def file(filing: Filing, desk: DeskDep) -> Filed:
    """Files a consent as it stands on the paper; a defective one is kept, and permits nothing."""
    filed, lacks = desk.file(filing.person, filing.consent)
    return Filed(id=filed, lacking=_spoken(lacks))


@router.post("/restrictions", status_code=201)
def restrict(filing: RestrictionFiling, desk: DeskDep) -> Filed:
    """Files a restriction (45 CFR 164.522(a); 42 CFR 2.26); one that does not bind is kept too."""
    filed, lacks = desk.file(filing.person, filing.restriction)
    return Filed(id=filed, lacking=_spoken(lacks))


@router.post("/checks")
def check(papers: Facts, desk: DeskDep) -> tuple[Checked, ...]:
    """Says what papers of any kind lack, before they are filed or relied on; none is kept."""
    return tuple(Checked(place=place, lacking=_spoken(lacks)) for place, lacks in desk.check(papers))


@router.post("/revocations", status_code=204)
def revoke(revoking: Revoking, desk: DeskDep) -> None:
    """Revokes a consent that the caller's organization filed; nothing is released on it from now on."""
    desk.revoke(revoking.consent_id, revoking.form)


def _spoken(lacks: Iterable[Lack]) -> tuple[Lacking, ...]:
    return tuple(Lacking(what=lack.what, paragraph=lack.paragraph.text, cure=lack.cure) for lack in lacks)
