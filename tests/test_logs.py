"""What the log says, and what it must never say: a real process, and what it writes."""

import os
import re
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

BEGIN = """
import asyncio, gc, logging, structlog
from bot.logs import to_standard_error
to_standard_error(logging.INFO)
own, stdlib = structlog.get_logger("bot.courier"), logging.getLogger("bot.engine")
library = logging.getLogger("library.deep.inside")

def failing():
    raise ValueError("what ada wrote\\nto bob")
"""

CASES = {
    "an event with the key of its message": (
        'own.info("told", network="irc", key="k-1")',
        "told network=irc key=k-1",
    ),
    "values with blanks": (
        'own.warning("unreachable", network="irc", reason="no such nick")',
        "unreachable network=irc reason='no such nick'",
    ),
    "values with ends of lines": (
        'own.warning("unreachable", reason="no\\nsuch")',
        "unreachable reason='no\\nsuch'",
    ),
    "a sentence": (
        'own.warning("The database is back.", network="irc")',
        "The database is back. network=irc",
    ),
    "what is not to be shown": ('own.debug("told"); stdlib.debug("x"); library.debug("y")', ""),
    "an exception in an event": (
        'try: failing()\nexcept ValueError: own.exception("failed", network="irc", tries=2)',
        "failed network=irc tries=2 error=ValueError at=<string>:9",
    ),
    "an exception in an event, by hand": (
        'try: failing()\nexcept ValueError as e: own.warning("not delivered", key="k", exc_info=e)',
        "not delivered key=k error=ValueError at=<string>:9",
    ),
    "an exception at hand that is none": ('own.warning("odd", exc_info=True)', "odd"),
    "an exception in the standard library's way": (
        'try: failing()\nexcept ValueError: stdlib.exception("invocation %s failed: %s", 7, "now")',
        "invocation 7 failed: now error=ValueError at=<string>:9",
    ),
    "an exception of a library": (
        'try: failing()\nexcept ValueError: library.error("oh", exc_info=True, stack_info=True)',
        "oh error=ValueError at=<string>:9",
    ),
    "an exception that nobody has caught, of a task": (
        "async def main():\n"
        "    async def fails(): failing()\n"
        "    task = asyncio.create_task(fails())\n"
        "    await asyncio.wait([task]); del task; gc.collect()\n"
        "asyncio.run(main())",
        "Task exception was never retrieved error=ValueError at=<string>:9",
    ),
    "an exception of a callback": (
        "async def main():\n"
        "    asyncio.get_running_loop().call_soon(failing); await asyncio.sleep(0)\n"
        "asyncio.run(main())",
        "Exception in callback failing() at <string>:8 error=ValueError at=<string>:9",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_one_line_says_what_happened_and_no_more(case: str) -> None:
    script, line = CASES[case]
    done = subprocess.run(
        (sys.executable, "-c", BEGIN + script), cwd=ROOT,
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    expected = f"summit-bot: {line}\n" if line else ""
    assert (done.returncode, done.stdout, done.stderr) == (0, "", expected)


def test_a_line_begins_with_the_local_time_where_that_is_wanted() -> None:
    script = BEGIN.replace("(logging.INFO)", "(logging.INFO, stamped=True)")
    script += CASES["an event with the key of its message"][0]
    before = datetime.fromtimestamp(time.time(), UTC).replace(microsecond=0)
    done = subprocess.run(
        (sys.executable, "-c", script), cwd=ROOT, env=os.environ | {"TZ": "Asia/Kolkata"},
        capture_output=True, text=True, timeout=30, check=True,
    )  # fmt: skip
    stamp, _, line = done.stderr.partition(" ")
    assert line == "summit-bot: told network=irc key=k-1\n"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+05:30", stamp)
    after = datetime.fromtimestamp(time.time(), UTC)
    assert before <= datetime.fromisoformat(stamp) <= after


def test_libraries_are_heard_from_warnings_on_however_much_is_logged() -> None:
    script = BEGIN.replace("(logging.INFO)", "(logging.DEBUG)")
    script += 'library.info("PASS secret"); own.debug("told"); library.warning("slow")'
    done = subprocess.run(
        (sys.executable, "-c", script), cwd=ROOT,
        capture_output=True, text=True, timeout=30, check=True,
    )  # fmt: skip
    assert done.stderr == "summit-bot: told\nsummit-bot: slow\n"
