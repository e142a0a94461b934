"""Models behind an OpenAI-compatible endpoint: ``openai:MODEL`` and ``vllm:MODEL@URL``."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import AsyncIterator, Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, ValidationError

from simulacra.backbones.call import Completion, estimated_tokens
from simulacra.backbones.chat_model import ChatModel, with_schema_in_prompt
from simulacra.backbones.endpoint import Endpoint, Limits
from simulacra.backbones.failures import RejectedError
from simulacra.backbones.redaction import without_password
from simulacra.backbones.schema import Schema
from simulacra.backbones.spec import Sampling, Spec, server_of, wrong_spec
from simulacra.errors import BackboneNotAvailableError, GenerationError
from simulacra.prompts.library import Message

_OPENAI = "https://api.openai.com/v1"
_ABOUT_THE_SCHEMA = re.compile(r"response_format|json_schema|structured output|guided|grammar", re.IGNORECASE)

AnswerT = TypeVar("AnswerT", bound=BaseModel)

log = logging.getLogger(__name__)


class _Words(BaseModel):
    """What was said, or why it was not; a piece of it in a stream."""

    content: str | None = None
    refusal: str | None = None


class _Usage(BaseModel):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class _Choice(BaseModel):
    message: _Words
    finish_reason: str | None = None


class _Answer(BaseModel):
    """What we need of a whole answer."""

    choices: list[_Choice] = Field(min_length=1)
    usage: _Usage | None = None


class _PartOfChoice(BaseModel):
    delta: _Words | None = None
    finish_reason: str | None = None


class _Part(BaseModel):
    """What we need of an event of a stream."""

    choices: list[_PartOfChoice] | None = None
    usage: _Usage | None = None


class Settings(Limits, Sampling):
    """All parameters that a spec of these kinds may have."""


class OpenAIChatModel(ChatModel):
    """A model behind an endpoint.

    A structured answer is asked for with ``response_format``; an endpoint that refuses that is from then on given the
    schema in the prompt.

    Args:
        spec: As the user named it.
        model: The model's name at the endpoint.
        endpoint: Where it runs.
        settings: Its parameters.
        length_name: What the endpoint calls the limit of an answer's length.
    """

    def __init__(self, spec: Spec, model: str, endpoint: Endpoint, settings: Settings, length_name: str) -> None:
        self.spec = without_password(spec.text)
        self.name = f"{spec.kind}:{model}"
        self.endpoint = endpoint.address
        self.parameters = settings.model_dump(include=set(Sampling.model_fields), exclude_none=True)
        self._model = model
        self._posts = endpoint
        self._length_name = length_name
        self._schema_in_prompt = False

    async def complete(
        self, messages: Sequence[Message], schema: Schema | None = None, *, sample: int = 0
    ) -> Completion:
        if schema is not None and not self._schema_in_prompt:
            try:
                return await self._complete(
                    self._body(messages, sample) | {"response_format": _response_format(schema)}
                )
            except RejectedError as error:
                if not _ABOUT_THE_SCHEMA.search(error.words):
                    raise
                log.warning(
                    "%s enforces no JSON schema (%s): from now on the schema is in the prompt", self.spec, error
                )
                self._schema_in_prompt = True
        if schema is not None:
            messages = with_schema_in_prompt(messages, schema)
        return await self._complete(self._body(messages, sample))

    async def stream(self, messages: Sequence[Message], *, sample: int = 0) -> AsyncIterator[str | Completion]:
        body = self._body(messages, sample) | {"stream": True, "stream_options": {"include_usage": True}}
        text, finish, refusal = "", "stop", ""
        usage: _Usage | None = None
        async for event in self._posts.events(body):
            if "error" in event:
                raise GenerationError(f"{self.endpoint} broke off in the middle of a reply: ask again.")
            part = self._checked(_Part, event)
            usage = part.usage or usage
            for choice in part.choices or ():
                finish = choice.finish_reason or finish
                delta = choice.delta or _Words()
                refusal += delta.refusal or ""
                if delta.content:
                    text += delta.content
                    yield delta.content
        yield _completion(text, refusal, finish, usage, body)

    async def aclose(self) -> None:
        await self._posts.aclose()

    async def _complete(self, body: dict[str, Any]) -> Completion:
        answer = self._checked(_Answer, await self._posts.post(body))
        choice = answer.choices[0]
        text, refusal = choice.message.content or "", choice.message.refusal or ""
        return _completion(text, refusal, choice.finish_reason or "stop", answer.usage, body)

    def _checked(self, kind: type[AnswerT], answer: dict[str, Any]) -> AnswerT:
        try:
            return kind.model_validate(answer)
        except ValidationError as error:
            raise GenerationError(
                f"{self.endpoint} answered without a message: check that it is an OpenAI-compatible endpoint."
            ) from error

    def _body(self, messages: Sequence[Message], sample: int) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self._model,
            "messages": [{"role": each.role, "content": each.content} for each in messages],
            **self.parameters,
        }
        if "max_tokens" in body:
            body[self._length_name] = body.pop("max_tokens")
        if "seed" in body:
            body["seed"] += sample
        return body


def openai_model(spec: Spec) -> OpenAIChatModel:
    """Open ``openai:MODEL`` at ``OPENAI_BASE_URL`` (default: OpenAI's own) with ``OPENAI_API_KEY``.

    Raises:
        BackboneNotAvailableError: The spec or the address is wrong, or OpenAI's own endpoint is meant without a key.
    """
    if not spec.model:
        raise wrong_spec(spec.text, "the model's name is missing")
    base_url = os.environ.get("OPENAI_BASE_URL") or _OPENAI
    key = _key("OPENAI_API_KEY")
    if base_url == _OPENAI and not key:
        raise BackboneNotAvailableError(
            f"{spec.text} needs a key: set OPENAI_API_KEY; or set OPENAI_BASE_URL to an endpoint that needs none."
        )
    settings = spec.settings(Settings)
    endpoint = Endpoint(_checked(spec, base_url), key, "OPENAI_API_KEY", _limits(settings))
    length_name = "max_completion_tokens" if base_url == _OPENAI else "max_tokens"
    return OpenAIChatModel(spec, spec.model, endpoint, settings, length_name)


def vllm_model(spec: Spec) -> OpenAIChatModel:
    """Open ``vllm:MODEL@URL`` with ``VLLM_API_KEY``, where one is set. A URL without a path gets ``/v1``.

    Raises:
        BackboneNotAvailableError: The spec is wrong.
    """
    model, base_url = server_of(spec.model)
    if not model:
        raise wrong_spec(spec.text, "a vLLM server is named as MODEL@URL (vllm:mara@http://localhost:8000/v1)")
    address = _checked(spec, base_url).rstrip("/")
    if not urlsplit(address).path:
        address += "/v1"
    settings = spec.settings(Settings)
    endpoint = Endpoint(address, _key("VLLM_API_KEY"), "VLLM_API_KEY", _limits(settings))
    return OpenAIChatModel(spec, model, endpoint, settings, "max_tokens")


def _key(name: str) -> str:
    """The key in an environment variable, without the white space that copying leaves around it."""
    key = os.environ.get(name, "").strip()
    if not key.isascii() or not key.isprintable():
        raise BackboneNotAvailableError(
            f"{name} holds no key: there are characters in it that no key has. Copy it anew."
        )
    return key


def _checked(spec: Spec, base_url: str) -> str:
    url = urlsplit(base_url)
    if url.scheme not in ("http", "https") or not url.hostname:
        raise wrong_spec(
            spec.text, f"its address {base_url.rpartition('@')[2]!r} is no URL such as http://localhost:8000/v1"
        )
    return base_url


def _limits(settings: Settings) -> Limits:
    return Limits(**settings.model_dump(include=set(Limits.model_fields)))


def _response_format(schema: Schema) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": schema.name, "strict": True, "schema": schema.json}}


def _completion(text: str, refusal: str, finish: str, usage: _Usage | None, body: dict[str, Any]) -> Completion:
    prompt_tokens, completion_tokens = (usage.prompt_tokens, usage.completion_tokens) if usage else (None, None)
    if prompt_tokens is None:
        prompt_tokens = estimated_tokens(sum(len(each["content"]) for each in body["messages"]))
    if completion_tokens is None:
        completion_tokens = estimated_tokens(len(text or refusal))
    return Completion(text or refusal, prompt_tokens, completion_tokens, finish, bool(refusal))
