"""What codes and words speak of: dated sets with a reason for every range, indexed so that a look-up is a bisection.

The hub comes with sets of its own, built from what is in the public domain: ICD-10-CM and ICD-9-CM (CDC, NCHS and CMS),
RxNorm's own names and numbers (NLM) and HCPCS level II (CMS). SNOMED CT, LOINC and CPT need a licence: whoever has one
loads sets of them (`reading.read`). Where the hub's sets differ from lists that others have published, and why, stands
in `DISAGREEMENTS.md`.
"""

from consent.codes.reading import UnreadableCodes, read
from consent.codes.sets import CodeSet, Range
from consent.codes.shelf import Codes, Reason

__all__ = ["OWN", "CodeSet", "Codes", "Range", "Reason", "UnreadableCodes", "read"]

OWN = Codes()
"""The sets that come with the hub, and none beside."""
