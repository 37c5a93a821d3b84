"""The community's policies as a TOML file says them: that of homeless services, and what each source finds necessary.

```toml
[hmis]                              # policy of the Continuum of Care; left out: as it was
since = 2027-01-01                  # first day; left out: from now on
until = 2027-12-31                  # last day, after which nothing is shared under it; left out: no end
sharing-within = "inferred"         # inferred or written
external-sharing = "written"
shared-fields = ["name", "active-enrollment", "case-manager"]
law-enforcement-doors = ["court-process"]
embargo-days = 7                    # whoever is new to a source is told of after a week; left out: at once
inactive-after-days = 90            # so long without a contact; left out: 90

[hmis.notice]                       # the privacy notice that is posted
version = "2026.1"
recipients = ["homeless-services", "crisis-provider"]
purposes = ["TREAT", "COC"]

[[protocol]]                        # all of them together; left out: as they were
source = "mercy-hospital"           # a participant
recipients = ["homeless-services"]  # what they are, in law
purposes = ["COC"]
fields = ["presence", "follow-up-appointment"]
```
"""

from collections.abc import Collection
from datetime import date
from typing import Annotated, Self

from pydantic import ConfigDict, model_validator
from pydantic import Field as Bound

from schemas.documents import Fault, UnreadableDocument, read_document
from schemas.frozen import Frozen
from schemas.instruments import INACTIVE_AFTER_DAYS, FieldProtocol, HmisPolicy, Policies, PrivacyNotice
from schemas.vocab import Field, LawEnforcementDoor, SharingBasis


class _Hmis(Frozen):
    model_config = ConfigDict(alias_generator=lambda name: name.replace("_", "-"))

    sharing_within: SharingBasis
    external_sharing: SharingBasis
    notice: PrivacyNotice
    shared_fields: tuple[Field, ...]
    law_enforcement_doors: tuple[LawEnforcementDoor, ...] = ()
    embargo_days: Annotated[int, Bound(ge=0, le=366)] = 0
    inactive_after_days: Annotated[int, Bound(ge=1, le=366)] = INACTIVE_AFTER_DAYS
    since: date | None = None
    until: date | None = None

    @model_validator(mode="after")
    def _ends_after_it_began(self) -> Self:
        if self.since and self.until and self.until < self.since:
            raise ValueError("until: a day that is not before since")
        return self

    def policy(self) -> HmisPolicy:
        return HmisPolicy(**dict(self))


class PolicyFile(Frozen):
    """What a file says; a part that it leaves out stays as it was."""

    hmis: _Hmis | None = None
    protocol: Annotated[tuple[FieldProtocol, ...], Bound(min_length=1)] | None = None

    @model_validator(mode="after")
    def _lays_something_down(self) -> Self:
        if self.hmis is None and self.protocol is None:
            raise ValueError("[hmis] or [[protocol]]")
        return self

    def onto(self, before: Policies) -> Policies:
        """The policies from now on. The law of states is loaded by its own command and stays."""
        said = {
            "hmis": None if self.hmis is None else self.hmis.policy(),
            "field_protocols": self.protocol,
        }
        return before.model_copy(update={name: part for name, part in said.items() if part is not None})

    def laid_down(self, policies: Policies) -> Policies:
        """What is kept of these: a policy of homeless services that nobody laid down anew does not begin anew."""
        return policies if self.hmis else policies.model_copy(update={"hmis": None})


def read_policy(text: str, name: str, participants: Collection[str]) -> PolicyFile:
    """A policy file; raises `UnreadableDocument`, also for a protocol of a source that does not take part."""
    found = read_document(PolicyFile, text, name)
    strangers = [
        Fault(f"protocol {place}, source", "a participant, see: hub participant list")
        for place, one in enumerate(found.protocol or (), start=1)
        if one.source not in participants
    ]
    if strangers:
        raise UnreadableDocument(name, strangers)
    return found
