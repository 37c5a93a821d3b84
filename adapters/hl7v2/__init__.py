"""HL7 v2: ADT messages from a file (`Hl7v2`) and over MLLP (`adapters.hl7v2.mllp`)."""

from adapters.hl7v2.feed import Hl7v2

__all__ = ["Hl7v2"]
