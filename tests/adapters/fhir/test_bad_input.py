"""Bytes that are no FHIR are refused in time; a bad line or entry fails alone; real samples never crash."""

import json
import os
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.base import Unreadable
from adapters.fhir import Fhir
from adapters.fhir.guards import MAX_DEPTH, MAX_VALUES
from schemas.canonical import CanonicalRecord, ConsentOnFile
from schemas.messages import Problem, RawMessage, Severity
from schemas.vocab.records import Change
from tests.adapters.fhir.conftest import RECEIVED_AT, Json, Reader

SHARED = Path(os.environ.get("HUB_SHARED_DATA", Path(__file__).parents[4] / "shared" / "data")) / "fhir"

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**31), 2**31) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def refusal(read: Reader, content: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        read(content)
    assert refused.value.problem.severity is Severity.REFUSED
    return refused.value.problem.code


class TestBytes:
    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "not-json"),
            (b"<Patient xmlns='http://hl7.org/fhir'/>", "not-json"),
            (b'{"resourceType": "Patient", "name": [{"fam', "not-json"),
            (b"[1, 2]", "not-json"),
            ('{"resourceType": "Patient", "id": "ñ"}'.encode("latin-1"), "charset"),
            ('{"resourceType": "Patient"}'.encode("utf-16"), "charset"),
            (b"{}", "not-fhir"),
            (b'{"resourceType": 7}', "not-fhir"),
            (b'{"resourceType": "Bundle", "type": "feast"}', "not-fhir"),
            (b'{"resourceType": "Bundle", "type": "collection", "entry": {}}', "not-fhir"),
        ],
    )
    def test_that_are_no_fhir_are_refused(self, read: Reader, content: bytes, code: str) -> None:
        assert refusal(read, content) == code

    def test_with_a_byte_order_mark_are_read(self, read: Reader) -> None:
        assert read(b'\xef\xbb\xbf{"resourceType": "Patient", "id": "p1"}').record("Patient/p1")


class TestBomb:
    @pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 1_000, 200_000])
    def test_of_depth_is_refused(self, read: Reader, depth: int) -> None:
        content = b'{"resourceType": "Patient", "x": ' + b"[" * depth + b"]" * depth + b"}"

        assert refusal(read, content) == "too-deep"

    def test_of_count_is_refused_before_it_is_parsed(self, read: Reader) -> None:
        started = time.process_time()

        assert refusal(read, b'{"resourceType": "Patient", "x": [' + b"[]," * MAX_VALUES + b"[]]}") == "too-many"
        assert time.process_time() - started < 1

    def test_of_size_is_refused(self, read: Reader) -> None:
        assert refusal(read, b"{" + b" " * (65 * 1024 * 1024) + b"}") == "too-large"


class TestLines:
    def test_are_read_one_by_one_and_a_bad_one_fails_alone(self, read: Reader) -> None:
        lines = [
            b'{"resourceType": "Patient", "id": "p1"}',
            b'{"resourceType": "Pat',
            b"",
            b'{"resourceType": "Bundle", "type": "feast"}',
            b'{"resourceType": "Patient", "id": "p2"}',
        ]
        result = read(b"\n".join(lines), name="patients.ndjson")

        assert [one.key for one in result.records] == ["Patient/p1", "Patient/p2"]
        assert [(one.line, one.code) for one in result.problems] == [(2, "not-json"), (4, "not-fhir")]
        assert {one.severity for one in result.problems} == {Severity.SET_ASIDE}

    def test_are_known_without_being_announced(self, read: Reader) -> None:
        result = read(b'{"resourceType": "Patient", "id": "p1"}\n{"resourceType": "Patient", "id": "p2"}\n')

        assert len(result.records) == 2


class TestEntry:
    @given(entry=json_values)
    def test_of_any_shape_is_read_or_set_aside(self, entry: object) -> None:
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": [entry, {"resource": entry}]}

        assert _read(json.dumps(bundle).encode())

    @given(
        kind=st.sampled_from(["Patient", "Encounter", "Condition", "Consent", "MedicationRequest"]),
        content=st.dictionaries(
            st.sampled_from(["id", "meta", "name", "subject", "patient", "status", "contained", "identifier", "code"]),
            json_values,
            max_size=4,
        ),
    )
    def test_with_any_elements_is_read_or_set_aside(self, kind: str, content: Json) -> None:
        for one in _read(json.dumps({**content, "resourceType": kind}).encode()):
            assert isinstance(one, (CanonicalRecord, Problem))


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared sample data is not beside the checkout")
class TestPublishedSamples:
    def test_are_all_read_or_set_aside_and_no_consent_is_widened(self) -> None:
        found = [one for file in sorted(SHARED.rglob("*.json")) for one in _read(file.read_bytes())]

        kinds = Counter(one.body.kind for one in found if isinstance(one, CanonicalRecord))
        assert kinds["person"] >= 30
        assert kinds["encounter"] >= 10
        consents = [one for one in found if isinstance(one, CanonicalRecord) and isinstance(one.body, ConsentOnFile)]
        assert {one.change for one in consents} == {Change.DELETE}
        assert all(one.code for one in found if isinstance(one, Problem))


def _read(content: bytes) -> list[object]:
    message = RawMessage(
        id="9b0c3f2e-0c1e-4a57-8f43-0d2f2f1f7c11",
        feed="fhir",
        source="sample-general",
        received_at=RECEIVED_AT,
        name="message.json",
        content=content,
    )
    return list(Fhir().read(message))
