"""config.toml and the environment -> settings, with errors that name table and key."""

import tomllib
from collections.abc import Callable, Sequence
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Any, TypeVar, assert_never, get_args
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationError,
    model_validator,
)

from bot import defaults
from bot.adapters.irc.settings import Irc
from bot.adapters.matrix.settings import Matrix
from bot.adapters.slack.settings import Slack
from bot.addresses import Source, Url, is_address, source_named
from bot.environment import as_variable, settle
from bot.fairness import Fairness
from bot.mistakes import BadSettings, sentence
from bot.notices import MOST_BEFORE
from bot.rules import QuietHours, Rules
from bot.sources.fields import of as fields_of

_PASSWORD = {"password": "-"}
_YEARS = range(1900, 2200)
_USUAL = Rules()
_FAIR = Fairness()
# Terminals are networks of these names; under one the database keeps what the event is called, and
# under one which process looks at the schedule.
_TAKEN, _TAKEN_BEGINNING = ("event", "schedule"), "console-"


def _zone_exists(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("no such time zone; one looks like America/Los_Angeles") from None
    return name


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _source(given: object) -> Source:
    if isinstance(given, Path | Url):
        return given
    if not isinstance(given, str):
        raise ValueError("it must be a text in quotation marks")  # noqa: TRY004  # pydantic's way
    return source_named(given)


def _network_and_channel(channel: str) -> str:
    network, _, name = channel.partition("/")
    if not network or not name:
        raise ValueError("a channel is written behind its network, like irc/#ops")
    return channel


def _named(fields: dict[str, str]) -> dict[str, str]:
    fields_of(fields)
    return fields


class Event(_Table):
    """Which schedule, in which zone, on which clock; `fields` says what is called how in a list of
    its own making. It is looked at every `refresh` seconds; the channels of `changes_in` hear what
    changed in it."""

    schedule: Annotated[Source, PlainValidator(_source)] = Field(
        default_factory=defaults.schedule_path
    )
    timezone: Annotated[str, AfterValidator(_zone_exists)] | None = None
    hours: Annotated[int, AfterValidator(lambda hours: _either(hours))] = _USUAL.hours
    fields: Annotated[dict[str, str], AfterValidator(_named)] = {}
    refresh: int = Field(default=defaults.REFRESH, ge=10, le=86_400)
    changes_in: list[Annotated[str, AfterValidator(_network_and_channel)]] = []


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

    url: str = Field(default=defaults.DATABASE, repr=False)  # a password may stand in it


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


class Commands(_Table):
    """How many commands one person may give at once, 0 for any number, and in how many seconds
    each one more."""

    commands: int = Field(default=_FAIR.burst, ge=0)
    seconds: float = Field(default=_FAIR.interval.total_seconds(), gt=0, le=3600)

    @property
    def fairness(self) -> Fairness | None:
        """What is fair as the rules want it."""
        return Fairness(self.commands, timedelta(seconds=self.seconds)) if self.commands else None


class Metrics(_Table):
    """Where monitoring reads what became of messages."""

    port: int = Field(ge=1, le=65535)
    host: str = "127.0.0.1"


Network = Irc | Matrix | Slack
"""What says how to speak on one network."""
N = TypeVar("N", bound=Network)


def _listed(given: object) -> object:
    return [given] if isinstance(given, dict) else given


def _told_apart(networks: Sequence[N]) -> Sequence[N]:
    names = dict[str, str]()
    for name in (network.name for network in networks):
        if name in _TAKEN or name.startswith(_TAKEN_BEGINNING):
            raise ValueError(f'the program itself uses the name "{name}": choose another')
        # Their variables in the environment must differ as well.
        other = names.get(as_variable(name))
        if other is not None:
            alike = f'"{other}" and "{name}" are too much alike'
            raise ValueError(f"give each network a name of its own: {alike}")
        names[as_variable(name)] = name
    return networks


def _kept_apart(networks: Sequence[Matrix]) -> Sequence[Matrix]:
    """One account, and the keys of one, belong to one network: two would spoil them."""
    stores, accounts = dict[Path, str](), dict[tuple[str, str], str]()
    for network in networks:
        other = stores.setdefault(network.store.resolve(), network.name)
        if other != network.name:
            raise ValueError(
                f'"{other}" and "{network.name}" have the same store: give each one of its own'
            )
        account = (network.homeserver, network.user_id)
        other = accounts.setdefault(account, network.name)
        if other != network.name:
            raise ValueError(
                f'"{other}" and "{network.name}" are both {network.user_id}: leave one out, or give'
                " it another account"
            )
    return networks


class Settings(_Table):
    """All tables; `clock` is None for the real time, `metrics` where nobody asks for them."""

    event: Event = Event()
    clock: Replay | None = None
    database: Database = Database()
    reminders: Reminders = Reminders()
    fairness: Commands = Commands()
    metrics: Metrics | None = None
    irc: Annotated[list[Irc], BeforeValidator(_listed), AfterValidator(_told_apart)] = []
    matrix: Annotated[
        list[Matrix], BeforeValidator(_listed), AfterValidator(_told_apart),
        AfterValidator(_kept_apart),
    ] = []  # fmt: skip
    slack: Annotated[list[Slack], BeforeValidator(_listed), AfterValidator(_told_apart)] = []

    @model_validator(mode="after")
    def _are_told_apart(self) -> "Settings":
        _told_apart(self.networks)
        return self

    @model_validator(mode="after")
    def _channels_are_of_networks(self) -> "Settings":
        networks = {network.name: network for network in self.networks}
        for written in self.event.changes_in:
            name, _, channel = written.partition("/")
            network = networks.get(name)
            if network is None:
                raise ValueError(f'event.changes_in: there is no network "{name}"')
            if not _is_in(network, channel):
                raise ValueError(
                    f"event.changes_in: the bot does not join {channel} on {name}: add it there, to"
                    f" {'rooms' if isinstance(network, Matrix) else 'channels'}"
                )
        return self

    @property
    def networks(self) -> tuple[Network, ...]:
        """All that are configured."""
        return (*self.irc, *self.matrix, *self.slack)


def _is_in(network: Network, channel: str) -> bool:
    """False if the bot cannot be in a channel, as far as settings tell."""
    match network:
        case Irc():
            joined = (each.partition(" ")[0].lower() for each in network.channels)
            return channel.lower() in joined
        case Matrix():
            return channel in network.rooms
        case Slack():
            return True  # people invite it
        case _:
            assert_never(network)


Tables = dict[str, Any]
_TABLES: dict[str, type[BaseModel]] = {
    "event": Event,
    "clock": Replay,
    "database": Database,
    "reminders": Reminders,
    "fairness": Commands,
    "metrics": Metrics,
    "irc": Irc,
    "matrix": Matrix,
    "slack": Slack,
}


def load(path: Path | None, prepared: Callable[[Tables], Tables] | None = None) -> Settings:
    """The settings of a file, each key overridden by the environment; what they say may be
    `prepared` before it is checked. Raises BadSettings."""
    tables = _tables(path) if path is not None else {}
    variables = settle(tables, _TABLES)
    if prepared is not None:
        tables = prepared(tables)
    try:
        return Settings(**tables)
    except ValidationError as problem:
        file = path if path is not None else "The environment"
        raise BadSettings(sentence(problem.errors(), tables, file, variables)) from None


def with_stand_ins(tables: Tables) -> Tables:
    """The tables, in which something stands for each secret of a network that is missing."""
    from bot.adapters.slack.manifest import with_stand_ins as of_slack

    kinds: dict[str, Callable[[Any], Any]] = {
        "irc": lambda table: _PASSWORD | table if "account" in table else table,
        "matrix": lambda table: table if "access_token" in table else _PASSWORD | table,
        "slack": of_slack,
    }
    for kind, of_table in kinds.items():
        given = tables.get(kind)
        several = given if isinstance(given, list) else [given]
        if given and all(isinstance(table, dict) for table in several):
            tables = {**tables, kind: [of_table(table) for table in several]}
    return tables


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
    for name, model in _TABLES.items():
        given = tables.get(name)
        for table in given if isinstance(given, list) else [given]:
            if isinstance(table, dict):
                _start_at(path.parent, table, model)
    return tables


def _start_at(folder: Path, table: dict[str, Any], model: type[BaseModel]) -> None:
    """Let the paths in a table start at this folder."""
    for key, field in model.model_fields.items():
        kinds = (field.annotation, *get_args(field.annotation))
        given = table.get(key)
        if Path in kinds and isinstance(given, str) and not is_address(given):
            table[key] = folder / given
