"""Who may use which route: the one table. A route without a row lets nobody in, and a hub that has one does not start.

A row names roles for people and scopes for systems: one of them is enough, and without any no person, or no system,
comes in. A route that is open to everybody says why. `hub access` prints the table.
"""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from starlette.requests import Request

from hub.errors import NotAllowed
from hub.store.accounts import Caller, CallerKind, HubRole, HubScope, covers
from schemas.frozen import Frozen


class Access(Frozen):
    """People with one of these roles, systems with one of these scopes; or everybody, for a reason.

    Where it depends on a parameter of the path, `cases` say so for its values; the rest holds for any other value.
    """

    roles: frozenset[HubRole] = frozenset()
    scopes: frozenset[str] = frozenset()
    open_because: str = ""
    depends_on: str = ""
    cases: Mapping[str, "Access"] = {}

    def where(self, parameters: Mapping[str, Any]) -> "Access":
        """What holds for a request with these parameters in its path."""
        return self.cases.get(str(parameters.get(self.depends_on)), self)

    def anywhere(self) -> "Access":
        """Who may come in for some value of the parameter."""
        rows = (self, *self.cases.values())
        return Access(
            roles=frozenset().union(*(row.roles for row in rows)),
            scopes=frozenset().union(*(row.scopes for row in rows)),
            open_because=self.open_because,
        )

    def lets_in(self, caller: Caller) -> bool:
        if caller.kind is CallerKind.USER:
            return not self.roles.isdisjoint(caller.roles)
        return any(covers(caller.scopes, scope) for scope in self.scopes)

    def needed(self, kind: CallerKind) -> str:
        """What a person, or a system, needs to come in."""
        if kind is CallerKind.USER:
            return "This is for " + (", ".join(sorted(self.roles)) or "systems") + "."
        return "This needs " + (" or ".join(sorted(self.scopes)) or "a person who is signed in") + "."


class Way(NamedTuple):
    """A way in: a method and the pattern of a path."""

    method: str
    path: str


Table = Mapping[Way, Access]


def to(*roles: HubRole, scopes: Collection[str] = ()) -> Access:
    """People with one of these roles and systems with one of these scopes."""
    return Access(roles=frozenset(roles), scopes=frozenset(scopes))


def everybody(because: str) -> Access:
    """Everybody, signed in or not."""
    return Access(open_because=because)


ASKERS = to(HubRole.CRISIS_WORKER, scopes={HubScope.CONTACT_QUERY})
HOLDERS = to(HubRole.HMIS_STAFF, HubRole.HANDOFF_STAFF, scopes={HubScope.CONSENT_WRITE})
HANDS = to(HubRole.HANDOFF_STAFF, HubRole.CRISIS_WORKER, scopes={HubScope.HANDOFF})
HMIS = to(HubRole.HMIS_STAFF, scopes={HubScope.HMIS_WRITE})
HMIS_READERS = to(HubRole.HMIS_STAFF, scopes={HubScope.HMIS_READ})
OFFICERS = to(HubRole.COMPLIANCE_OFFICER, scopes={HubScope.AUDIT_READ})
SENDERS = to(HubRole.HMIS_STAFF, scopes={HubScope.HMIS_WRITE, HubScope.BOOKING_WRITE, HubScope.RECORDS_WRITE})
ACCOUNTANTS = to(HubRole.COMPLIANCE_OFFICER, HubRole.PRIVACY_OFFICER, scopes={HubScope.AUDIT_READ})
COURT = to(HubRole.PRIVACY_OFFICER)
REPOSITORIES = to(HubRole.COMPLIANCE_OFFICER, scopes={HubScope.AUDIT_READ, "system/AuditEvent.s"})
PROGRAMS = to(HubRole.COMPLIANCE_OFFICER, scopes={HubScope.RECORDS_WRITE})
MEMBERS = to(*HubRole, scopes={HubScope.HANDOFF})
KEEPERS = to(HubRole.ADMINISTRATOR)
PEOPLE = to(*HubRole)
BY_FEED = Access(
    scopes=frozenset({HubScope.RECORDS_WRITE}),
    depends_on="feed_name",
    cases={"hmis-csv": HMIS, "jail": to(scopes={HubScope.BOOKING_WRITE})},
)

TABLE: Table = {
    Way("GET", "/healthz"): everybody("a probe has no account"),
    Way("GET", "/readyz"): everybody("a probe has no account"),
    Way("GET", "/metrics"): everybody("counters that never name a person"),
    Way("GET", "/openapi.json"): everybody("what the API looks like, not what it holds"),
    Way("GET", "/docs"): everybody("the same, to read and to try with a token of one's own"),
    Way("GET", "/docs/files"): everybody("scripts and style sheet of that page"),
    Way("GET", "/static"): everybody("style sheets and scripts, the same for everyone"),
    Way("POST", "/oauth2/token"): everybody("where systems sign in"),
    Way("GET", "/.well-known/smart-configuration"): everybody("how systems find where to sign in"),
    Way("GET", "/fhir/.well-known/smart-configuration"): everybody("the same, where SMART looks for it"),
    Way("GET", "/sign-in"): everybody("where people sign in"),
    Way("POST", "/sign-in"): everybody("where people sign in"),
    Way("GET", "/sign-in/with/{provider}"): everybody("on the way to their own agency, to sign in there"),
    Way("GET", "/sign-in/from/{provider}"): everybody("on the way back from there"),
    Way("GET", "/sign-in/again"): PEOPLE,
    Way("POST", "/sign-in/again"): PEOPLE,
    Way("POST", "/api/contact-queries"): ASKERS,
    Way("GET", "/api/handoffs"): HANDS,
    Way("POST", "/api/handoffs"): HANDS,
    Way("GET", "/api/handoffs/{handoff_id}"): HANDS,
    Way("POST", "/api/handoffs/{handoff_id}/accept"): HANDS,
    Way("POST", "/api/handoffs/{handoff_id}/decline"): HANDS,
    Way("POST", "/api/handoffs/{handoff_id}/withdraw"): HANDS,
    Way("POST", "/api/handoffs/{handoff_id}/presence"): HANDS,
    Way("POST", "/api/handoffs/{handoff_id}/receive"): HANDS,
    Way("POST", "/api/handoffs/{handoff_id}/packet"): HANDS,
    Way("POST", "/api/consents"): HOLDERS,
    Way("POST", "/api/consents/restrictions"): HOLDERS,
    Way("POST", "/api/consents/checks"): HOLDERS,
    Way("POST", "/api/consents/revocations"): HOLDERS,
    Way("GET", "/api/emergency-disclosures"): PROGRAMS,
    Way("GET", "/api/directory/participants"): MEMBERS,
    Way("GET", "/api/directory/programs"): MEMBERS,
    Way("GET", "/api/directory/contacts"): HMIS,
    Way("POST", "/api/directory/contacts"): HMIS,
    Way("POST", "/api/directory/contacts/csv"): HMIS,
    Way("DELETE", "/api/directory/contacts/{contact_id}"): HMIS,
    Way("POST", "/api/directory/staff-assignments"): HMIS,
    Way("POST", "/api/feeds/{feed_name}/messages"): BY_FEED,
    Way("GET", "/api/feeds/messages/{message_id}"): SENDERS,
    Way("POST", "/hmis/v1/client/search"): HMIS_READERS,
    Way("POST", "/hmis/v1/client"): HMIS,
    Way("PATCH", "/hmis/v1/client/{PersonalID}"): HMIS,
    Way("GET", "/hmis/v1/projects"): HMIS_READERS,
    Way("GET", "/hmis/v1/project/{ProjectID}/clients"): HMIS_READERS,
    Way("GET", "/hmis/v1/clients"): HMIS_READERS,
    Way("GET", "/hmis/v1/client/{PersonalID}/enrollments"): HMIS_READERS,
    Way("GET", "/hmis/v1/csvexport"): HMIS_READERS,
    Way("POST", "/hmis/v1/csvimport"): HMIS,
    Way("GET", "/hmis/v1/csvimport/{message_id}"): HMIS,
    Way("GET", "/api/parcels"): KEEPERS,
    Way("POST", "/api/parcels/{parcel_id}/resend"): KEEPERS,
    Way("POST", "/api/parcels/{parcel_id}/drop"): KEEPERS,
    Way("GET", "/api/audit/entries"): OFFICERS,
    Way("GET", "/api/audit/entries/{seq}"): OFFICERS,
    Way("GET", "/api/audit/entries/{seq}/proof"): OFFICERS,
    Way("GET", "/api/emergencies"): OFFICERS,
    Way("GET", "/api/emergencies/{declaration_id}"): OFFICERS,
    Way("POST", "/api/emergencies/{declaration_id}/review"): to(HubRole.COMPLIANCE_OFFICER),
    Way("POST", "/api/accountings"): ACCOUNTANTS,
    Way("GET", "/api/orders"): COURT,
    Way("POST", "/api/orders"): COURT,
    Way("POST", "/api/orders/{order_id}/approve"): COURT,
    Way("POST", "/api/orders/{order_id}/refuse"): COURT,
    Way("GET", "/api/ledgers/{ledger}"): OFFICERS,
    Way("POST", "/api/ledgers/papers"): OFFICERS,
    Way("POST", "/api/accounting-suspensions"): to(HubRole.PRIVACY_OFFICER),
    Way("GET", "/fhir/AuditEvent"): REPOSITORIES,
    Way("POST", "/fhir/AuditEvent/_search"): REPOSITORIES,
    Way("GET", "/fhir/AuditEvent/{event}"): to(
        HubRole.COMPLIANCE_OFFICER, scopes={HubScope.AUDIT_READ, "system/AuditEvent.r"}
    ),
    Way("GET", "/fhir/HealthcareService"): to(*HubRole, scopes={HubScope.HANDOFF, "system/HealthcareService.s"}),
    Way("POST", "/fhir/$contact"): ASKERS,
    Way("GET", "/"): PEOPLE,
    Way("POST", "/sign-out"): PEOPLE,
    Way("POST", "/sign-out/everywhere"): PEOPLE,
    Way("GET", "/contacts"): to(HubRole.CRISIS_WORKER),
    Way("POST", "/contacts"): to(HubRole.CRISIS_WORKER),
    Way("GET", "/accountings"): to(HubRole.COMPLIANCE_OFFICER, HubRole.PRIVACY_OFFICER),
    Way("POST", "/accountings"): to(HubRole.COMPLIANCE_OFFICER, HubRole.PRIVACY_OFFICER),
    Way("GET", "/emergencies"): to(HubRole.COMPLIANCE_OFFICER),
    Way("GET", "/emergencies/{declaration_id}"): to(HubRole.COMPLIANCE_OFFICER),
    Way("POST", "/emergencies/{declaration_id}"): to(HubRole.COMPLIANCE_OFFICER),
    Way("GET", "/log"): to(HubRole.COMPLIANCE_OFFICER),
    Way("GET", "/log/{seq}"): to(HubRole.COMPLIANCE_OFFICER),
}


def admit(request: Request, caller: Caller) -> Caller:
    """The caller, whom the table lets use the route that was found for this request; raises `NotAllowed`."""
    table: Table = request.app.state.access
    way = Way(request.method, request.scope["route"].path)
    row = table.get(way, Access()).where(request.path_params)
    if not row.lets_in(caller):
        raise NotAllowed(row.needed(caller.kind), next_steps="Ask your administrator for access.")
    return caller
