"""How something leaves: its security labels, and the room a way out has."""

from schemas.vocab.word import Word


class Axis(Word):
    """What one code of a security label says (HL7 Healthcare Privacy and Security Classification System)."""

    CONFIDENTIALITY = "confidentiality", "How closely it must be kept; every set of labels has exactly one."
    SENSITIVITY = "sensitivity", "What it speaks of."
    POLICY = "policy", "The law it is under."
    REFRAIN = "refrain", "What its recipient must not do."
    OBLIGATION = "obligation", "What its recipient must do."
    MARK = "mark", "What must be shown beside it."


class Room(Word):
    """How much text a way out can carry beside what it tells."""

    AMPLE = "ample", "A paragraph fits: a page, a JSON document, a FHIR resource."
    SCANT = "scant", "One short line fits: a field of an HL7 v2 message."


class Met(Word):
    """How the hub meets an obligation."""

    TRAVELS = "travels", "A text goes with what is told."
    LABELLED = "labelled", "A security label goes with what is told."
    CUT = "cut", "The decision has already narrowed the fields to it."
    ENTERED = "entered", "The audit entry of the release holds what the ledger needs."
    WRITTEN = "written", "A document is sealed into the person's record, in the transaction of the release."
    DUE = "due", "The audit entry names it as a task that someone has to do."
    BUILT_IN = "built-in", "The exchange works so that it cannot be broken."
