"""Block Kit: what a limit allows is taken, and one more is refused."""

from typing import Any

import pytest

from tests.servers.slack.blocks import Surface, actions_in, check_blocks, problems_of
from tests.servers.slack.errors import Refused
from tests.servers_tests.slack.calling import actions, button, plain, rich, said, section

Blocks = list[dict[str, Any]]


def _option(number: int = 0, **more: Any) -> dict[str, Any]:
    return {"text": plain("x"), "value": str(number), **more}


def _select(**more: Any) -> dict[str, Any]:
    return {"type": "static_select", "options": [_option()], **more}


def _input(element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "input", "label": plain("x"), "element": element, **more}


def _text_input(**more: Any) -> dict[str, Any]:
    return _input({"type": "plain_text_input", **more})


def _mark(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def _confirm(**more: Any) -> dict[str, Any]:
    words = {"title": plain("x"), "text": plain("x"), "confirm": plain("x"), "deny": plain("x")}
    return actions(button(confirm=words | more))


def _rich_list(**more: Any) -> dict[str, Any]:
    part = {"type": "rich_text_section", "elements": [said("x")]}
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_list", "style": "bullet", "elements": [part], **more}],
    }


IMAGE = {"type": "image", "image_url": "https://example.org/x.png", "alt_text": "x"}

# What is allowed, the same with one more, the surface, and where the mistake is.
LIMITS: list[tuple[Blocks, Blocks, Surface, str]] = [
    ([section()] * 50, [section()] * 51, "message", "/blocks"),
    ([section()] * 100, [section()] * 101, "modal", "/blocks"),
    ([section()] * 100, [section()] * 101, "home", "/blocks"),
    ([section("x" * 3000)], [section("x" * 3001)], "message", "/blocks/0/text/text"),
    ([section("x")], [section("")], "message", "/blocks/0/text/text"),
    (
        [{"type": "section", "fields": [plain("x")] * 10}],
        [{"type": "section", "fields": [plain("x")] * 11}], "message", "/blocks/0/fields",
    ),
    (
        [{"type": "section", "fields": [plain("x" * 2000)]}],
        [{"type": "section", "fields": [plain("x" * 2001)]}], "message", "/blocks/0/fields/0/text",
    ),
    ([section(block_id="x" * 255)], [section(block_id="x" * 256)], "message", "/blocks/0/block_id"),
    (
        [{"type": "header", "text": plain("x" * 150)}],
        [{"type": "header", "text": plain("x" * 151)}], "message", "/blocks/0/text/text",
    ),
    (
        [{"type": "context", "elements": [_mark("x")] * 10}],
        [{"type": "context", "elements": [_mark("x")] * 11}], "message", "/blocks/0/elements",
    ),
    ([{"type": "context", "elements": [IMAGE]}], [{"type": "context", "elements": []}], "message",
     "/blocks/0/elements"),
    (
        [{**IMAGE, "alt_text": "x" * 2000}], [{**IMAGE, "alt_text": "x" * 2001}], "message",
        "/blocks/0/alt_text",
    ),
    (
        [{"type": "markdown", "text": "x" * 12000}], [{"type": "markdown", "text": "x" * 12001}],
        "message", "/blocks/0/text",
    ),
    ([actions(*[button()] * 25)], [actions(*[button()] * 26)], "message", "/blocks/0/elements"),
    ([actions(button())], [actions()], "message", "/blocks/0/elements"),
    ([actions(button("x" * 75))], [actions(button("x" * 76))], "message",
     "/blocks/0/elements/0/text/text"),
    ([actions(button(value="x" * 2000))], [actions(button(value="x" * 2001))], "message",
     "/blocks/0/elements/0/value"),
    ([actions(button(action_id="x" * 255))], [actions(button(action_id="x" * 256))], "message",
     "/blocks/0/elements/0/action_id"),
    ([actions(button(accessibility_label="x" * 75))],
     [actions(button(accessibility_label="x" * 76))], "message",
     "/blocks/0/elements/0/accessibility_label"),
    ([actions(button(style="danger"))], [actions(button(style="warning"))], "message",
     "/blocks/0/elements/0/style"),
    ([actions(_select(placeholder=plain("x" * 150)))],
     [actions(_select(placeholder=plain("x" * 151)))], "message",
     "/blocks/0/elements/0/placeholder/text"),
    ([actions(_select(options=[_option(n) for n in range(100)]))],
     [actions(_select(options=[_option(n) for n in range(101)]))], "message",
     "/blocks/0/elements/0/options"),
    ([actions(_select())], [actions(_select(options=[]))], "message",
     "/blocks/0/elements/0/options"),
    ([actions(_select(options=[_option(text=plain("x" * 75))]))],
     [actions(_select(options=[_option(text=plain("x" * 76))]))], "message",
     "/blocks/0/elements/0/options/0/text/text"),
    ([actions(_select(options=[{"text": plain("x"), "value": "x" * 150}]))],
     [actions(_select(options=[{"text": plain("x"), "value": "x" * 151}]))], "message",
     "/blocks/0/elements/0/options/0/value"),
    ([actions(_select(options=[_option(description=plain("x" * 75))]))],
     [actions(_select(options=[_option(description=plain("x" * 76))]))], "message",
     "/blocks/0/elements/0/options/0/description/text"),
    ([actions({"type": "overflow", "options": [_option(n) for n in range(5)]})],
     [actions({"type": "overflow", "options": [_option(n) for n in range(6)]})], "message",
     "/blocks/0/elements/0/options"),
    ([actions({"type": "checkboxes", "options": [_option(n) for n in range(10)]})],
     [actions({"type": "checkboxes", "options": [_option(n) for n in range(11)]})], "message",
     "/blocks/0/elements/0/options"),
    ([actions({"type": "radio_buttons", "options": [_option(n) for n in range(10)]})],
     [actions({"type": "radio_buttons", "options": [_option(n) for n in range(11)]})], "message",
     "/blocks/0/elements/0/options"),
    ([_confirm(title=plain("x" * 100))], [_confirm(title=plain("x" * 101))], "message",
     "/blocks/0/elements/0/confirm/title/text"),
    ([_confirm(text=plain("x" * 300))], [_confirm(text=plain("x" * 301))], "message",
     "/blocks/0/elements/0/confirm/text/text"),
    ([_confirm(confirm=plain("x" * 30))], [_confirm(confirm=plain("x" * 31))], "message",
     "/blocks/0/elements/0/confirm/confirm/text"),
    ([_confirm(deny=plain("x" * 30))], [_confirm(deny=plain("x" * 31))], "message",
     "/blocks/0/elements/0/confirm/deny/text"),
    ([_input({"type": "plain_text_input"}, label=plain("x" * 2000))],
     [_input({"type": "plain_text_input"}, label=plain("x" * 2001))], "modal",
     "/blocks/0/label/text"),
    ([_input({"type": "plain_text_input"}, hint=plain("x" * 2000))],
     [_input({"type": "plain_text_input"}, hint=plain("x" * 2001))], "modal",
     "/blocks/0/hint/text"),
    ([_text_input(max_length=3000)], [_text_input(max_length=3001)], "modal",
     "/blocks/0/element/max_length"),
    ([_text_input(max_length=1)], [_text_input(max_length=0)], "modal",
     "/blocks/0/element/max_length"),
    ([_text_input(min_length=3000)], [_text_input(min_length=3001)], "modal",
     "/blocks/0/element/min_length"),
    ([_text_input(min_length=3, max_length=3)], [_text_input(min_length=3, max_length=2)], "modal",
     "/blocks/0/element"),
    ([_text_input(initial_value="x" * 9, max_length=9)],
     [_text_input(initial_value="x" * 10, max_length=9)], "modal",
     "/blocks/0/element/initial_value"),
    ([_input({"type": "datepicker", "initial_date": "2012-04-16"})],
     [_input({"type": "datepicker", "initial_date": "16.4.2012"})], "modal",
     "/blocks/0/element/initial_date"),
    ([_input({"type": "timepicker", "initial_time": "09:30"})],
     [_input({"type": "timepicker", "initial_time": "24:00"})], "modal",
     "/blocks/0/element/initial_time"),
    ([_rich_list(indent=8)], [_rich_list(indent=9)], "message", "/blocks/0/elements/0/indent"),
    ([_rich_list(border=1)], [_rich_list(border=2)], "message", "/blocks/0/elements/0/border"),
    ([_rich_list(style="ordered")], [_rich_list(style="square")], "message",
     "/blocks/0/elements/0/style"),
    ([rich(said("x"))], [rich(said(""))], "message", "/blocks/0/elements/0/elements/0/text"),
    ([rich({"type": "emoji", "name": "star"})], [rich({"type": "emoji", "name": ":star:"})],
     "message", "/blocks/0/elements/0/elements/0/name"),
    ([rich({"type": "broadcast", "range": "here"})], [rich({"type": "broadcast", "range": "all"})],
     "message", "/blocks/0/elements/0/elements/0/range"),
]  # fmt: skip


@pytest.mark.parametrize(("allowed", "refused", "surface", "where"), LIMITS)
def test_the_limit_is_taken_and_one_more_is_not(
    allowed: Blocks, refused: Blocks, surface: Surface, where: str
) -> None:
    assert problems_of(allowed, surface) == []
    problems = problems_of(refused, surface)
    assert [one.partition(" [json-pointer:")[2] for one in problems] == [f"{where}]"]


def test_it_says_so_in_the_words_of_slack() -> None:
    refused = [section("x" * 3001), actions(*[button()] * 26), {"type": "wall"}]
    assert problems_of(refused, "message") == [
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
        "no more than 25 items allowed [json-pointer:/blocks/1/elements]",
        "unsupported type: wall [json-pointer:/blocks/2/type]",
    ]


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        ({}, "missing required field: type [json-pointer:/blocks/0]"),
        (section(color="red"), "invalid additional property: color [json-pointer:/blocks/0]"),
        ({"type": "section"}, "must define either `text` or `fields` [json-pointer:/blocks/0]"),
        ({"type": "header", "text": "x"}, "must provide an object [json-pointer:/blocks/0/text]"),
        (
            {"type": "header", "text": _mark("x")},
            "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
        ),
        (
            section(accessory={"type": "plain_text_input"}),
            "unsupported type: plain_text_input [json-pointer:/blocks/0/accessory/type]",
        ),
        (
            actions({"type": "plain_text_input"}),
            "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]",
        ),
        (
            _input(button()), "unsupported type: button [json-pointer:/blocks/0/element/type]",
        ),
        (
            {"type": "context", "elements": [button()]},
            "unsupported type: button [json-pointer:/blocks/0/elements/0/type]",
        ),
        (
            actions({"type": "button", "text": _mark("x")}),
            "unsupported type: mrkdwn [json-pointer:/blocks/0/elements/0/text/type]",
        ),
        (
            actions(button(colour="red")),
            "invalid additional property: colour [json-pointer:/blocks/0/elements/0]",
        ),
        (
            actions(button(value=42)),
            "must provide a string [json-pointer:/blocks/0/elements/0/value]",
        ),
        (
            actions(button(url="bot.example.org")),
            "must match the pattern [A-Za-z][A-Za-z0-9+.-]*:.+"
            " [json-pointer:/blocks/0/elements/0/url]",
        ),
        (
            actions({"type": "static_select"}),
            "must define either options or option_groups [json-pointer:/blocks/0/elements/0]",
        ),
        (
            actions(_select(initial_option=_option(7))),
            "initial option must match one of the options [json-pointer:/blocks/0/elements/0]",
        ),
        (
            actions(_select(options=[_option(1), _option(1)])),
            "option values must be unique [json-pointer:/blocks/0/elements/0]",
        ),
        (
            actions(_select(options=[{"text": plain("x")}])),
            "missing required field: value [json-pointer:/blocks/0/elements/0/options/0]",
        ),
        (
            {"type": "image", "alt_text": "x"},
            "must define either image_url or slack_file [json-pointer:/blocks/0]",
        ),
        (
            {"type": "rich_text", "elements": [said("x")]},
            "unsupported type: text [json-pointer:/blocks/0/elements/0/type]",
        ),
        (
            rich(section()),
            "unsupported type: section [json-pointer:/blocks/0/elements/0/elements/0/type]",
        ),
        (
            rich(said("x", loud=True)),
            "invalid additional property: loud"
            " [json-pointer:/blocks/0/elements/0/elements/0/style]",
        ),
        (
            rich({"type": "link", "text": "x"}),
            "missing required field: url [json-pointer:/blocks/0/elements/0/elements/0]",
        ),
        (
            {"type": "rich_text", "elements": [{
                "type": "rich_text_preformatted",
                "elements": [{"type": "emoji", "name": "star"}],
            }]},
            "unsupported type: emoji [json-pointer:/blocks/0/elements/0/elements/0/type]",
        ),
    ],
)  # fmt: skip
def test_other_forms_are_refused(block: dict[str, Any], problem: str) -> None:
    assert problems_of([block], "message") == [problem]


def test_markdown_stands_in_messages_alone() -> None:
    blocks = [{"type": "markdown", "text": "x"}]
    assert problems_of(blocks, "message") == []
    for surface in ("modal", "home"):
        assert problems_of(blocks, surface) == [
            "unsupported type: markdown [json-pointer:/blocks/0/type]"
        ]


def test_an_action_id_is_there_once_in_a_block_and_a_block_id_once() -> None:
    apart = [actions(button(action_id="x")), actions(button(action_id="x"))]
    assert problems_of(apart, "message") == []
    together = [actions(button(action_id="x"), button(action_id="x"))]
    assert problems_of(together, "message") == [
        "action_id already exists: x [json-pointer:/blocks/0/elements/1/action_id]"
    ]
    blocks = [section(block_id="x"), section(block_id="x")]
    assert problems_of(blocks, "message") == [
        "block_id already exists: x [json-pointer:/blocks/1/block_id]"
    ]


def test_one_element_takes_the_focus() -> None:
    first, second = _text_input(focus_on_load=True), _text_input(focus_on_load=True)
    assert problems_of([first], "modal") == []
    assert problems_of([first, second], "modal") == [
        "only one element may have focus_on_load [json-pointer:/blocks]"
    ]


def test_blocks_and_elements_get_the_ids_that_they_lack() -> None:
    sent = [actions(button(action_id="mine"), button()), section(block_id="mine")]
    kept = check_blocks(sent, "message")
    assert sent == [actions(button(action_id="mine"), button()), section(block_id="mine")]
    assert [element["action_id"] for _, element in actions_in(kept)] == [
        "mine", kept[0]["elements"][1]["action_id"],
    ]  # fmt: skip
    assert len(kept[0]["elements"][1]["action_id"]) == 5
    assert (len(kept[0]["block_id"]), kept[1]["block_id"]) == (5, "mine")


@pytest.mark.parametrize("blocks", ["[]", {"type": "section"}, ["x"]])
def test_what_is_no_list_of_objects_has_an_error_of_its_own(blocks: Any) -> None:
    with pytest.raises(Refused, match="invalid_blocks_format"):
        check_blocks(blocks, "message")


def test_whoever_breaks_a_rule_is_told_twice() -> None:
    with pytest.raises(Refused) as caught:
        check_blocks([section("")], "message")
    problem = "must be more than 0 characters [json-pointer:/blocks/0/text/text]"
    assert caught.value.body() == {
        "ok": False,
        "error": "invalid_blocks",
        "errors": [problem],
        "response_metadata": {"messages": [f"[ERROR] {problem}"]},
    }
