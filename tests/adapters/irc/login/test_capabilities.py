"""Negotiating capabilities: what is asked for, and what is in force after whatever answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.irc.login.capabilities import WANTED, Capabilities
from tests.adapters.irc.lines import converse


def negotiated(script: str, wanted: frozenset[str] = WANTED) -> Capabilities:
    """What is known after this dialogue, which has to go word for word."""
    capabilities = Capabilities(wanted)
    said, expected = converse(script, capabilities.start, lambda line: capabilities.hear(line[2]))
    assert said == expected
    return capabilities


def known(capabilities: Capabilities) -> tuple[dict[str, str], set[str], bool]:
    return capabilities.offered, capabilities.enabled, capabilities.settled


def test_one_line_and_one_request() -> None:
    assert known(negotiated(f"""
        C: CAP LS 302
        S: CAP * LS :multi-prefix away-notify server-time tls
        C: CAP REQ :multi-prefix server-time
        S: CAP bot ACK :multi-prefix server-time{" "}
        """)) == (
        {"multi-prefix": "", "away-notify": "", "server-time": "", "tls": ""},
        {"multi-prefix", "server-time"},
        True,
    )  # fmt: skip


def test_several_lines_and_values() -> None:
    assert known(negotiated("""
        C: CAP LS 302
        S: :irc.example.org CAP * LS * :multi-prefix extended-join account-notify batch tls
        S: :irc.example.org CAP * LS * :cap-notify server-time example.org/dummy-cap=dummyvalue
        S: :irc.example.org CAP * LS :sasl=EXTERNAL,PLAIN=x sts=duration=5,port=1
        C: CAP REQ :account-notify batch cap-notify extended-join multi-prefix sasl server-time
        S: :irc.example.org CAP bot ACK :account-notify batch cap-notify extended-join
        S: :irc.example.org CAP bot ACK :multi-prefix sasl server-time
        """, WANTED | {"sasl", "sts"})) == (
        {
            "multi-prefix": "", "extended-join": "", "account-notify": "", "batch": "", "tls": "",
            "cap-notify": "", "server-time": "", "example.org/dummy-cap": "dummyvalue",
            "sasl": "EXTERNAL,PLAIN=x", "sts": "duration=5,port=1",
        },
        {
            "account-notify", "batch", "cap-notify", "extended-join", "multi-prefix", "sasl",
            "server-time",
        },
        True,
    )  # fmt: skip


def test_it_is_not_settled_before_the_list_and_the_answers_are_complete() -> None:
    capabilities = Capabilities(WANTED)
    seen = [(capabilities.settled, set(capabilities.enabled))]
    for arguments in (
        ["LS", "*", "batch"],
        ["LS", "chghost"],
        ["ACK", "batch"],
        ["ACK", "chghost"],
    ):
        capabilities.hear(arguments)
        seen.append((capabilities.settled, set(capabilities.enabled)))
    assert seen == [
        (False, set()),
        (False, set()),
        (False, set()),
        (False, set()),  # half of an answer changes nothing
        (True, {"batch", "chghost"}),
    ]


def test_nothing_offered() -> None:
    assert known(negotiated("""
        C: CAP LS 302
        S: CAP * LS :
        """)) == ({}, set(), True)  # fmt: skip


def test_nothing_of_use() -> None:
    assert known(negotiated("""
        C: CAP LS 302
        S: CAP * LS :draft/example-1 sasl
        """)) == ({"draft/example-1": "", "sasl": ""}, set(), True)  # fmt: skip


def test_after_a_refusal_they_are_asked_for_one_by_one() -> None:
    assert known(negotiated("""
        C: CAP LS 302
        S: CAP * LS :chghost server-time echo-message
        C: CAP REQ :chghost echo-message server-time
        S: CAP * NAK :chghost echo-message
        C: CAP REQ :chghost
        C: CAP REQ :echo-message
        C: CAP REQ :server-time
        S: CAP * ACK :chghost
        S: CAP * NAK :echo-message
        S: CAP * ACK :server-time
        """)) == (
        {"chghost": "", "server-time": "", "echo-message": ""}, {"chghost", "server-time"}, True,
    )  # fmt: skip


def test_what_does_not_fit_a_line_goes_out_in_several() -> None:
    names = [f"example.org/capability-{i:02}" for i in range(20)]
    assert known(negotiated(f"""
        C: CAP LS 302
        S: CAP * LS * :{" ".join(names[:10])}
        S: CAP * LS :{" ".join(names[10:])}
        C: CAP REQ :{" ".join(names[:11])}
        C: CAP REQ :{" ".join(names[11:])}
        S: CAP * ACK :{" ".join(names[:11])}
        S: CAP * ACK :{" ".join(names[11:])}
        """, frozenset(names))) == (dict.fromkeys(names, ""), set(names), True)  # fmt: skip


def test_labels_are_asked_for_only_with_what_they_need() -> None:
    assert known(negotiated("""
        C: CAP LS 302
        S: CAP * LS :labeled-response message-tags
        C: CAP REQ :message-tags
        S: CAP * ACK :message-tags
        S: CAP bot NEW :batch
        C: CAP REQ :batch labeled-response
        S: CAP bot ACK :batch labeled-response
        """)) == (
        {"labeled-response": "", "message-tags": "", "batch": ""},
        {"batch", "labeled-response", "message-tags"},
        True,
    )  # fmt: skip


def test_what_comes_and_goes_later() -> None:
    assert known(negotiated("""
        C: CAP LS 302
        S: CAP * LS :chghost sts=duration=5
        C: CAP REQ :chghost
        S: CAP * ACK :chghost
        S: :irc.example.com CAP bot NEW :away-notify extended-join sasl=PLAIN
        C: CAP REQ :extended-join sasl
        S: :irc.example.com CAP bot ACK :extended-join sasl
        S: :irc.example.com CAP bot NEW :sasl=PLAIN,EXTERNAL
        S: :irc.example.com CAP bot DEL :chghost sts never-heard-of
        """, WANTED | {"sasl"})) == (
        {
            "sts": "duration=5", "away-notify": "", "extended-join": "",
            "sasl": "PLAIN,EXTERNAL",
        },
        {"extended-join", "sasl"},
        True,
    )  # fmt: skip


def test_what_goes_before_it_is_granted() -> None:
    assert known(negotiated("""
        C: CAP LS 302
        S: CAP * LS :chghost sasl
        C: CAP REQ :chghost sasl
        S: CAP * DEL :sasl
        S: CAP * ACK :chghost
        """, WANTED | {"sasl"})) == ({"chghost": ""}, {"chghost"}, True)  # fmt: skip


def test_what_is_new_while_the_list_goes_on_is_asked_for_at_its_end() -> None:
    assert known(negotiated("""
        C: CAP LS 302
        S: CAP * LS * :chghost
        S: CAP * NEW :server-time
        S: CAP * LS :batch
        C: CAP REQ :batch chghost server-time
        S: CAP * NAK :batch chghost server-time
        C: CAP REQ :batch
        C: CAP REQ :chghost
        C: CAP REQ :server-time
        """)) == ({"chghost": "", "server-time": "", "batch": ""}, set(), False)  # fmt: skip


def test_what_the_server_takes_back_or_marks() -> None:
    assert known(negotiated("""
        C: CAP LS 302
        S: CAP * LS :chghost server-time
        C: CAP REQ :chghost server-time
        S: CAP * ACK :~chghost =server-time
        S: CAP * ACK :-chghost
        S: CAP * NAK :chghost
        S: CAP * LIST :server-time
        """)) == ({"chghost": "", "server-time": ""}, {"server-time"}, True)  # fmt: skip


WORDS = st.sampled_from([*sorted(WANTED), "sasl", "sts=port=1", "-batch", "=", "=x", "~chghost"])


@given(
    st.lists(
        st.lists(
            st.sampled_from(["LS", "NEW", "DEL", "ACK", "NAK", "LIST", "*", ""])
            | st.lists(WORDS | st.text(max_size=5), max_size=6).map(" ".join)
            | st.text(),
            max_size=4,
        ),
        max_size=15,
    )
)
def test_nothing_that_a_server_says_breaks_it(messages: list[list[str]]) -> None:
    wanted = WANTED | {"sasl"}
    capabilities = Capabilities(wanted)
    asked = [line for arguments in messages for line in capabilities.hear(arguments)]
    assert all(line.startswith("CAP REQ :") and len(line) < 400 for line in asked)
    names = {name for line in asked for name in line.removeprefix("CAP REQ :").split(" ")}
    assert names <= wanted
    assert capabilities.enabled <= names


@pytest.mark.parametrize("arguments", [[], [""], ["LS"], ["NEW"], ["ACK"], ["END"]])
def test_an_empty_message_costs_nothing(arguments: list[str]) -> None:
    assert Capabilities(WANTED).hear(arguments) == []
