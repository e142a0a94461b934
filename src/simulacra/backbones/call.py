"""A call of a model as data: what was asked, what came back, and how it stands in the ledger."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from simulacra.domain.conversation import Agent, Usage
from simulacra.prompts.library import Message

CHARACTERS_A_TOKEN = 4
"""For estimates, and for endpoints that do not count: about right for English."""


canonical_json = json.JSONEncoder(sort_keys=True).encode
"""The same text for the same value, whatever the order of its keys."""


def estimated_tokens(characters: int) -> int:
    """How many tokens a text of that many characters is likely to have."""
    return -(-characters // CHARACTERS_A_TOKEN)


@dataclass(frozen=True)
class Call:
    """One question to one model. What the answer depends on is in ``key``; the rest says whose question it was.

    Attributes:
        backbone: The model as a spec without parameters ("openai:gpt-x", "reflex"); prices are looked up by it.
        endpoint: Where the model runs, without secrets; empty for a model in this process.
        agent: Which of the four agents asks.
        task: The id of the prompt.
        version: The version of the prompt, with its hash.
        character: Whose mind asks; empty where the model must know nobody.
        messages: What is sent.
        schema: The JSON schema of the answer as JSON text; empty for plain text.
        parameters: Whatever else changes the answer (temperature and such).
        sample: The number of the repeat.
        answer_tokens: How long the answer is expected to be; for budgets and estimates only.
    """

    backbone: str
    agent: Agent
    task: str
    version: str
    character: str
    messages: tuple[Message, ...]
    endpoint: str = ""
    schema: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    sample: int = 0
    answer_tokens: int = 80

    @cached_property
    def digests(self) -> tuple[bytes, ...]:
        """A hash of each message; the ledger keeps each message once."""
        return tuple(hashlib.sha256(f"{each.role}\n{each.content}".encode()).digest() for each in self.messages)

    @cached_property
    def key(self) -> str:
        """The content address: 64 hexadecimal digits over all that the answer depends on."""
        settings = [self.backbone, self.endpoint, self.schema, self.parameters, self.sample, len(self.messages)]
        whole = hashlib.sha256(canonical_json(settings).encode())
        whole.update(b"".join(self.digests))
        return whole.hexdigest()

    @property
    def prompt_tokens(self) -> int:
        """An estimate of the tokens sent."""
        return estimated_tokens(sum(len(each.content) for each in self.messages) + len(self.schema))


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model gave back.

    Attributes:
        text: The answer as it came; what the model said instead where it refused.
        prompt_tokens, completion_tokens: As counted by the endpoint, or estimated where it does not count.
        finish: Why it ended: ``stop``, ``length``, ``content_filter`` or the endpoint's own word.
        refusal: Whether the endpoint itself marked the answer as a refusal.
    """

    text: str
    prompt_tokens: int = 0
    completion_tokens: int = 0
    finish: str = "stop"
    refusal: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """An answer that stands in the ledger.

    Attributes:
        cost: In US dollars; None where the model has no price.
        seconds: How long the model took when it was asked.
        fresh: Whether the model was asked just now, by this caller; otherwise the ledger answered.
    """

    key: str
    completion: Completion
    cost: float | None
    seconds: float
    fresh: bool

    @property
    def usage(self) -> Usage:
        """What the answer cost this time: nothing but a ``cached`` call where the ledger had it."""
        if not self.fresh:
            return Usage(cached=1)
        return Usage(
            calls=1,
            prompt_tokens=self.completion.prompt_tokens,
            completion_tokens=self.completion.completion_tokens,
            cost=self.cost,
            seconds=self.seconds,
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger, whole.

    Attributes:
        time: When it was recorded: UTC, ISO 8601.
    """

    key: str
    time: str
    backbone: str
    endpoint: str
    agent: str
    task: str
    version: str
    character: str
    sample: int
    parameters: dict[str, Any]
    schema: dict[str, Any] | None
    messages: tuple[Message, ...]
    answer: str
    finish: str
    refusal: bool
    prompt_tokens: int
    completion_tokens: int
    cost: float | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Tally:
    """The sum over some entries of the ledger.

    Attributes:
        group: What the entries have in common, by column.
        cost: In US dollars, over the calls that have a price.
        unpriced: Calls without a price.
    """

    group: dict[str, str]
    calls: int
    prompt_tokens: int
    completion_tokens: int
    cost: float
    unpriced: int
    refusals: int
    seconds: float
