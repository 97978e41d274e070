"""Subjects that people look for at the summit, and the sessions that are about them."""

import pytest

from tests.summit import Summit

# More than this many sessions beside the meant ones would bury them.
_BESIDE = 3

_SEARCHES = {
    "GlusterFS": {13},
    "WikiMedia": {13},
    "ZeroMQ": {17, 32, 131},
    "OpenFlow": {12},
    "vPro": {36},
    "RabbitMQ": {25, 114, 124},
    "SQS": {25},
    "AtomPub": {49},
    "StatsD": {43, 96},
    "CIMI": {74},
    "CDMI": {102},
    "IPAM": {65, 85, 93, 114},
    "eventlet": {37},
    "Gerrit": {64},
    "SPICE": {127},
    "Ceph": {124},
    "InfiniBand": {145},
    "Melange": {65, 79, 85},
    "Cloud Foundry": {143, 158},
    "Puppet": {71, 111, 152, 157},
    "XenServer": {29, 71, 114},
    "quota": {60, 83, 103},
    "DevStack": {89, 105, 130},
    "EC2": {26, 74, 140},
    "live migration": {4, 29},
    "RBAC": {5, 72},
}


@pytest.mark.parametrize(("subject", "meant"), _SEARCHES.items())
async def test_find_shows_every_session_about_a_subject_and_little_else(
    summit: Summit, subject: str, meant: set[int]
) -> None:
    found = await summit.ids(f"find {subject}")

    assert meant - set(found) == set()
    assert len(found) <= len(meant) + _BESIDE, found
    assert len(found) == len(set(found)), found


def test_all_searches_are_here() -> None:
    assert len(_SEARCHES) == 26
