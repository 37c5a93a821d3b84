"""HUD's access rule over the API, as a property: whatever lies hidden, an answer has the bytes it had without it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from hub.demo.county import STORIES, Story
from hub.flow import intake
from hub.flow.hmis.push import Push
from hub.store.db import transaction
from hub.store.directory import Directory, ParticipantRow
from hub.store.records import Records
from schemas.vocab import Capacity
from tests.flow.conftest import CountyHome, Hub, Partner, opened
from tests.flow.test_hmis_api import BASE, seen

HIDING = "valley-hmis"
"""An HMIS that shares with nobody: no agreement, and nobody has signed anything for it."""

WRITTEN = {"DateCreated": "2026-03-01 08:00:00", "DateUpdated": "2026-03-01 08:00:00", "UserID": "v1"}
NAMESAKES = st.sampled_from([(one.given, one.family, one.born.isoformat()) for one in STORIES])
STRANGERS = st.tuples(
    st.sampled_from(("Odalys", "Marcus", "Jo")),
    st.sampled_from(("Brancusi", "Delgado-Ruiz", "Quill")),
    st.dates(min_value=datetime(1940, 1, 1, tzinfo=UTC).date(), max_value=datetime(2000, 1, 1, tzinfo=UTC).date()).map(
        str
    ),
)
HIDDEN = st.lists(
    st.tuples(NAMESAKES | STRANGERS, st.integers(1, 3), st.sampled_from(("0", "4", "13"))), min_size=1, max_size=4
)


def file_set(hidden: list[Any]) -> dict[str, list[dict[str, Any]]]:
    """The rows of these people, their projects and their stays."""
    files: dict[str, list[dict[str, Any]]] = {
        "Organization.csv": [
            {"OrganizationID": "o", "OrganizationName": "Valley", "VictimServiceProvider": 0, **WRITTEN}
        ],
        "Project.csv": [],
        "Client.csv": [],
        "Enrollment.csv": [],
    }
    for number, ((given_name, family, born), stays, kind) in enumerate(hidden):
        project = {"ProjectID": f"p{kind}", "OrganizationID": "o", "ProjectName": "Valley nights", "ProjectType": kind}
        if project["ProjectID"] not in {one["ProjectID"] for one in files["Project.csv"]}:
            files["Project.csv"].append({**project, "OperatingStartDate": "2020-01-01", **WRITTEN})
        who = {"PersonalID": f"v{number}-{family}-{born}", "FirstName": given_name, "LastName": family, "DOB": born}
        if who["PersonalID"] not in {one["PersonalID"] for one in files["Client.csv"]}:
            files["Client.csv"].append({**who, "NameDataQuality": 1, "DOBDataQuality": 1, **WRITTEN})
        for stay in range(stays):
            key = {"EnrollmentID": f"{who['PersonalID']}/{stay}", "PersonalID": who["PersonalID"]}
            files["Enrollment.csv"].append(
                {**key, "ProjectID": project["ProjectID"], "EntryDate": "2026-02-01", **WRITTEN}
            )
    return files


@pytest.fixture
def hub(home: CountyHome) -> Iterator[Hub]:
    """Asked more often in a minute than anybody may."""
    with opened(home, requests_per_minute=10**6) as hub:
        with transaction(hub.engine) as session:
            alone = [Capacity.HOMELESS_SERVICES.value, Capacity.HMIS_PARTICIPANT.value]
            Directory(session).add(ParticipantRow(slug=HIDING, name="Valley HMIS", capacities=alone))
        yield hub


class TestAnswer:
    def test_is_byte_for_byte_that_of_a_hub_without_what_is_hidden(
        self, hub: Hub, crisis: Partner, shelter: Partner, hmis: Partner
    ) -> None:
        before = {asker: {**lists(asker), **people(asker, STORIES)} for asker in (crisis, shelter, hmis)}

        @settings(max_examples=5, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(hidden=HIDDEN)
        def looks_the_same(hidden: list[Any]) -> None:
            take(hub, file_set(hidden))
            families = {family for (_, family, _), _, _ in hidden}
            namesakes = [one for one in STORIES if one.family in families]
            for asker, told in before.items():
                now = {**lists(asker), **people(asker, namesakes)}
                assert now == {question: told[question] for question in now}

        looks_the_same()
        with Session(hub.engine) as session:
            assert len(Records(session, hub.keys).clients_of(HIDING, "hmis-csv", limit=99)) > 3


def take(hub: Hub, files: dict[str, list[dict[str, Any]]]) -> None:
    """Takes a set in."""
    at = datetime.now(UTC)
    with transaction(hub.engine) as session:
        push = Push(session, hub.keys, HIDING, actor="hub:test", at=at, most_waiting=9)
        push.rows(files, name="valley", media_type="application/zip")
    intake.Reader(hub.at_work, hub.keys, auto_link=8.0).round(at)


Seen = dict[str, tuple[int, dict[str, str], str]]


def lists(asker: Partner) -> Seen:
    """All lists, as the asker has them."""
    paths = ("/projects", "/clients", "/csvexport?limit=50", "/project/p4/clients")
    return {path: seen(asker.get(BASE + path)) for path in paths}


def people(asker: Partner, stories: Sequence[Story]) -> Seen:
    """All answers about these people, by name and then by number."""
    answers = {}
    for one in stories:
        asked = {"FirstName": one.given, "LastName": one.family, "DOB": one.born.isoformat()}
        found = asker.post(f"{BASE}/client/search", asked)
        answers[f"search {one.key}"] = seen(found)
        for number in {client["PersonalID"] for client in found.json()["matchedClients"]}:
            for path in (f"/client/{number}/enrollments", f"/csvexport?PersonalID={number}"):
                answers[path] = seen(asker.get(BASE + path))
    return answers
