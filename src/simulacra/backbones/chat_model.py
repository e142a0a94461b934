"""A chat model: messages in, text out. Whatever speaks this small protocol can be a backbone."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from simulacra.backbones.call import Completion
from simulacra.backbones.schema import Schema
from simulacra.prompts.library import Message


class ChatModel(ABC):
    """Answers messages. Safe to use from many coroutines of one event loop at once.

    Attributes:
        spec: The model as the user named it, without secrets ("openai:gpt-x?temperature=0.7").
        name: The model without parameters ("openai:gpt-x"); prices are looked up by it.
        endpoint: Where it runs, without secrets; empty for a model in this process.
        parameters: Whatever else changes its answers; part of a call's key in the ledger.
    """

    spec: str
    name: str
    endpoint: str = ""
    parameters: Mapping[str, Any] = {}

    @abstractmethod
    async def complete(
        self, messages: Sequence[Message], schema: Schema | None = None, *, sample: int = 0
    ) -> Completion:
        """Answer messages.

        Args:
            messages: The conversation so far.
            schema: What the answer must look like; None for plain text. A model may fail to keep to it.
            sample: The number of the repeat; models that can be seeded use it.

        Raises:
            GenerationError: The call failed after its retries.
            BackboneNotAvailableError: The endpoint, key or model is not to be had.
        """

    async def stream(self, messages: Sequence[Message], *, sample: int = 0) -> AsyncIterator[str | Completion]:
        """Answer in plain text piece by piece; the whole completion comes last.

        A model that cannot stream gives its answer in one piece.
        """
        completion = await self.complete(messages, sample=sample)
        yield completion.text
        yield completion

    async def aclose(self) -> None:
        """Let go of connections and memory."""
        return


def with_schema_in_prompt(messages: Sequence[Message], schema: Schema) -> tuple[Message, ...]:
    """The same messages, with the schema written at the end of the last one: for models that enforce none."""
    *before, last = messages
    form = (
        "Answer with one JSON object and nothing else: no code fence, no words before or after it. "
        f"It must keep to this JSON schema:\n{schema.text}"
    )
    return (*before, Message(role=last.role, content=f"{last.content}\n\n{form}"))
