"""How much of one client the server takes: lines, recipients, and messages to one nick."""

from collections.abc import Hashable

from tests.servers.strict_irc.rules import Rules

_REPLIES = 5  # [TGCHANGE_REPLY]


class Pace:
    """Reads lines no faster than ircd/packet.c does, round by round: one when lines come in, one
    when a second is over. Each line is counted after it has been executed."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._read = 0
        self._allowed: float = 0
        self._registered = False
        self._in_grace = True
        self.exempt = False

    def begin(self) -> None:
        """A round; what is allowed at its beginning is so until its end [parse_client_queued]."""
        burst = self._rules.burst
        if burst is None:
            self._allowed = float("inf")
        else:
            self._allowed = self._rules.grace if self._registered and self._in_grace else burst
            self._read = min(self._read, int(self._allowed))

    def may_read(self) -> bool:
        return self.exempt or self._read < self._allowed

    def count(self) -> None:
        self._read += 1

    def register(self) -> None:
        """Nothing that was sent for it counts any more, the line that ended it neither."""
        self._registered = True
        self._read = -1
        self.begin()

    def end_grace(self) -> None:
        """The client speaks [flood_endgrace]."""
        if self._registered and self._in_grace:
            self._in_grace = False
            self._read = 0

    def second(self) -> None:
        """Another second has passed [flood_recalc]."""
        if not self._registered:
            self._read = max(0, self._read - 1)
        elif self._in_grace:
            self._read = 0
        else:
            self._read = max(0, self._read - self._rules.rate)


class Targets:
    """Counts new recipients as ircd/tgchange.c does: a client keeps the ten whom it wrote to last,
    and five who wrote to it; whoever is not among them costs a slot, and slots come back slowly."""

    def __init__(self, rules: Rules) -> None:
        self._most = rules.new_targets
        self._seconds = rules.target_seconds
        self._known: list[Hashable] = []
        self._last = 0.0
        self._started = False
        self.free = rules.new_targets or 0

    def add(self, who: Hashable, now: float) -> bool:
        """Whether the client may write to them now [add_target]."""
        if self._most is None:
            return True
        if who in self._known:
            self._put(0, who)
            return True
        if self.free == self._most or not self._started:
            self._last, self._started = now, True
        elif back := int((now - self._last) / self._seconds):
            self.free = min(self._most, self.free + back)
            self._last = now
        elif self.free == 0:
            return False
        self._put(0, who)
        self.free -= 1
        return True

    def add_reply(self, who: Hashable) -> None:
        """They wrote to the client, who may answer [add_reply_target]."""
        if self._most is None or who in self._known[: self._most]:
            return
        self._put(self._most, who)

    def _put(self, index: int, who: Hashable) -> None:
        if who in self._known:
            self._known.remove(who)
        assert self._most is not None
        # Solanum's list has empty slots; a reply waits behind all ten of the client's own.
        while len(self._known) < index:
            self._known.append(object())
        self._known.insert(index, who)
        del self._known[self._most + _REPLIES :]


class Inbound:
    """Counts what reaches one nick or channel, from everybody together, as
    modules/core/m_message.c does in `flood_attack_client`: when it has been too much once,
    nothing arrives until all of it is forgotten, one message a second."""

    def __init__(self, rules: Rules) -> None:
        self._most = rules.inbound
        self._number = 0
        self._since = 0
        self._shut = False

    def take(self, now: float) -> bool:
        """Whether one more message arrives."""
        if self._most is None:
            return True
        second = int(now)
        if self._since + 1 < second:
            self._number -= second - self._since
            self._since = second
            if self._number <= 0:
                self._number, self._shut = 0, False
        if self._number >= self._most or self._shut:
            if not self._shut:
                self._number += 2
            self._shut = True
            return False
        self._number += 1
        return True
