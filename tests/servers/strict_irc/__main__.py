"""Starts the server by hand, to try a client on it: `python -m tests.servers.strict_irc`."""

import argparse
import asyncio
import contextlib

from tests.servers.strict_irc import Account, Rules, StrictServer


def _account(text: str) -> Account:
    name, colon, password = text.partition(":")
    if not (name and colon and password):
        raise argparse.ArgumentTypeError("an account is NAME:PASSWORD")
    return Account(name, password)


async def _serve(options: argparse.Namespace) -> None:
    rules = Rules(speed=options.speed, first_is_op=options.first_is_op)
    accounts: list[Account] = options.account
    server = StrictServer(rules, accounts, host=options.host, port=options.port)
    async with server:
        known = ", ".join(account.name for account in accounts) or "none"
        print(
            f"A server for tests with Solanum's limits listens on {server.host} port {server.port},"
            f" without TLS. Accounts: {known}. Ctrl-C stops it.",
            flush=True,
        )
        await asyncio.Event().wait()


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m tests.servers.strict_irc")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=6667)
    parser.add_argument("--speed", type=float, default=1.0, help="seconds in a real one")
    parser.add_argument("--first-is-op", action="store_true", help="the first in a channel is op")
    parser.add_argument(
        "--account", type=_account, action="append", default=[], metavar="NAME:PASSWORD"
    )
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()
