"""All checks there are."""

from adapters.hmis.checks import (
    circumstances,
    clients,
    contacts,
    enrollments,
    exits,
    periods,
    prior,
    veterans,
)
from adapters.hmis.checks.rules import Rule

RULES: tuple[Rule, ...] = (
    *clients.RULES,
    *veterans.RULES,
    *enrollments.RULES,
    *prior.RULES,
    *periods.RULES,
    *exits.RULES,
    *contacts.RULES,
    *circumstances.RULES,
)
