"""What an electronic health record is told of homeless services, asked over HTTP of a loaded county."""

from fhir.resources.R4B.bundle import Bundle

from hub.demo.county import Story
from tests.flow.conftest import Hub, Partner, question


class TestHealthcareService:
    def test_says_how_and_when_a_program_is_reached(self, shelter: Partner) -> None:
        answer = shelter.get("/fhir/HealthcareService?organization=open-door-shelter&service-type=street-outreach")
        (entry,) = answer.json()["entry"]
        service = entry["resource"]

        assert Bundle.model_validate(answer.json())
        assert service["identifier"] == [{"system": "http://hmis.hud.gov/identifiers/ProjectID", "value": "201"}]
        assert service["availableTime"][0]["availableStartTime"] == "06:00:00"
        assert service["telecom"] == [{"system": "phone", "value": "+1 555 0100"}]
        assert service["coverageArea"] == [{"type": "Location", "display": "Riverbend"}]

    def test_has_what_was_entered_into_the_contact_directory(self, hmis: Partner, shelter: Partner) -> None:
        mill = {"source": "riverbend-hmis", "program": "Project/201"}
        entered = (
            {"kind": "phone", "value": "+1 555 0100", "hours": "Mon-Fri 08:00-17:00; Sat 10:00-14:00"},
            {"kind": "phone", "value": "+1 555 0177", "after_hours": True},
            {"kind": "email", "value": "outreach@opendoor.example"},
            {"kind": "place", "value": "12 Mill Road"},
            {"kind": "phone", "value": "+1 555 0199", "until": "2020-01-01"},
        )
        for one in entered:
            assert hmis.post("/api/directory/contacts", {**mill, **one}).status_code == 201
        answer = shelter.get("/fhir/HealthcareService?organization=open-door-shelter&service-type=street-outreach")
        service = answer.json()["entry"][0]["resource"]

        assert Bundle.model_validate(answer.json())
        assert service["location"] == [{"type": "Location", "display": "12 Mill Road"}]
        assert [point["value"] for point in service["telecom"]] == [
            "+1 555 0100",
            "+1 555 0177",
            "outreach@opendoor.example",
        ]
        assert [(time["daysOfWeek"], time["availableEndTime"]) for time in service["availableTime"]] == [
            (["mon", "tue", "wed", "thu", "fri"], "17:00:00"),
            (["sat"], "14:00:00"),
        ]
        assert service["availabilityExceptions"] == "After hours: phone +1 555 0177"

    def test_of_an_organization_without_programs_is_none(self, shelter: Partner) -> None:
        assert shelter.get("/fhir/HealthcareService?organization=riverbend-police").json()["total"] == 0

    def test_is_not_for_those_who_do_not_take_part(self, hub: Hub) -> None:
        assert hub.http.get("/fhir/HealthcareService").status_code == 401


class TestContact:
    def test_is_an_episode_and_a_team_with_labels(self, crisis: Partner, marcus: Story) -> None:
        answer = crisis.post("/fhir/$contact", question(marcus)).json()
        found = {entry["resource"]["resourceType"]: entry["resource"] for entry in reversed(answer["entry"])}

        assert Bundle.model_validate(answer)
        assert found["CareTeam"]["participant"][0]["member"]["display"] == "Ana Reyes"
        assert found["EpisodeOfCare"]["status"] == "active"
        assert found["EpisodeOfCare"]["meta"]["security"]
        assert "Delgado" not in str(answer)

    def test_of_a_stranger_and_of_someone_withheld_is_the_same(
        self, crisis: Partner, stranger: Story, rosalind: Story
    ) -> None:
        told = [crisis.post("/fhir/$contact", question(one)).json() for one in (stranger, rosalind)]

        assert [sorted(one) for one in told] == [["identifier", "resourceType", "timestamp", "type"]] * 2
