"""The one repair: the model is shown its answer and what was wrong with it."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from simulacra.backbones.call import Call
from simulacra.domain.conversation import Agent
from simulacra.prompts.library import Message, PromptLibrary
from simulacra.prompts.task import Task

_LONGEST_SHOWN = 4_000


class Repair(Task[str]):
    """What the model is told after an answer that could not be read.

    Attributes:
        problem: What was wrong with it.
        form: The JSON schema that it should have kept to; empty for plain text.
    """

    prompt: ClassVar[str] = "repair"
    agent: ClassVar[Agent] = "top"
    output: ClassVar[type[str]] = str

    character: None = None
    problem: str
    form: str


def repaired(call: Call, answer: str, problem: str, prompts: PromptLibrary) -> Call:
    """The call that asks again: the same messages, the bad answer, and what was wrong with it."""
    prompt = prompts.render(Repair(problem=problem, form=call.schema))
    bad = Message(role="assistant", content=answer[:_LONGEST_SHOWN].strip() or "(nothing)")
    return replace(
        call,
        messages=(*call.messages, bad, *prompt.messages),
        version=f"{call.version}+{prompt.id}-{prompt.version}",
    )
