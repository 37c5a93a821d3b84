"""IncomeBenefits.csv, HealthAndDV.csv, Disabilities.csv: answers that agree with each other (4.02 to 4.11)."""

import polars as pl

from adapters.hmis.checks.catalogue import Check, Level
from adapters.hmis.checks.rules import Rule, is_blank, is_missing, of_stay, text

INCOMES = (
    "Earned",
    "Unemployment",
    "SSI",
    "SSDI",
    "VADisabilityService",
    "VADisabilityNonService",
    "PrivateDisability",
    "WorkersComp",
    "TANF",
    "GA",
    "SocSecRetirement",
    "Pension",
    "ChildSupport",
    "Alimony",
    "OtherIncomeSource",
)
BENEFITS = ("SNAP", "WIC", "TANFChildCare", "TANFTransportation", "OtherTANF", "OtherBenefitsSource")
INSURANCES = (
    "Medicaid",
    "Medicare",
    "SCHIP",
    "VHAServices",
    "EmployerProvided",
    "COBRA",
    "PrivatePay",
    "StateHealthIns",
    "IndianHealthServices",
    "OtherInsurance",
)
_ASKED = of_stay("adult") | (of_stay("relationship") == 1)
_STAGES = {"entry": "1", "exit": "3"}
_HIV = "8"
_ABOUT_HIV = ("TCellCountAvailable", "TCellCount", "TCellSource", "ViralLoadAvailable", "ViralLoad", "ViralLoadSource")


def _conflict(name: str, field: str, expected: str, sources: tuple[str, ...], **eva: int) -> list[Rule]:
    """Yes without a source, or no with one, at each stage."""
    some = pl.any_horizontal(text(source) == "1" for source in sources)
    wrong = ((text(field) == "1") & ~some) | ((text(field) == "0") & some)
    return [
        Rule(
            Check(
                f"{name}-conflict-{stage}", Level.ERROR, f"{expected} at {stage}", "IncomeBenefits", field, (number,)
            ),
            (text("DataCollectionStage") == _STAGES[stage]) & wrong,
        )
        for stage, number in eva.items()
    ]


def _missing(name: str, field: str, element: str, who: pl.Expr, **eva: int) -> list[Rule]:
    return [
        Rule(
            Check(f"{name}-missing-{stage}", Level.ERROR, f"{element} at {stage}", "IncomeBenefits", field, (number,)),
            who & (text("DataCollectionStage") == _STAGES[stage]) & is_missing(field),
        )
        for stage, number in eva.items()
    ]


RULES = (
    *_conflict(
        "income", "IncomeFromAnySource", "4.02 Income yes with a source, no without", INCOMES, entry=88, exit=90
    ),
    *_conflict(
        "benefits", "BenefitsFromAnySource", "4.03 Non-Cash Benefits yes with a source, no without", BENEFITS, entry=97
    ),
    *_conflict(
        "insurance",
        "InsuranceFromAnySource",
        "4.04 Health Insurance yes with a kind, no without",
        INSURANCES,
        entry=94,
        exit=95,
    ),
    *_missing("income", "IncomeFromAnySource", "4.02 Income and Sources", _ASKED, entry=87, exit=89),
    *_missing("benefits", "BenefitsFromAnySource", "4.03 Non-Cash Benefits", _ASKED, entry=96),
    *_missing("insurance", "InsuranceFromAnySource", "4.04 Health Insurance", pl.lit(value=True), entry=92, exit=93),
    Rule(
        Check(
            "fleeing-conflict",
            Level.ERROR,
            "4.11.B Currently Fleeing only of a survivor of domestic violence (4.11.2)",
            "HealthAndDV",
            "CurrentlyFleeing",
        ),
        (text("DomesticViolenceSurvivor") == "0") & (text("CurrentlyFleeing") == "1"),
    ),
    Rule(
        Check(
            "survivor-when-missing",
            Level.WARNING,
            "4.11.A When Experience Occurred, of a survivor of domestic violence",
            "HealthAndDV",
            "WhenOccurred",
        ),
        (text("DomesticViolenceSurvivor") == "1") & is_missing("WhenOccurred"),
    ),
    Rule(
        Check(
            "hiv-details",
            Level.ERROR,
            "W4 T-cell and viral load only where the disability type is 8",
            "Disabilities",
            "DisabilityType",
        ),
        (text("DisabilityType") != _HIV) & pl.any_horizontal(~is_blank(column) for column in _ABOUT_HIV),
    ),
    Rule(
        Check(
            "disability-conflict",
            Level.ERROR,
            "3.08 Disabling Condition yes where a disability is of long duration and impairs",
            "Disabilities",
            "IndefiniteAndImpairs",
        ),
        (text("IndefiniteAndImpairs") == "1") & (of_stay("disabled") == 0),
    ),
)
