"""HUD's HMIS API over HTTP: a source has its own back, others what consent permits, and silence looks like nobody."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlmodel import Session

from adapters.hmis.api.client import ExportClient
from adapters.hmis.person import PERSONAL_ID
from hub.demo.county import Story
from hub.demo.play import personal_id, release
from hub.flow import files, intake
from hub.flow.hmis.standing import Standing
from hub.flow.pulling import Pull
from hub.store.accounts import Caller, CallerKind
from hub.store.audit import Act
from hub.store.db import transaction
from hub.store.directory import Directory
from hub.store.ledgers.disclosures import DISCLOSING
from hub.store.people import People
from schemas.canonical import Identifier
from schemas.vocab import Role
from tests.flow.conftest import Hub, Partner
from tests.hmis_partner import page, serving

BASE = "/hmis/v1"
NEWCOMER = {
    "PersonalID": "n-1",
    "FirstName": "Odalys",
    "LastName": "Brancusi",
    "NameDataQuality": 1,
    "DOB": "1990-02-03",
    "DOBDataQuality": 1,
    "VeteranStatus": 0,
    "HispanicLatinaeo": 1,
    "DateCreated": "2026-03-01 08:00:00",
    "DateUpdated": "2026-03-01 08:00:00",
    "UserID": "u1",
}


_WRITTEN = {"DateCreated": "2026-03-01 08:00:00", "DateUpdated": "2026-03-01 08:00:00", "UserID": "u1"}
SHELTER: dict[str, list[dict[str, Any]]] = {
    "Organization.csv": [
        {"OrganizationID": "w-1", "OrganizationName": "Willow House", "VictimServiceProvider": 0, **_WRITTEN}
    ],
    "User.csv": [
        {
            "UserID": "u1",
            "UserFirstName": "Ada",
            "UserLastName": "Quill",
            **_WRITTEN,
        }
    ],
    "Project.csv": [
        {
            "ProjectID": "w-2",
            "OrganizationID": "w-1",
            "ProjectName": "Willow House nights",
            "OperatingStartDate": "2020-01-01",
            "ContinuumProject": 1,
            "ProjectType": 0,
            "HousingType": 1,
            **_WRITTEN,
        }
    ],
    "Funder.csv": [
        {
            "FunderID": "w-3",
            "ProjectID": "w-2",
            "Funder": 1,
            "GrantID": "g",
            "StartDate": "2020-01-01",
            **_WRITTEN,
        }
    ],
    "ProjectCoC.csv": [
        {
            "ProjectCoCID": "w-4",
            "ProjectID": "w-2",
            "CoCCode": "XX-501",
            "Geocode": "123456",
            "Address1": "12 Willow Lane",
            **_WRITTEN,
        }
    ],
    "Inventory.csv": [
        {
            "InventoryID": "w-5",
            "ProjectID": "w-2",
            "CoCCode": "XX-501",
            "HouseholdType": 1,
            "UnitInventory": 5,
            "BedInventory": 9,
            "InventoryStartDate": "2020-01-01",
            **_WRITTEN,
        }
    ],
    "HMISParticipation.csv": [
        {
            "HMISParticipationID": "w-6",
            "ProjectID": "w-2",
            "HMISParticipationType": 1,
            "HMISParticipationStatusStartDate": "2020-01-01",
            **_WRITTEN,
        }
    ],
}
STAY = {
    "EnrollmentID": "e-1",
    "PersonalID": "n-1",
    "ProjectID": "w-2",
    "EntryDate": "2026-03-01",
    "HouseholdID": "h-1",
    "RelationshipToHoH": 1,
    **_WRITTEN,
}
_REFERRED_TO = ("Organization", "Project", "Enrollment")


def refers_to_itself(files: dict[str, Any]) -> bool:
    """Whether every organization, project and stay that a row names is among the rows."""
    keys = {f"{name}ID": {row[f"{name}ID"] for row in files[f"{name}.csv"]} for name in _REFERRED_TO}
    rows = [row for rows in files.values() for row in rows]
    return all(row[name] in keys[name] for row in rows for name in keys if name in row)


def read(hub: Hub) -> None:
    intake.Reader(hub.at_work, hub.keys, auto_link=8.0).round(datetime.now(UTC))


def seen(answer: httpx.Response) -> tuple[int, dict[str, str], str]:
    """All that an asker sees, but for the number of the request."""
    number = answer.headers["x-request-id"]
    headers = {name: value for name, value in answer.headers.items() if value != number}
    return answer.status_code, headers, answer.text.replace(number, "")


def asked(one: Story) -> dict[str, Any]:
    return {"FirstName": one.given, "LastName": one.family, "DOB": one.born.isoformat()}


def of(hub: Hub, one: Story) -> str:
    return personal_id(hub.home.county.truth, one)


class TestASource:
    def test_has_its_client_back_as_it_sent_them(self, hub: Hub, hmis: Partner, marcus: Story) -> None:
        (found,) = hmis.post(f"{BASE}/client/search", {"PersonalID": of(hub, marcus)}).json()["matchedClients"]

        assert found["FirstName"] == marcus.given
        assert found["NameDataQuality"] == 1
        assert "ExportID" not in found

    def test_finds_a_client_by_name(self, hub: Hub, hmis: Partner, marcus: Story) -> None:
        (found,) = hmis.post(f"{BASE}/client/search", asked(marcus)).json()["matchedClients"]

        assert found["PersonalID"] == of(hub, marcus)

    def test_looks_through_its_own_clients_by_how_names_begin_and_by_the_year_of_birth(
        self, hub: Hub, hmis: Partner, crisis: Partner, marcus: Story
    ) -> None:
        """As HUD's draft has it; of others nobody is found by so little."""
        almost = {"FirstName": marcus.given[:3].lower(), "LastName": marcus.family[:3], "DOB": str(marcus.born.year)}
        mine, others = (one.post(f"{BASE}/client/search", almost).json()["matchedClients"] for one in (hmis, crisis))
        another_year = hmis.post(f"{BASE}/client/search", {**almost, "DOB": str(marcus.born.year - 1)}).json()

        assert of(hub, marcus) in {one["PersonalID"] for one in mine}
        assert others == []
        assert of(hub, marcus) not in {one["PersonalID"] for one in another_year["matchedClients"]}

    def test_is_asked_for_more_where_too_many_are_like_that(self, hub: Hub, hmis: Partner) -> None:
        many = [
            {**NEWCOMER, "PersonalID": f"m-{number}", "LastName": "Quill", "DOB": f"{1900 + number}-02-03"}
            for number in range(101)
        ]
        hmis.post(f"{BASE}/csvimport", {"Client.csv": many})
        read(hub)
        too_many, one = (hmis.post(f"{BASE}/client/search", {"LastName": name}) for name in ("Quill", "Brancu"))

        assert (too_many.status_code, one.status_code) == (422, 200)
        assert "More than 100" in too_many.json()["detail"]

    def test_finds_its_own_client_though_others_have_a_namesake(
        self, hub: Hub, hmis: Partner, shelter: Partner
    ) -> None:
        hmis.post(
            f"{BASE}/csvimport", {"Client.csv": [NEWCOMER, {**NEWCOMER, "PersonalID": "n-2", "DOB": "1990-02-04"}]}
        )
        read(hub)
        found = hmis.post(f"{BASE}/client/search", {"FirstName": "Odalys", "LastName": "Brancusi"}).json()
        others = shelter.post(f"{BASE}/client/search", {"FirstName": "Odalys", "LastName": "Brancusi"}).json()

        assert {one["PersonalID"] for one in found["matchedClients"]} == {"n-1", "n-2"}
        assert others == {"matchedClients": []}

    def test_sees_where_a_client_is_enrolled(self, hub: Hub, hmis: Partner, marcus: Story) -> None:
        stays = hmis.get(f"{BASE}/client/{of(hub, marcus)}/enrollments").json()["enrollments"]

        assert {"EnrollmentID", "ProjectID", "ProjectName", "EntryDate", "HouseholdID"} <= set(stays[0])
        assert None not in stays[0].values()

    def test_exports_a_client_and_pushes_the_same_again_without_a_change(
        self, hub: Hub, hmis: Partner, marcus: Story
    ) -> None:
        before = hmis.get(f"{BASE}/csvexport?PersonalID={of(hub, marcus)}")
        receipt = hmis.send(f"{BASE}/csvimport", before.content, **{"content-type": "application/json"})
        read(hub)
        after = hmis.get(f"{BASE}/csvexport?PersonalID={of(hub, marcus)}")

        status = hmis.get(f"{BASE}/csvimport/{receipt.json()['id']}").json()

        assert receipt.status_code == 202
        assert {"Organization.csv", "User.csv", "Project.csv", "Client.csv", "Enrollment.csv"} <= set(before.json())
        assert after.json() == before.json()
        assert (status["state"], status["set_aside"]) == ("read", [])

    def test_goes_through_all_that_changed_page_by_page(self, hub: Hub, hmis: Partner) -> None:
        seen: list[str] = []
        url: str | None = f"{BASE}/csvexport?limit=900"
        while url is not None:
            answer = hmis.get(url)
            seen += [row["EnrollmentID"] for row in answer.json().get("Enrollment.csv", ())]
            url = answer.links.get("next", {}).get("url")

        assert len(seen) > 100

    def test_has_pages_that_are_whole_file_sets(self, hub: Hub, hmis: Partner) -> None:
        """An importer that reads page by page sets aside what the page does not place."""
        pages: list[dict[str, Any]] = []
        url: str | None = f"{BASE}/csvexport?limit=150"
        while url is not None and len(pages) < 5:
            answer = hmis.get(url)
            pages.append(answer.json())
            url = answer.links.get("next", {}).get("url")

        assert len(pages) == 5
        assert all(refers_to_itself(one) for one in pages)

    def test_has_the_projects_back_that_it_sent_with_their_beds_and_grants(self, hub: Hub, hmis: Partner) -> None:
        sent = {**SHELTER, "Client.csv": [NEWCOMER], "Enrollment.csv": [STAY]}
        hmis.post(f"{BASE}/csvimport", sent)
        read(hub)
        told = hmis.get(f"{BASE}/csvexport?PersonalID=n-1").json()
        again = hmis.get(f"{BASE}/csvexport?changedSince=2026-01-01T00:00:00Z&limit=1").json()

        assert {name: told[name] for name in sent} == sent
        assert SHELTER["Inventory.csv"][0] in again["Inventory.csv"]

    def test_has_nothing_back_of_a_project_that_turns_out_to_serve_victims(self, hub: Hub, hmis: Partner) -> None:
        hmis.post(f"{BASE}/csvimport", SHELTER)
        read(hub)
        before = hmis.get(f"{BASE}/csvexport").text
        safe_house = {**SHELTER["Organization.csv"][0], "VictimServiceProvider": 1}
        hmis.post(f"{BASE}/csvimport", {**SHELTER, "Organization.csv": [safe_house]})
        read(hub)
        after = hmis.get(f"{BASE}/csvexport").text

        assert "12 Willow Lane" in before
        assert not [word for word in ("12 Willow Lane", "Willow House", '"w-1"') if word in after]

    def test_is_not_given_rows_of_files_that_hud_does_not_name(self, hub: Hub, hmis: Partner) -> None:
        with transaction(hub.engine) as session:
            Directory(session).define_feed("riverbend-hmis", "hmis-csv", 'vendor = "clarity"')
        team = {"CareTeamID": "c-1", "StaffFirstName": "Ada", "StaffLastName": "Quill", "StartDate": "2026-03-01"}
        member = {**team, "PersonalID": "n-1", "EnrollmentID": "e-1"}
        rows = {**SHELTER, "Client.csv": [NEWCOMER], "Enrollment.csv": [STAY], "CareTeam.csv": [member]}
        receipt = hmis.post(f"{BASE}/csvimport", rows).json()
        read(hub)
        told = hmis.get(f"{BASE}/csvexport?PersonalID=n-1")

        assert hmis.get(f"{BASE}/csvimport/{receipt['id']}").json()["set_aside"] == []
        assert set(told.json()) == set(rows) - {"CareTeam.csv"}

    def test_is_told_of_no_change_since_now(self, hmis: Partner) -> None:
        answer = hmis.http.get(
            f"{BASE}/csvexport", params={"changedSince": datetime.now(UTC).isoformat()}, headers=hmis.headers
        )

        assert answer.json() == {}


class TestPulling:
    def test_brings_in_who_is_on_any_page(self, hub: Hub, hmis: Partner) -> None:
        with serving(page("n-8", then="1"), page("n-9")) as partner:
            client = ExportClient(partner.url, lambda: "Bearer t", most_bytes=10**6)
            pull = Pull(
                lambda: transaction(hub.engine), hub.keys, "riverbend-hmis", client, actor="hub:test", most_waiting=9
            )
            pull.run(datetime.now(UTC))
        read(hub)

        for key in ("n-8", "n-9"):
            found = hmis.post(f"{BASE}/client/search", {"PersonalID": key}).json()["matchedClients"]
            assert (key, f"Brancusi {key}") in {(one["PersonalID"], one["LastName"]) for one in found}


class TestPushing:
    def test_rows_brings_a_client_in(self, hub: Hub, hmis: Partner) -> None:
        receipt = hmis.post(f"{BASE}/csvimport", {"Client.csv": [NEWCOMER]})
        read(hub)
        status = hmis.get(f"{BASE}/csvimport/{receipt.json()['id']}").json()
        (found,) = hmis.post(f"{BASE}/client/search", {"PersonalID": "n-1"}).json()["matchedClients"]

        assert receipt.status_code == 202
        assert (status["state"], status["set_aside"]) == ("read", [])
        assert found == NEWCOMER

    def test_the_same_key_again_gives_the_same_receipt(self, hmis: Partner) -> None:
        first, again = (
            hmis.post(f"{BASE}/csvimport", {"Client.csv": [NEWCOMER]}, headers={"idempotency-key": "k"}).json()
            for _ in range(2)
        )

        assert again == {**first, "duplicate": True}

    def test_a_zip_in_a_form_is_taken_as_any(self, hub: Hub, hmis: Partner) -> None:
        file = next(file for file in hub.home.county.files if file.feed == "hmis-csv")
        content = files.from_path(file.path, feed="hmis-csv", source="riverbend-hmis", limit=10**9).content
        receipt = hmis.http.post(f"{BASE}/csvimport", files={"file": ("e.zip", content)}, headers=hmis.headers)

        assert receipt.status_code == 202

    @pytest.mark.parametrize(
        "body",
        [
            [],
            {"Client.csv": {}},
            {"Client.csv": [[1]]},
            {"../x.csv": []},
            {"envelope": {"directive": "all"}},
            {"a": []},
        ],
        ids=["a list", "no list", "no object", "a way out", "a directive that is none", "no csv"],
    )
    def test_what_is_no_file_set_is_refused_at_once(self, hmis: Partner, body: object) -> None:
        answer = hmis.post(f"{BASE}/csvimport", body)

        assert answer.status_code == 422
        assert "should be" in answer.json()["detail"]

    def test_rows_that_do_not_fit_are_told_with_their_place(self, hub: Hub, hmis: Partner) -> None:
        stay = {"EnrollmentID": "e-1", "PersonalID": "n-1", "ProjectID": "nowhere", "EntryDate": "2026-01-01"}
        receipt = hmis.post(f"{BASE}/csvimport", {"Client.csv": [NEWCOMER], "Enrollment.csv": [stay]}).json()
        read(hub)
        problems = hmis.get(f"{BASE}/csvimport/{receipt['id']}").json()["set_aside"]

        assert {(problem["file"], problem["code"]) for problem in problems} >= {("Enrollment.csv", "orphan")}


class TestEditing:
    def test_makes_a_client_once_and_changes_it_before_it_is_read_and_after(self, hub: Hub, hmis: Partner) -> None:
        new = {"FirstName": "Odalys", "LastName": "Brancusi", "NameDataQuality": 1, "HispanicLatinao": 1}
        made, again = (hmis.post(f"{BASE}/client", new, headers={"idempotency-key": "k"}).json() for _ in range(2))
        path = f"{BASE}/client/{made['PersonalID']}"
        changed = hmis.http.patch(path, json={"VeteranStatus": 1}, headers=hmis.headers).json()
        read(hub)
        cleared = hmis.http.patch(path, json={"HispanicLatinaeo": None}, headers=hmis.headers).json()
        read(hub)
        (found,) = hmis.post(f"{BASE}/client/search", {"PersonalID": made["PersonalID"]}).json()["matchedClients"]

        assert made == again
        assert (changed["FirstName"], changed["HispanicLatinaeo"], changed["VeteranStatus"]) == ("Odalys", 1, 1)
        assert found == cleared
        assert "HispanicLatinaeo" not in found
        assert found["VeteranStatus"] == 1

    @pytest.mark.parametrize("said", [{"PersonalID": "x"}, {"DateUpdated": "2026-01-01"}, {"Sex": 7}, {"Hat": "red"}])
    def test_of_what_is_the_servers_or_no_column_is_refused(
        self, hub: Hub, hmis: Partner, marcus: Story, said: dict[str, Any]
    ) -> None:
        path = f"{BASE}/client/{of(hub, marcus)}"

        assert hmis.http.patch(path, json=said, headers=hmis.headers).status_code == 422


class TestRefusing:
    def test_says_beforehand_all_that_it_may_answer(self, hub: Hub, hmis: Partner, crisis: Partner) -> None:
        """A vendor's client is made from the document: what does not stand in it breaks that client."""
        document = hub.http.get("/openapi.json").json()
        key = {"idempotency-key": "k"}
        hmis.post(f"{BASE}/csvimport", {"Client.csv": [NEWCOMER]}, headers=key)
        answers = {
            ("/csvimport", "post"): [
                hmis.post(f"{BASE}/csvimport", {"Client.csv": []}, headers=key),
                hmis.send(f"{BASE}/csvimport", b"x" * (hub.home.settings.max_body_bytes + 1)),
                crisis.post(f"{BASE}/csvimport", {}),
            ],
            ("/csvexport", "get"): [hub.http.get(f"{BASE}/csvexport"), hmis.get(f"{BASE}/csvexport?limit=x")],
            ("/project/{ProjectID}/clients", "get"): [hmis.get(f"{BASE}/project/none/clients")],
        }

        seen = set()
        for (path, method), given in answers.items():
            told = document["paths"][BASE + path][method]["responses"]
            assert {"401", "403", "422", "429", "500", "503"} <= set(told)
            for answer in given:
                shape = told[str(answer.status_code)]["content"][answer.headers["content-type"]]["schema"]["$ref"]
                assert set(answer.json()) <= set(document["components"]["schemas"][shape.split("/")[-1]]["properties"])
                seen.add(answer.status_code)
        assert seen == {401, 403, 404, 409, 413, 422}


class TestListing:
    def test_projects_are_found_by_funder_type_and_continuum(self, hub: Hub, hmis: Partner) -> None:
        hmis.post(f"{BASE}/csvimport", SHELTER)
        read(hub)

        for asked_for, other in (
            ("CocCode=XX-501", "CocCode=XX-999"),
            ("Funder=1", "Funder=2"),
            ("ProjectType=0", "ProjectType=1"),
        ):
            found, rest = (hmis.get(f"{BASE}/projects?{one}").json()["projects"] for one in (asked_for, other))
            (willow,) = [one for one in found if one["ProjectID"] == "w-2"]
            assert willow not in rest
            assert willow.items() >= {"OrganizationID": "w-1", "HousingType": 1, "ContinuumProject": 1}.items()

    def test_projects_and_their_clients_are_the_callers_own(self, hub: Hub, hmis: Partner, shelter: Partner) -> None:
        all_of_them, own = (one.get(f"{BASE}/projects").json()["projects"] for one in (hmis, shelter))
        staying = shelter.get(f"{BASE}/project/{own[0]['ProjectID']}/clients")
        others = next(one for one in all_of_them if one not in own)["ProjectID"]
        outreach = shelter.get(f"{BASE}/clients?ProjectType=4").json()["clients"]

        assert 0 < len(own) < len(all_of_them)
        assert staying.json()["clients"][0]["entryDate"]
        assert all(one["Enrollments"] for one in outreach)
        described = shelter.get(f"{BASE}/csvexport?changedSince={datetime.now(UTC).date()}T00:00:00Z").json()
        hidden, nothing = (seen(shelter.get(f"{BASE}/project/{one}/clients")) for one in (others, "nothing"))
        assert {row["ProjectID"] for row in described["Project.csv"]} == {one["ProjectID"] for one in own}
        assert len(described["Organization.csv"]) == 1
        assert hidden == nothing
        assert hidden[0] == 404


class TestSharing:
    """A crisis team takes part in no HMIS, so all that it is told was let go by somebody."""

    def test_follows_a_release_from_the_day_it_is_filed_to_the_moment_it_is_revoked(
        self, hub: Hub, crisis: Partner, hmis: Partner, rosalind: Story, stranger: Story
    ) -> None:
        before = seen(crisis.post(f"{BASE}/client/search", asked(rosalind)))
        filing = release(of(hub, rosalind))
        assert hmis.post("/api/consents", filing).status_code == 201
        (found,) = crisis.post(f"{BASE}/client/search", asked(rosalind)).json()["matchedClients"]
        stays = crisis.get(f"{BASE}/client/{found['PersonalID']}/enrollments").json()["enrollments"]
        export = crisis.get(f"{BASE}/csvexport?PersonalID={found['PersonalID']}").json()
        revoking = {"consent_id": filing["consent"]["id"], "form": "oral"}
        assert hmis.post("/api/consents/revocations", revoking).status_code == 204
        after = seen(crisis.post(f"{BASE}/client/search", asked(rosalind)))

        assert set(stays[0]) <= {"PersonalID", "EnrollmentID", "ProjectID", "ProjectName", "EntryDate", "ExitDate"}
        assert stays[0]["ProjectID"].startswith("riverbend-hmis:")
        assert set(export) <= {"Client.csv", "Enrollment.csv", "Exit.csv"}
        assert before == after == seen(crisis.post(f"{BASE}/client/search", asked(stranger)))

    def test_calls_a_person_by_a_number_that_leads_nobody_else_back(
        self, hub: Hub, crisis: Partner, shelter: Partner, marcus: Story
    ) -> None:
        (found,) = crisis.post(f"{BASE}/client/search", asked(marcus)).json()["matchedClients"]
        number = found["PersonalID"]

        assert number != of(hub, marcus)
        assert crisis.get(f"{BASE}/client/{number}/enrollments").status_code == 200
        assert shelter.get(f"{BASE}/client/{number}/enrollments").status_code == 404
        assert crisis.get(f"{BASE}/client/{of(hub, marcus)}/enrollments").status_code == 404

    def test_of_a_hidden_client_looks_like_nobody_byte_for_byte(
        self, hub: Hub, crisis: Partner, rosalind: Story
    ) -> None:
        for path in (f"{BASE}/client/{{}}/enrollments", f"{BASE}/csvexport?PersonalID={{}}"):
            hidden, nobody = (seen(crisis.get(path.format(number))) for number in (number_for(hub, rosalind), "0" * 32))
            assert hidden == nobody
            assert hidden[0] == 404

    def test_is_on_record_with_its_reasons_and_in_the_accounting(
        self, hub: Hub, crisis: Partner, marcus: Story, rosalind: Story
    ) -> None:
        crisis.post(f"{BASE}/client/search", asked(marcus))
        crisis.get(f"{BASE}/client/{number_for(hub, rosalind)}/enrollments")

        (released,), (withheld,) = hub.entries(Act.RECORDS_RELEASED), hub.entries(Act.RECORDS_WITHHELD)
        assert released.actor == withheld.actor == "client:harbor-mobile-crisis"
        pieces: Any = released.details["decisions"]
        assert any(piece["rests_on"]["consents"] for piece in pieces if piece["fields_released"])
        assert withheld.details["decisions"]
        assert Act.RECORDS_RELEASED in DISCLOSING

    def test_tells_an_agency_nothing_of_its_own_as_of_others(self, hub: Hub, shelter: Partner, marcus: Story) -> None:
        stays = shelter.get(f"{BASE}/client/{of(hub, marcus)}/enrollments").json()["enrollments"]

        assert len({stay["EnrollmentID"] for stay in stays}) == len(stays) > 0
        assert hub.entries(Act.RECORDS_READ)

    def test_draws_up_no_list_of_others_records(self, crisis: Partner) -> None:
        assert crisis.get(f"{BASE}/csvexport").json() == {}


def number_for(hub: Hub, one: Story, client: str = "harbor-mobile-crisis") -> str:
    """The PersonalID by which a client would call a person, were it told of them."""
    with Session(hub.engine) as session:
        asking = Caller(kind=CallerKind.CLIENT, id="client:x", name="x", participant=client, role=Role.CLINICIAN)
        subject = Identifier(system=PERSONAL_ID, value=of(hub, one))
        person_id = People(session, hub.keys).known("riverbend-hmis", [subject])[subject]
        return Standing(session, hub.keys, asking).personal_id(person_id)
