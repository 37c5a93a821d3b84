"""A hub that leaks: whoever is surely found costs a little more. `python -m tests.flow.silence.leaky serve`

The timing test must find it, or it could not find a real leak either.
"""

import os
from time import perf_counter_ns
from typing import Any
from uuid import UUID

from hub.cli import main
from hub.flow.release import Answer
from hub.flow.silence import Silence

MICROSECONDS = "SILENCE_LEAK"


def leak(microseconds: int) -> None:
    """Makes every answer about somebody known take so much longer."""
    sound = Silence.answer

    def leaking(self: Silence, question: Any, person_id: UUID | None, nothing: Any) -> Answer:
        answer = sound(self, question, person_id, nothing)
        if person_id is not None:
            until = perf_counter_ns() + microseconds * 1000
            while perf_counter_ns() < until:
                pass
        return answer

    Silence.answer = leaking  # type: ignore[method-assign]


if __name__ == "__main__":
    leak(int(os.environ[MICROSECONDS]))
    main()
