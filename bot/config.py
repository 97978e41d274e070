"""config.toml and the environment -> settings, with errors that name table and key.

Each key can come from the environment instead: SUMMIT_BOT_ + TABLE + __ + KEY.
"""

import json
import os
import tomllib
from datetime import time
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, get_origin
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from bot import defaults
from bot.notices import MOST_BEFORE
from bot.rules import QuietHours, Rules

_YEARS = range(1900, 2200)


_USUAL = Rules()


class BadSettings(Exception):
    """The settings cannot be used; the message names file, table and key."""


def _zone_exists(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("no such time zone; one looks like America/Los_Angeles") from None
    return name


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Event(_Table):
    """Which schedule, in which zone, on which clock."""

    schedule: Path = Field(default_factory=defaults.schedule_path)
    timezone: Annotated[str, AfterValidator(_zone_exists)] | None = None
    hours: Annotated[int, AfterValidator(lambda hours: _either(hours))] = _USUAL.hours


def _either(hours: int) -> int:
    if hours not in (12, 24):
        raise ValueError("a clock has 12 or 24 hours")
    return hours


def _in_reason(moment: AwareDatetime) -> AwareDatetime:
    if moment.year not in _YEARS:
        raise ValueError(f"years go from {_YEARS[0]} to {_YEARS[-1]}")
    return moment


class Replay(_Table):
    """A clock that starts at another moment, and may run faster."""

    start: Annotated[AwareDatetime, AfterValidator(_in_reason)]
    speed: float = Field(default=1.0, gt=0, le=3600)


class Database(_Table):
    """Where bookmarks are kept."""

    url: str = defaults.DATABASE


def _two_times(quiet: list[str]) -> list[str]:
    try:
        begin_and_end = {time.fromisoformat(clock) for clock in quiet}
    except ValueError:
        begin_and_end = set()
    zoneless = all(clock.tzinfo is None for clock in begin_and_end)
    if quiet and not (len(quiet) == len(begin_and_end) == 2 and zoneless):
        raise ValueError('it must be two local times, like ["22:00", "08:00"], or [] for none')
    return quiet


class Reminders(_Table):
    """When they come; `before` is in minutes. In the `quiet` hours, from one local time of the
    event to another, news about what is not soon waits; there may be none."""

    before: int = Field(default=_USUAL.before, ge=1, le=MOST_BEFORE)
    quiet: Annotated[list[str], AfterValidator(_two_times)] = ["22:00", "08:00"]

    @property
    def quiet_hours(self) -> QuietHours | None:
        """The quiet hours as the rules want them."""
        return QuietHours(*map(time.fromisoformat, self.quiet)) if self.quiet else None


class Settings(BaseSettings):
    """All tables; `clock` is None for the real time."""

    model_config = SettingsConfigDict(
        env_prefix=defaults.ENVIRONMENT, env_nested_delimiter="__", extra="forbid", frozen=True
    )

    event: Event = Event()
    clock: Replay | None = None
    database: Database = Database()
    reminders: Reminders = Reminders()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment counts before what `load` has read from the file."""
        return env_settings, init_settings


_TABLES: dict[str, type[BaseModel]] = {
    "event": Event,
    "clock": Replay,
    "database": Database,
    "reminders": Reminders,
}


def load(path: Path | None) -> Settings:
    """The settings of a file, each key overridden by the environment. Raises BadSettings."""
    tables = _tables(path) if path is not None else {}
    _check_names()
    try:
        return Settings(**tables)
    except ValidationError as problem:
        raise BadSettings(_sentence(problem.errors()[0], path)) from None
    except SettingsError:
        raise BadSettings(f'{_no_list()}: {_WORDS["list_type"]}, like ["a", "b"].') from None


def _tables(path: Path) -> dict[str, Any]:
    """What stands in a file; a relative path in it starts at the file's folder."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadSettings(
            f"There is no file {path}: copy config.example.toml and change it."
        ) from None
    except OSError as problem:
        raise BadSettings(f"{path} cannot be read: {problem.strerror}.") from None
    except UnicodeDecodeError:
        raise BadSettings(f"{path} is no text in UTF-8.") from None
    except tomllib.TOMLDecodeError as problem:
        raise BadSettings(f"{path}: {problem}.") from None
    event = tables.get("event")
    if isinstance(event, dict) and isinstance(event.get("schedule"), str):
        event["schedule"] = path.parent / event["schedule"]
    return tables


def _check_names() -> None:
    """Refuse what only looks like a setting: nobody would notice that it is not read."""
    known = [
        f"{defaults.ENVIRONMENT}{table}__{key}".upper()
        for table, model in _TABLES.items()
        for key in model.model_fields
    ]
    for name in os.environ:
        if not name.upper().startswith(defaults.ENVIRONMENT) or name.upper() in known:
            continue
        alike = [right for right in known if _plain(right) == _plain(name)]
        near = alike or get_close_matches(name.upper(), known, n=1, cutoff=0.8)
        hint = f"write {near[0]}" if near else "they are like SUMMIT_BOT_EVENT__HOURS"
        raise BadSettings(f"The environment: there is no setting {name}: {hint}.")


def _no_list() -> str:
    """The variable that cannot be read: one for a list is JSON, others are taken as they are."""
    lists = [
        f"{defaults.ENVIRONMENT}{table}__{key}".upper()
        for table, model in _TABLES.items()
        for key, field in model.model_fields.items()
        if get_origin(field.annotation) is list
    ]
    unread = (n for n in os.environ if n.upper() in lists and not _is_json(os.environ[n]))
    return next(unread, "The environment")


def _is_json(value: str) -> bool:
    try:
        json.loads(value)
    except ValueError:
        return False
    return True


def _plain(name: str) -> str:
    return name.upper().replace("_", "")


_WORDS = {
    "missing": "it is missing",
    "int_type": "it must be a whole number",
    "int_parsing": "it must be a whole number",
    "int_from_float": "it must be a whole number",
    "float_type": "it must be a number",
    "float_parsing": "it must be a number",
    "list_type": "it must be a list in brackets",
    "string_type": "it must be a text in quotation marks",
    "path_type": "it must be a text in quotation marks",
    "timezone_aware": "it must name its distance from UTC, like 2012-04-16T09:20:00-07:00",
    "datetime_type": "it must be a moment, like 2012-04-16T09:20:00-07:00",
    "datetime_parsing": "it must be a moment, like 2012-04-16T09:20:00-07:00",
    "datetime_from_date_parsing": "it must be a moment, like 2012-04-16T09:20:00-07:00",
}
"""What pydantic calls the mistake, and what the organiser reads."""


def _sentence(error: ErrorDetails, path: Path | None) -> str:
    """Where a setting comes from, which one it is, and what is wrong with it."""
    parts = [str(part) for part in error["loc"]]
    place, kind = ".".join(parts), error["type"]
    name = f"{defaults.ENVIRONMENT}{'__'.join(parts)}".upper()
    source = next((given for given in os.environ if given.upper() == name), None)
    where = f"{source or path or 'The environment'}: "
    if source is None:
        where += f"{place}: "
    if kind == "extra_forbidden":
        return f"{where}there is no such {'key' if len(parts) > 1 else 'table'}."
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return f"{path}: {place} must be a table, like [{place}]."
    usual = error["msg"].removeprefix("Value error, ").replace("Input should", "it must")
    return f"{where}{_WORDS.get(kind, usual)}."
