"""A task: one question put to a backbone, typed on both sides."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Generic, TypeVar

from pydantic import SkipValidation

from simulacra.domain.character import Character
from simulacra.domain.conversation import Agent
from simulacra.domain.value import Value

OutputT = TypeVar("OutputT")

Whole = Annotated[Character, SkipValidation()]
"""A character that was validated when it was read; doing so again for every task would take longer than the task."""


class Task(Value, Generic[OutputT]):
    """One question. Its fields are the variables of its prompt file; ``Task[Thought]`` is answered with a ``Thought``.

    A language model gets the task rendered from its file; the rule-based and the scripted backbones read its fields.

    Attributes:
        prompt: The name of the Markdown file, without ending.
        agent: Which of the four agents asks; backbones can be chosen by it.
        output: The type of the answer: a pydantic model, or ``str`` for plain text that can be streamed.
        answer_tokens: How long an answer is expected to be; for estimates only.
        character: Who it is about; None where the model must know nobody (the mind ``none``).
    """

    prompt: ClassVar[str]
    agent: ClassVar[Agent]
    output: ClassVar[type[Any]]
    answer_tokens: ClassVar[int] = 80

    character: Annotated[Character | None, SkipValidation()]
