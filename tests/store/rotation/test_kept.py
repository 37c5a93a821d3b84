"""Whoever adds a sealed column says how it turns; what a rotation does not know of is lost when its master goes."""

import pytest
from sqlalchemy import Engine, LargeBinary, text
from sqlmodel import SQLModel

import hub.store.tables  # noqa: F401  (fills the metadata)
from hub.store.rotation import KEPT, ONLY_ADDED_TO, UNDER_A_PERSONS_KEY

DIGESTS = {
    "access_token.token_digest": "of a random token",
    "audit_entry.leaf": "salted commitments",
    "audit_leaf.completed": "hashes of the tree",
    "emergency_declaration.question_token": "blind",
    "instrument.key_token": "blind",
    "person_subject.digest": "blind",
    "person_subject.token": "blind",
    "person_token.token": "blind",
    "raw_message.content_token": "blind",
    "raw_message.idempotency_token": "blind",
    "record.content_token": "blind",
    "record.key_token": "blind",
    "user_account.login_token": "blind",
    "web_session.token_digest": "of a random token",
}


class TestSealedColumn:
    def test_is_on_the_list_of_how_it_turns(self) -> None:
        """A new one goes into `hub.store.rotation.kept`: under a master, under a person's key, or only added to.

        One that is sealed under a master also needs, in its migration, `SELECT insist_on_a_living_key(table, column)`.
        """
        binary = {
            f"{table.name}.{column.name}"
            for table in SQLModel.metadata.sorted_tables
            for column in table.columns
            if isinstance(column.type, LargeBinary) or column.name.startswith(("sealed", "wrapped"))
        }
        listed = [*(kept.name for kept in KEPT), *UNDER_A_PERSONS_KEY, *ONLY_ADDED_TO, *DIGESTS]

        assert sorted(binary) == sorted(listed)

    @pytest.mark.parametrize("kept", KEPT, ids=lambda kept: kept.name)
    def test_under_a_master_is_guarded_by_the_database(self, engine: Engine, kept: object) -> None:
        name = f"{kept.column}_is_under_a_living_key"  # type: ignore[attr-defined]
        with engine.connect() as connection:
            guard = text("SELECT count(*) FROM pg_trigger WHERE tgname = :name AND tgrelid = CAST(:on AS regclass)")

            assert connection.scalar(guard, {"name": name, "on": kept.table}) == 1  # type: ignore[attr-defined]
