"""What may surprise a reader of the tables: one cell each, and the rule that makes it so."""

from typing import NamedTuple

from schemas.vocab import Capacity, Purpose


class Note(NamedTuple):
    """A cell of the sweep and why it is as it is; the document shows what stands in the cell beside it."""

    held: str
    who: Capacity
    purpose: Purpose
    why: str


NOTES = (
    Note(
        "hipaa",
        Capacity.HEALTH_CARE_PROVIDER,
        Purpose.TREAT,
        "A provider in a clinical role treats whoever it asks about, so that no relationship need be shown "
        "(`hipaa.treatment`); the minimum-necessary rule does not apply to it (164.502(b)(2)(i)).",
    ),
    Note(
        "hipaa",
        Capacity.LAW_ENFORCEMENT,
        Purpose.LOCATE_PERSON,
        "Police who ask where someone is are told the items of 164.512(f)(2)(i) and nothing else; a query is itself "
        "the request, and the holder that sends unasked needs one (`hipaa.locate`).",
    ),
    Note(
        "hipaa",
        Capacity.CHILD_PROTECTION_AGENCY,
        Purpose.CHILD_PROTECTION,
        "A report of child abuse goes to the authority that receives it, with or without a statute that demands it "
        "(164.512(b)(1)(ii), `hipaa.report`); the rest of the record does not.",
    ),
    Note(
        "hipaa",
        Capacity.CORRECTIONAL_INSTITUTION,
        Purpose.CUSTODY_SAFETY,
        "Even an authorization does not open a custodian's purpose unless the custodian represents a need: the gate "
        "comes first (`gate.custody-representation`).",
    ),
    Note(
        "hipaa",
        Capacity.PUBLIC,
        Purpose.HLEGAL,
        "A private person is answered under no process: parties receive through the court or their counsel. Process "
        "says what the holder may tell and not to whom; who presents it is verified at the gate (`gate.verified`).",
    ),
    Note(
        "part2",
        Capacity.HEALTH_CARE_PROVIDER,
        Purpose.TREAT,
        "The single consent to `my treating providers` needs the relationship as well (2.31(a)(4)(i), "
        "`part2.consent`); an emergency needs the program's word on what is necessary (2.13(a), `part2.emergency`).",
    ),
    Note(
        "part2",
        Capacity.LAW_ENFORCEMENT,
        Purpose.CRIME_REPORT,
        "The program itself tells police, and five things at most (2.12(c)(5), `part2.crime-report`).",
    ),
    Note(
        "part2",
        Capacity.CORRECTIONAL_INSTITUTION,
        Purpose.CUSTODY_CARE,
        "Custody opens nothing: Part 2 has no counterpart to 164.512(k)(5), so that a consent is needed beside the "
        "representation (`part2.consent`).",
    ),
    Note(
        "part2",
        Capacity.LANDLORD,
        Purpose.HOUSING_ELIGIBILITY,
        "Not even a consent opens a program's record to a landlord (42 U.S.C. 290dd-2(i), `part2.no-discrimination`).",
    ),
    Note(
        "part2",
        Capacity.PUBLIC_HEALTH_AUTHORITY,
        Purpose.PUBHLTH,
        "Without consent a public health authority receives what is de-identified only (2.54), which is in the last "
        "table.",
    ),
    Note(
        "part2-hipaa",
        Capacity.COMMUNITY_SUPERVISION,
        Purpose.SUPERVISION,
        "The consent of 2.35 answers Part 2 and not HIPAA, which asks for an authorization or a court order of its own "
        "(`part2.conditional-release`, `hipaa.authorization`, `hipaa.court-order`).",
    ),
    Note(
        "part2-hipaa",
        Capacity.HEALTH_CARE_PROVIDER,
        Purpose.TREAT,
        "`C` and `A` may be one paper, if it has the elements of both; here each has its own only, to show which law "
        "asks for what.",
    ),
    Note(
        "part2-passed-on",
        Capacity.HEALTH_CARE_PROVIDER,
        Purpose.TREAT,
        "What a covered entity received for treatment, payment and operations follows HIPAA from there "
        "(2.33(b)(1), `part2.held-by-covered-entity`).",
    ),
    Note(
        "part2-passed-on",
        Capacity.PROSECUTOR,
        Purpose.HLEGAL,
        "It does so except against the patient: a subpoena, warrant or ordinary order needs the patient's separate "
        "consent beside it, or an order under subpart E (2.12(d)(1), `part2.no-use-against-the-patient`).",
    ),
    Note(
        "part2-passed-on",
        Capacity.COMMUNITY_SUPERVISION,
        Purpose.SUPERVISION,
        "Supervision is read as no proceeding against the patient, so that an ordinary court order opens what HIPAA "
        "would (`hipaa.court-order`). Arguable: what probation learns can end in a revocation hearing.",
    ),
    Note(
        "part2-named",
        Capacity.LAW_ENFORCEMENT,
        Purpose.CRIME_REPORT,
        "2.12(c)(5) speaks of the personnel of a program; a holder that was only given the record reports without it "
        "(`part2.crime-report`).",
    ),
    Note(
        "part2-payer",
        Capacity.SERVICE_ORGANIZATION,
        Purpose.HPAYMT,
        "A contractor bound to Part 2 receives for payment and operations, and for nothing else (2.33(b)(3), "
        "`part2.contractor`).",
    ),
    Note(
        "part2-notes",
        Capacity.HEALTH_CARE_PROVIDER,
        Purpose.ETREAT,
        "An emergency does not open counseling notes: 2.51 is not among the exceptions of 2.31(b)(1) "
        "(`part2.counseling-notes`). Nor does an order that was made for a proceeding.",
    ),
    Note(
        "part2-notes",
        Capacity.INDIVIDUAL,
        Purpose.PATRQT,
        "The patient does not see them either, as notes kept for the counselor's own use (`part2.counseling-notes`).",
    ),
    Note(
        "part2-notes",
        Capacity.AUDITOR,
        Purpose.AUDIT_EVALUATION,
        "Oversight of their author opens them to an auditor (2.31(b)(1), 2.53), and to nobody else who calls it one.",
    ),
    Note(
        "psychotherapy-notes",
        Capacity.LAW_ENFORCEMENT,
        Purpose.THREAT,
        "A serious and imminent threat opens them (164.508(a)(2)(ii), 164.512(j)(1)(i), `hipaa.threat`); neither "
        "treatment nor the person's own access does (164.524(a)(1)(i), `hipaa.psychotherapy-notes`).",
    ),
    Note(
        "hmis",
        Capacity.HEALTH_CARE_PROVIDER,
        Purpose.COC,
        "Consent is inferred as far as the posted notice goes; here it names every capacity. Domestic-violence fields "
        "stay behind (`hmis.inferred`).",
    ),
    Note(
        "hmis",
        Capacity.LAW_ENFORCEMENT,
        Purpose.LOCATE_PERSON,
        "Without a door opened by local policy there is nothing for police, whatever they bring (`hmis.court-process`, "
        "`hmis.supervisory-request`, `hmis.oral-request`).",
    ),
    Note(
        "hopwa",
        Capacity.CHILD_PROTECTION_AGENCY,
        Purpose.CHILD_PROTECTION,
        "A statute that demands a report opens the HMIS half only; the program's own rule knows the release and the "
        "program itself (`hopwa.express-release`).",
    ),
    Note(
        "rhy",
        Capacity.LAW_ENFORCEMENT,
        Purpose.LAW_ENFORCEMENT,
        "Not even court process opens what a youth told the program, except to the program itself: the youth's own "
        "written consent does (`rhy.youth-consent`).",
    ),
    Note(
        "victims",
        Capacity.HEALTH_CARE_PROVIDER,
        Purpose.ETREAT,
        "No emergency opens it, and nobody reaches it by asking: every cell says `sent` (`victims.never-by-asking`).",
    ),
    Note(
        "victims",
        Capacity.HMIS_LEAD,
        Purpose.COC,
        "Not even with the survivor's release (42 U.S.C. 11363, `victims.not-into-hmis`).",
    ),
    Note(
        "veterans",
        Capacity.HEALTH_CARE_PROVIDER,
        Purpose.TREAT,
        "A treating provider needs the veteran's consent, or an emergency (38 U.S.C. 7332(b)(1), (b)(2)(A); "
        "`veterans.consent`, `veterans.emergency`). Among the least certain rules.",
    ),
    Note(
        "sealed",
        Capacity.CRISIS_PROVIDER,
        Purpose.TREAT,
        "A court may open what it sealed, and then no more goes than if it had not been sealed (`sealed`, "
        "`justice.custody-status`).",
    ),
    Note(
        "call-center",
        Capacity.PUBLIC_SAFETY_ANSWERING_POINT,
        Purpose.THREAT,
        "A center that judges a life in danger tells those who send help, as the network's policy says "
        "(`promise.imminent-danger`); a peer service has no such policy, and tells nobody.",
    ),
    Note(
        "peers",
        Capacity.HEALTH_CARE_PROVIDER,
        Purpose.TREAT,
        "Any paper by which the person speaks to this recipient serves as permission (`promise.caller-permission`).",
    ),
    Note(
        "anonymous",
        Capacity.CORRECTIONAL_INSTITUTION,
        Purpose.CUSTODY_CARE,
        "Gates see the request and no record, so that they close even here (`gate.custody-representation`).",
    ),
)
