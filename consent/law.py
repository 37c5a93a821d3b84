"""Citations as a lawyer types them, and the days on which the law changed."""

from datetime import date

from schemas.disclosure import Citation

OMNIBUS = date(2013, 9, 23)
"""Compliance date of the 2013 changes to HIPAA (78 FR 5566)."""

PART2_2017 = date(2017, 3, 21)
"""Effective date of the rewritten 42 CFR part 2 (82 FR 6052)."""

PART2_2018 = date(2018, 2, 2)
"""Effective date of 83 FR 239: lawful holders may disclose to contractors for payment and operations."""

ANTIDISCRIMINATION = date(2020, 3, 27)
"""Enactment of 42 U.S.C. 290dd-2(i) (Pub. L. 116-136, section 3221(g))."""

PART2_2020 = date(2020, 8, 14)
"""Effective date of 85 FR 42986: a declared disaster that closes a program is an emergency."""

PART2_2024 = date(2024, 4, 16)
"""Effective date of the 2024 changes to 42 CFR part 2 (89 FR 12472): either form of consent serves."""

PART2_COMPLIANCE = date(2026, 2, 16)
"""Compliance date of the 2024 changes: the new form of consent alone serves."""

HMIS_STANDARDS = date(2004, 8, 30)
"""Effective date of the HMIS data and technical standards (69 FR 45888)."""

VICTIM_CONFIDENTIALITY = date(2006, 1, 5)
"""Enactment of the confidentiality grant condition (Pub. L. 109-162)."""

HOMELESS_TEAMS = date(2018, 1, 1)
"""Effective date of Cal. Welf. & Inst. Code 18999.8 (Assembly Bill 210 of 2017)."""

LIFELINE_POLICY = date(2010, 12, 1)
"""Publication of the Lifeline Policy for Helping Callers at Imminent Risk of Suicide, kept by the 988 network."""

LONG_STANDING = date(2003, 4, 14)
"""For state law, memoranda and older statutes, whose own first day lies before any question asked here.

It is the compliance date of the HIPAA Privacy Rule (45 CFR 164.534)."""


def cfr42(section: str) -> Citation:
    return Citation(text=f"42 CFR {section}")


def cfr45(section: str) -> Citation:
    return Citation(text=f"45 CFR {section}")


def usc(title: int, section: str) -> Citation:
    return Citation(text=f"{title} U.S.C. {section}")


def cite(text: str) -> Citation:
    return Citation(text=text)


HMIS_USES = cite("69 FR 45888 4.1.3")
HMIS_LIMITS = cite("69 FR 45888 4.2.3")
HMIS_POLICY = cite("HMIS release policy")
