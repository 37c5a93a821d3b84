"""All checks there are: the catalogue."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from adapters.hmis.checks import (
    activity,
    circumstances,
    clients,
    contacts,
    descriptors,
    enrollments,
    exits,
    headers,
    households,
    links,
    overlaps,
    periods,
    placement,
    prior,
    projects,
    reading,
    values,
    veterans,
)
from adapters.hmis.checks.catalogue import Check
from adapters.hmis.checks.rules import Rule
from adapters.hmis.checks.wholes import Whole

RULES: tuple[Rule, ...] = (
    *projects.RULES,
    *clients.RULES,
    *veterans.RULES,
    *enrollments.RULES,
    *prior.RULES,
    *periods.RULES,
    *exits.RULES,
    *contacts.RULES,
    *circumstances.RULES,
)
WHOLES: tuple[Whole, ...] = (*descriptors.WHOLES, *households.WHOLES, *overlaps.WHOLES, *activity.WHOLES)

CATALOGUE: tuple[Check, ...] = (
    *reading.CHECKS,
    *headers.CHECKS,
    *placement.CHECKS,
    *values.CHECKS,
    *links.CHECKS,
    *(rule.check for rule in RULES),
    *(whole.check for whole in WHOLES),
)


@cache
def left_out() -> Mapping[int, str]:
    """The checks of HUD's own checker (eva) that are not made on import, by their number, each with the reason."""
    reasons: dict[str, str] = json.loads(files(__package__).joinpath("left_out.json").read_text("utf-8"))
    return {int(number): reason for number, reason in reasons.items()}
