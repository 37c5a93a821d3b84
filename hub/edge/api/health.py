"""Alive, ready, and how busy."""

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from hub.errors import Unavailable
from hub.store import db

router = APIRouter(tags=["health"])


@router.get("/healthz")
def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@router.get("/readyz")
def ready(request: Request) -> dict[str, str]:
    """The database answers, and the worker and the listener that belong to this process run."""
    db.ready(request.app.state.engine)
    stopped = [name for name, is_running in request.app.state.companions.items() if not is_running()]
    if stopped:
        raise Unavailable(f"Not running: {', '.join(sorted(stopped))}.")
    return {"status": "ready"}


@router.get("/metrics", include_in_schema=False)
def metrics() -> Response:
    """Counters for Prometheus; no label ever names a person."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
