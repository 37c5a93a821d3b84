"""Ledgers, and the log as each reader may see it.

standing     on whose behalf someone reads, and so what they may be told
masking      what a reader is shown of an entry: the one place
reading      the log as one reader may see it
disclosures  HIPAA and Part 2 accounting, intermediary's list, emergency log: views on the log
"""

from hub.store.ledgers.disclosures import Disclosures, Row, stands_under
from hub.store.ledgers.masking import WITHHELD, mask, provable
from hub.store.ledgers.reading import LogReader
from hub.store.ledgers.standing import UNMASKED, Standing, standing

__all__ = [
    "UNMASKED",
    "WITHHELD",
    "Disclosures",
    "LogReader",
    "Row",
    "Standing",
    "mask",
    "provable",
    "standing",
    "stands_under",
]
