"""Block Kit as Slack checks it, with every limit that it documents."""

from tests.servers.slack.blocks.checking import actions_in, check_blocks, problems_of
from tests.servers.slack.blocks.kinds import Surface

__all__ = ["Surface", "actions_in", "check_blocks", "problems_of"]
