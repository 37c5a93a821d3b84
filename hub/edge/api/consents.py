"""Consents: filed by the organization that holds the paper, and revoked."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from hub.edge.auth import requires
from hub.edge.transaction import KeysDep, NowDep, SessionDep
from hub.flow.evidence import EvidenceDesk
from hub.store.accounts import Caller, HubRole, HubScope
from schemas.canonical import Identifier
from schemas.frozen import Frozen
from schemas.instruments import Consent
from schemas.vocab import RevocationForm

router = APIRouter(prefix="/api/consents", tags=["consents"])

HolderDep = Annotated[
    Caller,
    Depends(requires(roles={HubRole.HMIS_STAFF, HubRole.HANDOFF_STAFF}, scopes={HubScope.CONSENT_WRITE})),
]


class Filing(Frozen):
    """A consent and whose it is, as the organization that holds the paper names the person."""

    person: Identifier
    consent: Consent


class Filed(Frozen):
    """That it is on file, and what it lacks to be valid, each with the paragraph and the cure."""

    id: UUID
    lacking: tuple[str, ...]


class Revoking(Frozen):
    """A revocation; it counts from the moment it arrives here."""

    consent_id: str
    form: RevocationForm


def desk(caller: HolderDep, session: SessionDep, keys: KeysDep, at: NowDep) -> EvidenceDesk:
    return EvidenceDesk(session, keys, caller, at=at)


DeskDep = Annotated[EvidenceDesk, Depends(desk)]


@router.post("", status_code=201)
def file(filing: Filing, desk: DeskDep) -> Filed:
    """Files a consent as it stands on the paper; a defective one is kept, and permits nothing."""
    filed, lacking = desk.file(filing.person, filing.consent)
    return Filed(id=filed, lacking=lacking)


@router.post("/revocations", status_code=204)
def revoke(revoking: Revoking, desk: DeskDep) -> None:
    """Revokes a consent that the caller's organization filed; nothing is released on it from now on."""
    desk.revoke(revoking.consent_id, revoking.form)
