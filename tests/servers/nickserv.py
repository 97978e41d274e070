"""Registers accounts with the services of a server, as a person would, and once for all tests."""

import asyncio
from contextlib import closing

from tests.servers.irc_server import Server


class Refused(Exception):
    """NickServ would not; the message is its answer."""


async def register(
    server: Server, account: str, password: str, fingerprint: str | None = None
) -> None:
    """Make an account, with a certificate (`Certificate.fingerprint`) that is enough to log in.

    It takes inspircd a second. Raises Refused, for one if the account is there."""
    assert server.accounts, f"{server.software} has no accounts"
    async with asyncio.timeout(20):
        reader, writer = await asyncio.open_connection(server.host, server.port)
        with closing(writer):
            await _register(reader, writer, server.password, account, password, fingerprint)
            # The nick is free again when the server closes.
            writer.write(b"QUIT\r\n")
            await reader.read()
        await writer.wait_closed()


async def _register(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    server_password: str,
    account: str,
    password: str,
    fingerprint: str | None,
) -> None:
    async def ask(question: str, answers: tuple[str, ...]) -> str:
        writer.write(f"{question}\r\n".encode())
        while line := (await reader.readline()).decode().rstrip():
            if any(answer in line for answer in answers):
                return line
        raise Refused("the connection ended")

    async def ask_nickserv(question: str, done: str) -> None:
        answer = await ask(f"PRIVMSG NickServ :{question}", (" NOTICE ", " 401 "))
        if done not in answer:
            raise Refused(answer)

    greeting = f"NICK {account}\r\nUSER {account} 0 * :{account}"
    if server_password:
        greeting = f"PASS {server_password}\r\n{greeting}"
    greeted = await ask(greeting, (" 001 ", " 432 ", " 433 "))
    if " 001 " not in greeted:
        raise Refused(greeted)
    await ask_nickserv(f"REGISTER {password} {account}@example.org", "is now registered")
    if fingerprint:
        await ask_nickserv(f"CERT ADD {fingerprint}", "Added fingerprint")
