"""The witness over HTTP: `POST /add-checkpoint` of C2SP `tlog-witness`, and nothing else.

There is no sign-in: what a log sends is signed, and what it is told is no secret.
"""

from collections.abc import Mapping
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from hub.errors import Unavailable
from hub.store.checkpoints import Forged
from hub.store.cosignatures import Submission
from hub.store.witness import Inconsistent, Stale, UnknownLog, Witness

LARGEST_BODY = 64 * 1024
REFUSALS: Mapping[type[Exception], tuple[int, str]] = {
    UnknownLog: (404, "This witness does not know that log."),
    Forged: (403, "That log's key has not signed this checkpoint."),
    Inconsistent: (422, "The proof does not lead from the old checkpoint to this one."),
    ValueError: (400, "This is no submission of a checkpoint: see c2sp.org/tlog-witness."),
    Unavailable: (503, "This witness cannot keep what it sees; its operator must look."),
    OSError: (503, "This witness cannot keep what it sees; its operator must look."),
}


def create_witness(home: Path) -> Starlette:
    """The app of the witness that lives in this folder."""
    witness = Witness(home)

    async def add_checkpoint(request: Request) -> Response:
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_BODY:
                return PlainTextResponse("A submission is smaller than this.\n", 413)
        return await run_in_threadpool(answer, witness, body)

    return Starlette(routes=[Route("/add-checkpoint", add_checkpoint, methods=["POST"])])


def answer(witness: Witness, body: bytes) -> Response:
    """What the witness says to one submission."""
    try:
        return PlainTextResponse(witness.add(Submission.read(body)))
    except Stale as stale:
        return Response(f"{stale.size}\n", 409, headers={"content-type": "text/x.tlog.size"})
    except tuple(REFUSALS) as error:
        status, words = next(said for kind, said in REFUSALS.items() if isinstance(error, kind))
        return PlainTextResponse(f"{words}\n", status)
