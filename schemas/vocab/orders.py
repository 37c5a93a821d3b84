"""Words of orders to seal and to expunge."""

from schemas.vocab.word import Word


class OrderKind(Word):
    """What a court orders."""

    SEAL = "seal", "What is known of a person goes into the custody of the court's custodian."
    UNSEAL = "unseal", "What was sealed comes back."
    EXPUNGE = "expunge", "What is known of a person is destroyed."


class OrderState(Word):
    """How far an order has come."""

    PROPOSED = "proposed", "One of two has proposed it."
    APPROVED = "approved", "Both have said so; it waits to be carried out."
    REFUSED = "refused", "It was refused or withdrawn, and stays on record."
    CARRIED_OUT = "carried-out", "It was carried out."
