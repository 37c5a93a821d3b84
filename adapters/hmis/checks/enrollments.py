"""Enrollment.csv: the stay itself (3.10 Project Start Date to 3.20 Housing Move-In Date)."""

from functools import partial

from adapters.hmis.checks.catalogue import Level
from adapters.hmis.checks.days import day
from adapters.hmis.checks.rules import (
    TODAY,
    is_missing,
    is_unknown,
    of_person,
    of_project,
    of_stay,
    rule_of,
    text,
)

PERMANENT_HOUSING = ("3", "9", "10", "13")
_PREVENTION = "12"
_HEAD = text("RelationshipToHoH") == "1"
_ENTRY, _EXIT, _MOVE_IN = day("EntryDate"), of_stay("exit"), day("MoveInDate")
_SSVF_HEAD = _HEAD & of_project("ssvf")
_IN_PERMANENT_HOUSING = text("project.ProjectType").is_in(PERMANENT_HOUSING)
_PATIENCE = "90d"
_HEAD_OF_HOUSEHOLD = "of the head of household"

_check = partial(rule_of, "Enrollment")


RULES = (
    _check(
        "dob-after-entry",
        Level.ERROR,
        "EntryDate",
        "3.10 Project Start Date on or after 3.03 Date of Birth",
        of_person("birth") > _ENTRY,
        84,
    ),
    _check("entry-future", Level.WARNING, "EntryDate", "3.10 Project Start Date not in the future", _ENTRY > TODAY, 75),
    _check(
        "relationship-missing",
        Level.HIGH_PRIORITY,
        "RelationshipToHoH",
        "3.15 Relationship to Head of Household",
        text("RelationshipToHoH") == "99",
        4,
    ),
    _check(
        "disabling-unknown",
        Level.WARNING,
        "DisablingCondition",
        "3.08 Disabling Condition told",
        is_unknown("DisablingCondition"),
        32,
    ),
    _check(
        "disabling-missing",
        Level.WARNING,
        "DisablingCondition",
        "3.08 Disabling Condition",
        text("DisablingCondition") == "99",
    ),
    _check(
        "move-in",
        Level.ERROR,
        "MoveInDate",
        "3.20 Housing Move-In Date within the stay, and not in the future",
        (_MOVE_IN < _ENTRY) | (_MOVE_IN > _EXIT) | (_MOVE_IN > TODAY),
        40,
    ),
    _check(
        "move-in-missed",
        Level.WARNING,
        "MoveInDate",
        "3.20 Housing Move-In Date of a head of household who left for permanent housing, or who came 90 days ago",
        _HEAD
        & _IN_PERMANENT_HOUSING
        & _MOVE_IN.is_null()
        & (of_stay("destination").is_between(400, 499) | (_EXIT.is_null() & (_ENTRY.dt.offset_by(_PATIENCE) < TODAY))),
        72,
    ),
    _check(
        "engagement",
        Level.ERROR,
        "DateOfEngagement",
        "4.13 Date of Engagement within the stay",
        (day("DateOfEngagement") < _ENTRY) | (day("DateOfEngagement") > _EXIT),
    ),
    _check(
        "ami-missing",
        Level.ERROR,
        "PercentAMI",
        f"V4 Percent of AMI {_HEAD_OF_HOUSEHOLD} in an SSVF project",
        _SSVF_HEAD & is_missing("PercentAMI"),
        22,
    ),
    _check(
        "vamc-missing",
        Level.ERROR,
        "VAMCStation",
        f"V6 VAMC Station Number {_HEAD_OF_HOUSEHOLD} in an SSVF project",
        _SSVF_HEAD & is_missing("VAMCStation"),
        23,
    ),
    _check(
        "hp-score-missing",
        Level.ERROR,
        "HPScreeningScore",
        f"V7 HP Targeting Criteria: screening score {_HEAD_OF_HOUSEHOLD} in SSVF homelessness prevention",
        _SSVF_HEAD & (text("project.ProjectType") == _PREVENTION) & (text("HPScreeningScore") == ""),
        25,
    ),
)
