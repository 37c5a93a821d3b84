"""The tables of the person index. Every value about a person is a keyed digest or sealed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, ForeignKey, LargeBinary
from sqlmodel import Field, SQLModel

from hub.store.columns import Json, Moment


class PersonRow(SQLModel, table=True):
    """A person, who is nothing but a data key; without the key all that is known of them is gone."""

    __tablename__ = "person"

    id: UUID = Field(primary_key=True)
    wrapped_key: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    created_at: datetime = Moment()


class TokenRow(SQLModel, table=True):
    """A blocking key of a person, blinded. No foreign key: it would cost each import more than all else here."""

    __tablename__ = "person_token"

    token: bytes = Field(primary_key=True)
    person_id: UUID = Field(primary_key=True)


class SubjectRow(SQLModel, table=True):
    """Which person a source means by a key of its own, why the hub thinks so, and what the source says of them now.

    What it says is sealed under the person's key; `digest` tells whether what comes in next is the same, without
    opening anything. A subject of whom no facts are told has neither.
    """

    __tablename__ = "person_subject"

    token: bytes = Field(primary_key=True)
    source: str = Field(primary_key=True)
    person_id: UUID = Field(sa_column=Column(ForeignKey("person.id"), nullable=False, index=True))
    weight: float | None = None
    reasons: list[str] = Json(default_factory=list)
    linked_at: datetime = Moment()
    digest: bytes | None = None
    sealed_facts: bytes | None = None
    learned_at: datetime | None = Moment(nullable=True)


class ReviewRow(SQLModel, table=True):
    """Two persons who may be one; a human decides."""

    __tablename__ = "person_review"

    person_id: UUID = Field(primary_key=True, foreign_key="person.id")
    other_id: UUID = Field(primary_key=True, foreign_key="person.id")
    weight: float
    reasons: list[str] = Json(default_factory=list)
    at: datetime = Moment()
