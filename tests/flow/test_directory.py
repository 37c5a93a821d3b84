"""The contact directory over HTTP: an HMIS enters how its agencies and programs are reached, and a worker is told."""

from hub.demo.county import Story
from hub.store.audit import Act
from tests.flow.conftest import Hub, Partner

CONTACTS = "/api/directory/contacts"
OUTREACH = {"source": "riverbend-hmis", "program": "Project/201"}
NIGHT = {**OUTREACH, "kind": "phone", "value": "+1 555 0177", "hours": "24/7"}
TABLE = "agency,kind,value,hours\nopen-door-shelter,phone,+1 555 0111,24/7\nopen-door-shelter,email,in@door.example,\n"


def values(reach: list[dict[str, str]]) -> list[str]:
    return [way["value"] for way in reach]


class TestContacts:
    def test_entered_are_told_with_the_next_answer_and_removed_no_more(
        self, hub: Hub, hmis: Partner, crisis: Partner, marcus: Story
    ) -> None:
        before = values(crisis.ask(marcus).json()["contacts"][0]["reach"])
        filed = hmis.post(CONTACTS, NIGHT)
        (way,) = [one for one in crisis.ask(marcus).json()["contacts"][0]["reach"] if one["value"] == NIGHT["value"]]

        assert filed.status_code == 201, filed.text
        assert NIGHT["value"] not in before
        assert (way["whose"], way["open_now"], way["hours"]) == ("program", True, "24/7")
        assert hub.entries(Act.DIRECTORY_CHANGED)[0].details == {"contact": filed.json()["id"]}
        assert NIGHT["value"] in values(hmis.get(CONTACTS).json())

        gone = hmis.http.delete(f"{CONTACTS}/{filed.json()['id']}", headers=hmis.headers)
        assert gone.status_code == 204
        assert values(crisis.ask(marcus).json()["contacts"][0]["reach"]) == before

    def test_of_a_whole_table_are_all_taken_or_none(self, hmis: Partner) -> None:
        def send(table: str) -> int:
            return hmis.send(f"{CONTACTS}/csv", table.encode(), **{"content-type": "text/csv"}).status_code

        assert send(TABLE + "nobody-here,phone,988,\n") == 404
        assert send(TABLE + "open-door-shelter,phone,by night,\n") == 422
        assert "in@door.example" not in values(hmis.get(CONTACTS).json())
        assert send(TABLE) == 201
        assert "in@door.example" in values(hmis.get(CONTACTS).json())

    def test_of_who_is_not_administered_cannot_be_entered_by_an_hmis(self, hmis: Partner) -> None:
        line = {"kind": "phone", "value": "988"}

        assert hmis.post(CONTACTS, {"agency": "open-door-shelter", **line}).status_code == 201
        assert hmis.post(CONTACTS, {"agency": "mercy-hospital", **line}).status_code == 404

    def test_that_are_none_say_where_and_what_was_expected(self, hmis: Partner) -> None:
        said = hmis.post(CONTACTS, {**NIGHT, "hours": "by and by", "kind": "pigeon"})

        assert said.status_code == 422
        assert {one["at"]: one["expected"][:20] for one in said.json()["errors"]} == {
            "body.kind": "Input should be 'pho",
            "body.hours": "24/7, or days and ti",
        }
        assert "by and by" not in said.text
