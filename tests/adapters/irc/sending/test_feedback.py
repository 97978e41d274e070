"""What the server says about our messages ends the receipt that it is about."""

import asyncio

import pytest

from bot.adapters.irc.sending.feedback import Feedback
from bot.adapters.irc.sending.receipts import Receipts, Refused
from bot.adapters.irc.wire import Heard
from tests.adapters.irc.hearing import heard


class Said:
    """Messages that were written, and what becomes of them."""

    def __init__(self, *targets: str, label: str | None = None) -> None:
        self.receipts = Receipts(str.lower)
        self.too_many = list[str]()
        self._feedback = Feedback(self.receipts, self.too_many.append)
        written = [targets] if label is not None else [(target,) for target in targets]
        receipts = [receipt for line in written for receipt in self.receipts.written(line, label)]
        self._taken = list(zip(targets, receipts, strict=True))

    def hears(self, *lines: str, **tags: str) -> None:
        for line in lines:
            said = heard(line)
            self._feedback.hear(Heard(said.type, said.source, said.target, said.arguments, tags))

    @property
    def outcomes(self) -> dict[str, str]:
        return {target: _outcome(receipt.taken) for target, receipt in self._taken}


def _outcome(taken: "asyncio.Future[None]") -> str:
    if not taken.done():
        return "open"
    problem = taken.exception()
    return problem.code if isinstance(problem, Refused) else "taken"


@pytest.mark.parametrize(
    "code",
    ["401", "404", "408", "415", "477", "486", "494", "531", "716"],
)
async def test_a_refusal_is_that_of_its_target(code: str) -> None:
    said = Said("ada", "bob")
    said.hears(f":server {code} me BOB :no")
    assert said.outcomes == {"ada": "open", "bob": code}
    assert said.too_many == []


@pytest.mark.parametrize("code", ["707", "439"])
async def test_too_many_recipients_are_told(code: str) -> None:
    said = Said("ada")
    said.hears(f":server {code} me ada :Targets changing too fast, message dropped")
    assert said.outcomes == {"ada": code}
    assert said.too_many == ["ada"]


async def test_what_servers_say_before_registration_is_about_nobody() -> None:
    said = Said("ada")
    said.hears(":server 439 * :Please wait while we process your connection.")
    assert said.outcomes == {"ada": "open"}
    assert said.too_many == []


async def test_a_notice_of_the_server_about_throttling() -> None:
    said = Said("ada", "bob")
    said.hears(":server PRIVNOTICE me :*** Message to bob throttled due to flooding")
    assert said.outcomes == {"ada": "open", "bob": "throttled"}


async def test_people_cannot_say_that_something_was_throttled() -> None:
    said = Said("ada")
    said.hears(":eve!e@h PRIVNOTICE me :*** Message to ada throttled due to flooding")
    assert said.outcomes == {"ada": "open"}


async def test_a_line_that_was_too_long_is_the_first_that_is_open() -> None:
    said = Said("ada", "bob")
    said.hears(":server 417 me :Input line was too long")
    assert said.outcomes == {"ada": "417", "bob": "open"}


async def test_a_pong_takes_what_was_written_before() -> None:
    said = Said("ada")
    said.receipts.pinged("t1")
    said.receipts.written(["bob"])
    said.hears(":server PONG server :t1")
    assert said.outcomes == {"ada": "taken"}


async def test_an_acknowledged_label() -> None:
    said = Said("ada", label="m1")
    said.hears(":server ACK", label="m1")
    assert said.outcomes == {"ada": "taken"}


async def test_a_labelled_batch_takes_all_that_was_not_refused_in_it() -> None:
    said = Said("ada", "bob", label="m1")
    said.hears(":server BATCH +x labeled-response", label="m1")
    said.hears(":server 401 me bob :No such nick", batch="x")
    assert said.outcomes == {"ada": "open", "bob": "401"}
    said.hears(":server BATCH -x")
    assert said.outcomes == {"ada": "taken", "bob": "401"}


async def test_other_batches_are_none_of_ours() -> None:
    said = Said("ada", label="m1")
    said.hears(":server BATCH +x netsplit a b", ":server BATCH -x", ":server BATCH -y")
    assert said.outcomes == {"ada": "open"}
