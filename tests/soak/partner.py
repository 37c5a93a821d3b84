"""A partner that checks what it is told, keeps a history of it, and misbehaves on demand."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import orjson

from adapters.webhook import is_signed
from hub.demo import partner
from hub.demo.partner import Partner
from tests.soak.history import Arrival

Manners = Callable[[int], str]
"""How the partner answers its n-th request, from 1: `yes`, `no`, `lost` (takes it, says nothing), `slow`."""


class CheckingPartner(Partner):
    """Takes what is rightly signed, once for each delivery id."""

    def __init__(self, secret: bytes = b"", manners: Manners = lambda _: "yes") -> None:
        super().__init__(secret)
        self.manners = manners
        self.on_arrival: Callable[[], object] = lambda: None
        self.arrivals: list[Arrival] = []
        self._count = 0
        self._one_at_a_time = threading.Lock()

    def take(self, delivery: str, seconds: str, signature: str, body: bytes) -> bool:
        self.on_arrival()
        with self._one_at_a_time:
            if not is_signed(self.secret, delivery, seconds, body, signature):
                return super().take(delivery, seconds, signature, body)  # also where its sender died halfway
            self._count += 1
            manner = self.manners(self._count)
            is_new = manner != "no" and delivery not in self.news
            taken = manner != "no" and super().take(delivery, seconds, signature, body)
            said = orjson.loads(body)
            about = said["data"]["handoff_id"]
            self.arrivals.append(Arrival(time.time(), delivery, said["type"], about, is_new and taken, manner))
        if manner == "slow":
            time.sleep(0.3)
        if manner == "lost":
            raise ConnectionAbortedError
        return taken


@contextmanager
def checking(manners: Manners = lambda _: "yes") -> Iterator[CheckingPartner]:
    """One that listens for as long as the block lasts."""
    one = CheckingPartner(manners=manners)
    with partner.listening(partner=one):
        yield one
