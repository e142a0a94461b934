"""An OpenAI-compatible endpoint in the test's own process, that answers as the test says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

Reply = str | web.Response | dict[str, Any]


class OpenAIDouble:
    """Serves ``/v1/chat/completions`` on a free port.

    Args:
        reply: For each request's body its answer: a text; a whole answer as a dict; or an HTTP response.

    Attributes:
        bodies: Every request's body, in order of arrival.
        keys: Every request's Authorization header.
        most_at_once: The highest number of requests under way at a time.
        latency: Seconds before each answer.
        break_after: Cut the connection after so many pieces of a stream; None to send them all.
    """

    def __init__(self, reply: Callable[[dict[str, Any]], Reply]) -> None:
        self.reply = reply
        self.bodies: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.latency = 0.0
        self.break_after: int | None = None
        self.most_at_once = 0
        self._at_once = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/v1"

    async def __aenter__(self) -> OpenAIDouble:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.bodies.append(body)
        self.keys.append(request.headers.get("Authorization", ""))
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            await asyncio.sleep(self.latency)
            reply = self.reply(body)
            if isinstance(reply, web.Response):
                return reply
            if body.get("stream") and isinstance(reply, str):
                return await self._stream(request, reply)
            return web.json_response(completion(reply) if isinstance(reply, str) else reply)
        finally:
            self._at_once -= 1

    async def _stream(self, request: web.Request, text: str) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for number, piece in enumerate(text.split(" ")):
            if number == self.break_after:
                assert request.transport is not None
                request.transport.abort()
                return response
            await response.write(event(delta={"content": piece if number == 0 else f" {piece}"}))
        await response.write(event(delta={}, finish="stop"))
        usage = {"prompt_tokens": 11, "completion_tokens": 7}
        await response.write(f"data: {json.dumps({'choices': [], 'usage': usage})}\n\n".encode())
        await response.write(b"data: [DONE]\n\n")
        return response


def completion(text: str | None, *, finish: str = "stop", refusal: str | None = None) -> dict[str, Any]:
    """A whole answer."""
    message = {"role": "assistant", "content": text, "refusal": refusal}
    return {
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {"prompt_tokens": 11, "completion_tokens": 7},
    }


def failure(status: int, message: str, *, code: str = "", retry_after: float | None = 0) -> web.Response:
    """An error as such endpoints send it."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return web.json_response({"error": {"message": message, "code": code}}, status=status, headers=headers)


def event(delta: dict[str, Any], finish: str | None = None) -> bytes:
    """One event of a stream."""
    return f"data: {json.dumps({'choices': [{'index': 0, 'delta': delta, 'finish_reason': finish}]})}\n\n".encode()
