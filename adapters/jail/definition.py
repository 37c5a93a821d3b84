"""What one jail's export looks like, and what its columns mean.

Configuration is per feed, never per vendor: two neighbouring counties on the same system send different columns, and
one county sends three exports in three date styles.
"""

import codecs
import re
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from importlib.resources import files
from pathlib import PurePath
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, StringConstraints, ValidationError, model_validator
from pydantic import Field as Bound

from adapters.base import Unreadable
from schemas.frozen import Frozen, Jurisdiction, Slug
from schemas.vocab.records import BookingEvent, Sex

FEED = "jail"

_NATIONAL = re.compile(r"\b(ncic|iii|triple\s*i|n-?dex|nlets)\b")


class Meaning(StrEnum):
    """What a column holds. Several columns of one meaning are read as one, with a space between, charges apart."""

    FAMILY = "family"
    GIVEN = "given"
    MIDDLE = "middle"
    SUFFIX = "suffix"
    NAME = "name"
    ALIAS = "alias"
    BIRTH_DATE = "birth_date"
    SEX = "sex"
    SSN = "ssn"
    PHONE = "phone"
    ADDRESS = "address"
    STATE_ID = "state_id"
    BOOKED_AT = "booked_at"
    RELEASED_AT = "released_at"
    RELEASE_EXPECTED_AT = "release_expected_at"
    RELEASE_REASON = "release_reason"
    STATUS = "status"
    SEALED = "sealed"
    CHARGE = "charge"
    FACILITY = "facility"
    SCREENING = "screening"
    IGNORED = "ignored"


UNMARKED = frozenset({Meaning.SEX, Meaning.STATE_ID, Meaning.STATUS, Meaning.SEALED})
"""Meanings whose place in a record has no mark of who may see it; a sensitive column cannot have one of them."""


class Mode(StrEnum):
    """What a message is: everyone in custody, what changed, or one event a row."""

    SNAPSHOT = "snapshot"
    DELTA = "delta"
    MESSAGE = "message"


def _timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise ValueError("should be a time zone such as America/Denver") from None
    return name


def _encoding(name: str) -> str:
    try:
        codecs.lookup(name)
    except LookupError:
        raise ValueError("should be an encoding such as utf-8 or windows-1252") from None
    return name


def _pattern(text: str) -> str:
    try:
        compiled = re.compile(text)
    except re.error:
        raise ValueError("should be a regular expression") from None
    if compiled.groups != 1:
        raise ValueError("should have exactly one group")
    return text


Pattern = Annotated[str, AfterValidator(_pattern)]
Name = Annotated[str, StringConstraints(min_length=1)]


class Span(Frozen):
    """A column of a fixed-width file; `start` counts characters from 1."""

    name: Name
    start: Annotated[int, Bound(ge=1)]
    width: Annotated[int, Bound(ge=1)]


class FileShape(Frozen):
    """How the bytes become rows. `trailer` matches the last line, and its group is the number of rows before it."""

    format: Literal["csv", "fixed-width"] = "csv"
    encoding: Annotated[str, AfterValidator(_encoding)] = "utf-8"
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)] = ","
    header: bool = True
    names: tuple[Name, ...] = ()
    spans: tuple[Span, ...] = ()
    trailer: Pattern | None = None

    @model_validator(mode="after")
    def _names_its_columns(self) -> Self:
        if self.format == "fixed-width" and not self.spans:
            raise ValueError("with spans, because it is of fixed width")
        if self.format == "csv" and not self.header and not self.names:
            raise ValueError("with names, because it has no header")
        return self


class TakenAt(Frozen):
    """Where the name of a file says when it was taken, local time: the group of the pattern, in the format."""

    pattern: Pattern
    format: Name


class Codes(Frozen):
    """The sender's codes, compared without case; `*` stands for every other one."""

    sex: Mapping[str, Sex] = {}
    status: Mapping[str, BookingEvent] = {}
    release_reason: Mapping[str, BookingEvent] = {}


class FeedDefinition(Frozen):
    """One export of one jail.

    `jail` names the jail in identifiers: exports of the same jail share it. `booking_key` are the columns that name a
    stay, `person_key` those that name a person across stays; without them a person is known by the booking. Columns
    in `optional` may be missing. `sensitive` columns leave the adapter in marked attributes or not at all.
    `cadence_hours`, `grace_hours` and `drop_guard` say how often a file comes, how long absence is no news, and by
    which share the rows may fall before a person looks at the file; whoever keeps the last file compares.
    """

    jail: Slug
    facility: Name
    jurisdiction: Jurisdiction | None = None
    timezone: Annotated[str, AfterValidator(_timezone)]
    mode: Mode
    file: FileShape = FileShape()
    taken_at: TakenAt | None = None
    booking_key: Annotated[tuple[Name, ...], Bound(min_length=1)]
    person_key: tuple[Name, ...] = ()
    columns: Annotated[Mapping[Name, Meaning], Bound(min_length=1)]
    optional: tuple[Name, ...] = ()
    sensitive: tuple[Name, ...] = ()
    date_formats: Annotated[tuple[Name, ...], Bound(min_length=1)]
    codes: Codes = Codes()
    may_be_empty: bool = False
    cadence_hours: Annotated[float, Bound(gt=0)] = 24
    grace_hours: Annotated[float, Bound(gt=0)] = 72
    drop_guard: Annotated[float, Bound(gt=0, le=1)] = 0.2

    @model_validator(mode="after")
    def _names_only_its_columns(self) -> Self:
        for key in ("booking_key", "person_key", "optional", "sensitive"):
            if unknown := sorted(set(getattr(self, key)) - set(self.columns)):
                raise ValueError(f"such that {key} names only what columns holds, without {', '.join(unknown)}")
        if missing := set(self.booking_key) & set(self.optional):
            raise ValueError(f"such that no booking_key is optional, without {', '.join(sorted(missing))}")
        return self

    @model_validator(mode="after")
    def _keeps_what_is_sensitive(self) -> Self:
        for column in self.sensitive:
            if column in (*self.booking_key, *self.person_key) or self.columns[column] in UNMARKED:
                raise ValueError(
                    f"such that {column}, being sensitive, stands where its release is guarded, or is ignored"
                )
        return self

    @model_validator(mode="after")
    def _takes_nothing_national(self) -> Self:
        if taken := [column for column in self.columns if is_national(column)]:
            raise ValueError(f"such that nothing of NCIC, III or N-DEx is taken, without {', '.join(taken)}")
        return self

    @model_validator(mode="after")
    def _knows_whose_state_number_it_is(self) -> Self:
        if Meaning.STATE_ID in self.columns.values() and self.jurisdiction is None:
            raise ValueError("such that jurisdiction, as US-CO, says whose number state_id is")
        return self


def is_national(column: str) -> bool:
    """Whether a column comes from a national criminal-justice system, whose data may not be passed on."""
    return bool(_NATIONAL.search(re.sub(r"[\W_]+", " ", column.casefold())))


def read_definition(text: str | None) -> FeedDefinition:
    """A definition from its TOML; raises `Unreadable` that names the key and what it should be."""
    if not text:
        raise Unreadable(FEED, "the message", "accompanied by the jail's feed definition", code="no-definition")
    try:
        return FeedDefinition.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as failure:
        where = re.search(r"at line \d+", str(failure))
        place = f"the definition, {where[0] if where else 'at its end'}"
        raise Unreadable(FEED, place, "TOML", code="definition") from None
    except ValidationError as failure:
        raise _wrong_key(failure) from None


def shipped_definition(name: str) -> str:
    """The text of an example that comes with the adapter, by the name of its file without `.toml`."""
    return (files("adapters.jail") / "definitions" / f"{PurePath(name).name}.toml").read_text(encoding="utf-8")


def _wrong_key(failure: ValidationError) -> Unreadable:
    fault = failure.errors(include_input=False, include_url=False)[0]
    key = ".".join(str(part) for part in fault["loc"]) or "its keys"
    expected = fault["msg"].removeprefix("Value error, ").removeprefix("should be ").removeprefix("Input should be ")
    return Unreadable(FEED, f"the definition, {key}", expected, code="definition")
