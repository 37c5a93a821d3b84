"""How long everything is kept, and why: the one table, which `hub retention` prints."""

from schemas.frozen import Frozen

YEARS = 6
"""The longest that these laws ask: HIPAA's six years cover Part 2's three."""


class Kept(Frozen):
    """A kind of thing that is kept: how long, by which law, and what holds to it."""

    what: str
    how_long: str
    law: tuple[str, ...] = ()
    held_by: str


SIX_YEARS = f"{YEARS} years at least"

TABLE: tuple[Kept, ...] = (
    Kept(
        what="audit log: disclosures, refusals, accesses, checkpoints",
        how_long=f"for good ({SIX_YEARS})",
        law=("45 CFR 164.316(b)(2)(i)", "45 CFR 164.528(a)(1)", "42 CFR 2.25(a)", "42 CFR 2.51(c)"),
        held_by="The database refuses to change or remove an entry; an expunction leaves its leaf.",
    ),
    Kept(
        what="instruments: consents, authorizations, orders, restrictions, also revoked and replaced ones",
        how_long=f"{YEARS} years from the day one is replaced or taken back; those on file stay",
        law=("45 CFR 164.508(b)(6)", "45 CFR 164.522(a)(3)", "45 CFR 164.530(j)(2)"),
        held_by="The database refuses to remove one earlier, save by an order that two have approved.",
    ),
    Kept(
        what="orders to seal and to expunge, with the tombstones in the log",
        how_long="for good",
        law=("45 CFR 164.316(b)(2)(i)",),
        held_by="Nothing removes them; once carried out they name nobody.",
    ),
    Kept(
        what="declared emergencies and their review",
        how_long=f"for good ({SIX_YEARS})",
        law=("42 CFR 2.51(c)", "45 CFR 164.316(b)(2)(i)"),
        held_by="Nothing removes them.",
    ),
    Kept(
        what="records and what sources say of who a person is, also replaced versions",
        how_long="until an order, so that a past decision can be explained",
        law=("45 CFR 164.316(b)(2)(i)",),
        held_by="A source that takes a record back marks it; only an order removes it.",
    ),
    Kept(
        what="content of raw messages that were read whole",
        how_long="HUB_MESSAGE_DAYS after reading",
        held_by="The worker destroys it; that the message came, and when, stays.",
    ),
    Kept(
        what="content of raw messages that are unread, refused, parked or set aside in part",
        how_long="until they are read whole",
        held_by="Nothing removes them: they are not in yet.",
    ),
    Kept(
        what="sessions, access tokens, used assertions",
        how_long="until they have run out",
        held_by="The worker removes them.",
    ),
    Kept(
        what="backups",
        how_long="hub backup --keep-days",
        held_by="An order is complete once the last backup from before it is gone.",
    ),
)
