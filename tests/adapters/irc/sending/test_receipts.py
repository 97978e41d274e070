"""Which messages are known to be taken, or not, by echo, label, PONG and refusal."""

import asyncio

from bot.adapters.irc.sending.receipts import Receipt, Receipts, Refused
from tests.test_pacer import simulated

GONE, TOO_LONG, TOO_MANY = Refused("401"), Refused("417"), Refused("407")


def fate(*receipts: Receipt) -> str:
    """`+` taken, `-` refused, `?` not known."""

    def one(receipt: Receipt) -> str:
        if not receipt.taken.done():
            return "?"
        return "+" if receipt.taken.exception() is None else "-"

    return "".join(map(one, receipts))


@simulated
async def test_an_echo_is_of_the_oldest_message_to_its_target() -> None:
    receipts = Receipts(str.lower)
    said = [*receipts.written(["ada", "Bob"]), *receipts.written(["ADA"])]
    receipts.echoed("Ada")
    assert fate(*said) == "+??"
    receipts.echoed("ada")
    receipts.echoed("ada")
    receipts.echoed("carl")
    assert fate(*said) == "+?+"


@simulated
async def test_a_pong_tells_of_all_that_was_written_before_its_ping() -> None:
    receipts = Receipts(str.lower)
    first = receipts.written(["ada", "bob"])
    receipts.pinged("1")
    second = receipts.written(["ada"], wanted=False)
    receipts.pinged("2")
    third = receipts.written(["ada"])
    receipts.refused("bob", GONE)
    receipts.ponged("another")
    receipts.ponged("1")
    receipts.ponged("1")
    assert fate(*first, *second, *third) == "+-??"
    receipts.ponged("2")
    assert fate(*first, *second, *third) == "+-+?"


@simulated
async def test_a_refusal_is_of_the_oldest_message_to_its_target() -> None:
    receipts = Receipts(str.lower)
    said = [*receipts.written(["ada", "bob"]), *receipts.written(["bob"])]
    assert receipts.refused("BOB", GONE)
    assert fate(*said) == "?-?"
    assert not receipts.refused("carl", GONE)
    assert receipts.refused("bob", GONE)
    assert not receipts.refused("bob", GONE)
    assert fate(*said) == "?--"
    assert said[1].taken.exception() is GONE


@simulated
async def test_a_line_that_was_too_long_reached_nobody() -> None:
    receipts = Receipts(str.lower)
    first, second = receipts.written(["ada", "bob"]), receipts.written(["ada"])
    assert receipts.refused(None, TOO_LONG)
    assert fate(*first, *second) == "--?"


@simulated
async def test_behind_the_target_that_was_too_many_nobody_is_reached() -> None:
    receipts = Receipts(str.lower)
    said = [*receipts.written(["ada", "bob", "carl"]), *receipts.written(["carl"])]
    assert receipts.refused("bob", TOO_MANY)
    receipts.ponged("unknown")
    assert fate(*said) == "?--?"


@simulated
async def test_an_answer_with_a_label_is_of_its_line() -> None:
    receipts = Receipts(str.lower)
    first = receipts.written(["ada", "bob"], "m1")
    second = receipts.written(["ada"], "m2")
    receipts.answered("m2")
    receipts.answered("m3")
    assert fate(*first, *second) == "??+"
    # In a batch, a refusal carries no label: the line's answer has not ended.
    receipts.refused("ada", GONE)
    assert fate(*first) == "-?"
    receipts.answered("m1")
    assert fate(*first) == "-+"


@simulated
async def test_a_single_refusal_with_a_label_is_the_whole_answer() -> None:
    receipts = Receipts(str.lower)
    before = receipts.written(["bob"])
    first = receipts.written(["ada", "bob"], "m1")
    second = receipts.written(["ada"], "m2")
    assert not receipts.refused("carl", GONE, "m1")
    assert receipts.refused("bob", GONE, "m1")
    assert fate(*before, *first, *second) == "?+-?"
    assert receipts.refused(None, TOO_LONG, "m2")
    assert not receipts.refused(None, TOO_LONG, "m2")
    assert fate(*second) == "-"


@simulated
async def test_labels_are_forgotten_with_their_lines() -> None:
    receipts = Receipts(str.lower)
    receipts.written(["ada"], "m1")
    receipts.pinged("1")
    second = receipts.written(["ada"], "m2")
    receipts.ponged("1")
    assert list(receipts._labels) == ["m2"]
    receipts.answered("m1")
    receipts.answered("m2")
    assert fate(*second) == "+"
    assert not receipts._labels


@simulated
async def test_what_no_ping_follows_is_known_with_its_age() -> None:
    def unpinged() -> list[tuple[int, float | None]]:
        both = (True, False)
        return [(receipts.unpinged(wanted=w), receipts.oldest_unpinged(wanted=w)) for w in both]

    receipts = Receipts(str.lower)
    assert unpinged() == [(0, None), (0, None)]
    receipts.written(["ada", "bob"])
    await asyncio.sleep(1)
    receipts.written(["ada"], wanted=False)
    receipts.written(["carl"])
    assert unpinged() == [(3, 0), (1, 1)]
    receipts.echoed("ada")
    receipts.echoed("bob")
    assert unpinged() == [(1, 1), (1, 1)]
    receipts.pinged("1")
    assert unpinged() == [(0, None), (0, None)]


@simulated
async def test_what_a_lost_connection_took_is_never_known() -> None:
    receipts = Receipts(str.lower)
    said = receipts.written(["ada"], "m1")
    waited_for_no_more = receipts.written(["bob"])
    waited_for_no_more[0].taken.cancel()
    receipts.lost()
    said += receipts.written(["ada"])
    assert [str(receipt.taken.exception()) for receipt in said] == ["lost", "lost"]
    assert not receipts._open
