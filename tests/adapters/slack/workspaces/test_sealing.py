"""What is sealed for one purpose and owner is of use for nothing else; keys can be changed."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters.slack.workspaces.sealing import Sealing, fresh_key
from bot.ports import CannotSpeak

NOW = datetime(2012, 4, 16, 9, 20, tzinfo=UTC)
OLD, NEW, OTHER = fresh_key(), fresh_key(), fresh_key()


def test_what_was_sealed_is_opened_again() -> None:
    sealed = Sealing(OLD).seal("xoxb-1", "token", "T01", NOW)
    assert "xoxb-1" not in sealed
    assert Sealing(OLD).opened(sealed, "token", "T01") == "xoxb-1"


def test_it_cannot_be_put_in_anothers_place_or_to_another_use() -> None:
    sealing = Sealing(OLD)
    sealed = sealing.seal("xoxb-1", "token", "T01", NOW)
    assert sealing.opened(sealed, "token", "T02") is None
    assert sealing.opened(sealed, "state", "T01") is None


@pytest.mark.parametrize("spoilt", ["", "xoxb-1", "gAAAAA==", "ünlesbar"])
def test_what_nobody_sealed_is_not_opened(spoilt: str) -> None:
    sealing = Sealing(OLD)
    assert sealing.opened(spoilt, "token", "T01") is None
    assert sealing.opened_within(spoilt, "token", "T01", timedelta(minutes=1), NOW) is None


def test_one_changed_letter_makes_it_worthless() -> None:
    sealing = Sealing(OLD)
    sealed = sealing.seal("xoxb-1", "token", "T01", NOW)
    changed = sealed[:30] + ("A" if sealed[30] != "A" else "B") + sealed[31:]
    assert sealing.opened(changed, "token", "T01") is None


def test_a_new_key_in_front_seals_and_the_old_one_still_opens() -> None:
    before = Sealing(OLD).seal("xoxb-1", "token", "T01", NOW)
    both = Sealing(f"{NEW}, {OLD}")
    after = both.seal("xoxb-1", "token", "T01", NOW)
    assert both.opened(before, "token", "T01") == "xoxb-1"
    assert Sealing(NEW).opened(after, "token", "T01") == "xoxb-1"
    assert Sealing(OLD).opened(after, "token", "T01") is None
    assert (both.outdated(before), both.outdated(after)) == (True, False)
    assert Sealing(OTHER).opened(before, "token", "T01") is None


def test_it_may_have_to_be_opened_soon() -> None:
    sealing = Sealing(OLD)
    sealed = sealing.seal("begun", "state", "app", NOW)
    life = timedelta(minutes=10)
    assert sealing.opened_within(sealed, "state", "app", life, NOW + life) == "begun"
    late = NOW + life + timedelta(seconds=1)
    assert sealing.opened_within(sealed, "state", "app", life, late) is None
    assert sealing.opened_within(sealed, "state", "other", life, NOW) is None


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("geheim", "token_key is not a key: `summit-bot slack key` makes one."),
        ("ä" * 43 + "=", "token_key is not a key: `summit-bot slack key` makes one."),
        (f"{OLD},", "Key 2 of token_key is not a key: `summit-bot slack key` makes one."),
    ],
    ids=["a word", "another alphabet", "one too few"],
)
def test_what_is_no_key_is_said_with_the_command_that_makes_one(keys: str, said: str) -> None:
    with pytest.raises(CannotSpeak) as refusal:
        Sealing(keys)
    assert str(refusal.value) == said
