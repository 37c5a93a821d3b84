"""Orders of a court about a person: proposed by one, approved by another, carried out, and on record without a name.

Seal: all that is held of the person goes, still sealed under the person's own key, into the custody of the court's
custodian; the hub can no longer open it, a question finds a stranger, and what sources send of the person is let pass
by. Unseal: it comes back. Expunge: it is destroyed, and the log's entries about the person are blanked; that their
leaves stand proves that nothing else was taken out.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from hub.errors import Conflict, Invalid, NotFound
from hub.flow.search import Search
from hub.store import audit
from hub.store.accounts import Caller
from hub.store.audit import JSON, Act, AuditLog
from hub.store.audit import orders as in_the_log
from hub.store.crypto import Keys, custodian
from hub.store.declarations import Declarations
from hub.store.messages import Messages
from hub.store.orders import OrderRow, Orders
from hub.store.people import People
from hub.store.removal import Removal, put_back
from schemas.contacts import PersonAsked
from schemas.vocab import Match
from schemas.vocab.orders import OrderKind, OrderState

MEANWHILE = timedelta(minutes=5)
"""Messages read so shortly before are looked at again once nobody else writes: clocks differ."""


class OrderDesk:
    """Proposes, approves and refuses orders for one of the two who may."""

    def __init__(self, session: Session, keys: Keys, caller: Caller, *, at: datetime) -> None:
        self.orders = Orders(session)
        self.people = People(session, keys)
        self.trail = AuditLog(session, keys)
        self.caller = caller
        self.at = at

    def propose(self, kind: OrderKind, person: PersonAsked, reference: str) -> OrderRow:
        """Puts an order before the other of two. Raises `NotFound` unless exactly one person is surely meant."""
        if kind is OrderKind.UNSEAL:
            raise Invalid("kind: a seal is lifted by naming its order.")
        found = self.people.find(person)
        if found.match is not Match.UNIQUE or found.person_id is None:
            raise NotFound("Not exactly one person is surely meant.", next_steps="Give all names and the birth date.")
        return self._propose(kind, reference, person_id=found.person_id)

    def propose_to_lift(self, sealed: UUID, reference: str) -> OrderRow:
        """Proposes that a seal be lifted; raises `NotFound` for what is no seal in force."""
        row = self.orders.get(sealed)
        if row.kind != OrderKind.SEAL or row.state != OrderState.CARRIED_OUT or row.custody is None:
            raise NotFound("There is no such seal in force.")
        return self._propose(OrderKind.UNSEAL, reference, lifts=row.id)

    def _propose(
        self, kind: OrderKind, reference: str, *, person_id: UUID | None = None, lifts: UUID | None = None
    ) -> OrderRow:
        if not reference.strip():
            raise Invalid("reference: the number of the court's order is needed.")
        digest = sha256(reference.strip().encode()).digest()
        row = self.orders.propose(kind, digest, by=self.caller.id, at=self.at, person_id=person_id, lifts=lifts)
        self._record(Act.ORDER_PROPOSED, row)
        return row

    def approve(self, order_id: UUID) -> OrderRow:
        """The other of two says so too; it is not carried out by that. Raises `NotAllowed` to the first of them."""
        row = self.orders.get(order_id)
        self.orders.approve(row, self.caller.id, at=self.at)
        return row

    def refuse(self, order_id: UUID) -> OrderRow:
        """Refuses or withdraws an order that was not carried out."""
        row = self.orders.get(order_id)
        self.orders.refuse(row, self.caller.id, at=self.at)
        self._record(Act.ORDER_REFUSED, row)
        return row

    def _record(self, act: Act, row: OrderRow) -> None:
        details: dict[str, JSON] = {"order": str(row.id), "kind": row.kind, "reference": row.reference.hex()}
        self.trail.append(act, at=self.at, actor=self.caller.id, participant=self.caller.participant, details=details)


class Bailiff:
    """Carries out what two have approved; works with the rights of the database's owner."""

    def __init__(
        self,
        session: Session,
        engine: Engine,
        keys: Keys,
        *,
        at: datetime,
        actor: str,
        custodian_key: Path | None = None,
    ) -> None:
        self.session = session
        self.engine = engine
        self.keys = keys
        self.orders = Orders(session)
        self.trail = AuditLog(session, keys)
        self.at = at
        self.actor = actor
        self.custodian_key = custodian_key
        self._messages: set[UUID] = set()
        self.unclear = 0
        """Kept messages of the person's sources that could not be read: they may speak of the person."""

    def carry_out(self, order_id: UUID) -> OrderRow:
        """Carries an order out, whole or not at all. Raises `Conflict` unless two have approved it."""
        row = self.orders.get(order_id)
        if row.state != OrderState.APPROVED:
            raise Conflict(f"The order is {row.state}; it takes the approval of a second person.")
        acts: dict[str, Callable[[OrderRow], None]] = {
            OrderKind.SEAL: self._seal,
            OrderKind.UNSEAL: self._unseal,
            OrderKind.EXPUNGE: self._expunge,
        }
        acts[row.kind](row)
        return row

    def _seal(self, row: OrderRow) -> None:
        removal, leaves, _ = self._begin(row)
        entrusted = custodian.entrust(removal.packed(), self._custodian_key(), str(row.id))
        self.orders.recognise(row, removal.subjects())
        self._remove(removal)
        self.orders.settle(row, leaves, entrusted)
        self._record(Act.ORDER_SEALED, row)

    def _expunge(self, row: OrderRow) -> None:
        removal, leaves, ids = self._begin(row)
        declarations = Declarations(self.session, self.keys)
        for query in self._questions_about(row.person_id):
            declarations.forget_question(query)
        self._remove(removal)
        self.orders.settle(row, leaves)
        tombstone = self._record(Act.ORDER_EXPUNGED, row)
        in_the_log.blank(self.session.connection(), tombstone, ids)

    def _unseal(self, row: OrderRow) -> None:
        sealed = self.orders.get(row.lifts) if row.lifts is not None else None
        if sealed is None or sealed.custody is None:
            raise Conflict("What was sealed is not in custody any more.")
        packed = custodian.open_with(self._custodian_key(), sealed.custody, str(sealed.id))
        self.session.flush()
        put_back(self.session.connection(), self.keys, packed)
        self.orders.forget(sealed.id)
        sealed.custody = None
        self.orders.settle(row, sealed.leaves)
        self._record(Act.ORDER_UNSEALED, row)

    def _begin(self, row: OrderRow) -> tuple[Removal, in_the_log.Runs, list[UUID]]:
        """Holds back whoever would write about the person, and finds every entry that the log has of them."""
        if row.person_id is None:
            raise Conflict("The order names nobody.")
        connection = self.session.connection()
        removal = Removal(connection, self.keys, row.person_id)
        search = Search(self.session, self.keys, row.person_id, {source for source, _ in removal.subjects()})
        search.run()  # it takes a while, so before anyone is held back
        in_the_log.hold_back_writers(connection)
        audit.sequence(self.engine)
        search.run(since=self.at - MEANWHILE)
        self._messages = search.found.union(removal.messages())
        self.unclear = len(search.unclear - self._messages)
        about = in_the_log.about(connection, removal.subject)
        return removal, in_the_log.runs(seq for seq, _ in about), [entry for _, entry in about]

    def _questions_about(self, person_id: UUID | None) -> set[UUID]:
        asked = (entry.details.get("query") for entry in self.trail.walk(subject=person_id))
        return {UUID(str(query)) for query in asked if query is not None}

    def _remove(self, removal: Removal) -> None:
        """Raw messages go too, also what they held of others: their records are in, and the message is as read."""
        messages = Messages(self.session, self.keys)
        for message_id in self._messages:
            messages.empty(messages.row(message_id, lock=True))
        self.session.flush()
        removal.take_away()

    def _custodian_key(self) -> Path:
        if self.custodian_key is None:
            raise Invalid("The custodian's key is needed.", next_steps="Give it: --custodian-key FILE")
        return self.custodian_key

    def _record(self, act: Act, row: OrderRow) -> UUID:
        details: dict[str, JSON] = {
            "order": str(row.id),
            "reference": row.reference.hex(),
            "leaves": row.leaves,
            "by": [row.proposed_by, str(row.decided_by)],
        }
        return self.trail.append(act, at=self.at, actor=self.actor, details=details)
