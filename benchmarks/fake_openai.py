"""An OpenAI-compatible endpoint without a model: for latency, concurrency, prompt sizes and faults.

    python -m benchmarks.fake_openai --port 8123 --latency-ms 100 --log requests.jsonl

The base URL is ``http://127.0.0.1:8123/v1``; any key and any model will do. Replies depend on nothing but the prompt:
words from a small vocabulary, or a valid instance where ``response_format`` gives a JSON schema. ``GET /stats`` tells
what was asked since the last ``POST /reset``.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import random
import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import IO, Any

import orjson
from aiohttp import web

BLOCK = 64
"""Characters; prefixes are compared in whole blocks, as serving engines do with tokens."""

CHARACTERS_A_TOKEN = 4
WORDS_A_SENTENCE = 15

_FREQUENT = (
    "the and to of a I was in it that he my she had for with at on but we her his they not as were when so said me"
)
_SYLLABLES = [f"{first}{second}" for first in "bdfgklmnprst" for second in ("a", "e", "i", "o", "u", "an", "er", "il")]
VOCABULARY = [*_FREQUENT.split(), *(f"{first}{second}" for second in _SYLLABLES for first in _SYLLABLES[::4])]
"""As many words as a life story has, the frequent ones first."""

_FREQUENCIES = list(accumulate(1 / (rank + 3) for rank in range(len(VOCABULARY))))
"""Zipf's law, summed up."""


# ---------------------------------------------------------------- replies


def words(seed: int, number: int) -> str:
    """Sentences of that many words altogether."""
    chosen = random.Random(seed).choices(VOCABULARY, cum_weights=_FREQUENCIES, k=number)
    sentences = (chosen[start : start + WORDS_A_SENTENCE] for start in range(0, number, WORDS_A_SENTENCE))
    return " ".join(f"{' '.join(each).capitalize()}." for each in sentences)


def instance(schema: Any, root: Any, seed: int, length: int) -> Any:
    """A value that a JSON schema allows; texts have ``length`` words, lists two items where they may."""
    if not isinstance(schema, dict):
        return words(seed, length)
    if "$ref" in schema:
        target = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        return instance(target, root, seed, length)
    for name in ("anyOf", "oneOf", "allOf"):
        if name in schema:
            return instance(schema[name][0], root, seed, length)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][seed % len(schema["enum"])]
    match schema.get("type", "object" if "properties" in schema else "string"):
        case "object":
            properties = schema.get("properties", {}).items()
            return {name: instance(each, root, seed + n, length) for n, (name, each) in enumerate(properties)}
        case "array":
            number = min(max(schema.get("minItems", 0), 2), schema.get("maxItems", 2))
            return [instance(schema.get("items"), root, seed + n, min(length, 6)) for n in range(number)]
        case "integer" | "number":
            return schema.get("minimum", schema.get("maximum", 1))
        case "boolean":
            return bool(seed % 2)
        case "null":
            return None
    return words(seed, length)


# ---------------------------------------------------------------- statistics


@dataclass
class Statistics:
    """What was asked since the last reset.

    Attributes:
        max_inflight: The most requests at one time that had arrived and were not answered.
        max_active: The most of them at one time that had a place.
        prefix_seen_chars: Leading characters of prompts, in whole blocks, that an earlier prompt had as well.
        exact_repeats: Prompts that had been asked before, word for word.
    """

    requests: int = 0
    failed: int = 0
    malformed: int = 0
    inflight: int = 0
    max_inflight: int = 0
    active: int = 0
    max_active: int = 0
    prompt_chars: int = 0
    completion_chars: int = 0
    prefix_seen_chars: int = 0
    exact_repeats: int = 0
    first_in: float = 0.0
    last_out: float = 0.0
    _blocks: set[int] = field(default_factory=set)
    _prompts: set[bytes] = field(default_factory=set)

    def take_in(self, prompt: str, digest: bytes) -> int:
        """Count a prompt, and return how much of its beginning was known."""
        self.prompt_chars += len(prompt)
        self.exact_repeats += digest in self._prompts
        self._prompts.add(digest)
        known = self._known_prefix(prompt)
        self.prefix_seen_chars += known
        return known

    def as_json(self) -> dict[str, Any]:
        public = {name: value for name, value in vars(self).items() if not name.startswith("_")}
        share = self.prefix_seen_chars / self.prompt_chars if self.prompt_chars else 0.0
        return {**public, "prefix_share": round(share, 4)}

    def _known_prefix(self, prompt: str) -> int:
        so_far, known, new = 0, 0, False
        for start in range(0, len(prompt) - BLOCK + 1, BLOCK):
            so_far = hash((so_far, prompt[start : start + BLOCK]))
            new = new or so_far not in self._blocks
            if new:
                self._blocks.add(so_far)
            else:
                known += BLOCK
        return known


# ---------------------------------------------------------------- the server


class FakeEndpoint:
    """Answers chat requests.

    Args:
        options: From the command line.
        log: Where a line for each request goes.
    """

    def __init__(self, options: argparse.Namespace, log: IO[bytes] | None) -> None:
        self.options, self.log = options, log
        self._places = asyncio.Semaphore(options.max_concurrency) if options.max_concurrency else None
        self._reset()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        match request.path:
            case "/v1/chat/completions":
                return await self._chat(request)
            case "/stats":
                if self.log:
                    self.log.flush()
                return _json(self.statistics.as_json())
            case "/reset":
                last = self.statistics.as_json()
                self._reset()
                return _json(last)
        return _json({"error": {"message": "no such path"}}, status=404)

    def _reset(self) -> None:
        self.statistics = Statistics()
        self._chance = random.Random(self.options.seed)

    async def _chat(self, request: web.BaseRequest) -> web.StreamResponse:
        counted = self.statistics
        came = time.time()
        counted.first_in = counted.first_in or came
        counted.requests += 1
        counted.inflight += 1
        counted.max_inflight = max(counted.max_inflight, counted.inflight)
        record: dict[str, Any] = {"t_in": came, "inflight": counted.inflight}
        try:
            return await self._answered(request, record)
        finally:
            counted.inflight -= 1
            counted.last_out = record["t_out"] = time.time()
            if self.log:
                self.log.write(orjson.dumps(record) + b"\n")

    async def _answered(self, request: web.BaseRequest, record: dict[str, Any]) -> web.StreamResponse:
        counted, options = self.statistics, self.options
        body = orjson.loads(await request.read())
        prompt = "".join(f"<|{each['role']}|>\n{each['content']}\n" for each in body["messages"])
        digest = hashlib.blake2b(prompt.encode("utf-8", "replace"), digest_size=8).digest()
        known = counted.take_in(prompt, digest)
        text = self._text(body, int.from_bytes(digest) & 0x7FFFFFFF)
        fails = options.fail_rate and self._chance.random() < options.fail_rate
        if options.malformed_rate and self._chance.random() < options.malformed_rate:
            text = text[: len(text) // 2] + '{"'
            counted.malformed += 1
        counted.completion_chars += len(text)
        record.update(prompt_chars=len(prompt), prefix_seen=known, completion_chars=len(text), hash=digest.hex())
        if self._places:
            await self._places.acquire()
        try:
            counted.active += 1
            counted.max_active = max(counted.max_active, counted.active)
            if fails:
                return await self._failed(record)
            asked, tokens = len(prompt) // CHARACTERS_A_TOKEN, len(text) // CHARACTERS_A_TOKEN
            usage = {"prompt_tokens": asked, "completion_tokens": tokens, "total_tokens": asked + tokens}
            answer = {"id": f"chatcmpl-{digest.hex()}", "created": int(record["t_in"]), "model": body.get("model")}
            if body.get("stream"):
                return await self._streamed(request, answer, text, usage)
            await self._wait(tokens)
            message = {"role": "assistant", "content": text, "refusal": None}
            choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
            return _json({**answer, "object": "chat.completion", "choices": choices, "usage": usage})
        finally:
            counted.active -= 1
            if self._places:
                self._places.release()

    def _text(self, body: dict[str, Any], seed: int) -> str:
        form = body.get("response_format") or {}
        if form.get("type") != "json_schema":
            return words(seed, self.options.words)
        schema = form["json_schema"]["schema"]
        return orjson.dumps(instance(schema, schema, seed, self.options.field_words)).decode()

    async def _failed(self, record: dict[str, Any]) -> web.StreamResponse:
        await self._wait(0)
        self.statistics.failed += 1
        record["failed"] = True
        error = {"message": "injected", "type": "server_error"}
        status = self._chance.choice((429, 500))
        return _json({"error": error}, status=status, headers={"retry-after": "0"})

    async def _streamed(
        self, request: web.BaseRequest, answer: dict[str, Any], text: str, usage: dict[str, int]
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        await self._wait(0)
        events = list(_events({**answer, "object": "chat.completion.chunk"}, text, usage))
        if not self.options.per_token_ms:
            await response.write(b"".join(events))  # the same events in one write
        else:
            for event in events:
                await response.write(event)
                await self._wait_for_tokens(1)
        await response.write_eof()
        return response

    async def _wait(self, tokens: int) -> None:
        spread = 1 + self.options.jitter * (2 * self._chance.random() - 1) if self.options.jitter else 1
        if seconds := self.options.latency_ms / 1000 * spread:
            await asyncio.sleep(seconds)
        await self._wait_for_tokens(tokens)

    async def _wait_for_tokens(self, tokens: int) -> None:
        if seconds := self.options.per_token_ms / 1000 * tokens:
            await asyncio.sleep(seconds)


def _events(answer: dict[str, Any], text: str, usage: dict[str, int]) -> Iterator[bytes]:
    """The reply as server-sent events, a word each."""
    for piece in text.split(" "):
        yield _event({**answer, "choices": [{"index": 0, "delta": {"content": f"{piece} "}, "finish_reason": None}]})
    yield _event({**answer, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    yield _event({**answer, "choices": [], "usage": usage})
    yield b"data: [DONE]\n\n"


def _event(content: dict[str, Any]) -> bytes:
    return b"data: " + orjson.dumps(content) + b"\n\n"


def _json(content: Any, **more: Any) -> web.Response:
    return web.Response(body=orjson.dumps(content), content_type="application/json", **more)


async def serve(options: argparse.Namespace) -> None:
    with Path(options.log).open("ab") if options.log else nullcontext() as log:
        runner = web.ServerRunner(web.Server(FakeEndpoint(options, log).handle, access_log=None))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", options.port, backlog=2048).start()
        print(runner.addresses[0][1], flush=True)
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one; it is printed first")
    parser.add_argument("--latency-ms", type=float, default=0, help="of a request; in streams, to the first token")
    parser.add_argument("--per-token-ms", type=float, default=0, help="further delay for each token of the reply")
    parser.add_argument("--jitter", type=float, default=0, help="of the latency; 0.2 is 20 %% up or down")
    parser.add_argument("--max-concurrency", type=int, default=0, help="requests served at once; others wait in order")
    parser.add_argument("--fail-rate", type=float, default=0, help="share answered with 429 or 500")
    parser.add_argument("--malformed-rate", type=float, default=0, help="share of replies cut in half")
    parser.add_argument("--words", type=int, default=40, help="length of plain replies")
    parser.add_argument("--field-words", type=int, default=25, help="length of each text in a structured reply")
    parser.add_argument("--seed", type=int, default=0, help="for jitter and faults")
    parser.add_argument("--log", help="a file for one JSON line a request; whole after GET /stats")
    options = parser.parse_args()
    try:
        import uvloop
    except ImportError:
        asyncio.run(serve(options))
    else:
        uvloop.run(serve(options))


if __name__ == "__main__":
    main()
