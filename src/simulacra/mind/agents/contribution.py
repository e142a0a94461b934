"""What an agent contributes to a turn, or why it could not."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Generic, TypeVar

from simulacra.backbones.backbone import Answer
from simulacra.domain.conversation import Agent, Counts, Usage
from simulacra.errors import GenerationError, UnreadableAnswerError

ValueT = TypeVar("ValueT")


@dataclass(frozen=True, slots=True)
class Contribution(Generic[ValueT]):
    """An agent's value with its cost; ``value`` is None and ``failure`` says why where it gave none."""

    value: ValueT | None
    usage: Usage
    counts: Counts
    failure: str = ""


async def contribution(agent: Agent, asking: Awaitable[Answer[ValueT]]) -> Contribution[ValueT]:
    """Await an agent whose part the turn can do without; a failure becomes a counted fallback."""
    try:
        answer = await asking
    except (GenerationError, UnreadableAnswerError) as error:
        failure = f"The {agent} agent contributed nothing: {error}"
        return Contribution(None, Usage(), Counts(asked=1, fallbacks=1), failure)
    return Contribution(answer.value, answer.usage, answer.counts)
