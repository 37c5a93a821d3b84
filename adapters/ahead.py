"""Looking ahead: the next of a sequence is made in a thread while the last is being used."""

from collections.abc import Generator, Iterable
from contextlib import suppress
from queue import Empty, Queue
from threading import Event, Thread
from typing import TypeVar

_DEPTH = 1

T = TypeVar("T")


class _End:
    """Stands for the end of a sequence, or for the error by which it ended."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def ahead(items: Iterable[T]) -> Generator[T, None, None]:
    """The same items in the same order, and the same error; where nobody wants more, no more are made."""
    queue: Queue[T | _End] = Queue(_DEPTH)
    unwanted = Event()
    maker = Thread(target=_make, args=(items, queue, unwanted), daemon=True)
    maker.start()
    try:
        while not isinstance(item := queue.get(), _End):
            yield item
        if item.error is not None:
            raise item.error
    finally:
        _end(maker, queue, unwanted)


def _end(maker: Thread, queue: "Queue[T | _End]", unwanted: Event) -> None:
    """Lets the thread out of its wait for room, and waits for its end: what it reads from is closed next."""
    unwanted.set()
    with suppress(Empty):
        while True:
            queue.get_nowait()
    maker.join()


def _make(items: Iterable[T], queue: "Queue[T | _End]", unwanted: Event) -> None:
    try:
        for item in items:
            queue.put(item)
            if unwanted.is_set():
                return
        queue.put(_End())
    except BaseException as error:  # noqa: BLE001  (raised again where the items are used)
        queue.put(_End(error))
