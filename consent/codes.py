"""Which codes speak of something delicate: dated sets, with the reason for every range."""

from typing import NamedTuple

from schemas.vocab import Sensitivity

ICD_10_CM = frozenset(
    {
        "http://hl7.org/fhir/sid/icd-10-cm",
        "http://hl7.org/fhir/sid/icd-10",
        "urn:oid:2.16.840.1.113883.6.90",
    }
)
"""The names under which ICD-10-CM, and ICD-10 whose categories it shares, is sent."""


class Range(NamedTuple):
    """Codes from `first` to the last code that begins with `last`, without their dot."""

    first: str
    last: str
    speaks_of: Sensitivity | None
    because: str

    def holds(self, code: str) -> bool:
        return self.first <= code[: len(self.first)] and code[: len(self.last)] <= self.last


RANGES: tuple[Range, ...] = (
    Range("F17", "F17", None, "Nicotine: 42 CFR 2.11 leaves tobacco out of substance use disorder."),
    Range("B20", "B20", Sensitivity.HIV, "HIV disease."),
    Range("B9735", "B9735", Sensitivity.HIV, "HIV type 2 as the cause of another disease."),
    Range("Z21", "Z21", Sensitivity.HIV, "HIV infection without symptoms."),
    Range("O987", "O987", Sensitivity.HIV, "HIV disease complicating pregnancy."),
    Range("R75", "R75", Sensitivity.HIV, "Inconclusive HIV test."),
    Range("Z114", "Z114", Sensitivity.HIV, "HIV screening: that it was done is itself protected in many states."),
    Range("Z206", "Z206", Sensitivity.HIV, "Exposure to HIV."),
    Range("Z717", "Z717", Sensitivity.HIV, "HIV counseling."),
    Range("F10", "F19", Sensitivity.SUD, "Disorders due to psychoactive substance use."),
    Range("O9931", "O9932", Sensitivity.SUD, "Alcohol or drug use complicating pregnancy."),
    Range("T40", "T40", Sensitivity.SUD, "Poisoning by opioids and hallucinogens lets substance use be inferred."),
    Range("T436", "T436", Sensitivity.SUD, "Poisoning by psychostimulants lets substance use be inferred."),
    Range("T51", "T51", Sensitivity.SUD, "Toxic effect of alcohol lets substance use be inferred."),
    Range("K70", "K70", Sensitivity.SUD, "Alcoholic liver disease names its cause."),
    Range("K292", "K292", Sensitivity.SUD, "Alcoholic gastritis names its cause."),
    Range("K852", "K853", Sensitivity.SUD, "Alcohol- or drug-induced pancreatitis names its cause."),
    Range("K860", "K860", Sensitivity.SUD, "Alcohol-induced chronic pancreatitis names its cause."),
    Range("G312", "G312", Sensitivity.SUD, "Degeneration of nerves due to alcohol names its cause."),
    Range("G621", "G621", Sensitivity.SUD, "Alcoholic polyneuropathy names its cause."),
    Range("I426", "I426", Sensitivity.SUD, "Alcoholic cardiomyopathy names its cause."),
    Range("P044", "P044", Sensitivity.SUD, "Newborn affected by the mother's drug use."),
    Range("P961", "P961", Sensitivity.SUD, "Newborn withdrawal from the mother's drug use."),
    Range("R780", "R785", Sensitivity.SUD, "Alcohol or drugs found in blood."),
    Range("Y90", "Y90", Sensitivity.SUD, "Blood alcohol level."),
    Range("Z714", "Z715", Sensitivity.SUD, "Counseling on alcohol or drug use."),
    Range("T74", "T74", Sensitivity.SDV, "Abuse or neglect, confirmed."),
    Range("T76", "T76", Sensitivity.SDV, "Abuse or neglect, suspected."),
    Range("O9A3", "O9A5", Sensitivity.SDV, "Abuse complicating pregnancy."),
    Range("Y07", "Y07", Sensitivity.SDV, "Who maltreated the person."),
    Range("Z044", "Z044", Sensitivity.SDV, "Examination after alleged rape."),
    Range("Z047", "Z047", Sensitivity.SDV, "Examination after alleged physical abuse."),
    Range("Z6281", "Z6281", Sensitivity.SDV, "History of abuse in childhood."),
    Range("Z69", "Z69", Sensitivity.SDV, "Care for victims and perpetrators of abuse."),
    Range("Z9141", "Z9142", Sensitivity.SDV, "History of abuse or forced exploitation as an adult or child."),
    Range("F52", "F52", Sensitivity.SEX, "Sexual dysfunction."),
    Range("F64", "F66", Sensitivity.SEX, "Gender identity and sexual orientation."),
    Range("A50", "A64", Sensitivity.SEX, "Infections transmitted sexually."),
    Range("O00", "O9A", Sensitivity.SEX, "Pregnancy and its outcome."),
    Range("Z30", "Z39", Sensitivity.SEX, "Reproductive care."),
    Range("F01", "F99", Sensitivity.PSY, "The chapter on mental and behavioral disorders."),
    Range("R44", "R45", Sensitivity.PSY, "Hallucinations, emotional state, suicidal thoughts."),
    Range("T1491", "T1491", Sensitivity.PSY, "Suicide attempt."),
    Range("X71", "X83", Sensitivity.PSY, "Intentional self-harm."),
    Range("Z046", "Z046", Sensitivity.PSY, "Psychiatric examination asked for by an authority."),
    Range("Z915", "Z915", Sensitivity.PSY, "History of self-harm."),
    Range("Z55", "Z65", Sensitivity.SOC, "Housing, poverty, family and other social circumstances."),
)
"""As of the edition of ICD-10-CM in use since 1 October 2025 (45 CFR 162.1002(c)).

Every range that a code falls into counts; one that speaks of nothing ends the search.
"""

INGREDIENTS: tuple[tuple[frozenset[str], Sensitivity, str], ...] = (
    (
        frozenset({"methadone", "buprenorphine", "naltrexone", "disulfiram", "acamprosate", "lofexidine", "naloxone"}),
        Sensitivity.SUD,
        "Used to treat substance use disorder or overdose.",
    ),
    (
        frozenset(
            {
                "abacavir",
                "bictegravir",
                "cabotegravir",
                "darunavir",
                "dolutegravir",
                "doravirine",
                "efavirenz",
                "emtricitabine",
                "lamivudine",
                "raltegravir",
                "rilpivirine",
                "tenofovir",
                "zidovudine",
            }
        ),
        Sensitivity.HIV,
        "Used to treat or prevent HIV infection.",
    ),
    (
        frozenset(
            {
                "aripiprazole",
                "clozapine",
                "haloperidol",
                "lithium",
                "lurasidone",
                "olanzapine",
                "paliperidone",
                "quetiapine",
                "risperidone",
                "ziprasidone",
            }
        ),
        Sensitivity.PSY,
        "Used to treat psychosis or bipolar disorder.",
    ),
)
"""Words in a medication's name that give a condition away, and why."""


def speaks_of(system: str, code: str) -> frozenset[Sensitivity]:
    """What a code speaks of; nothing if its system is not known here."""
    if system not in ICD_10_CM:
        return frozenset()
    plain = code.replace(".", "").strip().upper()
    found: set[Sensitivity] = set()
    for each in RANGES:
        if each.holds(plain):
            if each.speaks_of is None:
                break
            found.add(each.speaks_of)
    return frozenset(found)
