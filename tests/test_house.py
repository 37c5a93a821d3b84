"""Rules of the house that a type checker cannot see; each says why it is one."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Connection, Engine, LargeBinary, text
from sqlalchemy.exc import ProgrammingError
from sqlmodel import SQLModel

import hub.store.tables  # noqa: F401  (fills the metadata)
from hub.edge.auth.access import TABLE
from hub.edge.auth.routes import Found, routes_of
from hub.main import create_app
from hub.settings import Settings
from hub.store import db
from hub.store.crypto import Keys
from hub.store.crypto.ring import DERIVED, TOKENS
from hub.store.rotation import KEPT, ONLY_ADDED_TO, UNDER_A_PERSONS_KEY
from hub.store.walls import Part
from tests.store.rights import RIGHTS, Rights

ROOT = Path(__file__).parents[1]
PACKAGES = ("hub", "adapters", "consent", "schemas")

ROOMS = {"hub", "adapters", "consent", "schemas", "tests", "docker"}
FILES = {"pyproject.toml", "README.md", "Makefile", "LICENSE", "requirements.lock"}
FOR_TOOLS = {".ci", ".git", ".gitignore", ".dockerignore"}

NO_SETTINGS = {
    "HUB_HTTP": "compose: the port on the host",
    "HUB_MLLP": "compose: the port on the host",
    "HUB_PARTNER_SECRET": "the demo's partner, which is another program",
    "HUB_SHARED_DATA": "the tests: where samples of others lie",
}
NAMES_OF_A_PERSON = ("name", "given", "family", "birth", "ssn", "phone", "address", "person")
NO_NAMES = {"feed_name", "personal_id"}
"""A PersonalID is a number within one HMIS, and HUD's HMIS API has it in its addresses."""

CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter", "localtime", "gmtime"}
CLOCK_MODULES = {"time", "datetime", "date"}


def modules(*packages: str) -> Iterator[Path]:
    for package in packages:
        yield from sorted((ROOT / package).rglob("*.py"))


def place(path: Path) -> str:
    return str(path.relative_to(ROOT))


class TestTopLevel:
    def test_holds_the_six_rooms_and_what_tools_look_for(self) -> None:
        """A newcomer sees the whole house at one glance; what else tools leave here is not kept."""
        ignored = (ROOT / ".gitignore").read_text().split()
        left_by_tools = {name for name in ignored if name.startswith(".")} | {"build/", ".env"}
        found = {path.name for path in ROOT.iterdir() if not _is_left(path, left_by_tools)}

        assert found == ROOMS | FILES | (FOR_TOOLS & found)
        assert (ROOT / ".ci" / "run").is_file()


def _is_left(path: Path, by_tools: set[str]) -> bool:
    return path.name in by_tools or f"{path.name}/" in by_tools or path.name.endswith((".egg-info", ".pyc"))


class TestModule:
    def test_stays_under_400_lines(self) -> None:
        """Past that there is a second idea in it. A migration is a record of what was done, and is never cut up."""
        long = {
            place(path): lines
            for path in modules(*PACKAGES)
            if "migrations" not in path.parts and (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
        }

        assert long == {}, "look for the second idea and make a package of the module's name"

    def test_of_law_or_of_shapes_reads_no_clock(self) -> None:
        """A decision is a function of what it was told, so that any past one can be asked again."""
        reading = {
            f"{place(path)}:{node.lineno}"
            for path in modules("consent", "schemas")
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.expr | ast.stmt) and _reads_the_clock(node)
        }

        assert reading == set(), "take the time as an argument, `as_of`"

    @pytest.mark.parametrize(
        ("line", "reads"),
        [
            ("datetime.now(UTC)", True),
            ("dt.date.today()", True),
            ("time.time()", True),
            ("from time import monotonic", True),
            ("request.at.date()", False),
            ("instrument.time", False),
            ("from datetime import datetime", False),
        ],
    )
    def test_is_caught_reading_one_and_not_for_less(self, line: str, reads: bool) -> None:
        assert any(map(_reads_the_clock, ast.walk(ast.parse(line)))) is reads


def _reads_the_clock(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module == "time"
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in CLOCKS:
        return False
    owner = node.func.value
    return (owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")) in CLOCK_MODULES


@pytest.fixture(params=[True, False], ids=["demo", "real"])
def found(request: pytest.FixtureRequest) -> list[Found]:
    """Every route, those of included routers and mounts too; nothing connects."""
    app = create_app(
        Settings(_env_file=None), db.connect("postgresql://127.0.0.1:1/none"), Keys(b"\x07" * 32), demo=request.param
    )
    return list(routes_of(app))


class TestRoute:
    def test_has_its_row_in_the_access_table_and_no_row_is_left_over(self, found: list[Found]) -> None:
        """Who may use a route is said in one place, which an officer can read."""
        ways = [way for route in found for way in route.ways]

        assert set(ways) == set(TABLE), "say in hub/edge/auth/access.py who may use it"
        assert len(ways) == len(set(ways)), "one route a way in"

    def test_takes_no_name_in_its_address(self, found: list[Found]) -> None:
        """Addresses stand in logs, histories and referrers; finding a person is a POST."""
        said = [
            f"{route.ways[0].path}: {parameter.name}"
            for route in found
            if route.dependant is not None
            for parameter in (*route.dependant.path_params, *route.dependant.query_params)
            if any(word in parameter.name.lower() for word in NAMES_OF_A_PERSON) and parameter.name not in NO_NAMES
        ]

        assert said == []


class TestSetting:
    def test_says_what_it_is_for(self) -> None:
        """`hub settings` is the one place where an operator looks."""
        assert [name for name, field in Settings.model_fields.items() if not field.description] == []

    def test_is_named_only_if_there_is_one(self) -> None:
        """A setting that a text names and nobody reads is a trap for whoever sets it."""
        known = {f"HUB_{name.upper()}" for name in Settings.model_fields} | set(NO_SETTINGS)
        texts = [*modules("hub"), ROOT / "README.md", *(path for path in (ROOT / "docker").iterdir() if path.is_file())]
        named = {
            f"{place(path)}: {word}"
            for path in texts
            for word in re.findall(r"\bHUB_[A-Z_]*[A-Z]\b", path.read_text(encoding="utf-8"))
            if word not in known
        }

        assert named == set()


class TestMigrations:
    def test_make_the_tables_that_the_code_means(self, engine: Engine) -> None:
        """A table or column that only one of the two knows breaks the first hub that is brought up to date."""
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})

            assert compare_metadata(context, SQLModel.metadata) == []


class TestTables:
    def test_say_what_each_part_of_the_hub_may_do_with_them(self, engine: Engine) -> None:
        """What a migration makes and grants to nobody is out of reach of the web, the worker and the listener."""
        with engine.connect() as connection:
            tables = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars()
            found = {table: Rights(*(_rights(connection, part, table) for part in Part)) for table in tables}

        assert found == dict(RIGHTS), "GRANT in the migration that makes the table, and say so in tests/store/rights.py"


def _rights(connection: Connection, part: Part, table: str) -> str:
    """The letters of what a part may do with a table, small where it may with some columns only."""
    held = ""
    for verb in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"):
        asked = {"part": part, "table": table, "verb": verb}
        if connection.execute(text("SELECT has_table_privilege(:part, :table, :verb)"), asked).scalar_one():
            held += verb[0]
        elif verb not in {"DELETE", "TRUNCATE", "TRIGGER"} and (
            connection.execute(text("SELECT has_any_column_privilege(:part, :table, :verb)"), asked).scalar_one()
        ):
            held += verb[0].lower()
    return held


class TestAuditTables:
    @pytest.mark.parametrize("table", ["audit_entry", "audit_leaf", "audit_checkpoint"])
    @pytest.mark.parametrize("verb", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
    def test_refuse_every_change(self, engine: Engine, table: str, verb: str) -> None:
        """What was said stays said, also for the hub's own database user."""
        columns = {"audit_entry": "actor", "audit_leaf": "completed", "audit_checkpoint": "note"}
        statement = verb.format(table, columns[table], columns[table])

        with pytest.raises(ProgrammingError) as refusal, engine.begin() as connection:
            connection.execute(text(statement))

        assert isinstance(refusal.value.orig, InsufficientPrivilege)
        assert "append-only" in str(refusal.value.orig)


DIGESTS = {
    "access_token.token_digest": "of a random token",
    "audit_entry.leaf": "salted commitments",
    "audit_leaf.completed": "hashes of the tree",
    "emergency_declaration.question_token": "blind",
    "identity.token": "blind",
    "instrument.key_token": "blind",
    "person_subject.digest": "blind",
    "person_subject.token": "blind",
    "person_order.custody": "sealed for the court's custodian, whom no key of the hub's opens",
    "person_order.reference": "a digest",
    "person_token.token": "blind",
    "raw_message.content_token": "blind",
    "raw_message.idempotency_token": "blind",
    "record.content_token": "blind",
    "record.key_token": "blind",
    "sealed_subject.token": "blind",
    "sign_in_journey.session_digest": "of a random token",
    "sign_in_journey.token_digest": "of a random token",
    "user_account.login_token": "blind",
    "web_session.token_digest": "of a random token",
}
"""Binary columns that hold nothing sealed."""


class TestSealedColumn:
    def test_is_on_the_list_of_how_it_turns(self) -> None:
        """A new one goes into `hub.store.rotation.kept`: under a master, under a person's key, or only added to.

        One that is sealed under a master also needs, in its migration, `SELECT insist_on_a_living_key(table, column)`.
        """
        binary = {
            f"{table.name}.{column.name}"
            for table in SQLModel.metadata.sorted_tables
            for column in table.columns
            if isinstance(column.type, LargeBinary)
        }
        listed = [*(kept.name for kept in KEPT), *UNDER_A_PERSONS_KEY, *ONLY_ADDED_TO, *DIGESTS]

        assert sorted(binary) == sorted(listed)


class TestBlindToken:
    def test_is_for_a_purpose_that_the_ring_knows(self) -> None:
        """A purpose that the list lacks would change its tokens when a home of the first kind turns its ring."""
        tokens: set[str] = set()
        derived: set[str] = set()
        for path in modules("hub"):
            for verb, purpose in _asked(path):
                (derived if verb == "derive" else tokens).add(purpose)

        assert tokens - set(TOKENS) == set()
        assert derived - set(DERIVED) == set()
        assert len(tokens) > 5, "the test finds them"


def _asked(path: Path) -> Iterator[tuple[str, str]]:
    """The purposes written out in calls of `token`, `digest` and `derive`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
            continue
        first, verb = node.args[0], node.func.attr
        if isinstance(first, ast.Constant) and isinstance(first.value, str) and verb in {"token", "digest", "derive"}:
            yield verb, first.value
