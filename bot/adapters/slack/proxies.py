"""Knows by which proxy Slack is reached, as the environment says: HTTPS_PROXY or HTTP_PROXY, unless
NO_PROXY names the host."""

from urllib.parse import urlsplit
from urllib.request import proxy_bypass

from slack_sdk.proxy_env_variable_loader import load_http_proxy_from_env

from bot.adapters.slack.silence import SILENT


def proxy_for(url: str) -> str | None:
    """The URL of the proxy for this one; None if it is reached without."""
    found = load_http_proxy_from_env(SILENT)
    host = urlsplit(url).netloc.rpartition("@")[2]
    return None if found is None or proxy_bypass(host) else found
