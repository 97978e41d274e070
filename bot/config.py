"""config.toml and the environment -> settings, with errors that name table and key.

Each key can come from the environment instead: SUMMIT_BOT_ + TABLE + __ + KEY.
"""

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from bot import defaults
from bot.notices import MOST_BEFORE


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
    hours: Annotated[int, AfterValidator(lambda hours: _either(hours))] = 12


def _either(hours: int) -> int:
    if hours not in (12, 24):
        raise ValueError("a clock has 12 or 24 hours")
    return hours


class Replay(_Table):
    """A clock that starts at another moment, and may run faster."""

    start: AwareDatetime
    speed: float = Field(default=1.0, gt=0, le=3600)


class Database(_Table):
    """Where bookmarks are kept."""

    url: str = defaults.DATABASE


class Reminders(_Table):
    """When they come; `before` is in minutes."""

    before: int = Field(default=5, ge=1, le=MOST_BEFORE)


class Settings(BaseSettings):
    """All tables; `clock` is None for the real time."""

    model_config = SettingsConfigDict(
        env_prefix="SUMMIT_BOT_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    event: Event = Event()
    clock: Replay | None = None
    database: Database = Database()
    reminders: Reminders = Reminders()


def load(path: Path | None) -> Settings:
    """The settings of a file, each key overridden by the environment. Raises BadSettings."""

    class FromFile(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return env_settings, TomlConfigSettingsSource(settings_cls, path)

    if path is not None and not path.is_file():
        raise BadSettings(f"There is no file {path}: copy config.example.toml and change it.")
    try:
        return FromFile()
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        wrong = "there is no such key" if first["type"] == "extra_forbidden" else first["msg"]
        wrong = wrong.removeprefix("Value error, ")
        raise BadSettings(f"{path or 'The environment'}: {place}: {wrong}.") from None
    except ValueError as problem:
        raise BadSettings(f"{path}: {problem}.") from None
