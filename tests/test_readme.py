"""The README's table of commands is the commands."""

from pathlib import Path

from bot.commands import every

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
