"""A diagnosis in a code system of which the hub has no set: it is kept, told to no one, and reported to its sender."""

from datetime import UTC, datetime
from uuid import uuid4

from sqlmodel import Session

from consent.codes import OWN, Codes, read
from hub.flow import intake
from hub.flow.report import Report
from schemas.messages import RawMessage, Severity
from tests.flow.conftest import Hub

ADT = (
    b"MSH|^~\\&|ADT|MERCY|HUB|RIVERBEND|20260615021000||ADT^A04^ADT_A01|77|P|2.5.1\r"
    b"EVN|A04|20260615021000\r"
    b"PID|1||M-99001^^^MERCY^MR||Okafor^Benedict||19710203|M\r"
    b"PV1|1|E|ED^12^1||||||||||||||||V-77001|||||||||||||||||||||||||20260615020500\r"
    b"DG1|1||F11.20^^I10\r"
    b"DG1|2||75544000^^SCT\r"
)
SNOMED = "system,code,sensitivity,reason\nSNOMED CT,75544000,SUD,Opioid dependence.\n"


def imported(hub: Hub, codes: Codes) -> Report:
    message = RawMessage(
        id=uuid4(),
        feed="hl7v2",
        source="mercy-hospital",
        received_at=datetime.now(UTC),
        name="adt.hl7",
        content=ADT,
    )
    with Session(hub.engine) as session, session.begin():
        intake.receive(session, hub.keys, message, actor="test")
    return intake.Reader(hub.at_work, hub.keys, auto_link=8.0, codes=codes).read(message.id)


def test_is_reported_without_its_code(hub: Hub) -> None:
    report = imported(hub, OWN)

    (problem,) = [one for one in report.problems if one.code == "code-unknown"]
    assert (problem.field, problem.severity) == ("diagnosis", Severity.WARNING)
    assert "75544000" not in report.model_dump_json()


def test_is_no_problem_once_a_set_is_loaded(hub: Hub) -> None:
    report = imported(hub, Codes(read("snomed.csv", SNOMED)))

    assert [one.code for one in report.problems] == []
    assert report.stored == 2
