"""Ledgers, and the log as each reader may see it.

standing     on whose behalf someone reads, and so what they may be told
masking      what a reader is shown of an entry: the one place
reading      the log as one reader may see it
disclosures  HIPAA and Part 2 accounting, intermediary's list, emergency log: views on the log
papers       the registry of consents and restrictions, earlier versions and ended ones too
suspensions  what an agency has kept out of a person's accounting for a time
"""

from hub.store.ledgers.disclosures import Disclosures, Row, stands_under
from hub.store.ledgers.masking import WITHHELD, mask, provable
from hub.store.ledgers.papers import Papers
from hub.store.ledgers.reading import LogReader
from hub.store.ledgers.standing import UNMASKED, Standing, standing
from hub.store.ledgers.suspensions import Suspensions

__all__ = [
    "UNMASKED",
    "WITHHELD",
    "Disclosures",
    "LogReader",
    "Papers",
    "Row",
    "Standing",
    "Suspensions",
    "mask",
    "provable",
    "standing",
    "stands_under",
]
