"""Every command's examples are true on Monday at 9:20, and every command is described."""

import pytest

from bot.command import Command, Example
from bot.commands import TOPICS, by_alias, every, understood
from tests.commands.organising import Office
from tests.summit import Summit

EXAMPLES = [(command, example) for command in every() for example in command.examples]


@pytest.mark.parametrize(
    ("command", "example"), EXAMPLES, ids=[example.line for _, example in EXAMPLES]
)
async def test_an_example_says_what_the_command_answers(
    summit: Summit, command: Command, example: Example
) -> None:
    response = await summit.respond("somebody", example.line)
    assert response.command == command.name
    if command.organising:
        said = Office().say(example.line)
    else:
        said = await summit.say("somebody else", example.line)
    assert said[: len(example.says)] == list(example.says)


@pytest.mark.parametrize("command", every(), ids=lambda command: command.name)
def test_a_command_says_what_it_is_for(command: Command) -> None:
    assert command.examples, "an example is its help and its test"
    assert command.topic in TOPICS
    assert command.summary[0].islower()
    assert not command.summary.endswith(".")


def test_no_two_commands_share_a_name() -> None:
    names = [name for command in every() for name in (command.name, *command.aliases)]
    assert sorted(names) == sorted(by_alias()), "a word that two commands claim finds only one"


@pytest.mark.parametrize("alias", sorted(by_alias()))
async def test_every_alias_works_with_a_bang_in_any_case(summit: Summit, alias: str) -> None:
    response = await summit.respond("somebody", f"!{alias.upper()}")
    command = by_alias()[alias]
    assert response.command == command.name
    assert understood(alias) == (command, ""), "the alias is no argument"
    assert understood(f"{alias}  12 x") == (command, "12 x")


def test_no_alias_of_several_words_begins_with_the_name_of_a_command() -> None:
    names = {command.name for command in every()}
    assert [a for a in by_alias() if " " in a and a.split()[0] in names] == []
