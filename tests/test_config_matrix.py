"""Several `[[matrix]]` tables: what they must not share."""

from pathlib import Path

import pytest

from bot.config import load
from tests.test_config import _clean_environment, file, refusal

__all__ = ["_clean_environment"]


def table(name: str, user: str, **keys: str) -> str:
    given = {"name": name, "user_id": f"@{user}:example.org", "password": "x"}
    given = {"homeserver": "https://example.org", **given, **keys}
    return "".join(["[[matrix]]\n", *(f"{key} = '{value}'\n" for key, value in given.items())])


def test_each_account_has_a_folder_of_its_own(tmp_path: Path) -> None:
    two = table("a", "ada", store="one") + table("b", "bob", store="two")
    assert [network.store for network in load(file(tmp_path, two)).matrix] == [
        tmp_path / "one", tmp_path / "two"
    ]  # fmt: skip


def test_the_same_name_on_another_homeserver_is_another_account(tmp_path: Path) -> None:
    two = table("a", "ada", store="one") + table(
        "b", "ada", store="two", homeserver="https://other.example.org"
    )
    assert len(load(file(tmp_path, two)).matrix) == 2


@pytest.mark.parametrize("store", ["store", "./store", "other/../store"])
def test_one_folder_for_two_accounts_is_refused(tmp_path: Path, store: str) -> None:
    two = table("a", "ada", store="store") + table("b", "bob", store=store)
    assert refusal(file(tmp_path, two)) == (
        'own.toml: matrix: "a" and "b" have the same store: give each one of its own.'
    )


def test_a_folder_that_nobody_names_is_the_same_for_both(tmp_path: Path) -> None:
    assert refusal(file(tmp_path, table("a", "ada") + table("b", "bob"))) == (
        'own.toml: matrix: "a" and "b" have the same store: give each one of its own.'
    )


def test_one_account_for_two_networks_is_refused(tmp_path: Path) -> None:
    two = table("a", "ada", store="one") + table("b", "ada", store="two")
    assert refusal(file(tmp_path, two)) == (
        'own.toml: matrix: "a" and "b" are both @ada:example.org: leave one out, or give it another'
        " account."
    )


@pytest.mark.parametrize("name", ["ada", "@ada", "", "*", "@*:example.org", "@ada:", "ada:a.org"])
def test_an_organiser_is_named_by_their_whole_id(tmp_path: Path, name: str) -> None:
    own = f"{table('a', 'bot')}organisers = ['@bob:example.org', '{name}']\n"
    assert refusal(file(tmp_path, own)) == (
        'own.toml: matrix "a": organisers.1: it must be the whole id of one user, like'
        ' "@ada:example.org".'
    )
