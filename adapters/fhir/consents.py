"""Consent: the paper as FHIR tells of it, and never more than it tells.

| the paper | is read from |
| --- | --- |
| kind | `policyRule` or `category`: a code of `KINDS`, or a `ConsentKind` under `urn:hub:consent-kind` |
| disclosers | `organization`, by the participant's identifier (`urn:hub:participant`) |
| recipients | `provision.actor` with role IRCP or PRCP: a participant, or a class (`urn:hub:recipient-class`) |
| purposes | `provision.purpose` (v3-ActReason, or the hub's own words) |
| information | `provision.code` under `urn:hub:category` ("all": everything) or `urn:hub:field`; `securityLabel` |
| expiration | `provision.period.end`: a day counts whole; a time falls back to the day before |
| signature | `performer`, on the day of `dateTime`, if a source document is named; a questionnaire is electronic |
| statements | extensions `urn:hub:consent-statement` with a `Statement` code |

What is not there is null, so that a paper which lacks an element is invalid rather than wide. What narrows a consent
and has no place in the canonical one (a denial, an exception, a time frame, single resources, a start to come) makes
the whole unreadable: `SetAside` names the element. A consent that is not read, or is no longer active, also withdraws
what was filed before under its key: the feed sees to that.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TypeVar

from fhir.resources.R4B.consent import Consent as FhirConsent
from fhir.resources.R4B.consent import ConsentProvision, ConsentProvisionActor
from fhir.resources.R4B.organization import Organization
from fhir.resources.R4B.reference import Reference
from fhir.resources.R4B.relatedperson import RelatedPerson
from pydantic import TypeAdapter, ValidationError

from adapters.fhir.entries import Entry, SetAside
from adapters.fhir.references import Index
from adapters.fhir.values import codes, codings, day, identifiers
from schemas.frozen import Slug
from schemas.instruments import (
    ClassOfPersons,
    Consent,
    Described,
    Everything,
    Expiration,
    Information,
    NamedOrganization,
    OnDate,
    Signature,
)
from schemas.vocab import (
    Category,
    ConsentKind,
    Field,
    Purpose,
    RecipientClass,
    SignatureMethod,
    Signer,
    Statement,
)
from schemas.vocab.word import Word

KIND_SYSTEM = "urn:hub:consent-kind"
PARTICIPANT_SYSTEM = "urn:hub:participant"
CLASS_SYSTEM = "urn:hub:recipient-class"
CATEGORY_SYSTEM = "urn:hub:category"
FIELD_SYSTEM = "urn:hub:field"
STATEMENT_URL = "urn:hub:consent-statement"

KINDS = {
    "hipaa-auth": ConsentKind.HIPAA_AUTHORIZATION,
    "HIPAAAuth": ConsentKind.HIPAA_AUTHORIZATION,
    "HIPAAAuthCD": ConsentKind.HIPAA_AUTHORIZATION,
    "42CFRPart2": ConsentKind.PART2_CONSENT,
    "42CFRPart2CD": ConsentKind.PART2_CONSENT,
}
"""Codes that name the law a paper was written for. A Part 2 paper is read as the narrower of the two kinds."""

_LABELLED = {
    "PSY": Category.MENTAL_HEALTH,
    "SUD": Category.SUBSTANCE_USE,
    "ETH": Category.SUBSTANCE_USE,
    "ETHUD": Category.SUBSTANCE_USE,
    "HIV": Category.HIV,
    "SDV": Category.DOMESTIC_VIOLENCE,
}
_RECIPIENTS = frozenset({"IRCP", "PRCP"})
_CUSTODIAN = frozenset({"CST"})
_SIGNERS = {
    "PRN": Signer.PARENT,
    "MTH": Signer.PARENT,
    "FTH": Signer.PARENT,
    "GUARD": Signer.GUARDIAN,
    "POWATT": Signer.PERSONAL_REPRESENTATIVE,
    "SPS": Signer.SPOUSE,
}
_UNREPRESENTED = ("provision", "dataPeriod", "data", "class_fhir")
_SLUG: TypeAdapter[str] = TypeAdapter(Slug)
_WORD = TypeVar("_WORD", bound=Word)


def is_active(entry: Entry) -> bool:
    return entry.read(FhirConsent).status == "active"


def consent(entry: Entry, index: Index, key: str) -> Consent:
    """The paper; raises `SetAside` with the element that cannot be said without widening it."""
    model = entry.read(FhirConsent)
    provision = _provision(model)
    return Consent(
        id=key,
        kind=_kind(model),
        disclosers=_disclosers(model, entry, index),
        information=_information(provision),
        recipients=tuple(_recipients(provision, entry, index)),
        purposes=_purposes(provision),
        expiration=_expiration(provision),
        signatures=_signatures(model, entry, index),
        statements=tuple(_statements(model)),
    )


def _provision(model: FhirConsent) -> ConsentProvision | None:
    """The one provision, if it permits a disclosure; anything that narrows it has no place in a canonical consent."""
    if "patient-privacy" not in codes(model.scope):
        raise SetAside("consent-unmapped", "scope", "patient-privacy")
    if any(one.verified is False for one in model.verification or ()):
        raise SetAside("consent-unmapped", "verification.verified", "true, or no verification")
    provision = model.provision
    if provision is None:
        return None
    if provision.type not in (None, "permit"):
        raise SetAside("consent-unmapped", "provision.type", "permit")
    for element in _UNREPRESENTED:
        if getattr(provision, element):
            path = f"provision.{element.removesuffix('_fhir')}"
            raise SetAside("consent-unmapped", path, "nothing, because its limits cannot be kept")
    if provision.action and "disclose" not in codes(*provision.action):
        raise SetAside("consent-unmapped", "provision.action", "disclose, among the actions")
    _starts_when_signed(model, provision)
    return provision


def _starts_when_signed(model: FhirConsent, provision: ConsentProvision) -> None:
    """A start after the signature would be lost, and the consent count too early."""
    starts, signed = day(provision.period.start) if provision.period else None, day(model.dateTime)
    unclear = bool(provision.period and provision.period.start) and starts is None
    if unclear or (starts and (signed is None or starts > signed)):
        raise SetAside("consent-unmapped", "provision.period.start", "a day no later than dateTime")


def _kind(model: FhirConsent) -> ConsentKind:
    concepts = [model.policyRule, *model.category]
    own = [_as_word(ConsentKind, one.code, "category") for one in codings(*concepts) if one.system == KIND_SYSTEM]
    named = own or [KINDS[code] for code in codes(*concepts) if code in KINDS]
    if len(set(named)) != 1 or any(code.startswith("OPTOUT") for code in codes(*concepts)):
        raise SetAside("consent-unmapped", "policyRule", "one code that names the law the consent is given under")
    return named[0]


def _disclosers(model: FhirConsent, entry: Entry, index: Index) -> tuple[NamedOrganization, ...]:
    custodians = [actor.reference for actor in _actors(model.provision) if _CUSTODIAN.intersection(codes(actor.role))]
    held_by = [*(model.organization or ()), *custodians]
    named = (_participant(reference, entry, index, "organization") for reference in held_by)
    return tuple(dict.fromkeys(named))


def _recipients(
    provision: ConsentProvision | None, entry: Entry, index: Index
) -> Iterator[NamedOrganization | ClassOfPersons]:
    for actor in _actors(provision):
        roles = set(codes(actor.role))
        if roles & _RECIPIENTS:
            yield _recipient(actor.reference, entry, index)
        elif not roles & _CUSTODIAN:
            expected = "a recipient (IRCP, PRCP) or a custodian (CST)"
            raise SetAside("consent-unmapped", "provision.actor.role", expected)


def _actors(provision: ConsentProvision | None) -> list[ConsentProvisionActor]:
    return list(provision.actor or ()) if provision else []


def _recipient(reference: Reference, entry: Entry, index: Index) -> NamedOrganization | ClassOfPersons:
    for one in identifiers([reference.identifier] if reference.identifier else ()):
        if one.system == CLASS_SYSTEM:
            path = "provision.actor.reference"
            return ClassOfPersons(class_of_persons=_as_word(RecipientClass, one.value, path))
    return _participant(reference, entry, index, "provision.actor.reference")


def _participant(reference: Reference, entry: Entry, index: Index, path: str) -> NamedOrganization:
    """The participant a reference means, by its identifier: a sender's own key for it could be that of another."""
    held = index.find(reference, entry)
    given = identifiers([reference.identifier] if reference.identifier else ())
    if held and held.kind == "Organization":
        given += identifiers(held.read(Organization).identifier)
    for one in given:
        if one.system == PARTICIPANT_SYSTEM and _is_slug(one.value):
            return NamedOrganization(organization=one.value)
    raise SetAside("consent-unmapped", path, f"an Organization with an identifier under {PARTICIPANT_SYSTEM}")


def _is_slug(value: str) -> bool:
    try:
        _SLUG.validate_python(value)
    except ValidationError:
        return False
    return True


def _purposes(provision: ConsentProvision | None) -> tuple[Purpose, ...]:
    stated = (provision.purpose or ()) if provision else ()
    return tuple(dict.fromkeys(_as_word(Purpose, one.code, "provision.purpose") for one in stated))


def _information(provision: ConsentProvision | None) -> Information | None:
    """What may be told; None where the paper does not describe it, although FHIR would read that as everything."""
    if provision is None:
        return None
    labelled = [_labelled(label.code) for label in provision.securityLabel or ()]
    coded = codings(*(provision.code or ()))
    if unknown := [one for one in coded if one.system not in (CATEGORY_SYSTEM, FIELD_SYSTEM)]:
        expected = f"codes of {CATEGORY_SYSTEM} or {FIELD_SYSTEM}; {len(unknown)} are of another system"
        raise SetAside("consent-unmapped", "provision.code", expected)
    categories = [one.code for one in coded if one.system == CATEGORY_SYSTEM]
    fields = [_as_word(Field, one.code, "provision.code") for one in coded if one.system == FIELD_SYSTEM]
    if categories == ["all"] and not fields and not labelled:
        return Everything(all=True)
    named = [*(_as_word(Category, code, "provision.code") for code in categories), *labelled]
    return Described(categories=tuple(named) or None, fields=tuple(fields) or None) if named or fields else None


def _labelled(code: str | None) -> Category:
    if code not in _LABELLED:
        expected = f"a label that names a kind of information: {', '.join(sorted(_LABELLED))}"
        raise SetAside("consent-unmapped", "provision.securityLabel", expected)
    return _LABELLED[code]


def _expiration(provision: ConsentProvision | None) -> Expiration | None:
    end = provision.period.end if provision and provision.period else None
    if end is None:
        return None
    last = day(end)
    if last is None:
        raise SetAside("consent-unmapped", "provision.period.end", "a whole day, YYYY-MM-DD")
    return OnDate(date=last - timedelta(days=1) if isinstance(end, datetime) else last)


def _signatures(model: FhirConsent, entry: Entry, index: Index) -> tuple[Signature, ...]:
    """Whoever agreed, where a source document bears it out; without one nobody is known to have signed."""
    if model.sourceReference is None and model.sourceAttachment is None:
        return ()
    answered = model.sourceReference and "QuestionnaireResponse/" in (model.sourceReference.reference or "")
    method = SignatureMethod.ELECTRONIC if answered else SignatureMethod.INK
    signers = (_signer(reference, model, entry, index) for reference in model.performer or ())
    return tuple(Signature(by=signer, method=method, on=day(model.dateTime)) for signer in signers)


def _signer(reference: Reference, model: FhirConsent, entry: Entry, index: Index) -> Signer:
    if _same(reference, model.patient):
        return Signer.SUBJECT
    held = index.find(reference, entry)
    if held and held.kind == "RelatedPerson":
        relations = codes(*(held.read(RelatedPerson).relationship or ()))
        if signer := next((_SIGNERS[code] for code in relations if code in _SIGNERS), None):
            return signer
    expected = "the patient, or a RelatedPerson in the same message whose relationship lets them sign"
    raise SetAside("consent-unmapped", "performer", expected)


def _same(one: Reference, other: Reference | None) -> bool:
    """Whether two references are written alike; their displays do not count."""
    if other is None:
        return False
    if one.reference or other.reference:
        return one.reference == other.reference
    return identifiers([one.identifier] if one.identifier else ()) == identifiers(
        [other.identifier] if other.identifier else ()
    )


def _statements(model: FhirConsent) -> Iterable[Statement]:
    stated = (one.valueCode for one in model.extension or () if one.url == STATEMENT_URL)
    return dict.fromkeys(_as_word(Statement, code, "extension") for code in stated)


def _as_word(words: type[_WORD], code: str | None, path: str) -> _WORD:
    try:
        return words(code or "")
    except ValueError:
        expected = f"a code the hub knows: {', '.join(member.value for member in words)}"
        raise SetAside("consent-unmapped", path, expected) from None
