"""Reading cases: the line and the field of what is wrong, and never what stood there."""

import json

import pytest

from consent.cases import UnreadableCase, read_cases
from tests.consent.stories import stories

STORY = stories()[0]
LINE = STORY.model_dump_json(by_alias=True)


class TestReadCases:
    def test_gives_back_what_was_written(self) -> None:
        assert list(read_cases([LINE, "", LINE])) == [STORY, STORY]

    def test_names_the_line_and_the_field(self) -> None:
        broken = json.loads(LINE)
        broken["request"]["purpose"] = "Jane Doe"

        with pytest.raises(UnreadableCase, match=r"^line 3, request\.purpose: enum$") as caught:
            list(read_cases([LINE, "", json.dumps(broken)]))
        assert "Jane" not in str(caught.value)

    def test_takes_no_key_it_does_not_know(self) -> None:
        with pytest.raises(UnreadableCase, match=r"line 1, .*extra forbidden"):
            list(read_cases([json.dumps(json.loads(LINE) | {"person": "Jane Doe"})]))

    def test_names_the_line_that_is_no_json(self) -> None:
        with pytest.raises(UnreadableCase, match="line 2, the line: json invalid"):
            list(read_cases([LINE, "{"]))
