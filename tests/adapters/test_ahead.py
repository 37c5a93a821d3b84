"""What is read ahead is the same in the same order, and nothing is read that nobody wants."""

from collections.abc import Iterator
from threading import Event, active_count

import pytest

from adapters.ahead import ahead


def test_gives_the_same_in_the_same_order() -> None:
    assert list(ahead(range(1_000))) == list(range(1_000))
    assert list(ahead([])) == []


def test_makes_the_next_while_one_is_used() -> None:
    made = Event()

    def items() -> Iterator[int]:
        yield 1
        made.set()
        yield 2

    read = ahead(items())
    assert next(read) == 1
    assert made.wait(10)
    assert list(read) == [2]


def test_raises_what_was_raised_behind_what_was_made_before() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise LookupError("gone")

    read = ahead(items())
    assert next(read) == 1
    with pytest.raises(LookupError, match="gone"):
        next(read)


@pytest.mark.parametrize("used", [1, 2, 50])
def test_makes_no_more_once_nobody_wants_any(used: int) -> None:
    before, made = active_count(), []

    def items() -> Iterator[int]:
        for number in range(10_000):
            made.append(number)
            yield number

    read = ahead(items())
    for _ in range(used):
        next(read)
    read.close()

    assert len(made) <= used + 3
    assert active_count() == before
