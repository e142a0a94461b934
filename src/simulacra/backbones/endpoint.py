"""One OpenAI-compatible endpoint over HTTP: retries, limits, time-outs, streams.

Why not through the OpenAI client: of CPU, a call of an endpoint without latency costs 2.9 ms with
``ChatOpenAI.ainvoke``, 2.0 ms with the client's ``create``, 1.1 ms with its bare ``post``, 0.33 ms here, 0.29 ms with
bare aiohttp (``python -m benchmarks backbones``). A thousand simulacra make about 2,000 calls a second, and they share
one core. A retry library's bookkeeping would add 0.04 ms to every call, whether it is retried or not.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit

import aiohttp
from aiolimiter import AsyncLimiter
from pydantic import Field

from simulacra.backbones.failures import PassingError, failure
from simulacra.domain.value import Value
from simulacra.errors import BackboneNotAvailableError, GenerationError

ResultT = TypeVar("ResultT")
Event = dict[str, Any]

_CONNECT_SECONDS = 10.0
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 20.0
_JITTER = 0.25
"""Seconds."""


class Limits(Value):
    """How an endpoint is used.

    Attributes:
        timeout: Seconds for an answer, or between two pieces of a stream.
        retries: Further attempts after 429, 5xx, a time-out or a cut connection.
        concurrency: Requests at one time.
        rpm: Requests begun in a minute; None for no limit.
    """

    timeout: float = Field(default=120.0, gt=0)
    retries: int = Field(default=4, ge=0)
    concurrency: int = Field(default=256, ge=1)
    rpm: int | None = Field(default=None, ge=1)


class Endpoint:
    """Posts chat requests to one address. Belongs to one event loop; connects at the first request.

    Args:
        base_url: The address up to and including ``/v1``.
        key: The key; empty for none.
        key_name: The environment variable that it came from, to be named in messages.
        limits: How the endpoint is used.

    Attributes:
        address: The base URL without secrets.
    """

    def __init__(self, base_url: str, key: str, key_name: str, limits: Limits) -> None:
        parts = urlsplit(base_url.rstrip("/"))
        self.address = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()
        self._url = parts._replace(path=f"{parts.path}/chat/completions").geturl()
        self._key = key
        self._key_name = key_name
        self._limits = limits
        self._places = asyncio.Semaphore(limits.concurrency)
        self._pace = AsyncLimiter(limits.rpm, 60) if limits.rpm else None
        self._session: aiohttp.ClientSession | None = None

    async def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Send a request and return the answer.

        Raises:
            GenerationError: It failed at every attempt, or was rejected.
            BackboneNotAvailableError: The endpoint, key or model is not to be had.
        """
        async with self._places:
            return await self._attempted(lambda: self._post_once(body))

    async def events(self, body: dict[str, Any]) -> AsyncIterator[Event]:
        """Send a request and return the answer's events as they come. Once the first is there, nothing is retried.

        Raises:
            GenerationError: It failed at every attempt, was rejected, or broke off.
            BackboneNotAvailableError: The endpoint, key or model is not to be had.
        """
        async with self._places:
            response, first = await self._attempted(lambda: self._begin_once(body))
            try:
                yield first
                while (event := await self._next_event(response)) is not None:
                    yield event
            except PassingError as error:
                raise error.final from error.__cause__
            finally:
                response.close()

    async def aclose(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _attempted(self, attempt: Callable[[], Awaitable[ResultT]]) -> ResultT:
        for number in itertools.count():
            try:
                return await attempt()
            except PassingError as error:
                if number == self._limits.retries:
                    raise error.final from error.__cause__
                await asyncio.sleep(_pause(number, error.retry_after))
        raise AssertionError("unreachable")

    async def _post_once(self, body: dict[str, Any]) -> dict[str, Any]:
        with self._plain_failures():
            async with await self._send(body, aiohttp.ClientTimeout(self._limits.timeout)) as response:
                content = await response.read()
                if response.status != 200:
                    raise self._failure(response, content, body["model"])
        return self._decoded(content)

    async def _begin_once(self, body: dict[str, Any]) -> tuple[aiohttp.ClientResponse, Event]:
        """Open a stream as far as its first event."""
        with self._plain_failures():
            response = await self._send(body, aiohttp.ClientTimeout(sock_read=self._limits.timeout))
            if response.status != 200:
                raise self._failure(response, await response.read(), body["model"])
        if response.content_type != "text/event-stream":
            response.close()
            raise GenerationError(
                f"{self.address} was asked to stream and sent {response.content_type}: use another endpoint."
            )
        try:
            first = await self._next_event(response)
            if first is None:
                raise PassingError(GenerationError(f"{self.address} sent an empty stream."))
        except BaseException:
            response.close()
            raise
        return response, first

    async def _next_event(self, response: aiohttp.ClientResponse) -> Event | None:
        """The next event of a stream; None at its proper end."""
        with self._plain_failures():
            async for line in response.content:
                if line.startswith(b"data:"):
                    data = line[5:].strip()
                    return None if data == b"[DONE]" else self._decoded(data)
        raise PassingError(GenerationError(f"{self.address} broke off in the middle of a stream: ask again."))

    async def _send(self, body: dict[str, Any], timeout: aiohttp.ClientTimeout) -> aiohttp.ClientResponse:
        if self._pace is not None:
            await self._pace.acquire()
        payload = json.dumps(body, ensure_ascii=False).encode()
        return await self._connected().post(self._url, data=payload, timeout=timeout)

    def _connected(self) -> aiohttp.ClientSession:
        if self._session is None:
            headers = {"Content-Type": "application/json"}
            if self._key and "@" not in urlsplit(self._url).netloc:  # a password in the address takes the key's place
                headers["Authorization"] = f"Bearer {self._key}"
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0),  # the semaphore limits, before the time-out begins to count
                headers=headers,
                proxy=_proxy_for(self._url),
            )
        return self._session

    def _decoded(self, content: bytes) -> dict[str, Any]:
        try:
            decoded = json.loads(content)
        except ValueError:
            decoded = None
        if not isinstance(decoded, dict):
            raise PassingError(
                GenerationError(
                    f"{self.address} did not answer in JSON: check that it is an OpenAI-compatible endpoint."
                )
            )
        return decoded

    def _failure(self, response: aiohttp.ClientResponse, content: bytes, model: str) -> Exception:
        return failure(
            response.status,
            content,
            response.headers,
            where=self.address,
            model=model,
            key=self._key,
            key_name=self._key_name,
        )

    @contextmanager
    def _plain_failures(self) -> Iterator[None]:
        try:
            yield
        except TimeoutError as error:
            raise PassingError(
                GenerationError(
                    f"{self.address} did not answer within {self._limits.timeout:g} seconds: raise timeout= in the "
                    "spec, or lower concurrency=."
                )
            ) from error
        except aiohttp.ClientConnectorError as error:
            raise PassingError(
                BackboneNotAvailableError(
                    f"Nothing answers at {self.address} ({error.strerror or error.os_error}): start the endpoint "
                    "there, or mend the address."
                )
            ) from error
        except aiohttp.ClientError as error:
            raise PassingError(
                GenerationError(f"The connection to {self.address} broke off ({type(error).__name__}): ask again.")
            ) from error


def _pause(number: int, asked_for: float | None) -> float:
    """Seconds to wait after the given attempt, from 0: what the server asked for, or else twice as long each time.

    A random part is added, so that callers do not all come back at once.
    """
    if asked_for is not None:
        return asked_for + _JITTER * random.random()
    return min(_FIRST_PAUSE * 2.0**number, _LONGEST_PAUSE) * (1 + random.random()) / 2


def _proxy_for(url: str) -> str | None:
    """The proxy that the environment names for the address; looked up once and not for every request."""
    parts = urlsplit(url)
    if urllib.request.proxy_bypass(parts.hostname or ""):
        return None
    return urllib.request.getproxies().get(parts.scheme)
