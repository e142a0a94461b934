"""The embedded backbone: rules in place of a language model. It needs no key, no network and no weights."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import TypeVar, cast

from pydantic import BaseModel

from simulacra.backbones.backbone import Answer, Backbone
from simulacra.backbones.call import Call, Completion
from simulacra.backbones.ledger import Ledger
from simulacra.backbones.reflex.rules import answer
from simulacra.domain.conversation import Counts
from simulacra.prompts.library import PromptLibrary
from simulacra.prompts.task import Task

AnswerT = TypeVar("AnswerT")


class ReflexBackbone(Backbone):
    """Answers by rules, from what the character's papers and memories say and from nothing else; see ``rules.answer``.

    It is deterministic and costs nothing. Its answers stand in the ledger like anybody's, with the rules' version.

    Args:
        ledger: Where answers are recorded.
        prompts: What tasks are rendered with for the record.
    """

    spec = "reflex"

    def __init__(self, ledger: Ledger, prompts: PromptLibrary) -> None:
        self._ledger = ledger
        self._prompts = prompts

    async def ask(self, task: Task[AnswerT], *, sample: int = 0) -> Answer[AnswerT]:
        """Answer a task; every sample is the same.

        Raises:
            BackboneNotAvailableError: No rule was written for this kind of task.
            LedgerError: The answer could not be recorded.
        """
        prompt = self._prompts.render(task)
        call = Call(
            backbone=self.spec,
            agent=task.agent,
            task=prompt.id,
            version=prompt.version,
            character=task.character.id if task.character is not None else "",
            messages=prompt.messages,
            parameters={"rules": rules_version()},
            sample=sample,
        )

        async def by_rules() -> Completion:
            value = answer(task)
            return Completion(value.model_dump_json() if isinstance(value, BaseModel) else str(value))

        recorded = await self._ledger.once(call, by_rules)
        text = recorded.completion.text
        value = task.output.model_validate_json(text) if issubclass(task.output, BaseModel) else text
        usage = recorded.usage.model_copy(update={"cost": 0.0})
        return Answer(cast("AnswerT", value), usage, Counts(asked=1))


@cache
def rules_version() -> str:
    """A hash over the rules and their word lists, so that an answer by older rules is not taken for one by these."""
    digest = hashlib.sha256()
    folder = files("simulacra.backbones.reflex")
    for each in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if each.name.endswith((".py", ".toml")):
            digest.update(each.read_bytes())
    return digest.hexdigest()[:12]
