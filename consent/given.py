"""What lies on the table: circumstances without which a rule plainly has nothing to say."""

from collections.abc import Iterator

from schemas.disclosure import DisclosureRequest, Piece, Received
from schemas.instruments import Facts
from schemas.vocab import Category, Channel, Purpose, Relationship, SeparatedNotes
from schemas.vocab.word import Word

HUB = "hub"
"""The exchange itself, as a party to agreements and as an intermediary."""

FEDERAL = "US"
"""The place where no state's law is in play."""

NOTES_UNDER = {
    SeparatedNotes.PSYCHOTHERAPY: Category.PSYCHOTHERAPY_NOTES,
    SeparatedNotes.SUD_COUNSELING: Category.SUD_COUNSELING_NOTES,
}
NOTES = frozenset(NOTES_UNDER.values())
"""Notes kept apart from the record; 'all' never reaches them."""


class Given(Word):
    """A rule that is given some of these is asked only where all of them are there."""

    AGREEMENT = "agreement", "An agreement is on file."
    PROCESS = "process", "Legal process is on file."
    RESTRICTION = "restriction", "A restriction is on file."
    EMERGENCY = "emergency", "An emergency is stated."
    STATE = "state", "The law of a state is in play."
    TEAM = "team", "The recipient belongs to a statutory team."
    SURVIVOR = "survivor", "The person is flagged as a survivor."
    OFFICER = "officer", "An officer stands beside the recipient."
    STANDING = "standing", "Future events are asked for."
    OWN_ACCESS = "own-access", "The person asks for their own record (45 CFR 164.524; 42 CFR 2.23)."
    NOTES = "notes", "The piece is notes kept apart from the record, or holds some."
    SEAL = "seal", "The piece is sealed or expunged."
    RECEIVED = "received", "The source received the piece from somebody else."
    PRIVATE = "private", "The agency has marked the person or the enrollment as private."
    EMBARGO = "embargo", "The community holds back whoever is new to a source."


def by_request(request: DisclosureRequest, facts: Facts) -> frozenset[Given]:
    """What a request and its evidence put on the table."""
    return frozenset((*_on_file(facts), *_asked(request)))


def by_piece(piece: Piece) -> tuple[Given, ...]:
    """What a piece adds."""
    added: tuple[Given, ...] = ()
    if piece.separated_notes is not None or not NOTES.isdisjoint(piece.contents):
        added += (Given.NOTES,)
    if piece.seal is not None:
        added += (Given.SEAL,)
    if isinstance(piece.obtained, Received):
        added += (Given.RECEIVED,)
    if piece.hmis is not None and piece.hmis.private:
        added += (Given.PRIVATE,)
    return added


def _on_file(facts: Facts) -> Iterator[Given]:
    if facts.agreements:
        yield Given.AGREEMENT
    if facts.legal_process:
        yield Given.PROCESS
    if facts.restrictions:
        yield Given.RESTRICTION
    if facts.emergency is not None:
        yield Given.EMERGENCY
    if facts.policies.hmis is not None and facts.policies.hmis.embargo_days:
        yield Given.EMBARGO


def _asked(request: DisclosureRequest) -> Iterator[Given]:
    recipient = request.recipient
    if request.jurisdictions not in _NO_STATE:
        yield Given.STATE
    if recipient.teams:
        yield Given.TEAM
    if recipient.accompanied_by:
        yield Given.OFFICER
    if request.subject.domestic_violence_flag:
        yield Given.SURVIVOR
    if request.channel is Channel.SUBSCRIPTION:
        yield Given.STANDING
    if request.purpose is Purpose.PATRQT and recipient.relationship is Relationship.SELF:
        yield Given.OWN_ACCESS


_NO_STATE = ((), (FEDERAL,))
