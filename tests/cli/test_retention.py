"""`hub retention`: what is kept how long."""

import json

from hub.store.retention import TABLE
from tests.cli.conftest import Command


class TestRetention:
    def test_says_it_of_everything_with_its_law(self, bare: Command) -> None:
        said = bare("retention").out

        assert "164.316(b)(2)(i)" in said
        assert "HUB_MESSAGE_DAYS is 365 here." in said

    def test_prints_one_list(self, bare: Command) -> None:
        rows = json.loads(bare("retention", "--json").out)

        assert [row["what"] for row in rows] == [row.what for row in TABLE]
