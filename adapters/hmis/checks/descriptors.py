"""Project descriptors held against each other, and against who stayed (2.01 to 2.09)."""

import polars as pl

from adapters.hmis.checks.catalogue import Check, Level
from adapters.hmis.checks.contacts import NIGHT_BY_NIGHT
from adapters.hmis.checks.days import day
from adapters.hmis.checks.diary import Diary
from adapters.hmis.checks.projects import RESIDENTIAL, number
from adapters.hmis.checks.roll import HOME, VICTIM_SERVICES, Roll
from adapters.hmis.checks.wholes import Lines, Whole
from adapters.hmis.frames import LINE

_CLIENT_FREE = "1"
_HAS_BEDS = number("BedInventory") > 0


def _projects(roll: Roll) -> pl.DataFrame:
    return roll.projects.rows.filter((pl.col("place") == HOME) & pl.col("live"))


def _residential(roll: Roll) -> pl.DataFrame:
    beds = pl.col("ProjectType").is_in(RESIDENTIAL) & (pl.col("RRHSubType") != _CLIENT_FREE)
    return _projects(roll).filter(beds)


def _rows(roll: Roll, name: str) -> pl.DataFrame:
    """The live rows of a descriptor whose project may share."""
    return roll.descriptors[name].filter("live").join(_projects(roll).select("ProjectID"), on="ProjectID", how="semi")


def _projects_without(name: str, only_residential: bool) -> Lines:
    def lines(roll: Roll, _: Diary) -> pl.Series:
        projects = _residential(roll) if only_residential else _projects(roll).filter(pl.col("ContinuumProject") == "1")
        return projects.join(_rows(roll, name), on="ProjectID", how="anti")[LINE]

    return lines


def _overlapping(name: str) -> Lines:
    """Periods of one project that have a day in common with an earlier one."""
    start, end = day(f"{name}StatusStartDate"), day(f"{name}StatusEndDate")

    def lines(roll: Roll, _: Diary) -> pl.Series:
        rows = _rows(roll, name).with_columns(start=start, end=end.fill_null(pl.date(9999, 12, 31)))
        ordered = rows.sort("ProjectID", "start", LINE)
        return ordered.filter(pl.col("start") <= pl.col("end").cum_max().shift(1).over("ProjectID"))[LINE]

    return lines


def _participating_victim_services(roll: Roll, _: Diary) -> pl.Series:
    inside = roll.descriptors["HMISParticipation"].filter(pl.col("HMISParticipationType") == "1", pl.col("live"))
    guarded = roll.projects.rows.filter(pl.col("place") == VICTIM_SERVICES)
    theirs = guarded.join(inside, on="ProjectID", how="semi")
    return roll.descriptors["Organization"].join(theirs, on="OrganizationID", how="semi")[LINE]


def _inventory_of_another_coc(roll: Roll, _: Diary) -> pl.Series:
    return _rows(roll, "Inventory").join(_rows(roll, "ProjectCoC"), on=["ProjectID", "CoCCode"], how="anti")[LINE]


def _coc_without_inventory(roll: Roll, _: Diary) -> pl.Series:
    cocs = _rows(roll, "ProjectCoC").join(_residential(roll), on="ProjectID", how="semi")
    return cocs.join(_rows(roll, "Inventory"), on=["ProjectID", "CoCCode"], how="anti")[LINE]


def _end_missing(roll: Roll, _: Diary) -> pl.Series:
    """All of its beds have gone and nobody is there, but the project goes on."""
    ends = day("InventoryEndDate")
    gone = _rows(roll, "Inventory").group_by("ProjectID").agg(gone=(ends.is_not_null() & (ends < roll.today)).all())
    busy = roll.live_stays("project", where=pl.col("exit").is_null()).select(key="project")
    projects = _projects(roll).filter(day("OperatingEndDate").is_null())
    return projects.join(gone.filter("gone"), on="ProjectID", how="semi").join(busy, on="key", how="anti")[LINE]


def _unused(roll: Roll, _: Diary) -> pl.Series:
    beds = _rows(roll, "Inventory").filter(_HAS_BEDS)
    sharing = _residential(roll).filter(pl.col("participates").is_not_null())
    used = roll.live_stays("project").select(key="project")
    return sharing.join(beds, on="ProjectID", how="semi").join(used, on="key", how="anti")[LINE]


def _unused_inventory(roll: Roll, _: Diary) -> pl.Series:
    """Nobody stayed while these beds were there, though somebody did before or after."""
    keys = _residential(roll).select("ProjectID", project="key")
    beds = _rows(roll, "Inventory").filter(_HAS_BEDS).join(keys, on="ProjectID")
    stays = (
        roll.live_stays("project", "entry", "exit")
        .group_by("project")
        .agg(first=pl.col("entry").min(), last=pl.col("exit").fill_null(roll.today).max())
    )
    both = beds.join(stays, on="project")
    return both.filter((day("InventoryStartDate") > pl.col("last")) | (day("InventoryEndDate") < pl.col("first")))[LINE]


def _without_bed_nights(roll: Roll, diary: Diary) -> pl.Series:
    nightly = roll.live_stays("key", "project", where=pl.col("project_type") == NIGHT_BY_NIGHT)
    slept = nightly.join(diary.bed_nights, left_on="key", right_on="stay", how="semi")
    idle = nightly.select(key="project").unique().join(slept.select(key="project"), on="key", how="anti")
    return _projects(roll).join(idle, on="key", how="semi")[LINE]


def _affiliation_missing(roll: Roll, _: Diary) -> pl.Series:
    affiliated = _projects(roll).filter(pl.col("ResidentialAffiliation") == "1")
    return affiliated.join(_rows(roll, "Affiliation"), on="ProjectID", how="anti")[LINE]


def _affiliated_with_nobody(roll: Roll, _: Diary) -> pl.Series:
    known = roll.descriptors["Project"].select(ResProjectID="ProjectID")
    return _rows(roll, "Affiliation").join(known, on="ResProjectID", how="anti")[LINE]


def _check(code: str, level: Level, file: str, field: str, expected: str, *eva: int) -> Check:
    return Check(code, level, expected, file, field, eva)


WHOLES = (
    Whole(
        _check(
            "vsp-participates",
            Level.ERROR,
            "Organization",
            "VictimServiceProvider",
            "2.01.3 a victim service provider without a project in HMIS (2.08.1 is 1)",
            133,
        ),
        _participating_victim_services,
    ),
    Whole(
        _check(
            "coc-missing-of-project",
            Level.HIGH_PRIORITY,
            "Project",
            "ProjectID",
            "2.03 a row in ProjectCoC.csv for each continuum project",
            35,
        ),
        _projects_without("ProjectCoC", only_residential=False),
        by_absence=True,
    ),
    Whole(
        _check(
            "inventory-missing",
            Level.ERROR,
            "Project",
            "ProjectID",
            "2.07 Bed and Unit Inventory of a residential project",
            43,
        ),
        _projects_without("Inventory", only_residential=True),
        by_absence=True,
    ),
    Whole(
        _check(
            "operating-end-missing",
            Level.WARNING,
            "Project",
            "OperatingEndDate",
            "2.02.4 Operating End Date where all beds have ended and nobody is enrolled",
            81,
        ),
        _end_missing,
        by_absence=True,
    ),
    Whole(
        _check(
            "zero-utilization",
            Level.WARNING,
            "Project",
            "ProjectID",
            "an enrollment in a project with beds that takes part in HMIS",
            83,
        ),
        _unused,
        by_absence=True,
    ),
    Whole(
        _check(
            "no-bed-nights",
            Level.HIGH_PRIORITY,
            "Project",
            "ProjectType",
            "4.14 Bed Nights of a night-by-night emergency shelter",
            106,
        ),
        _without_bed_nights,
        by_absence=True,
    ),
    Whole(
        _check(
            "affiliation-missing",
            Level.WARNING,
            "Project",
            "ResidentialAffiliation",
            "a row in Affiliation.csv where 2.02.7 is 1",
        ),
        _affiliation_missing,
        by_absence=True,
    ),
    Whole(
        _check(
            "affiliation-unknown", Level.WARNING, "Affiliation", "ResProjectID", "the ProjectID of a project of the set"
        ),
        _affiliated_with_nobody,
        by_absence=True,
    ),
    Whole(
        _check(
            "inventory-coc",
            Level.ERROR,
            "Inventory",
            "CoCCode",
            "2.03.1 CoC Code of the same project in ProjectCoC.csv",
            137,
        ),
        _inventory_of_another_coc,
        by_absence=True,
    ),
    Whole(
        _check(
            "coc-without-inventory",
            Level.WARNING,
            "ProjectCoC",
            "CoCCode",
            "2.07 Bed and Unit Inventory in each CoC of a residential project",
            136,
        ),
        _coc_without_inventory,
        by_absence=True,
    ),
    Whole(
        _check(
            "inventory-unused",
            Level.WARNING,
            "Inventory",
            "InventoryStartDate",
            "an enrollment while these beds are there",
            141,
        ),
        _unused_inventory,
        by_absence=True,
    ),
    Whole(
        _check(
            "hmis-participation-overlap",
            Level.HIGH_PRIORITY,
            "HMISParticipation",
            "HMISParticipationStatusStartDate",
            "2.08 periods of a project that have no day in common",
            131,
        ),
        _overlapping("HMISParticipation"),
    ),
    Whole(
        _check(
            "ce-participation-overlap",
            Level.HIGH_PRIORITY,
            "CEParticipation",
            "CEParticipationStatusStartDate",
            "2.09 periods of a project that have no day in common",
            128,
        ),
        _overlapping("CEParticipation"),
    ),
)
