"""The people a reader remembers: who they are, what the feeds hold of them, what the hub must answer, and by which law.

They are in a county of any size, the same for every seed, and written down everywhere without a slip; dates of birth
are fixed, everything else is so many days before now. Unless a story says otherwise the question is the one that the
mobile crisis team asks: a clinician of Harbor Mobile Crisis, treating the person, for coordination of care, with the
name and date of birth.
"""

from dataclasses import dataclass
from datetime import date

from hub.demo.county.cast import (
    AMANI,
    BERNARD,
    CALVIN,
    DELPHINE,
    IMANI,
    JUNE,
    LUIS,
    MARCUS,
    OLUWASEUN,
    OTHER_LUIS,
    RAYMOND,
    ROSALIND,
    SKYE,
    THEODORA,
    WALTER,
    YOUNG_RAYMOND,
)
from hub.demo.county.lives import Life
from schemas.vocab.word import Word


class Answer(Word):
    """What the hub must do when the story's question is asked."""

    CONTACT = "contact", "Answers with the homeless-services contact."
    TREATMENT = "treatment", "Answers with the treatment record, the notice and the consent travelling along."
    CUSTODY = "custody", "Says that the person is in custody, and nothing of homeless services."
    SILENCE = "silence", "Answers exactly as for a person nobody knows."
    REFUSED_AT_THE_DOOR = "refused-at-the-door", "Refuses it at the door, keeps nothing of it, and tells its sender."


@dataclass(frozen=True)
class Story:
    """One person's story. `people` holds the lives that the feeds are told of; a stranger has none.

    held     what the feeds hold
    because  what the hub must answer, and the law it rests on
    """

    key: str
    given: str
    family: str
    born: date
    answer: Answer
    held: str
    because: str
    people: tuple[Life, ...] = ()


STORIES = (
    Story(
        "contact",
        "Marcus",
        "Delgado",
        date(1987, 4, 9),
        Answer.CONTACT,
        "Sleeps in a car by Riverside Park. Open Door's outreach enrolled him, saw him there three days ago, and Ana "
        "Reyes works with him; coordinated entry has him on its list with an open referral to housing navigation. "
        "Jail booking B-2211 ended yesterday. Lakeside Clinic keeps his medication list, Mercy Hospital an emergency "
        "visit. His HMIS release names crisis providers.",
        "Ana Reyes, how to reach her and when he was last seen, with the release recorded as the basis: a written "
        "release in force that names the asker's class (HMIS privacy standards, 69 FR 45888 4.1.3, local policy). His "
        "clinic list may go to a treating provider (45 CFR 164.506(c)(2)); of the jail only that he is out, and since "
        "when (booking memorandum).",
        (MARCUS,),
    ),
    Story(
        "stranger",
        "Ezekiel",
        "Thornbury",
        date(1979, 11, 2),
        Answer.SILENCE,
        "Nothing: no feed knows the name.",
        "The measure of all silence: every other silent answer must be the same, byte for byte.",
    ),
    Story(
        "withheld",
        "Rosalind",
        "Achterberg",
        date(1968, 2, 17),
        Answer.SILENCE,
        "Sleeps at Open Door's night shelter. Signed no release.",
        "Local policy asks a written release for sharing outside the HMIS, and there is none; saying so would say that "
        "she is known. Once she signs one for crisis providers, the same question is answered.",
        (ROSALIND,),
    ),
    Story(
        "ambiguous",
        "Luis",
        "Barragan",
        date(1991, 8, 23),
        Answer.SILENCE,
        "Two men of one name and one date of birth, one at Open Door, one at Maple Street, each with a release.",
        "Nobody can tell which is meant, and telling of the wrong one is a breach (45 CFR 164.514(h)): silence until "
        "the last four of a social security number, or another identifier, tells them apart.",
        (LUIS, OTHER_LUIS),
    ),
    Story(
        "twin",
        "Imani",
        "Okonjo",
        date(1996, 1, 30),
        Answer.CONTACT,
        "Twins, one letter and one date of birth apart; Imani at Open Door with a release, Amani at Maple Street "
        "without.",
        "Open Door's contact for Imani under her release, and nothing of Amani's: a sister's release opens no door.",
        (IMANI, AMANI),
    ),
    Story(
        "part2-consent",
        "Theodora",
        "Vance",
        date(1984, 12, 5),
        Answer.TREATMENT,
        "Patient of Cedar Opioid Treatment; signed the single consent for treatment, payment and operations.",
        "Asked for treatment: her enrollment and medication, with the notice against redisclosure and a copy of the "
        "consent (42 CFR 2.31, 2.32, 2.33(a)(2)). Without either nothing leaves.",
        (THEODORA,),
    ),
    Story(
        "part2-no-consent",
        "Calvin",
        "Mistry",
        date(1990, 6, 30),
        Answer.SILENCE,
        "Patient of Cedar Opioid Treatment, without a consent.",
        "That he is a patient is itself protected (42 CFR 2.13): silence.",
        (CALVIN,),
    ),
    Story(
        "survivor",
        "Nadia",
        "Ferreira-Holm",
        date(1993, 3, 14),
        Answer.REFUSED_AT_THE_DOOR,
        "Lives at Harbor Safe House. Its vendor once sends an HMIS delta by mistake, in hmis-vsp/; no other file "
        "names her.",
        "A victim-service provider may not put what identifies a survivor into a shared database (34 U.S.C. "
        "12291(b)(2), 42 U.S.C. 11363): what the delta says of her is refused, nothing of it is indexed, and a "
        "question about her is a question about a stranger.",
    ),
    Story(
        "expires-tomorrow",
        "Oluwaseun",
        "Brightwater",
        date(1976, 9, 1),
        Answer.CONTACT,
        "At the night shelter, with a release whose last day is tomorrow.",
        "Open Door's contact today and tomorrow, the last day included; silence from the day after.",
        (OLUWASEUN,),
    ),
    Story(
        "expired",
        "Delphine",
        "Arceneaux",
        date(1959, 10, 12),
        Answer.SILENCE,
        "At the night shelter; the release ran out thirty days ago.",
        "An expired release is none.",
        (DELPHINE,),
    ),
    Story(
        "revoked",
        "June",
        "Tallgrass",
        date(1982, 5, 27),
        Answer.SILENCE,
        "Known to outreach; took the release back two days ago, by word of mouth, and the hub was told.",
        "A revocation counts once it is learned, an oral one too.",
        (JUNE,),
    ),
    Story(
        "hopwa",
        "Bernard",
        "Lindqvist",
        date(1971, 3, 3),
        Answer.SILENCE,
        "Lives in Rainbow Housing's supportive homes; has a general release in force.",
        "Naming the program would tell that he has HIV: a release must expressly cover it (42 U.S.C. 12905(e)), and "
        "his does not.",
        (BERNARD,),
    ),
    Story(
        "youth",
        "Skye",
        "Larkspur",
        date(2007, 7, 19),
        Answer.CONTACT,
        "At Youth Landing; signed a release that names Harbor Mobile Crisis and expressly covers youth programs.",
        "Kai Nakoa of Youth Landing: the young person's own written consent, in so many words (45 CFR part 1351).",
        (SKYE,),
    ),
    Story(
        "not-seen",
        "Walter",
        "Pruitt",
        date(1965, 11, 21),
        Answer.CUSTODY,
        "In jail; yesterday's roster left him out and today's has him again.",
        "Absence is not release: he was in custody all the while (booking memorandum). Nothing else is known of him.",
        (WALTER,),
    ),
    Story(
        "father-and-son",
        "Raymond",
        "Kowalczyk",
        date(1955, 4, 14),
        Answer.CONTACT,
        "Father at Open Door with a release; the son of the same name, born on the same day of another year, is an "
        "inpatient at Mercy Hospital.",
        "Open Door's contact for the father; the son's stay is another person's.",
        (RAYMOND, YOUNG_RAYMOND),
    ),
)


def lives() -> tuple[Life, ...]:
    """The lives that the feeds are told of, numbered from 1 without a gap."""
    return tuple(life for story in STORIES for life in story.people)


def story(key: str) -> Story:
    """The story of that key; KeyError where there is none."""
    return {story.key: story for story in STORIES}[key]
