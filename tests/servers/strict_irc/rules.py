"""What the server enforces: every limit and every capability, as data."""

from dataclasses import dataclass

CAPABILITIES = frozenset({
    "account-notify", "account-tag", "away-notify", "batch", "cap-notify", "chghost",
    "echo-message", "extended-join", "labeled-response", "message-tags", "multi-prefix", "sasl",
    "server-time", "userhost-in-names",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody whom services know. The nick of that name is theirs. `fingerprint` is the SHA-256
    of their certificate, in lower-case hexadecimal digits."""

    name: str
    password: str
    fingerprint: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The limits of Solanum with its doc/reference.conf; a limit that is None is off.

    Seconds are the server's: `speed` of them pass in one real second. The names in brackets are
    Solanum's own for the same thing.
    """

    speed: float = 1.0

    # Lines, ircd/packet.c.
    burst: int | None = 5  # [client_flood_burst_max] at once, before registration too
    rate: int = 2  # [client_flood_message_num] a second beyond the burst
    grace: int = 40  # [client_flood_burst_rate] a second until the first message or mode
    queue: int | None = 20  # [client_flood_max_lines] more than that wait: "Excess Flood"

    # Whom one may write to, ircd/tgchange.c and modules/core/m_message.c.
    max_targets: int | None = 4  # of one PRIVMSG or NOTICE
    new_targets: int | None = 10  # [TGCHANGE_NUM] then one each `target_seconds`
    target_seconds: float = 60.0
    targets_after_excess: int | None = 4  # [TGCHANGE_INITIAL_LOW] for the same address, later
    channel_targets: bool = True  # [channel_target_change] a channel counts as a recipient
    inbound: int | None = 10  # [default_floodcount] messages that a nick or channel takes at once
    caller_id_seconds: float = 60.0  # [caller_id_wait]

    # Nicks and channels.
    nick_changes: int | None = 5  # [max_nick_changes] in `nick_seconds`
    nick_seconds: float = 20.0
    nick_length: int = 16
    channel_length: int = 50
    max_channels: int | None = 50  # [max_chans_per_user]
    monitor: int | None = 100  # [max_monitor]; None: the server has no MONITOR
    # Channels are registered ones, as those of a conference are: to be first gives no power.
    first_is_op: bool = False

    # Connections.
    password: str | None = None  # of the server, for PASS
    connections: int | None = None  # [throttle_count] in a minute from one address
    ping_seconds: float | None = 120.0  # silence after which the server asks, and then gives up
    ping_cookie: bool = False  # a PING has to be answered before registration ends
    flood_exempt: frozenset[str] = frozenset()  # accounts that may flood [flood_exempt]

    # What the server offers, IRCv3.
    capabilities: frozenset[str] = CAPABILITIES
    cap_bytes: int = 450  # of capabilities in one line of CAP LS
    tag_bytes: int | None = 4094  # of client tags, specification "message-tags"
    sasl: tuple[str, ...] = ("PLAIN", "EXTERNAL", "SCRAM-SHA-256")
    sasl_again: bool = True  # whoever has logged in may do so again; if not: 907
    sasl_forged: bool = False  # the server's own SCRAM signature is wrong
    sts: str | None = None  # its value, as "port={tls_port},duration=300"
    bot_mode: str | None = "B"
    whox: bool = True
    targmax: bool = True  # ISUPPORT says TARGMAX
    maxtargets: bool = False  # ISUPPORT says MAXTARGETS
    isupport: tuple[str, ...] = ()  # more words of ISUPPORT
    version: str = "solanum-1.0-strict"  # in 004: clients know by it which limits to expect
