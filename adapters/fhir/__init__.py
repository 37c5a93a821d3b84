"""FHIR R4 in: resources and Bundles as canonical records."""

from adapters.fhir.feed import Fhir

__all__ = ["Fhir"]
