"""The lives of the people in the stories: what happened to them, as the feeds are told of it."""

from datetime import date

from hub.demo.county.lives import (
    Care,
    Coding,
    Custody,
    Given,
    Life,
    Part2Consent,
    Person,
    Referral,
    Release,
    Sighting,
    Stay,
    Treatment,
    Visit,
)
from hub.demo.county.programs import (
    ANA_REYES,
    ENTRY_DESK,
    FAMILY_SHELTER,
    GRACE_ADEYEMI,
    HOPWA_HOMES,
    KAI_NAKOA,
    MARGUERITE_DUBOIS,
    NIGHT_SHELTER,
    OUTREACH,
    PILAR_SOLIS,
    SAFE_HOUSE_BEDS,
    YOUTH_BEDS,
)

_HOUR, _DAY = 60, 24 * 60
_TO_CRISIS = ("crisis-providers", "homeless-services")


def _bed_nights(*agos: int) -> tuple[Given, ...]:
    return tuple(Given(ago, 200, 200) for ago in agos)


def _in_night_shelter(entered: int, *nights: int) -> tuple[Stay, ...]:
    return (
        Stay(
            NIGHT_SHELTER,
            entered,
            services=_bed_nights(*dict.fromkeys((*nights, entered))),
            worker=GRACE_ADEYEMI,
            worker_since=entered - 2,
        ),
    )


def _in_family_shelter(entered: int) -> tuple[Stay, ...]:
    return (Stay(FAMILY_SHELTER, entered, worker=PILAR_SOLIS, worker_since=entered - 1),)


MARCUS = Life(
    Person(1, "Marcus", "Antonio", "Delgado", "", date(1987, 4, 9), female=False),
    stays=(
        Stay(
            OUTREACH,
            106,
            sightings=(Sighting(3, 116, "Riverside Park"), Sighting(17, 116, "Riverside Park"), Sighting(41, 116)),
            worker=ANA_REYES,
            worker_since=14,
        ),
        Stay(ENTRY_DESK, 90, prioritized=88, referral=Referral(20, 7)),
    ),
    visits=(Visit("E", 12 * _DAY, 12 * _DAY - 5 * _HOUR, Coding("E11.65", "Type 2 diabetes with hyperglycemia")),),
    care=Care(
        26,
        (Coding("E11.9", "Type 2 diabetes mellitus without complications"), Coding("F31.9", "Bipolar disorder")),
        ("metformin 500 mg tablet twice daily", "lithium carbonate 300 mg capsule three times daily"),
        shares_with="harbor-mobile-crisis",
    ),
    custody=Custody("B-2211", 4 * _DAY + 3 * _HOUR, 10 * _HOUR, "TRESPASS 2ND DEGREE", "Y"),
    release=Release(165, 199, _TO_CRISIS),
    plain=True,
)

ROSALIND = Life(
    Person(2, "Rosalind", "Grace", "Achterberg", "", date(1968, 2, 17), female=True),
    stays=_in_night_shelter(45, 1, 2, 3, 5),
    plain=True,
)
LUIS = Life(
    Person(3, "Luis", "", "Barragan", "", date(1991, 8, 23), female=False),
    stays=_in_night_shelter(60, 4, 5),
    release=Release(50, 315, _TO_CRISIS),
    plain=True,
)
OTHER_LUIS = Life(
    Person(4, "Luis", "", "Barragan", "", date(1991, 8, 23), female=False),
    stays=_in_family_shelter(35),
    release=Release(30, 335, _TO_CRISIS),
    plain=True,
)
IMANI = Life(
    Person(5, "Imani", "Joy", "Okonjo", "", date(1996, 1, 30), female=True),
    stays=_in_night_shelter(70, 2, 3, 4),
    release=Release(68, 297, _TO_CRISIS),
    plain=True,
)
AMANI = Life(
    Person(6, "Amani", "Faith", "Okonjo", "", date(1996, 1, 30), female=True),
    stays=_in_family_shelter(52),
    plain=True,
)
THEODORA = Life(
    Person(7, "Theodora", "", "Vance", "", date(1984, 12, 5), female=True, street="411 Alder Street"),
    treatment=Treatment(240, "methadone 80 mg oral solution daily", 0),
    part2_consent=Part2Consent(60),
    plain=True,
)
CALVIN = Life(
    Person(8, "Calvin", "", "Mistry", "", date(1990, 6, 30), female=False, street="77 Levee Road"),
    treatment=Treatment(130, "buprenorphine-naloxone 8-2 mg film daily", 1),
    plain=True,
)
OLUWASEUN = Life(
    Person(9, "Oluwaseun", "", "Brightwater", "", date(1976, 9, 1), female=False),
    stays=_in_night_shelter(200, 1, 2, 3),
    release=Release(364, 1, _TO_CRISIS),
    plain=True,
)
DELPHINE = Life(
    Person(10, "Delphine", "", "Arceneaux", "", date(1959, 10, 12), female=True),
    stays=_in_night_shelter(410, 1, 2),
    release=Release(395, -30, _TO_CRISIS),
    plain=True,
)
JUNE = Life(
    Person(11, "June", "", "Tallgrass", "", date(1982, 5, 27), female=True),
    stays=(Stay(OUTREACH, 150, sightings=(Sighting(6, 116, "Library plaza"),), worker=ANA_REYES, worker_since=140),),
    release=Release(148, 217, _TO_CRISIS, revoked=2),
    plain=True,
)
BERNARD = Life(
    Person(12, "Bernard", "", "Lindqvist", "", date(1971, 3, 3), female=False, street="900 Prospect Avenue"),
    stays=(Stay(HOPWA_HOMES, 500, services=(Given(9, 143, 2),), worker=MARGUERITE_DUBOIS, worker_since=300),),
    release=Release(100, 265, _TO_CRISIS),
    plain=True,
)
SKYE = Life(
    Person(13, "Skye", "", "Larkspur", "", date(2007, 7, 19), female=True),
    stays=(Stay(YOUTH_BEDS, 40, worker=KAI_NAKOA, worker_since=39),),
    release=Release(38, 327, ("harbor-mobile-crisis",), covers=("RHY",)),
    plain=True,
)
WALTER = Life(
    Person(14, "Walter", "", "Pruitt", "", date(1965, 11, 21), female=False),
    custody=Custody("B-2187", 9 * _DAY, None, "FAILURE TO APPEAR", missed=1),
    plain=True,
)
RAYMOND = Life(
    Person(15, "Raymond", "Stan", "Kowalczyk", "Sr", date(1955, 4, 14), female=False),
    stays=_in_night_shelter(90, 2, 3),
    release=Release(85, 280, _TO_CRISIS),
    plain=True,
)
YOUNG_RAYMOND = Life(
    Person(16, "Raymond", "Stan", "Kowalczyk", "Jr", date(1983, 4, 14), female=False, street="52 Depot Street"),
    visits=(Visit("I", 3 * _DAY, None, Coding("F32.2", "Major depressive disorder, severe")),),
    plain=True,
)

# Number 0: she is counted among nobody.
SURVIVOR = Life(
    Person(0, "Nadia", "", "Ferreira-Holm", "", date(1993, 3, 14), female=True),
    stays=(Stay(SAFE_HOUSE_BEDS, 21),),
    plain=True,
)
