"""Every door of the access table, and everybody who might knock at it. A new route is tried by its row alone."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple
from uuid import uuid4

import httpx
import pytest

from hub.demo.county import story
from hub.demo.play import personal_id, release
from hub.edge.auth.access import TABLE, Access
from hub.store.accounts import HubRole, HubScope
from tests.doors.conftest import NOBODY, OUTSIDER, PLANTED, Doors, Knock

OF_THE_HUB = {
    "provider": "none",
    "seq": "0",
    "ledger": "part2",
    "parcel_id": str(uuid4()),
    "event": "0",
    "order_id": str(uuid4()),
}
"""What stands for a parameter that is no organization's, so that whom the row names may see all of them."""

BODIES: dict[str, object] = {
    "accept": {"worker": "Ana Reyes", "role": "outreach worker"},
    "review": {"verdict": "justified", "note": "Agrees with the run report."},
    "search": {"FirstName": "Marcus", "LastName": "Delgado"},
    "client": {"FirstName": "Marcus"},
    "{PersonalID}": {"FirstName": "Marcus"},
    "csvimport": {"Client.csv": []},
    "decline": {"reason": "no-capacity"},
    "presence": {"since": "2026-06-15T02:10:00Z", "until": "2026-06-15T02:20:00Z"},
}
"""What is sent to a thing that is not there, by the last word of the path, so that nothing else is wrong with it."""

FHIR = re.compile(r"system/(\w+|\*)\.(\w+)")


class Door(NamedTuple):
    """A route for one value of the parameter that its row depends on."""

    method: str
    pattern: str
    row: Access
    value: str

    def path(self, things: dict[str, str]) -> str:
        """The address with these things in it; KeyError for one that `plant` does not plant and is not `OF_THE_HUB`."""
        said = {**OF_THE_HUB, **things, self.row.depends_on: self.value}
        return re.sub(r"{(\w+)}", lambda found: said[found[1]], self.pattern)

    def body(self) -> object:
        return BODIES.get(self.pattern.rpartition("/")[2])

    def __str__(self) -> str:
        return f"{self.method} {self.pattern} {self.value}".strip()


def every_door() -> Iterator[Door]:
    for way, row in TABLE.items():
        yield Door(way.method, way.path, row, "hl7v2" if row.depends_on else "")
        for value, case in row.cases.items():
            yield Door(way.method, way.path, case.model_copy(update={"depends_on": row.depends_on}), value)


DOORS = tuple(every_door())
GUARDED = tuple(door for door in DOORS if not door.row.open_because)
OPEN = tuple(door for door in DOORS if door.row.open_because)
THINGS = tuple(
    door for door in GUARDED if set(re.findall(r"{(\w+)}", door.pattern)) - {*OF_THE_HUB, door.row.depends_on}
)

Visit = Callable[[Doors, Access], Sequence[Knock]]


def nobody(_doors: Doors, _row: Access) -> Sequence[Knock]:
    return [NOBODY, Knock({"authorization": "Bearer nonsense"}), Knock({"cookie": "hub_session=nonsense"})]


def people_with_every_other_role(doors: Doors, row: Access) -> Sequence[Knock]:
    return [doors.person(set(HubRole) - row.roles)]


def people_of_no_role(doors: Doors, _row: Access) -> Sequence[Knock]:
    return [doors.person(())]


def systems_with_every_other_scope(doors: Doors, row: Access) -> Sequence[Knock]:
    others = {*HubScope, "system/Observation.cruds"} - row.scopes
    for resource, may in FHIR.findall(" ".join(row.scopes)):
        others |= {f"system/{resource}.{letter}" for letter in "cruds" if letter not in may and resource != "*"}
    return [doors.system(others)]


def tokens_and_sessions_that_have_run_out(doors: Doors, row: Access) -> Sequence[Knock]:
    people = [doors.person(row.roles, ago=timedelta(hours=13))] if row.roles else []
    systems = [doors.system(row.scopes, ago=timedelta(minutes=6))] if row.scopes else []
    return [*people, *systems]


def those_the_row_names(doors: Doors, row: Access) -> Sequence[Knock]:
    return [*(doors.person({role}) for role in row.roles), *(doors.system({scope}) for scope in row.scopes)]


def answers(doors: Doors, visit: Visit, through: Sequence[Door]) -> list[tuple[Door, httpx.Response]]:
    """What everybody of a kind is told at each door."""
    return [
        (door, doors.knock(who, door.method, door.path(doors.things), door.body()))
        for door in through
        for who in visit(doors, door.row)
    ]


def leaks(answered: Sequence[tuple[Door, httpx.Response]]) -> list[str]:
    said = ((door, answer.text + str(answer.headers)) for door, answer in answered)
    return [f"{door}: {word}" for door, text in said for word in PLANTED if word in text]


REFUSED: list[tuple[Visit, int]] = [
    (nobody, 401),
    (people_with_every_other_role, 403),
    (people_of_no_role, 403),
    (systems_with_every_other_scope, 403),
    (tokens_and_sessions_that_have_run_out, 401),
]


class TestDoor:
    @pytest.mark.parametrize(("visit", "status"), REFUSED, ids=lambda one: getattr(one, "__name__", str(one)))
    def test_stays_shut_for(self, doors: Doors, visit: Visit, status: int) -> None:
        """Whom the row does not name is refused before anything is read, told nothing, and leaves nothing behind."""
        for door in GUARDED:
            visit(doors, door.row)  # whoever knocks has an account by now
        before = doors.kept()
        answered = answers(doors, visit, GUARDED)

        assert {str(door): answer.status_code for door, answer in answered if answer.status_code != status} == {}
        assert leaks(answered) == []
        assert _without_accounts(doors.kept()) == _without_accounts(before)

    def test_opens_for_those_the_row_names(self, doors: Doors) -> None:
        answered = answers(doors, those_the_row_names, GUARDED)

        # A page that asks again who it is has let the person in, and did not like the empty password.
        shut = [(door, answer) for door, answer in answered if answer.status_code in {401, 403, *range(500, 600)}]
        assert {str(door): answer.text for door, answer in shut if "Show again" not in answer.text} == {}
        assert leaks(answered) == []

    def test_that_is_open_tells_nobody_anything(self, doors: Doors) -> None:
        closed_book = [door for door in OPEN if door.pattern != "/openapi.json"]  # it has an example with a name
        answered = [*answers(doors, nobody, closed_book), *answers(doors, people_of_no_role, closed_book)]

        assert {str(door): answer.status_code for door, answer in answered if answer.status_code >= 500} == {}
        assert leaks(answered) == []

    def test_of_another_organizations_thing_is_the_same_as_of_nothing_at_all(self, doors: Doors) -> None:
        """Byte for byte, but for the number of the request."""
        nothing = dict.fromkeys(doors.things, str(uuid4()))
        before = doors.kept()
        for door in THINGS:
            for who in those_the_row_names(doors, door.row):
                theirs, none = (
                    doors.knock(who, door.method, door.path(things), door.body()) for things in (doors.things, nothing)
                )
                assert theirs.status_code == none.status_code == 404, str(door)
                assert _but_its_number(theirs) == _but_its_number(none), str(door)
                assert leaks([(door, theirs)]) == []
        assert _without_accounts(doors.kept()) == _without_accounts(before)

    def test_of_a_thing_opens_for_who_has_a_part_in_it(self, doors: Doors) -> None:
        """Else everything would be not found, and nobody would notice."""
        handoff, message = (doors.things[name] for name in ("handoff_id", "message_id"))
        receiver = doors.system({HubScope.HANDOFF}, of="open-door-shelter")
        sender = doors.system({HubScope.RECORDS_WRITE}, of="lakeside-clinic")

        assert "Quillfeather" in doors.knock(receiver, "GET", f"/api/handoffs/{handoff}").text
        assert doors.knock(sender, "GET", f"/api/feeds/messages/{message}").json()["id"] == message


class TestNameInABody:
    """What a body names is looked for among the caller's own as well."""

    def test_of_another_organizations_consent_is_not_found(self, doors: Doors) -> None:
        filed = release(personal_id(doors.hub.home.county.truth, story("withheld")))
        holder, outsider = (doors.system({HubScope.CONSENT_WRITE}, of=one) for one in ("riverbend-hmis", OUTSIDER))
        assert doors.knock(holder, "POST", "/api/consents", filed).status_code == 201
        theirs, none, own = (
            doors.knock(who, "POST", "/api/consents/revocations", {"consent_id": named, "form": "written"})
            for who, named in (
                (outsider, filed["consent"]["id"]),
                (outsider, "nothing"),
                (holder, filed["consent"]["id"]),
            )
        )

        assert (theirs.status_code, none.status_code, own.status_code) == (404, 404, 204)
        assert _but_its_number(theirs) == _but_its_number(none)

    @pytest.mark.parametrize("path", ["/api/directory/staff-assignments", "/api/consents"])
    def test_of_another_organizations_person_is_not_found(self, doors: Doors, path: str) -> None:
        filed = release(personal_id(doors.hub.home.county.truth, story("withheld")))
        assigned = {"program": "Project/31", "worker": "Ana", "role": "outreach", "since": "2026-06-01"}
        said = filed if path == "/api/consents" else {"person": filed["person"], **assigned}
        outsider = doors.system({HubScope.HMIS_WRITE, HubScope.CONSENT_WRITE})
        theirs = doors.knock(outsider, "POST", path, said)
        none = doors.knock(outsider, "POST", path, {**said, "person": {**filed["person"], "value": "nothing"}})

        assert (theirs.status_code, none.status_code) == (404, 404)
        assert _but_its_number(theirs) == _but_its_number(none)


def _but_its_number(answer: httpx.Response) -> tuple[str, list[tuple[str, str]]]:
    number = answer.headers["x-request-id"]
    return answer.text.replace(number, ""), [(name, said) for name, said in answer.headers.items() if said != number]


def _without_accounts(kept: dict[str, str]) -> dict[str, str]:
    """Who knocks needs an account, a token or a session, which the test gave them; and how often they do is counted."""
    given = {"user_account", "web_session", "client", "access_token", "rate_count"}
    return {table: digest for table, digest in kept.items() if table not in given}
