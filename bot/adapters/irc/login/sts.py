"""Strict Transport Security: which hosts are spoken to over TLS only, and until when.

IRCv3 specification "Strict Transport Security (STS)"; the value is that of the capability `sts`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType

_LONGEST = timedelta(days=3650)
"""A server that asks for more gets this much."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A host must not be spoken to without TLS before `until` (real time, UTC); `port` is where it
    was, `duration` what it asked for last."""

    port: int
    duration: timedelta
    until: datetime


@dataclass(frozen=True, slots=True)
class Policies:
    """Those that are remembered, by host."""

    hosts: Mapping[str, Policy] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, host: str, now: datetime) -> Policy | None:
        """The policy of a host, if it is still in force."""
        policy = self.hosts.get(_name(host))
        return policy if policy is not None and now < policy.until else None

    def heard(
        self, host: str, port: int, value: str, now: datetime, *, verified: bool
    ) -> "Policies":
        """After a TLS connection at this port has got this value, with CAP LS or CAP NEW. A
        certificate that was not verified sets no policy, and ends none."""
        duration = _duration(value)
        if duration is None or not verified:
            return self
        others = {name: policy for name, policy in self.hosts.items() if name != _name(host)}
        if duration:
            others[_name(host)] = Policy(port, duration, now + duration)
        return Policies(MappingProxyType(others))

    def left(self, host: str, now: datetime) -> "Policies":
        """After the end of a connection that got a value, from when on it counts ("Rescheduling
        expiry on disconnect")."""
        policy = self.hosts.get(_name(host))
        if policy is None:
            return self
        longer = replace(policy, until=now + policy.duration)
        return Policies(MappingProxyType({**self.hosts, _name(host): longer}))

    def to_json(self) -> str:
        """As an adapter keeps it."""
        return json.dumps({
            host: {
                "port": policy.port,
                "duration": int(policy.duration.total_seconds()),
                "until": policy.until.isoformat(),
            }
            for host, policy in sorted(self.hosts.items())
        })  # fmt: skip


def policies_from(text: str | None) -> Policies:
    """What `to_json` wrote; what cannot be read of it is forgotten."""
    try:
        entries = json.loads(text or "{}")
    except (ValueError, RecursionError):
        entries = {}
    if not isinstance(entries, dict):
        entries = {}
    read = {host: _policy(entry) for host, entry in entries.items()}
    return Policies(MappingProxyType({host: policy for host, policy in read.items() if policy}))


def upgrade_port(value: str) -> int | None:
    """The port to which a connection without TLS has to change before it registers; None if the
    value asks for nothing or is malformed."""
    tokens = _tokens(value)
    port = _number(tokens.get("port", ""))
    return port if port is not None and 0 < port < 65536 else None


def route(policy: Policy | None, port: int, tls: bool) -> tuple[int, bool]:
    """Where to connect, and whether with TLS, if these are the settings."""
    return (policy.port, True) if policy is not None and not tls else (port, tls)


def objection(host: str, policy: Policy | None, *, verified: bool) -> str | None:
    """Why the bot must not connect with certificates that nobody verifies."""
    if policy is None or verified:
        return None
    return (
        f"{host} wants to be spoken to over verified TLS only, until {policy.until:%Y-%m-%d}:"
        " set tls_verify = true, or tls_fingerprint to the SHA-256 of its certificate."
    )


def _duration(value: str) -> timedelta | None:
    seconds = _number(_tokens(value).get("duration", ""))
    return None if seconds is None else min(timedelta(seconds=seconds), _LONGEST)


def _tokens(value: str) -> dict[str, str]:
    """The keys with their values; none at all if one is there twice, which is an error."""
    pairs = [token.partition("=") for token in value.split(",")]
    tokens = {key: content for key, _, content in pairs}
    return tokens if len(tokens) == len(pairs) else {}


def _number(text: str) -> int | None:
    # Twelve digits are 30,000 years of seconds, and more than a timedelta takes is nobody's wish.
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else None


def _policy(entry: object) -> Policy | None:
    match entry:
        case {"port": int(port), "duration": int(seconds), "until": str(text)}:
            pass
        case _:
            return None
    try:
        until = datetime.fromisoformat(text)
        duration = timedelta(seconds=seconds)
    except (ValueError, OverflowError):
        return None
    sensible = 0 < port < 65536 and timedelta() < duration <= _LONGEST and until.tzinfo is not None
    return Policy(port, duration, until) if sensible else None


def _name(host: str) -> str:
    return host.lower().rstrip(".")
