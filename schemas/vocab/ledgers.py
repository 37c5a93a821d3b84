"""The ledgers that are drawn from the one log, and what is answered about a declared emergency."""

from schemas.vocab.answers import Obligation
from schemas.vocab.word import Word


class Ledger(Word):
    """A ledger of disclosures: what a person may ask for under a law, and what an officer must be able to show."""

    HIPAA = "hipaa", "Accounting of disclosures (45 CFR 164.528)."
    PART2 = "part2", "Accounting of disclosures of substance use disorder records (42 CFR 2.25)."
    INTERMEDIARY = "intermediary", "List of disclosures by an intermediary (42 CFR 2.24)."
    EMERGENCY = "emergency", "Disclosures in medical emergencies (42 CFR 2.51(c))."

    @property
    def owed_as(self) -> Obligation:
        """The obligation that puts a piece into this ledger."""
        return _OWED[self]

    @property
    def years(self) -> int:
        """How far back it reaches."""
        return _YEARS[self]

    @property
    def days(self) -> int | None:
        """Within how many days of the request it must be given; None where no law says so."""
        return _DAYS[self]


_OWED = {
    Ledger.HIPAA: Obligation.HIPAA_ACCOUNTING,
    Ledger.PART2: Obligation.PART2_ACCOUNTING,
    Ledger.INTERMEDIARY: Obligation.INTERMEDIARY_LIST,
    Ledger.EMERGENCY: Obligation.EMERGENCY_DOCUMENTATION,
}
_YEARS = {Ledger.HIPAA: 6, Ledger.PART2: 3, Ledger.INTERMEDIARY: 3, Ledger.EMERGENCY: 6}
_DAYS = {Ledger.HIPAA: 60, Ledger.PART2: 60, Ledger.INTERMEDIARY: 30, Ledger.EMERGENCY: None}


class Verdict(Word):
    """What a reviewer finds of a declared emergency."""

    JUSTIFIED = "justified", "It was an emergency as 42 CFR 2.51 means it."
    NOT_JUSTIFIED = "not-justified", "It was none; what was released must be treated as a breach."
    FOLLOW_UP = "follow-up", "Someone must look further before it can be said."


class StatementForm(Word):
    """How an agency stated that an accounting would impede it."""

    WRITTEN = "written", "In writing."
    ORAL = "oral", "By word of mouth, written down by whoever heard it; it holds for thirty days."
