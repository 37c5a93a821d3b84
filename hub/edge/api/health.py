"""Alive, ready, and how busy."""

from contextlib import suppress
from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from sqlalchemy.exc import OperationalError

from hub.errors import Unavailable
from hub.store import db
from hub.store.declarations import Declarations
from schemas.emergencies import Queue

router = APIRouter(tags=["health"])

EMERGENCIES = Gauge("hub_emergencies", "Declared emergencies that wait for their review, and those overdue.", ["queue"])


@router.get("/healthz")
def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@router.get("/readyz")
def ready(request: Request) -> dict[str, str]:
    """The database answers, the worker and the listener of this process run, and it is not about to stop."""
    if request.app.state.leaving:
        raise Unavailable("This process is about to stop.", next_steps="Send requests to another.")
    db.ready(request.app.state.engine)
    stopped = [name for name, is_running in request.app.state.companions.items() if not is_running()]
    if stopped:
        raise Unavailable(f"Not running: {', '.join(sorted(stopped))}.")
    return {"status": "ready"}


@router.get("/metrics", include_in_schema=False)
def metrics(request: Request) -> Response:
    """Counters for Prometheus; no label ever names a person. Without the database its counts stay as they were."""
    with suppress(OperationalError):
        _count_emergencies(request)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _count_emergencies(request: Request) -> None:
    with db.transaction(request.app.state.engine) as session:
        declarations, at = Declarations(session, request.app.state.keys), datetime.now(UTC)
        for queue in (Queue.WAITING, Queue.OVERDUE):
            EMERGENCIES.labels(queue=queue.value).set(declarations.count(queue, at=at))
