"""Whatever goes wrong with an export on its way, its sender is told what, and the hub goes on."""

from random import Random

import pytest

from adapters.hmis import HmisCsv
from hub.flow.pipeline import check
from tests.adapters.hmis.conftest import Files, message
from tests.adapters.hmis.mutations import mutated


@pytest.mark.parametrize("seed", range(0, 100, 10))
def test_a_mutated_export_is_read_or_refused(county: Files, seed: int) -> None:
    for one in range(seed, seed + 10):
        report = check(message(mutated(county, Random(one)), None), HmisCsv())
        assert report.problems or report.is_whole
        assert all(problem.code and problem.expected for problem in report.problems)
