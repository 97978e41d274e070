"""Windows over the chat: details, and the choice of the session that a message meant."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.slack.cards.mentioned import session_lines
from bot.adapters.slack.cards.modals import (
    chooser,
    details,
    found,
    lines_in,
    redrawn,
    sessions_found,
)
from bot.messages import Response
from tests.adapters.slack.cards.seen import controls, seen
from tests.servers.slack.views import check_view
from tests.summit import Summit, at


async def ask(summit: Summit, *lines: str) -> list[tuple[str, Response]]:
    return [(line, await summit.respond("ada", line, marks=True)) for line in lines]


async def for_message(summit: Summit, message: str) -> dict[str, Any]:
    answers = await ask(summit, *session_lines(message))
    view = chooser(answers, now=summit.clock.now(), prefix="/s ")
    check_view(view)
    return view


async def test_details_tell_all_and_have_the_buttons_below(summit: Summit) -> None:
    [(line, response)] = await ask(summit, "info 12")
    view = details(line, response, now=summit.clock.now())
    check_view(view)
    assert (view["type"], view["callback_id"], view["title"]["text"]) == (
        "modal", "details", "Details",
    )  # fmt: skip
    assert seen(view["blocks"]) == [
        "**Ryu Network Operating System**",
        "[12] Mon 11:00am–11:25am · Bayview B · Kazutaka Morita",
        "",
        "Design, plans and demos of Ryu, an Apache-licensed network OS that drives devices over"
        " OpenFlow and has a Quantum plugin, giving very many isolated virtual networks with no"
        " VLAN.",
        "<http://www.osrg.net/ryu/>",
        "[⭐ Bookmark] (Remind me)",
    ]
    assert controls(view["blocks"])["bookmark-12"] == "bookmark 12"
    assert "submit" not in view
    assert lines_in(view["private_metadata"]) == ("info 12",)


async def test_details_are_drawn_again_after_a_press(summit: Summit) -> None:
    [(line, response)] = await ask(summit, "info 12")
    before = details(line, response, now=summit.clock.now())
    [(_, done)] = await ask(summit, controls(before["blocks"])["bookmark-12"])
    answers = await ask(summit, *lines_in(before["private_metadata"]))
    view = redrawn(before["callback_id"], answers, now=summit.clock.now(), said=done.reply)
    check_view(view)
    shown = seen(view["blocks"])
    assert shown[:3] == [
        "Bookmarked. I will remind you 5 minutes before, at 10:55am.",
        "---",
        "**Ryu Network Operating System**",
    ]
    assert shown[-1] == "[✓ Bookmarked] (Remind me)"
    assert view["callback_id"] == "details"


async def test_a_message_that_names_sessions_offers_them(summit: Summit) -> None:
    view = await for_message(summit, "I like [12] and [13], and [999]")
    assert seen(view["blocks"]) == [
        "# Which session did you mean?",
        "**Ryu Network Operating System**",
        "[12] Mon 11:00am–11:25am · Bayview B · Kazutaka Morita",
        "[⭐ Bookmark] [Details] (Remind me)",
        "**Shared filesystems in nova**",
        "[13] Mon 11:00am–11:25am · Marina · Andrew Bogott",
        "[⭐ Bookmark] [Details] (Remind me)",
        "Look for a session: ||",
    ]
    assert view["title"]["text"] == "Bookmark a session"
    assert view["submit"]["text"] == "Search"
    assert lines_in(view["private_metadata"]) == ("info 12", "info 13", "info 999")


@pytest.mark.parametrize(
    ("message", "first"),
    [
        ("Tomorrow “Swift Quotas”!", ["# 1 session about “Swift Quotas”", "**Swift Quotas**"]),
        ("Swift Quotas\nsee you there", ["# 1 session about “Swift Quotas”", "**Swift Quotas**"]),
        ("“Swift Qotas” is great", ["# 1 session about “Swift Qotas”", "**Swift Quotas**"]),
        (
            "statsd",
            ["# 2 sessions about “statsd”", "**Swift Cluster Monitoring With StatsD**"],
        ),
        ("[12]", ["# This session", "**Ryu Network Operating System**"]),
        (
            "[999]",
            [
                "There is no session 999. The numbers stand in brackets in `/s agenda`.",
                "Look for a session: ||",
            ],
        ),
        (
            "nothing of the kind",
            ["No session mentions “nothing of the kind”.", "Look for a session: ||"],
        ),
        ("", ["Which session is it about?", "Look for a session: ||"]),
    ],
)
async def test_a_message_offers_what_its_words_may_mean(
    summit: Summit, message: str, first: list[str]
) -> None:
    shown = seen((await for_message(summit, message))["blocks"])
    assert shown[:2] == first
    assert shown[-1] == "Look for a session: ||"


async def test_what_only_looks_alike_is_offered_as_such(summit: Summit) -> None:
    answers = await ask(summit, "find swfit monitring plan")
    assert [found(answer) for _, answer in answers] == [False]
    assert sessions_found(answers) == ()
    view = chooser(answers, now=summit.clock.now())
    assert seen(view["blocks"])[0] == "No session is surely meant. Closest:"


async def test_a_session_that_several_answers_show_is_offered_once(summit: Summit) -> None:
    answers = await ask(summit, "find swift quotas", "info 60", "info 12", "info 999")
    assert [session.id for session in sessions_found(answers)] == [60, 12]
    view = chooser(answers, now=summit.clock.now())
    assert seen(view["blocks"])[0] == "# Which session did you mean?"
    assert [action for action in controls(view["blocks"]) if "bookmark" in action] == [
        "bookmark-60", "bookmark-12",
    ]  # fmt: skip


async def test_the_chooser_is_drawn_again_after_a_press(summit: Summit) -> None:
    before = await for_message(summit, "[12] [13]")
    [(_, done)] = await ask(summit, "bookmark 12")
    answers = await ask(summit, *lines_in(before["private_metadata"]))
    view = redrawn("chooser", answers, now=summit.clock.now(), said=done.reply)
    check_view(view)
    shown = seen(view["blocks"])
    assert shown[0] == "Bookmarked. I will remind you 5 minutes before, at 10:55am."
    assert [line for line in shown if line.startswith("[✓ Bookmarked")] == [
        "[✓ Bookmarked] [Details] (Remind me)"
    ]


async def test_very_many_sessions_fit_into_a_window(summit: Summit) -> None:
    answers = await ask(summit, "find openstack", "agenda", "agenda tuesday")
    view = chooser(answers, now=summit.clock.now())
    check_view(view)
    assert "more line" in seen(view["blocks"])[-2]


@pytest.mark.parametrize(
    ("metadata", "lines"),
    [
        ("", ()),
        ("{", ()),
        ("[1]", ()),
        ('{"lines":7}', ()),
        ('{"lines":[7,"info 12","forget me yes","bookmark 3"]}', ("info 12",)),
        ('{"lines":["find a\\nb"]}', ("find a b",)),
    ],
)
def test_a_window_that_keeps_nonsense_asks_nothing(metadata: str, lines: Sequence[str]) -> None:
    assert lines_in(metadata) == lines


@given(st.text(max_size=300))
def test_any_metadata_can_be_read(metadata: str) -> None:
    assert lines_in(metadata) == ()


@pytest.mark.parametrize("callback", ["details", "chooser", "", "nonsense"])
def test_a_window_without_answers_is_a_search(callback: str) -> None:
    view = redrawn(callback, [], now=at(16, 9))
    check_view(view)
    assert seen(view["blocks"]) == ["Which session is it about?", "Look for a session: ||"]
