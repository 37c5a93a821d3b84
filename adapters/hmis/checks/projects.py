"""Project descriptors: what each row of Project.csv, ProjectCoC.csv and Inventory.csv should say (2.02 to 2.07)."""

import polars as pl

from adapters.hmis.checks.catalogue import Check, Level
from adapters.hmis.checks.days import day
from adapters.hmis.checks.rules import TODAY, Rule, is_blank, is_missing, of_project, text

RESIDENTIAL = ["0", "1", "2", "3", "8", "9", "10", "13"]
_RAPID_REHOUSING, _SERVICES_ONLY, _TENANT_BASED, _SITE_BASED, _SEASONAL = "13", "1", "3", ["1", "2"], "2"
_FACILITY_BASED, _VOUCHER = "1", "2"
_DEDICATED = (
    "CHVetBedInventory",
    "YouthVetBedInventory",
    "VetBedInventory",
    "CHYouthBedInventory",
    "YouthBedInventory",
    "CHBedInventory",
    "OtherBedInventory",
)
_ADDRESS = ("Address1", "City", "State", "ZIP")
_START, _END = day("InventoryStartDate"), day("InventoryEndDate")
_ACTIVE = (_START <= TODAY) & (_END.is_null() | (_END >= TODAY))


def number(column: str) -> pl.Expr:
    """A count; null where there is none."""
    return pl.col(column).cast(pl.Int64, strict=False)


_BEDS = number("BedInventory")


def _check(code: str, level: Level, file: str, field: str, expected: str, wrong: pl.Expr, *eva: int) -> Rule:
    return Rule(Check(code, level, expected, file, field, eva), wrong)


RULES = (
    _check(
        "project-type-missing",
        Level.HIGH_PRIORITY,
        "Project",
        "ProjectType",
        "2.02.6 Project Type of a continuum project (2.02.5 is 1)",
        (text("ContinuumProject") == "1") & is_blank("ProjectType"),
    ),
    _check(
        "housing-type-missing",
        Level.HIGH_PRIORITY,
        "Project",
        "HousingType",
        "2.02.D Housing Type of a residential project",
        text("ProjectType").is_in(RESIDENTIAL) & (text("RRHSubType") != _SERVICES_ONLY) & is_blank("HousingType"),
        36,
    ),
    _check(
        "rrh-subtype-missing",
        Level.ERROR,
        "Project",
        "RRHSubType",
        "2.02.A RRH SubType of a rapid rehousing project (2.02.6 is 13)",
        (text("ProjectType") == _RAPID_REHOUSING) & is_blank("RRHSubType"),
        110,
    ),
    _check(
        "operating-period",
        Level.ERROR,
        "Project",
        "OperatingEndDate",
        "2.02.4 Operating End Date on or after 2.02.3 Operating Start Date",
        day("OperatingEndDate") < day("OperatingStartDate"),
    ),
    _check(
        "geography-missing",
        Level.HIGH_PRIORITY,
        "ProjectCoC",
        "GeographyType",
        "2.03.8 Geography Type",
        is_missing("GeographyType"),
        5,
    ),
    _check(
        "address-missing",
        Level.ERROR,
        "ProjectCoC",
        "Address1",
        "2.03.3 to 2.03.7 the address of a project that is not tenant-based",
        pl.any_horizontal(is_blank(column) for column in _ADDRESS)
        & of_project("ProjectType").is_in(RESIDENTIAL)
        & (of_project("HousingType") != _TENANT_BASED),
        42,
    ),
    _check(
        "inventory-after-operating",
        Level.ERROR,
        "Inventory",
        "InventoryEndDate",
        "2.07 Inventory End Date on or before 2.02.4 Operating End Date",
        _END.fill_null(pl.date(9999, 12, 31)) > of_project("@OperatingEndDate"),
        44,
    ),
    _check(
        "inventory-before-operating",
        Level.WARNING,
        "Inventory",
        "InventoryStartDate",
        "2.07 Inventory Start Date on or after 2.02.3 Operating Start Date",
        of_project("@OperatingStartDate") > _START,
        79,
    ),
    _check(
        "inventory-period",
        Level.ERROR,
        "Inventory",
        "InventoryEndDate",
        "2.07 Inventory End Date on or after Inventory Start Date",
        _END < _START,
    ),
    _check(
        "services-only-beds",
        Level.ERROR,
        "Inventory",
        "BedInventory",
        "no beds of a rapid rehousing project of services only (2.02.A is 1)",
        (of_project("RRHSubType") == _SERVICES_ONLY)
        & (of_project("ProjectType") == _RAPID_REHOUSING)
        & _ACTIVE
        & (_BEDS > 0),
        132,
    ),
    _check(
        "beds-sum",
        Level.ERROR,
        "Inventory",
        "BedInventory",
        "2.07.14 Total Bed Inventory equal to the beds of 2.07.7 to 2.07.13",
        pl.sum_horizontal(number(column).fill_null(0) for column in _DEDICATED) != _BEDS,
        46,
    ),
    _check(
        "more-units-than-beds",
        Level.ERROR,
        "Inventory",
        "UnitInventory",
        "2.07.15 Total Unit Inventory not above 2.07.14 Total Bed Inventory",
        number("UnitInventory") > _BEDS,
        138,
    ),
    _check(
        "bed-type",
        Level.WARNING,
        "Inventory",
        "ESBedType",
        "2.07.5 Bed Type that fits 2.02.D Housing Type: facility-based where site-based, voucher where tenant-based",
        ((text("ESBedType") == _FACILITY_BASED) & (of_project("HousingType") == _TENANT_BASED))
        | ((text("ESBedType") == _VOUCHER) & of_project("HousingType").is_in(_SITE_BASED)),
        135,
    ),
    _check(
        "seasonal-for-long",
        Level.WARNING,
        "Inventory",
        "Availability",
        "2.07.6 Availability: seasonal of an inventory of less than a year",
        (text("Availability") == _SEASONAL) & (_START.dt.offset_by("365d") < pl.coalesce(_END, TODAY)),
        37,
    ),
)
