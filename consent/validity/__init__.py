"""What a paper lacks, by which paragraph, and how to cure it: one validator an instrument, empty when it is valid."""

from consent.validity.circumstances import Circumstances
from consent.validity.lack import Lack

__all__ = ["Circumstances", "Lack"]
