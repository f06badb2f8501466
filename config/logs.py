"""Structured logs: constant messages, ids as fields, no personal data. Text on a terminal, JSON elsewhere."""

import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# 128 random bits as a part of a path, as in the link of a mail: who reads the logs shall not follow it.
SECRET_IN_PATH = re.compile(r"(?<=/)[\w-]{22}(?=/|\s|$)")


def hide_secrets(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Takes them out of every text of a log line: paths are logged by the middleware, by Django and by libraries."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = SECRET_IN_PATH.sub("***", value)
    return event


_shared: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    hide_secrets,
]

structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_shared,
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "structured": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.dev.ConsoleRenderer(colors=False)
            if sys.stderr.isatty()
            else structlog.processors.JSONRenderer(),
            "foreign_pre_chain": _shared,
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # One line per request, from config/middleware.py; Django's own would say the same twice more.
        "django": {"level": "INFO"},
        "django.request": {"level": "ERROR"},
        "django.server": {"handlers": [], "level": "ERROR"},
        "stripe": {"level": "WARNING"},
        "djstripe": {"level": "WARNING"},
        # They name signs and glyphs of what is printed.
        "fontTools": {"level": "ERROR"},
        "fpdf": {"level": "ERROR"},
    },
}
