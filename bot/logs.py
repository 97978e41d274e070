"""Where log lines go: one line for each event, with the key of the message that it is about."""

import logging
import sys
from datetime import UTC, datetime
from pathlib import Path
from traceback import walk_tb
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict

_OWN = ("event", "level", "timestamp", "logger", "exc_info", "stack_info")


def to_standard_error(level: int, *, stamped: bool = False) -> None:
    """Write what is of this level or above; never message texts, never a traceback. Each line
    begins with the local time if it is `stamped`."""
    shown = logging.StreamHandler(sys.stderr)
    shown.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_log_level, _named_exception],
            processors=[
                *([_stamp] if stamped else []),
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _line,
            ],
        )
    )
    # Libraries tell what they read and write, passwords too, where one lets them.
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[shown], force=True)
    logging.getLogger("bot").setLevel(level)
    through_logging()


def through_logging() -> None:
    """Hand structured events to the standard library's logging."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_log_level,
            _named_exception,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _named_exception(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """The kind of an exception and where it was raised, in place of its traceback, which could hold
    texts of messages."""
    found = event.pop("exc_info", None)
    error = sys.exc_info() if found is True else found
    kind = error[0] if isinstance(error, tuple) else type(error) if error else None
    if kind is not None:
        event["error"] = kind.__name__
        traceback = error[2] if isinstance(error, tuple) else error.__traceback__
        event["at"] = _raised_at(traceback)
    return event


def _raised_at(traceback: TracebackType | None) -> str:
    """The file and line of the innermost frame."""
    frames = list(walk_tb(traceback))
    if not frames:
        return "unknown"
    frame, line = frames[-1]
    return f"{Path(frame.f_code.co_filename).name}:{line}"


def _stamp(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """When it happened, by the clock on the wall, to the second."""
    record: logging.LogRecord = event["_record"]
    moment = datetime.fromtimestamp(record.created, UTC).astimezone()
    event["timestamp"] = moment.isoformat(timespec="seconds")
    return event


def _line(_logger: Any, _method: str, event: EventDict) -> str:
    """An event as people read it, like `summit-bot: told network=irc key=...`."""
    more = "".join(f" {key}={_value(value)}" for key, value in event.items() if key not in _OWN)
    # What a library has to say on further lines can be the text of an exception.
    said = str(event["event"]).partition("\n")[0]
    stamp = f"{event['timestamp']} " if "timestamp" in event else ""
    return f"{stamp}summit-bot: {said}{more}"


def _value(value: object) -> str:
    text = str(value)
    return text if text.isprintable() and " " not in text else repr(text)
