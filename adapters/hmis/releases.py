"""Releases of information in a vendor's own file, as the papers that they stand for.

HUD's format has none. What the rows of a file mean is data (see `vendors`); what the community's form says, to whom and
for what, stands on paper and is said by the definition of the feed:

```toml
vendor = "clarity"

[form]
recipients = ["crisis-providers", "homeless-services"]
purposes = ["COC", "TREAT"]
cocs = ["XX-501"]            # the Continuums that the files call their own
```

Nothing is guessed in favour of sharing: a permission, a document, a date or a scope that is not on the list gives a
paper that opens nothing, and where a row cannot be read at all the paper on file is taken back.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field as Bound

from adapters.hmis.calendar import Calendar
from adapters.hmis.extra import ClientFile
from schemas.frozen import Frozen, Moment
from schemas.instruments import (
    ClassOfPersons,
    Consent,
    Described,
    Everything,
    HmisParticipants,
    Information,
    NeverExpires,
    OnDate,
    Revocation,
    Signature,
)
from schemas.vocab import (
    ConsentKind,
    Field,
    Purpose,
    RecipientClass,
    RevocationForm,
    SignatureMethod,
    Signer,
)

Words = tuple[str, ...]
YES: Words = ("1", "y", "yes", "t", "true")


class Form(Frozen):
    """What the community's release form says, whoever signs it."""

    recipients: Annotated[tuple[RecipientClass, ...], Bound(min_length=1)]
    purposes: Annotated[tuple[Purpose, ...], Bound(min_length=1)]
    cocs: Words = ()


class Signed(Frozen):
    """Who signs where a row is documented so, and how."""

    by: Signer = Signer.SUBJECT
    method: SignatureMethod


class Columns(Frozen):
    """The sender's headings; None for what a file does not say."""

    permission: str
    starts: str
    ends: str | None = None
    revoked: str | None = None
    documented: str | None = None
    confirmed: str | None = None
    agency: str | None = None
    scope: str | None = None
    cocs: str | None = None


class ReleaseFile(ClientFile):
    """A file of releases and what its values mean, whatever their case.

    permits     what each permission opens: everything that is shared, some fields, or nothing
    documents   how each kind of documentation is signed; None: all rows as `documented_as` says
    scopes      whether a row speaks for its agency alone or for the whole system
    term_days   how long a row without an end runs; None: without end
    newest      whether the newest row of a person is the only one that counts
    """

    columns: Columns
    permits: Mapping[str, Literal["all", "none"] | tuple[Field, ...]]
    documents: Mapping[str, Signed] | None = None
    documented_as: Signed | None = None
    confirmations: Words = YES
    scopes: Mapping[str, Literal["agency", "system"]] = {}
    every_coc: Words = ("", "all cocs")
    term_days: int | None = None
    newest: bool = True

    @property
    def headings(self) -> list[str]:
        return [name for name in self.columns.model_dump().values() if name is not None]


class Unread(ValueError):
    """A date in a row cannot be read; says in which column."""

    def __init__(self, column: str) -> None:
        super().__init__(column)
        self.column = column


class Releases:
    """Reads the rows of one file, as their sender and the community mean them."""

    def __init__(self, file: ReleaseFile, form: Form, calendar: Calendar, learned_at: Moment) -> None:
        self._file = file
        self._form = form
        self._calendar = calendar
        self._learned_at = learned_at

    def id(self, row: Mapping[str, str]) -> str:
        """The same for every row of a person where only the newest counts, so that it takes the others' place."""
        return f"{self._file.file}/{row[self._file.client if self._file.newest else self._file.key]}"

    def starts(self, row: Mapping[str, str]) -> date | None:
        return self._day(row, self._file.columns.starts)

    def agency(self, row: Mapping[str, str]) -> str | None:
        """The agency that a row speaks for alone. One of no known scope speaks for its agency, if it names one."""
        columns = self._file.columns
        scope = self._file.scopes.get(self._value(row, columns.scope)) if columns.scope else None
        agency = row.get(columns.agency, "") if columns.agency else ""
        return f"Organization/{agency}" if scope != "system" and (agency or columns.scope) else None

    def paper(self, row: Mapping[str, str]) -> Consent | None:
        """The paper behind a row; None where it gives no permission here. Raises `Unread`."""
        information = self._information(row)
        if information is None or not self._is_for_here(row):
            return None
        starts = self.starts(row)
        return Consent(
            id=self.id(row),
            kind=ConsentKind.HMIS_RELEASE,
            disclosers=() if self.agency(row) else (HmisParticipants(class_of_persons="hmis-participants"),),
            information=information,
            recipients=tuple(ClassOfPersons(class_of_persons=one) for one in self._form.recipients),
            purposes=self._form.purposes,
            expiration=self._expiration(row, starts),
            signatures=self._signatures(row, starts),
            revocation=self._revocation(row),
        )

    def _information(self, row: Mapping[str, str]) -> Information | None:
        permitted = self._file.permits.get(self._value(row, self._file.columns.permission), "none")
        if isinstance(permitted, tuple):
            return Described(fields=permitted)
        return Everything(all=True) if permitted == "all" else None

    def _is_for_here(self, row: Mapping[str, str]) -> bool:
        """Whether a row that names Continuums names one of the community's."""
        column = self._file.columns.cocs
        if column is None or self._value(row, column) in self._file.every_coc:
            return True
        named = {name.strip(' "[]').lower() for name in row[column].replace(";", ",").replace("|", ",").split(",")}
        return not named.isdisjoint(coc.lower() for coc in self._form.cocs)

    def _expiration(self, row: Mapping[str, str], starts: date | None) -> OnDate | NeverExpires:
        ends = self._day(row, self._file.columns.ends) if self._file.columns.ends else None
        if ends is None and self._file.term_days is not None and starts is not None:
            ends = starts + timedelta(self._file.term_days)
        return NeverExpires(none=True) if ends is None else OnDate(date=ends)

    def _signatures(self, row: Mapping[str, str], starts: date | None) -> tuple[Signature, ...]:
        """None where it is not known how a row is documented, or where staff have not confirmed it."""
        file, columns = self._file, self._file.columns
        signed = file.documented_as
        if file.documents is not None:
            signed = file.documents.get(self._value(row, columns.documented))
        if columns.confirmed and self._value(row, columns.confirmed) not in file.confirmations:
            signed = None
        return () if signed is None else (Signature(by=signed.by, method=signed.method, on=starts),)

    def _revocation(self, row: Mapping[str, str]) -> Revocation | None:
        """A revocation is learned with the message; one whose day cannot be read is of today."""
        column = self._file.columns.revoked
        if column is None or not row[column]:
            return None
        on = self._calendar.day(row[column]) or self._learned_at.date()
        return Revocation(form=RevocationForm.WRITTEN, on=on, learned_at=self._learned_at)

    def _day(self, row: Mapping[str, str], column: str) -> date | None:
        day = self._calendar.day(row[column]) if row[column] else None
        if day is None and row[column]:
            raise Unread(column)
        return day

    def _value(self, row: Mapping[str, str], column: str | None) -> str:
        return row[column].lower() if column else ""
