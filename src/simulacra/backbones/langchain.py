"""Any LangChain chat model object as a chat model.

``ChatOpenAI`` enforces schemas (``json_schema``); every other model gets the schema in its prompt.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, SystemMessage
from langchain_openai.chat_models.base import BaseChatOpenAI

from simulacra.backbones.call import Completion, estimated_tokens
from simulacra.backbones.chat_model import ChatModel, with_schema_in_prompt
from simulacra.backbones.redaction import redacted
from simulacra.backbones.schema import Schema
from simulacra.errors import BackboneNotAvailableError, GenerationError
from simulacra.prompts.library import Message

_MESSAGES: dict[str, type[BaseMessage]] = {"system": SystemMessage, "user": HumanMessage, "assistant": AIMessage}


class LangChainChatModel(ChatModel):
    """A LangChain chat model; its own time-outs and retries hold.

    Args:
        model: The model, as configured by the caller.

    Raises:
        BackboneNotAvailableError: It is no LangChain chat model.
    """

    def __init__(self, model: BaseChatModel) -> None:
        if not isinstance(model, BaseChatModel):
            raise BackboneNotAvailableError(
                f"{type(model).__name__} is no backbone: give a spec such as 'openai:MODEL', a Backbone, or a "
                "LangChain chat model."
            )
        kind = type(model).__name__
        model_name = getattr(model, "model_name", "") or getattr(model, "model", "")
        self._model = model
        self._enforces = isinstance(model, BaseChatOpenAI)
        self.name = f"openai:{model_name}" if self._enforces else f"langchain:{kind}:{model_name}".rstrip(":")
        self.spec = f"langchain:{kind}:{model_name}".rstrip(":")
        self.endpoint = str(getattr(model, "openai_api_base", "") or "")
        self.parameters = {"langchain": kind, **_plain(model._identifying_params)}

    async def complete(
        self, messages: Sequence[Message], schema: Schema | None = None, *, sample: int = 0
    ) -> Completion:
        settings: dict[str, Any] = {}
        if schema is not None and self._enforces:
            form = {"name": schema.name, "strict": True, "schema": schema.json}
            settings["response_format"] = {"type": "json_schema", "json_schema": form}
        elif schema is not None:
            messages = with_schema_in_prompt(messages, schema)
        with self._plain_failures():
            answer = await self._model.ainvoke(_converted(messages), **settings)
        return _completion(answer, messages)

    async def stream(self, messages: Sequence[Message], *, sample: int = 0) -> AsyncIterator[str | Completion]:
        whole: AIMessageChunk | None = None
        with self._plain_failures():
            async for chunk in self._model.astream(_converted(messages)):
                whole = chunk if whole is None else whole + chunk
                if chunk.text:
                    yield str(chunk.text)
        if whole is None:
            raise GenerationError(f"{self.spec} sent an empty stream: ask again.")
        yield _completion(whole, messages)

    @contextmanager
    def _plain_failures(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            words = " ".join(redacted(str(error)).split())[:300].rstrip(". ")
            raise GenerationError(f"{self.spec} failed with {type(error).__name__}: {words}.") from error


def _converted(messages: Sequence[Message]) -> list[BaseMessage]:
    return [_MESSAGES[each.role](content=each.content) for each in messages]


def _completion(answer: AIMessage, messages: Sequence[Message]) -> Completion:
    refusal = str(answer.additional_kwargs.get("refusal") or "")
    text = str(answer.text) or refusal
    counted = answer.usage_metadata
    return Completion(
        text,
        counted["input_tokens"] if counted else estimated_tokens(sum(len(each.content) for each in messages)),
        counted["output_tokens"] if counted else estimated_tokens(len(text)),
        str(answer.response_metadata.get("finish_reason") or "stop"),
        bool(refusal),
    )


def _plain(parameters: Any) -> dict[str, Any]:
    """Those parameters that are plain values, without secrets."""
    return {
        name: redacted(value) if isinstance(value, str) else value
        for name, value in dict(parameters).items()
        if isinstance(value, str | int | float | bool)
    }
