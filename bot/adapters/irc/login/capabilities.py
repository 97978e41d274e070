"""Negotiates capabilities: what the server offers, what we ask for, what is in force.

IRCv3 specification "Client capability negotiation", version 302.
"""

from collections.abc import Collection, Sequence

WANTED = frozenset({
    # Who somebody is, and when they become somebody else.
    "account-notify", "account-tag", "chghost", "extended-join", "extended-monitor",
    "multi-prefix", "userhost-in-names",
    # Whether what we sent has arrived.
    "batch", "echo-message", "labeled-response", "message-tags",
    # When it was said, and what the server learns later.
    "cap-notify", "server-time",
})  # fmt: skip
"""What an attendee's bot uses; `sasl` comes in addition where it logs in."""

_NEEDS = {"labeled-response": ("batch", "message-tags")}
"""Without these it must not be used (labeled-response, "Dependencies")."""
_LONGEST_LIST = 300
"""Characters; the server repeats the list behind its own name and our nick, in 510 bytes."""


class Capabilities:
    """What is negotiated on one connection. It is fed what the server says and gives back the
    lines to send; `CAP END` is not among them: whoever logs in first decides when that goes out.

    `offered` is what the server has, with values ("" where there is none); `enabled` is in force.
    """

    def __init__(self, wanted: Collection[str]) -> None:
        self.offered: dict[str, str] = {}
        self.enabled: set[str] = set()
        # Clients must not request `sts` (sts, "Mechanism"): its value alone is of use.
        self._wanted = sorted(set(wanted) - {"sts"})
        self._listed = False
        self._requests: list[_Request] = []

    @property
    def settled(self) -> bool:
        """True when all that is offered is known and every request has been answered."""
        return self._listed and not self._requests

    def start(self) -> list[str]:
        """The lines that open the negotiation."""
        return ["CAP LS 302"]

    def hear(self, arguments: Sequence[str]) -> list[str]:
        """A CAP message without its first parameter, our nick: `LS`, (`*`,) and the list."""
        if not arguments:
            return []
        subcommand, *others = arguments
        names = others[-1].split() if others else []
        match subcommand.upper():
            case "LS":
                self._offer(names)
                if len(others) > 1 and others[0] == "*":
                    return []
                self._listed = True
                return self._request()
            case "NEW":
                self._offer(names)
                return self._request() if self._listed else []
            case "DEL":
                self._withdraw(names)
            case "ACK":
                self._acknowledge(names)
            case "NAK":
                return self._ask_one_by_one(names)
        return []

    def _offer(self, entries: list[str]) -> None:
        for entry in entries:
            name, _, value = entry.partition("=")
            if name:
                self.offered[name] = value

    def _request(self) -> list[str]:
        """Ask for what is wanted, offered and not asked for yet."""
        asked = self.enabled.union(*(request.names for request in self._requests))
        names = [name for name in self._wanted if name in self.offered and name not in asked]
        batches: list[list[str]] = []
        for name in names:
            if not all(need in self.offered for need in _NEEDS.get(name, ())):
                continue
            if not batches or len(" ".join([*batches[-1], name])) > _LONGEST_LIST:
                batches.append([])
            batches[-1].append(name)
        return [self._send(batch) for batch in batches]

    def _send(self, names: list[str]) -> str:
        self._requests.append(_Request(names))
        return f"CAP REQ :{' '.join(names)}"

    def _withdraw(self, names: list[str]) -> None:
        # A server cannot end its policy of TLS in this way (sts, "Mechanism").
        gone = set(names) - {"sts"}
        for name in gone:
            self.offered.pop(name, None)
        self.enabled -= gone
        for request in self._requests:
            request.drop(gone)
        self._forget_answered()

    def _acknowledge(self, names: list[str]) -> None:
        # Servers of old mark some names with `~` or `=`.
        plain = {name.lstrip("~=") for name in names if not name.startswith("-")}
        self.enabled -= {name[1:] for name in names if name.startswith("-")}
        for request in self._requests:
            request.acknowledge(plain)
            if not request.waiting:
                # An answer may be spread over several lines and counts when it is complete.
                self.enabled |= request.names
        self._forget_answered()

    def _ask_one_by_one(self, names: list[str]) -> list[str]:
        """A request is refused as a whole, even if the server minds one name only."""
        refused = next((r for r in self._requests if r.names.intersection(names)), None)
        if refused is None:
            return []
        self._requests.remove(refused)
        if len(refused.names) == 1:
            return []
        return [self._send([name]) for name in sorted(refused.names)]

    def _forget_answered(self) -> None:
        self._requests = [request for request in self._requests if request.waiting]


class _Request:
    """Names that were asked for in one line, and those of them without an answer."""

    def __init__(self, names: Collection[str]) -> None:
        self.names = set(names)
        self.waiting = set(names)

    def acknowledge(self, names: set[str]) -> None:
        self.waiting -= names

    def drop(self, names: set[str]) -> None:
        self.names -= names
        self.waiting -= names
