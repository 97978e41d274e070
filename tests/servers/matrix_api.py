"""Requests to a Matrix homeserver: the client-server API, and the administrators' beside it."""

from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from aiohttp import ClientSession, ClientTimeout
from yarl import URL

_CLIENT = "_matrix/client/v3"
# Half of this is how long an answer to /sync may wait for news.
_PATIENCE = ClientTimeout(total=60)


class Refused(Exception):
    """The server did not do it; the message is what it answered."""

    def __init__(self, status: int, answer: dict[str, Any]) -> None:
        super().__init__(f"{status} {answer}")
        self.status = status
        self.code = str(answer.get("errcode"))
        self.retry_after: int | None = answer.get("retry_after_ms")


class Api:
    """One client's requests, in an `async with`; what is put into a path is quoted.

    They raise Refused, and errors of aiohttp where the server is away."""

    def __init__(self, url: str, token: str = "") -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def __aenter__(self) -> Self:
        self._session = ClientSession(headers=self._headers, timeout=_PATIENCE)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        await self._session.close()

    async def get(self, *path: str, base: str = _CLIENT, **query: str) -> dict[str, Any]:
        return await self._ask("GET", path, base, None, query)

    async def post(
        self, *path: str, base: str = _CLIENT, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        return await self._ask("POST", path, base, body or {}, {})

    async def put(
        self, *path: str, base: str = _CLIENT, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        return await self._ask("PUT", path, base, body or {}, {})

    async def _ask(
        self, method: str, path: tuple[str, ...], base: str, body: dict[str, Any] | None,
        query: dict[str, str],
    ) -> dict[str, Any]:  # fmt: skip
        words = "/".join(quote(word, safe="") for word in path)
        url = URL(f"{self._url}/{base}/{words}", encoded=True).with_query(query)
        async with self._session.request(method, url, json=body) as response:
            answer: dict[str, Any] = await response.json()
        if response.status != 200:
            raise Refused(response.status, answer)
        return answer
