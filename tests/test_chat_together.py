"""Several chats on one PostgreSQL database."""

from pathlib import Path

from tests.servers.postgres import empty
from tests.store.test_alone import CHAT, chat
from tests.test_cli import refused


def test_two_chats_are_those_of_two_people(postgresql: str, tmp_path: Path) -> None:
    empty(postgresql)
    with chat(postgresql, tmp_path) as first:
        assert refused(*CHAT, postgresql, cwd=tmp_path) == (
            "Somebody called 'you' is chatting on this database: take another name with --as,"
            " or wait half a minute if that chat has crashed."
        )
        with chat(postgresql, tmp_path, "--as", "ada"):
            pass
        assert first.stdin is not None
        first.stdin.close()
        assert first.wait(timeout=60) == 0
    with chat(postgresql, tmp_path):
        pass
