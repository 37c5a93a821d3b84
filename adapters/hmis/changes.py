"""What HUD changed from one version of the format to the next: how each new or changed column is made of the old ones.

Sources: the change logs of HUD's HMIS CSV Format Specifications FY2024 and FY2026. A gender is never turned into a sex:
4.21 Sex is a question of its own, and nobody has asked it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl


@dataclass(frozen=True)
class Change:
    """Of one table: columns that only got another name, and columns `made` of others."""

    renamed: Mapping[str, str] = field(default_factory=dict)
    made: Mapping[str, pl.Expr] = field(default_factory=dict)


# List 3.12.1 of FY2022 (3.917, 4.12 and 3.12): FY2024 made groups by the hundred, and one code of all rental subsidies.
_RENTAL, _SUBSIDIZED = "435", ("3", "19", "20", "28", "31", "33", "34")
_SITUATIONS = {
    "1": "101",
    "2": "302",
    "4": "204",
    "5": "205",
    "6": "206",
    "7": "207",
    "10": "410",
    "11": "411",
    "12": "312",
    "13": "313",
    "14": "314",
    "15": "215",
    "16": "116",
    "18": "118",
    "21": "421",
    "22": "422",
    "23": "423",
    "25": "225",
    "26": "426",
    "27": "327",
    "29": "329",
    "32": "332",
    "35": "335",
    "36": "336",
    **dict.fromkeys(_SUBSIDIZED, _RENTAL),
}
_SUBSIDIES = {"3": "440", **{code: f"4{code}" for code in _SUBSIDIZED if code != "3"}}

_SHELTER, _ENTRY_EXIT, _NIGHT_BY_NIGHT = "1", "0", "3"
_HISPANIC = pl.col("Ethnicity") == "1"


def _situation(column: str, subsidy: str) -> Change:
    """Both are made of the old code, so neither sees what becomes of the other."""
    return Change(
        made={
            column: pl.col(column).replace(_SITUATIONS),
            subsidy: pl.col(column).replace_strict(_SUBSIDIES, default=""),
        }
    )


def _selected(column: str) -> pl.Expr:
    """FY2024 no longer knows 99 or null where one of several may be selected."""
    return pl.col(column).replace({"99": "0", "": "0"})


FROM_2022: Mapping[str, Change] = {
    "Client": Change(
        renamed={"Female": "Woman", "Male": "Man", "NoSingleGender": "NonBinary"},
        made={
            **{race: _selected(race) for race in ("Asian", "BlackAfAmerican", "NativeHIPacific", "White")},
            "HispanicLatinaeo": pl.when(_HISPANIC).then(pl.lit("1")).otherwise(pl.lit("0")),
            "MidEastNAfrican": pl.lit("0"),
            "RaceNone": pl.when(_HISPANIC).then(pl.lit("")).otherwise("RaceNone"),
        },
    ),
    "CurrentLivingSituation": _situation("CurrentLivingSituation", "CLSSubsidyType"),
    "Enrollment": _situation("LivingSituation", "RentalSubsidyType"),
    "Exit": _situation("Destination", "DestinationSubsidyType"),
    "HealthAndDV": Change(renamed={"DomesticViolenceVictim": "DomesticViolenceSurvivor"}),
    "IncomeBenefits": Change(renamed={"VAMedicalServices": "VHAServices", "NoVAMedReason": "NoVHAReason"}),
    "Project": Change(
        made={
            "ProjectType": pl.when((pl.col("ProjectType") == _SHELTER) & (pl.col("TrackingMethod") != _NIGHT_BY_NIGHT))
            .then(pl.lit(_ENTRY_EXIT))
            .otherwise("ProjectType"),
        }
    ),
}
FROM_2024: Mapping[str, Change] = {"Client": Change(renamed={"HispanicLatinaeo": "HispanicLatinao"})}
