"""Settings from a file and the environment, and the sentences where they cannot be used."""

import os
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from bot import config
from bot.addresses import Url
from bot.config import Event, Replay, Settings, load
from bot.mistakes import BadSettings
from bot.rules import QuietHours
from bot.setup import configured
from bot.sources.fields import Fields


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [n for n in os.environ if n.upper().startswith("SUMMIT_BOT_")]:
        monkeypatch.delenv(name)


def refusal(path: Path | None) -> str:
    """Why these settings are refused; the folder of the file is left out."""
    with pytest.raises(BadSettings) as refused:
        load(path)
    return str(refused.value).replace(f"{path.parent}/" if path else "\0", "")


def file(folder: Path, text: str) -> Path:
    """A file with these settings."""
    path = folder / "own.toml"
    path.write_text(text)
    return path


def test_every_table_is_known_by_its_name() -> None:
    assert list(config._TABLES) == list(Settings.model_fields)


def test_the_environment_counts_before_the_file_key_by_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = file(tmp_path, "[event]\nhours = 24\nschedule = '/a.json'\n[reminders]\nbefore = 7\n")
    monkeypatch.setenv("SUMMIT_BOT_REMINDERS__BEFORE", "9")
    monkeypatch.setenv("summit_bot_event__timezone", "Europe/Berlin")
    monkeypatch.setenv("SUMMIT_BOT_CLOCK__START", "2012-04-16T09:20:00Z")
    settings = load(own)
    assert settings.event == Event(schedule=Path("/a.json"), timezone="Europe/Berlin", hours=24)
    assert settings.clock == Replay(start=datetime(2012, 4, 16, 9, 20, tzinfo=UTC))
    assert settings.reminders.before == 9


@pytest.mark.parametrize(
    ("quiet", "hours"),
    [
        ('["22:00", "08:00"]', QuietHours(time(22), time(8))),
        ('["13:30", "14:00"]', QuietHours(time(13, 30), time(14))),
        ("[]", None),
    ],
)
def test_the_quiet_hours_come_from_file_or_environment(
    quiet: str, hours: QuietHours | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = file(tmp_path, f"[reminders]\nquiet = {quiet}\n")
    assert load(own).reminders.quiet_hours == hours
    monkeypatch.setenv("SUMMIT_BOT_REMINDERS__QUIET", quiet)
    assert load(None).reminders.quiet_hours == hours


def test_a_path_in_a_file_starts_at_the_folder_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = file(tmp_path, "[event]\nschedule = 'data/own.json'\n")
    assert load(own).event.schedule == tmp_path / "data" / "own.json"
    monkeypatch.setenv("SUMMIT_BOT_EVENT__SCHEDULE", "data/own.json")
    assert load(own).event.schedule == Path("data/own.json")


_QUIET = 'it must be two local times, like ["22:00", "08:00"], or [] for none.'
_MOMENT = "it must be a moment, like 2012-04-16T09:20:00-07:00."
_DISTANCE = "it must name its distance from UTC, like 2012-04-16T09:20:00-07:00."


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("event = 5", "event must be a table, like [event]."),
        ("[[event]]", "event must be a table, like [event]."),
        ("clock = 5", "clock must be a table, like [clock]."),
        ("[evnt]\nhours = 12", "evnt: there is no such table."),
        ("[event]\nhour = 12", "event.hour: there is no such key."),
        ("[event]\nhours = 'noon'", "event.hours: it must be a whole number."),
        ("[event]\nhours = 1.5", "event.hours: it must be a whole number."),
        ("[event]\nhours = 13", "event.hours: a clock has 12 or 24 hours."),
        ("[event]\nschedule = 5", "event.schedule: it must be a text in quotation marks."),
        ("[event]\ntimezone = 5", "event.timezone: it must be a text in quotation marks."),
        ("[event]\ntimezone = 'Mars'",
         "event.timezone: no such time zone; one looks like America/Los_Angeles."),
        ("[clock]\nspeed = 3", "clock.start: it is missing."),
        ("[clock]\nstart = 'noon'", f"clock.start: {_MOMENT}"),
        ("[clock]\nstart = 2012-04-16", f"clock.start: {_DISTANCE}"),
        ("[clock]\nstart = 2012-04-16T09:20:00", f"clock.start: {_DISTANCE}"),
        ("[clock]\nstart = 9999-12-31T23:59:00Z", "clock.start: years go from 1900 to 2199."),
        ("[clock]\nstart = 2012-04-16T09:20:00Z\nspeed = 0",
         "clock.speed: it must be greater than 0."),
        ("[clock]\nstart = 2012-04-16T09:20:00Z\nspeed = 'x'", "clock.speed: it must be a number."),
        ("[reminders]\nbefore = 500", "reminders.before: it must be less than or equal to 120."),
        *((f"[reminders]\nquiet = {quiet}", f"reminders.quiet: {_QUIET}") for quiet in (
            "['22:00']", "['22:00', '22:00']", "['22:00', '8']", "['22:00', 'noon']",
            "['22:00Z', '08:00Z']", "['22:00', '23:00', '08:00']")),
        ("[reminders]\nquiet = '22:00'", "reminders.quiet: it must be a list in brackets."),
        ("[reminders]\nquiet = [22, 8]",
         "reminders.quiet.0: it must be a text in quotation marks."),
        ("event =", "Invalid value (at end of document)."),
    ],
)  # fmt: skip
def test_mistake_in_a_file_is_named_in_plain_words(
    tmp_path: Path, text: str, sentence: str
) -> None:
    assert refusal(file(tmp_path, text)) == f"own.toml: {sentence}"


def test_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.toml") == (
        "There is no file none.toml: copy config.example.toml and change it."
    )
    (tmp_path / "folder.toml").mkdir()
    assert refusal(tmp_path / "folder.toml") == "folder.toml cannot be read: Is a directory."
    (tmp_path / "odd.toml").write_bytes(b"\xff")
    assert refusal(tmp_path / "odd.toml") == "odd.toml is no text in UTF-8."


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SUMMIT_BOT_EVENT__HOURS", "13", "SUMMIT_BOT_EVENT__HOURS: a clock has 12 or 24 hours."),
        ("summit_bot_event__hours", "x", "summit_bot_event__hours: it must be a whole number."),
        ("SUMMIT_BOT_EVENT", "{bad", "The environment: there is no setting SUMMIT_BOT_EVENT:"
         " write SUMMIT_BOT_EVENT__HOURS."),
        ("SUMMIT_BOT_EVENT_HOURS", "24", "The environment: there is no setting"
         " SUMMIT_BOT_EVENT_HOURS: write SUMMIT_BOT_EVENT__HOURS."),
        ("SUMMIT_BOT_REMINDER__BEFORE", "5", "The environment: there is no setting"
         " SUMMIT_BOT_REMINDER__BEFORE: write SUMMIT_BOT_REMINDERS__BEFORE."),
        ("SUMMIT_BOT_X", "5", "The environment: there is no setting SUMMIT_BOT_X:"
         " they are like SUMMIT_BOT_EVENT__HOURS."),
        ("SUMMIT_BOT_REMINDERS__QUIET", '["22:00"]', f"SUMMIT_BOT_REMINDERS__QUIET: {_QUIET}"),
        ("SUMMIT_BOT_REMINDERS__QUIET", "22:00",
         'SUMMIT_BOT_REMINDERS__QUIET: it must be a list in brackets, like ["a", "b"].'),
        ("SUMMIT_BOT_CLOCK__SPEED", "5", "The environment: clock.start: it is missing."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("with_file", [False, True])
def test_mistake_in_the_environment_names_the_variable(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
    sentence: str,
    with_file: bool,
) -> None:
    monkeypatch.setenv(name, value)
    own = file(tmp_path, "[event]\nhours = 12\n") if with_file else None
    expected = sentence.replace("The environment: clock", "own.toml: clock") if own else sentence
    assert refusal(own) == expected


def test_a_schedule_may_be_at_an_address(tmp_path: Path) -> None:
    own = file(tmp_path, "[event]\nschedule = 'https://example.org/a.json?token=secret'\n")
    event = load(own).event
    assert event == Event(schedule=Url("https://example.org/a.json?token=secret"))
    assert "secret" not in repr(event)


def test_a_file_is_relative_to_the_settings(tmp_path: Path) -> None:
    assert load(file(tmp_path, "[event]\nschedule = 'a.json'")).event.schedule == (
        tmp_path / "a.json"
    )


@pytest.mark.parametrize(
    ("event", "why"),
    [
        ("schedule = 5", "event.schedule: it must be a text in quotation marks."),
        (
            "schedule = 'ftp://example.org/a'",
            "event.schedule: a schedule is fetched over http or https; a file is named by its"
            " path.",
        ),
        (
            "schedule = 'https://'",
            "event.schedule: this is no address; one looks like https://example.org/schedule.json.",
        ),
        ("refresh = 9", "event.refresh: it must be greater than or equal to 10."),
        ("changes_in = 'irc/#ops'", "event.changes_in: it must be a list in brackets."),
        (
            "changes_in = ['#ops']",
            "event.changes_in.0: a channel is written behind its network, like irc/#ops.",
        ),
        ("changes_in = ['irc/#ops']", 'event.changes_in: there is no network "irc".'),
    ],
)
def test_where_the_schedule_is_and_who_hears_of_it_is_checked(
    tmp_path: Path, event: str, why: str
) -> None:
    assert refusal(file(tmp_path, f"[event]\n{event}\n")) == f"own.toml: {why}"


def test_channels_that_hear_of_changes_are_named_with_their_network(tmp_path: Path) -> None:
    own = file(
        tmp_path,
        "[event]\nchanges_in = ['libera/#ops', 'libera/#a/b']\n"
        "[irc]\nname = 'libera'\nserver = 'irc.libera.chat'\nnick = 'bot'\n"
        "channels = ['#Ops key', '#a/b']\n",
    )
    assert configured(own).changes_in == [("libera", "#ops"), ("libera", "#a/b")]


@pytest.mark.parametrize(
    ("network", "why"),
    [
        (
            "[irc]\nserver = 'irc.libera.chat'\nchannels = ['#opps']",
            "the bot does not join #ops on irc: add it there, to channels.",
        ),
        (
            "[matrix]\nname = 'irc'\nhomeserver = 'https://example.org'\nstore = 'keys'\n"
            "user_id = '@bot:example.org'\npassword = 'secret'",
            "the bot does not join #ops on irc: add it there, to rooms.",
        ),
    ],
)
def test_a_channel_that_the_bot_is_not_in_hears_of_no_changes(
    tmp_path: Path, network: str, why: str
) -> None:
    own = file(tmp_path, f"[event]\nchanges_in = ['irc/#ops']\n{network}\n")
    assert refusal(own) == f"own.toml: event.changes_in: {why}"


def test_what_fields_are_called_is_a_table_in_the_file_or_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = file(tmp_path, "[event]\nfields = {title = 'Name', start = 'Begin'}\n")
    assert configured(own).fields == Fields(title="Name", start="Begin")
    monkeypatch.setenv("SUMMIT_BOT_EVENT__FIELDS", '{"title": "What"}')
    assert configured(own).fields == Fields(title="What")
    monkeypatch.setenv("SUMMIT_BOT_EVENT__FIELDS", "What")
    assert refusal(own) == (
        'SUMMIT_BOT_EVENT__FIELDS: it must be a table in braces, like {"title": "Name"}.'
    )
    monkeypatch.delenv("SUMMIT_BOT_EVENT__FIELDS")
    assert refusal(file(tmp_path, "[event]\nfields = {titel = 'Name'}\n")).startswith(
        "own.toml: event.fields: there is no field 'titel'"
    )
    assert configured(file(tmp_path, "")).fields is None
