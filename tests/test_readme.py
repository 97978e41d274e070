"""What the README shows is what the program does."""

from pathlib import Path

from bot.commands import every
from tests.summit import Summit

README = Path(__file__).parent.parent / "README.md"


def test_the_table_has_every_command_with_its_usage_and_summary() -> None:
    rows = [
        row.split(" | ")[:2]
        for row in README.read_text(encoding="utf-8").replace("\\|", "/").splitlines()
        if row.startswith("| `") and not row.startswith("| `[")
    ]
    table = {call.strip("|` "): summary for call, summary in rows}
    assert table == {
        f"{command.name} {command.usage}".rstrip().replace("|", "/"): command.summary
        for command in every()
    }


async def test_the_answer_that_it_shows_is_the_answer(summit: Summit) -> None:
    section = README.read_text(encoding="utf-8").partition("## Ask once")[2]
    asked, shown = section.split("```")[1], section.split("```")[3]
    assert asked == "sh\n./summit-bot ask --at 'Monday 9:20' next Marina\n"
    assert shown.splitlines()[1:] == await summit.ask("next Marina")
