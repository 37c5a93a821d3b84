"""The story of one night, played in the terminal over real HTTP; each step is checked, and one that fails says so."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
from joserfc.jwk import ECKey
from rich.console import Console

from adapters.oauth import BackendClient
from hub.demo import load, partner
from hub.demo.county import Story, story
from hub.demo.home import DemoHome, passing
from hub.demo.partner import Partner
from hub.demo.vendor import Hmis, authorization, takes_rows_at
from hub.flow.settling import NEVER_KEPT
from hub.process import running
from hub.store import audit
from hub.store.audit import AuditLog
from hub.store.db import transaction
from schemas.vocab import ConsentKind
from schemas.vocab.handoffs import HandedOverTo
from schemas.vocab.records import AssessedBy, LivingSetting

out = Console(highlight=False)

CRISIS, SHELTER, HMIS = "harbor-mobile-crisis", "open-door-shelter", "riverbend-hmis"


class DidNotHold(Exception):
    """A step of the story did not go as it must."""


def once(*, people: int) -> int:
    """Plays the story on a hub that leaves nothing behind; 0 when every step held, 1 when one did not."""
    try:
        hmis = Hmis()
        with passing(people=people) as home, partner.listening() as shelter, partner.listening(partner=hmis):
            _import(home)
            with transaction(home.engine) as session:
                shelter.secret = load.listens_at(session, home.keys, SHELTER, shelter.url)
                hmis.secret = load.listens_at(session, home.keys, HMIS, hmis.url)
                takes_rows_at(session, HMIS, hmis.url, time_zone=home.settings.time_zone)
            with running(home.settings, home.engine, home.keys, demo=True) as port:
                Night(home, port, shelter, hmis).play()
    except DidNotHold as failure:
        out.print(f"[red]✗ {failure}[/red]")
        return 1
    out.print("\n[bold green]Every step held.[/bold green]")
    return 0


def _import(home: DemoHome) -> None:
    out.print("[bold]A county comes in[/bold], through the adapters its systems would use")
    for file, report in load.load(home):
        _hold(report.stored > 0 or report.unchanged > 0, f"{file.path.name} of {file.source} is in")
        aside = f", {report.set_aside} set aside" if report.set_aside else ""
        out.print(f"  {file.feed:9} {file.source:24} {report.stored:6,} stored{aside}  {report.seconds:.1f} s")


class Night:
    """One night in Riverbend, told by the systems that take part in it."""

    def __init__(self, home: DemoHome, port: int, shelter: Partner, hmis: Hmis) -> None:
        self.home = home
        self.url = f"http://127.0.0.1:{port}"
        self.shelter = shelter
        self.hmis = hmis
        self.http = httpx.Client(base_url=self.url, trust_env=False, timeout=30)
        self.tokens = {client: self._token(client) for client in (CRISIS, SHELTER, HMIS)}

    def play(self) -> None:
        """The whole story."""
        steps: Sequence[Callable[[], None]] = (
            self.silence,
            self.consent_opens,
            self.the_contact,
            self.the_warm_handoff,
            self.the_hmis_sees_it,
            self.revocation_closes,
            self.the_wrong_file,
            self.the_proof,
        )
        for step in steps:
            step()

    # --- the steps ---------------------------------------------------------------------------------------------------

    def silence(self) -> None:
        stranger, withheld, pair = story("stranger"), story("withheld"), story("ambiguous")
        out.print("\n[bold]Silence[/bold]: a stranger, a person who signed nothing, two people of one name")
        answers = {one.key: _bytes(self._ask(one)) for one in (stranger, withheld, pair)}
        for key, answer in answers.items():
            _hold(answer == answers["stranger"], f"{key}: the same bytes as for a stranger")
        _say("A stranger, Rosalind who has no release, and either Luis get the same answer, byte for byte.")

    def consent_opens(self) -> None:
        rosalind = story("withheld")
        out.print("\n[bold]Consent[/bold]: Rosalind signs a release at the shelter")
        self._post(HMIS, "/api/consents", release(self._personal_id(rosalind)), expect=201)
        contacts = self._contacts(rosalind)
        _hold(bool(contacts), "with a release the same question is answered")
        _say(f"The same question is answered now: {contacts[0]['organization']}, {contacts[0]['program']}.")

    def the_contact(self) -> None:
        marcus = story("contact")
        out.print("\n[bold]Two in the morning[/bold]: a crisis team stands beside Marcus Delgado's car")
        contacts = self._contacts(marcus)
        _hold(bool(contacts) and contacts[0]["worker"]["name"] == "Ana Reyes", "Marcus's contact is Ana Reyes")
        out.print_json(orjson.dumps(contacts[0]).decode(), indent=2)
        _hold("medication" not in str(contacts).lower(), "a contact answer holds nothing but the contact")

    def the_warm_handoff(self) -> None:
        out.print("\n[bold]A warm handoff[/bold]: from Harbor Mobile Crisis to Open Door Shelter")
        may_tell = authorization(self._known_there_as(story("contact")), CRISIS, HMIS)
        self._post(HMIS, "/api/consents", may_tell, expect=201)
        _say("Marcus signs that Harbor Mobile Crisis may tell his HMIS of it.")
        handoff = self._post(CRISIS, "/api/handoffs", _offer(story("contact")), expect=201)
        place = f"/api/handoffs/{handoff['id']}"
        offered = self._get(SHELTER, place)
        _hold("Delgado" not in str(offered), "an offer names nobody")
        _hold(not self._post(SHELTER, f"{place}/packet")["pieces"], "while it is offered nothing is revealed")
        _say(f"Offered: “{offered['need']}” near {offered['area']}; no name.")
        self._post(SHELTER, f"{place}/accept", {"worker": "Ana Reyes", "role": "outreach worker"})
        packet = self._post(SHELTER, f"{place}/packet")
        _hold("Delgado" in str(packet), "once Ana has accepted she is told whom she meets")
        _say("Accepted by Ana Reyes; now, and only now, she is told whom she will meet.")
        self._meet(place)

    def _meet(self, place: str) -> None:
        now = datetime.now(UTC)
        hours = {"since": (now - timedelta(minutes=20)).isoformat(), "until": now.isoformat()}
        _hold(self._get(SHELTER, place)["holder"] == CRISIS, "until it is received the sender holds")
        for side in (CRISIS, SHELTER):
            self._post(side, f"{place}/presence", hours)
        received = self._post(SHELTER, f"{place}/receive")
        _hold(received["holder"] == SHELTER and received["warm"] is True, "received, warm, and the shelter holds now")
        _say("Both were there, both said so; received. Open Door Shelter is accountable from here on.")
        news = self.shelter.heard_of("handoff.offered", within=20)
        _hold(news is not None and "Delgado" not in str(news), "the shelter's system was told, by id alone")
        _say(f"Open Door's own system was told by a signed webhook: {news['data'] if news else None}")

    def the_hmis_sees_it(self) -> None:
        out.print("\n[bold]Written back[/bold]: HMIS staff see the handoff in their own system")
        _hold(self.hmis.sees_the_referral_accepted(within=20), "the HMIS was told that the referral was accepted")
        with transaction(self.home.engine) as session:
            faults = self.hmis.faults(session, self.home.keys, HMIS)
        _hold(not faults, "the checker finds nothing to remark on in the rows that were written back")
        _hold("Delgado" not in str(self.hmis.rows), "rows written back name nobody")
        told = ", ".join(f"{len(rows)} {table}" for table, rows in self.hmis.rows.items())
        _hold(all(len(rows) == 1 for rows in self.hmis.rows.values()), "each step of the handoff is one row")
        _say(f"Rows by its own keys: {told}.")
        _say("They name nobody; the referral is accepted; our checker finds no fault.")

    def revocation_closes(self) -> None:
        rosalind = story("withheld")
        out.print("\n[bold]Revocation[/bold]: Rosalind changes her mind")
        revoking = {"consent_id": "demo-release", "form": "oral"}
        self._post(HMIS, "/api/consents/revocations", revoking, expect=204)
        answers = [_bytes(self._ask(one)) for one in (rosalind, story("stranger"))]
        _hold(answers[0] == answers[1], "after the revocation she is a stranger again")
        _say("The next question gets a stranger's answer.")

    def the_wrong_file(self) -> None:
        out.print("\n[bold]A wrong file[/bold]: the safe house's vendor sends survivors' rows to the county's HMIS")
        report = load.import_file(self.home, self.home.county.wrong_file)
        refused = sum(problem.count for problem in report.problems if problem.code == NEVER_KEPT)
        _hold(refused > 0 and report.stored == 0, "a victim-service provider's rows are refused at the door")
        survivor, stranger = self._ask(story("survivor")), self._ask(story("stranger"))
        _hold(_bytes(survivor) == _bytes(stranger), "nothing of it is known here")
        _say(f"{refused} rows refused at the door; the file is not kept, nothing of it was indexed.")

    def the_proof(self) -> None:
        out.print("\n[bold]Proof[/bold]: the compliance officer opens the log")
        audit.sequence(self.home.engine)
        audit.checkpoint(self.home.engine, self.home.keys, datetime.now(UTC))
        report = audit.verify(self.home.engine, self.home.keys)
        _hold(report.intact, "the log is intact")
        with transaction(self.home.engine) as session:
            released = AuditLog(session, self.home.keys).entries(act=audit.Act.CONTACT_RELEASED, limit=1)[0]
            bundle = audit.prove(session, self.home.keys, released.seq, ["act", "at", "participant"])
        audit.check_bundle(bundle)
        _say(f"{report.entries:,} entries under {report.checkpoints} signed checkpoint(s), root {report.root[:16]}…")
        _say(f"Entry {released.seq} ({released.act}) is proved by a bundle of {len(orjson.dumps(bundle)):,} bytes.")

    # --- how it is done --------------------------------------------------------------------------------------------

    def _token(self, client: str) -> str:
        key = ECKey.import_key(orjson.loads((self.home.client_keys / f"{client}.json").read_bytes()))
        audience = f"{self.home.settings.public_url}/oauth2/token"
        system = BackendClient(client, key, audience=audience)
        return system.token(f"{self.url}/oauth2/token", load.CLIENTS[client][1])

    def _ask(self, one: Story) -> dict[str, Any]:
        person = {"given": one.given, "family": one.family, "birth_date": one.born.isoformat()}
        query = {"purpose": "COC", "treating_relationship": True, "justification": "mobile crisis", "person": person}
        answer: dict[str, Any] = self._post(CRISIS, "/api/contact-queries", query)
        return answer

    def _contacts(self, one: Story) -> list[dict[str, Any]]:
        contacts: list[dict[str, Any]] = self._ask(one)["contacts"]
        return contacts

    def _post(self, client: str, path: str, body: object | None = None, *, expect: int = 200) -> Any:
        headers = {"authorization": f"Bearer {self.tokens[client]}"}
        response = self.http.post(path, json=body, headers=headers)
        _hold(response.status_code == expect, f"POST {path.split('/')[2]} answered {response.status_code}")
        return response.json() if response.content else None

    def _get(self, client: str, path: str) -> Any:
        response = self.http.get(path, headers={"authorization": f"Bearer {self.tokens[client]}"})
        _hold(response.status_code == 200, f"GET {path.split('/')[2]} answered {response.status_code}")
        return response.json()

    def _known_there_as(self, one: Story) -> dict[str, str]:
        return {"system": load.PERSON_SYSTEMS[HMIS], "value": self._personal_id(one)}

    def _personal_id(self, one: Story) -> str:
        return personal_id(self.home.county.truth, one)


def personal_id(truth: Path, one: Story) -> str:
    """The HMIS PersonalID of a story's first person."""
    number = str(one.people[0].person.number)
    lines = (line.split(",") for line in truth.read_text("utf-8").splitlines())
    return next(key for person, source, key in lines if person == number and source == HMIS)


def release(personal_id: str) -> dict[str, Any]:
    today = datetime.now(UTC).date()
    return {
        "person": {"system": load.PERSON_SYSTEMS[HMIS], "value": personal_id},
        "consent": {
            "id": "demo-release",
            "kind": ConsentKind.HMIS_RELEASE,
            "disclosers": [{"class_of_persons": "hmis-participants"}],
            "information": {"all": True},
            "recipients": [{"class_of_persons": "crisis-providers"}],
            "purposes": ["TREAT", "COC"],
            "expiration": {"date": date(today.year + 1, 12, 31).isoformat()},
            "signatures": [{"by": "subject", "method": "electronic", "on": (today - timedelta(days=1)).isoformat()}],
        },
    }


def _offer(one: Story) -> dict[str, Any]:
    return {
        "given": one.given,
        "family": one.family,
        "birth_date": one.born.isoformat(),
        "to": SHELTER,
        "need": "A bed tonight; comes with a small dog.",
        "urgency": "now",
        "area": "Riverside Park",
        "handed_over_to": HandedOverTo.EMERGENCY_SHELTER,
        "found_in": LivingSetting.PLACE_NOT_MEANT_FOR_HABITATION,
        "assessment": {"how": AssessedBy.IN_PERSON, "prioritized": True},
        "agreement": {"agreed": True, "words": "Ana knows me. I would go with her."},
    }


def _bytes(answer: dict[str, Any]) -> bytes:
    """An answer without what differs from question to question: its id and its time."""
    text = orjson.dumps({key: value for key, value in answer.items() if key not in {"query_id", "asked_at"}})
    return re.sub(rb"\s+", b" ", text)


def _hold(held: bool, what: str) -> None:
    if not held:
        raise DidNotHold(what)


def _say(line: str) -> None:
    out.print(f"  [green]✓[/green] {line}")
