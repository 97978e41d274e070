"""A modal keeps what it was opened on, as far as there is room."""

import pytest

from bot.adapters.slack.answering.behind import Behind, Card, Home, behind, lying_on
from bot.adapters.slack.cards.modals import lines_in

VIEW = {"type": "modal", "private_metadata": '{"lines":["info 6"]}'}


@pytest.mark.parametrize(
    "below",
    [None, Home(""), Home("zürich “4”"), Card("D1", "1.2", "https://hooks.slack.com/x", '["h",6]')],
)
def test_what_a_modal_lies_on_is_found_in_it(below: Behind | None) -> None:
    view = lying_on(below, VIEW)
    assert behind(view["private_metadata"]) == below
    assert lines_in(view["private_metadata"]) == ("info 6",)
    assert view | {"private_metadata": ""} == VIEW | {"private_metadata": ""}


def test_a_card_that_does_not_fit_is_not_kept() -> None:
    assert lying_on(Card("D1", "1.2", "https://hooks.slack.com/x", '"' * 1_500), VIEW) == VIEW


@pytest.mark.parametrize(
    "metadata",
    ["", "[]", '{"home":6}', '{"card":["D1","1.2"]}', '{"card":["D1","1.2","x",6]}', '{"card":{}}'],
)
def test_what_was_not_kept_is_not_known(metadata: str) -> None:
    assert behind(metadata) is None


def test_a_card_shows_its_response_url_in_no_log() -> None:
    assert "hooks" not in repr(Card("D1", "1.2", "https://hooks.slack.com/x", "[6]"))
