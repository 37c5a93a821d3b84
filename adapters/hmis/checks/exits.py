"""Exit.csv: 3.11 Project Exit Date and 3.12 Destination."""

from functools import partial

from adapters.hmis.checks.catalogue import Level
from adapters.hmis.checks.days import day
from adapters.hmis.checks.prior import RENTAL_WITH_SUBSIDY
from adapters.hmis.checks.rules import TODAY, is_blank, of_stay, rule_of, text

_check = partial(rule_of, "Exit")


RULES = (
    _check(
        "exit-before-entry",
        Level.ERROR,
        "ExitDate",
        "3.11 Project Exit Date on or after 3.10 Project Start Date",
        day("ExitDate") < of_stay("entry"),
        99,
    ),
    _check(
        "exit-future", Level.ERROR, "ExitDate", "3.11 Project Exit Date not in the future", day("ExitDate") > TODAY, 14
    ),
    _check(
        "destination-unknown",
        Level.WARNING,
        "Destination",
        "3.12.1 Destination told",
        text("Destination").is_in(["8", "9", "30", "99"]),
        59,
    ),
    _check(
        "destination-subsidy-missing",
        Level.ERROR,
        "DestinationSubsidyType",
        f"3.12.A Destination Subsidy Type where 3.12.1 is {RENTAL_WITH_SUBSIDY}",
        (text("Destination") == RENTAL_WITH_SUBSIDY) & is_blank("DestinationSubsidyType"),
        121,
    ),
)
