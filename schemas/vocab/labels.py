"""How delicate information is, and which law protects it."""

from schemas.vocab.word import Word


class Sensitivity(Word):
    """HL7 DS4P sensitivity codes (v3-ActCode); they say what a piece speaks of, never which law applies."""

    SUD = "SUD", "Substance use disorder."
    PSY = "PSY", "Psychiatric and mental health."
    HIV = "HIV", "HIV or AIDS."
    SDV = "SDV", "Sexual assault, abuse or domestic violence."
    LOCIS = "LOCIS", "Location."
    SOC = "SOC", "Social services."
    SEX = "SEX", "Sexuality and reproductive health."
    SICKLE = "SICKLE", "Sickle cell disease."
    DEMO = "DEMO", "Demographics: who the person is."


class Regime(Word):
    """A body of law or promise that protects a record; attached by provenance, never by keyword."""

    HIPAA = "hipaa", "45 CFR Parts 160 and 164."
    PART2 = "part2", "42 CFR Part 2."
    HMIS = "hmis", "HMIS privacy standard (69 FR 45888) and the community's policy."
    HOPWA = "hopwa", "42 U.S.C. 12905(e); 24 CFR 574.440."
    RHY = "rhy", "34 U.S.C. 11186; 45 CFR part 1351."
    VAWA = "vawa", "34 U.S.C. 12291(b)(2); 42 U.S.C. 10406(c)(5); 28 CFR 94.115."
    VETERANS = "veterans", "38 U.S.C. 7332."
    BOOKING = "booking", "Booking memorandum and state public-record law."
    CRIMINAL_JUSTICE = "criminal-justice", "28 CFR part 20; CJIS Security Policy."
    DISPATCH = "dispatch", "State 911 law and memorandum."
    PROMISE = "promise", "A promise of confidentiality: the caller's permission."
    SERVICE = "service", "State law and memorandum of a provider under no federal health-privacy law."
