"""A caller's permission to a service that promised confidentiality; it may be given by word of mouth."""

from consent.law import cite
from consent.validity.circumstances import Circumstances
from consent.validity.lack import Lack, missing
from consent.validity.releases import basics, given
from schemas.instruments import Consent

_PROMISE = cite("confidentiality promise of the service")
_PERMISSION = (*basics(_PROMISE), given(_PROMISE, oral=True))


def caller_lacks(paper: Consent, known: Circumstances) -> tuple[Lack, ...]:
    """What a paper, or the note of what was said, lacks as the caller's permission."""
    return missing(_PERMISSION, paper, known)
