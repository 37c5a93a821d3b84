"""A process at work: keeps people and messages, and reads them again, until its standard input is closed.

    python -m tests.store.rotation.busy DATABASE_URL KEY_FILE NAME

At the end it prints how often it wrote and read; anything that went wrong ends it with a stack trace.
"""

import random
import select
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

from hub.store import db
from hub.store.audit import Act, AuditLog
from hub.store.crypto import load
from hub.store.messages import Messages
from hub.store.people import People
from schemas.canonical import Identifier, PersonFacts
from schemas.messages import RawMessage


def main(url: str, key_file: str, name: str) -> None:
    engine, keys = db.connect(url), load(Path(key_file))
    people: list[UUID] = []
    messages: list[UUID] = []
    reads = 0
    print("ready", flush=True)
    while not select.select([sys.stdin], [], [], 0)[0]:
        at = datetime.now(UTC)
        with db.transaction(engine) as session:
            facts = PersonFacts(given=f"{name}{len(people)}", family=f"{name}{uuid4().hex}")
            subject = Identifier(system="urn:test", value=f"{name}-{len(people)}")
            people.append(People(session, keys).identify("a", subject, facts, at=at).person_id)
            message = RawMessage(id=uuid4(), feed="f", source="a", received_at=at, name=name, content=uuid4().bytes)
            messages.append(Messages(session, keys).keep(message).id)
            AuditLog(session, keys).append(Act.MESSAGE_RECEIVED, at=at, actor=name)
        with db.transaction(engine) as session:
            assert People(session, keys).facts_of(random.choice(people))
            kept = Messages(session, keys)
            assert kept.open(kept.row(random.choice(messages))).name == name
            reads += 1
    print(len(people), reads, keys.sealing_version(), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
