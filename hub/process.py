"""A hub in one process: the API and the pages, and on demand the worker and the listener with them."""

import gc
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine

from hub.edge.listener import Listener
from hub.errors import Unavailable
from hub.flow import cosigning
from hub.flow.worker import Worker
from hub.main import create_app
from hub.settings import Settings
from hub.store.crypto import Keys
from hub.store.walls import Part, as_part

LONGEST_REQUEST = 60
"""Seconds that a request under way has to end when the process stops."""


def serve(settings: Settings, engine: Engine, keys: Keys, *, port: int, everything: bool, demo: bool = False) -> None:
    """Serves until it is told to stop. Raises `Unavailable` when a port cannot be had."""
    with prepared(settings, engine, keys, port=port, everything=everything, demo=demo) as (server, bound):
        server.run(sockets=[bound])


@contextmanager
def running(settings: Settings, engine: Engine, keys: Keys, *, demo: bool = False) -> Iterator[int]:
    """The whole hub in the background for as long as the block lasts; gives the port it answers on."""
    with prepared(settings, engine, keys, port=settings.port, everything=True, demo=demo) as (server, bound):
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        try:
            yield bound.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(timeout=10)


@contextmanager
def prepared(
    settings: Settings, engine: Engine, keys: Keys, *, port: int, everything: bool, demo: bool
) -> Iterator[tuple[uvicorn.Server, socket.socket]]:
    """A server on a bound port with its companions running, each with its own rights in the database, until the end.

    Raises `RolledBack`, before anything runs, where a witness has seen more of the log than there is.
    """
    cosigning.insist_on_newest(engine)
    bound = bind(settings.host, port)
    companions: list[Worker | Listener] = []
    engines = {part: as_part(engine, part) for part in (Part if everything else (Part.WEB,))}
    try:
        if everything:
            companions.append(Listener(engines[Part.LISTENER], keys, settings).start())
            companions.append(Worker(engines[Part.WORKER], keys, settings).start())
        alive = {type(one).__name__.lower(): one.is_running for one in companions}
        yield _server(create_app(settings, engines[Part.WEB], keys, companions=alive, demo=demo), settings), bound
    finally:
        for one in companions:
            one.stop()
        bound.close()
        for own in engines.values():
            own.dispose()


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; raises `Unavailable` when the port cannot be had."""
    try:
        bound = socket.create_server((host, port))
    except OSError as error:
        raise Unavailable(
            f"Port {port} cannot be had: {error.strerror}.", next_steps="Stop what uses it, or choose with --port."
        ) from error
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else each answer waits 40 ms for an ACK
    return bound


class Server(uvicorn.Server):
    """Asked to stop, it first says at `/readyz` that it leaves, and takes requests a while longer; then it ends those
    that are under way, and takes no more. Asked again, it does not wait."""

    def __init__(self, config: uvicorn.Config, app: FastAPI, *, draining: float) -> None:
        super().__init__(config)
        self._app = app
        self._draining = draining

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if sig == signal.SIGTERM and not self._app.state.leaving and self._draining:
            self._app.state.leaving = True
            threading.Timer(self._draining, super().handle_exit, [sig, None]).start()
        else:
            super().handle_exit(sig, frame)


def _server(app: FastAPI, settings: Settings) -> Server:
    """What is there from the start is there until the end: nothing is gained by looking through it for garbage."""
    gc.collect()
    gc.freeze()
    config = uvicorn.Config(
        app, access_log=False, log_level="warning", server_header=False, timeout_graceful_shutdown=LONGEST_REQUEST
    )
    return Server(config, app, draining=settings.draining)
