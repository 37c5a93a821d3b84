"""What can lie on the table in the sweep: each piece of evidence whole, and in effect on the day."""

from collections.abc import Iterable

from schemas.vocab.word import Word


class Evidence(Word):
    """One piece of evidence. A capital is a paper about this person; a word is a circumstance or an arrangement."""

    CONSENT = "C", "Part 2 consent that names this recipient and this purpose (42 CFR 2.31(a))."
    TPO_CONSENT = (
        "T",
        "Single Part 2 consent for treatment, payment and operations to `my treating providers, health plans, "
        "third-party payers, and people helping to operate this program` (42 CFR 2.31(a)(4)(i), 2.33(a)(2)).",
    )
    NOTES_CONSENT = "N", "Part 2 consent for counseling notes alone (42 CFR 2.31(b)(2))."
    PROCEEDINGS_CONSENT = "L", "Part 2 consent for use in this proceeding alone (42 CFR 2.31(d))."
    CONDITIONAL_CONSENT = (
        "K",
        "Criminal-justice consent, and a recipient that made treatment a condition of release and monitors it "
        "(42 CFR 2.35).",
    )
    AUTHORIZATION = "A", "HIPAA authorization; for psychotherapy notes, one for them alone (45 CFR 164.508)."
    HMIS_RELEASE = (
        "R",
        "HMIS release of information that expressly covers HOPWA, runaway and homeless youth, and domestic violence "
        "(HMIS release policy; 42 U.S.C. 12905(e); 45 CFR part 1351).",
    )
    SURVIVORS_RELEASE = "V", "Survivor's informed, written, time-limited release (34 U.S.C. 12291(b)(2)(B)(ii))."
    VETERANS_CONSENT = "Y", "Veteran's written consent (38 U.S.C. 7332(b)(1))."
    CALLERS_WORD = "W", "Caller's permission, by word of mouth, to a service that promised confidentiality."
    PART2_ORDER = (
        "O",
        "Order under 42 CFR part 2, subpart E (2.64 or 2.65), with every finding, a ground of 2.63 and a mandate.",
    )
    COURT_ORDER = "J", "Ordinary court order (45 CFR 164.512(e)(1)(i))."
    SUBPOENA = "S", "Subpoena with satisfactory assurance (45 CFR 164.512(e)(1)(ii))."
    WARRANT = "G", "Warrant signed by a judge, and grand-jury subpoena (45 CFR 164.512(f)(1)(ii)(A), (B))."
    WRITTEN_REQUEST = (
        "P",
        "Written request of police, signed by a supervisor, with all five elements (69 FR 45888 4.1.3).",
    )

    PROTOCOL = "protocol", "The holder has said which fields are necessary for this recipient and purpose; here, all."
    AGREEMENT = (
        "agreement",
        "Written agreement of recipient and holder, of each kind: business associate (45 CFR 164.504(e)), qualified "
        "service organization (42 CFR 2.11), audit with copies destroyed (2.53), contractor bound to Part 2 (2.33(c)).",
    )
    NOTICE = "notice", "Posted HMIS privacy notice that describes this sharing, and policy that leaves it at that."
    DOOR = "door", "Local HMIS policy lets police in: by court process, by written request, by asking to find someone."
    MANDATE = "mandate", "The law of a state in play demands the report."
    TEAM = "team", "The recipient is in a statutory homeless team (Cal. Welf. & Inst. Code 18999.8)."
    RESEARCH = "research", "Waiver by a privacy board (45 CFR 164.512(i)), and human-subjects rules met (42 CFR 2.52)."

    TREATING = "treating", "The recipient has a relationship of treatment with the person now."
    CONTROL = "control", "The recipient has direct administrative control over the holder (42 CFR 2.12(c)(3))."
    EMERGENCY = "emergency", "Complete statement of a medical emergency in which nobody can consent (42 CFR 2.51)."
    CUSTODY = "custody", "The recipient lawfully holds the person and represents a need (45 CFR 164.512(k)(5)(i))."
    THREAT = "threat", "The holder judges a threat serious, imminent, and one the recipient can prevent (164.512(j))."
    INCIDENT = "incident", "A crime on the holder's premises, which the holder itself reports (42 CFR 2.12(c)(5))."
    SENT = "sent", "The holder itself sends; without this word the recipient asks."
    SELF = "self", "The recipient is the person."
    AGREED = "agreed", "The person was asked, and agreed (45 CFR 164.510; 164.512(c)(1)(ii))."
    KIN = "kin", "The recipient is a relative or friend who takes part in the person's care."
    PARENT = "parent", "The recipient is a parent, and the person is fifteen (45 CFR 164.502(g)(3))."


Bundle = frozenset[Evidence]

NOTHING: Bundle = frozenset()
OF_PRIVATE_PERSONS = frozenset({Evidence.SELF, Evidence.KIN, Evidence.PARENT})
OF_ORGANIZATIONS = frozenset({Evidence.TREATING, Evidence.CONTROL, Evidence.CUSTODY, Evidence.CONDITIONAL_CONSENT})


def in_order(bundle: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """The evidence in the order of the legend."""
    held = frozenset(bundle)
    return tuple(each for each in Evidence if each in held)


def ranked(bundles: Iterable[Bundle]) -> list[Bundle]:
    """Bundles in the order in which a reader meets them: the smaller first, then by the legend."""
    return sorted(bundles, key=lambda bundle: (len(bundle), [list(Evidence).index(each) for each in in_order(bundle)]))


def written(bundle: Bundle) -> str:
    """A bundle as a cell shows it."""
    return "+".join(in_order(bundle)) or "*"
