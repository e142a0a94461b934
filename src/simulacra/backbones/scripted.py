"""Fakes for tests and demonstrations: backbones that answer what they are told to, at no cost and without a ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar, cast

from simulacra.backbones.backbone import Answer, Backbone
from simulacra.domain.conversation import Counts, Usage
from simulacra.errors import UsageError
from simulacra.prompts.task import Task

AnswerT = TypeVar("AnswerT")


class FunctionBackbone(Backbone):
    """Answers every task by a function.

    Args:
        function: Takes the task and returns a value of its output type. What it raises, the asker gets.

    Attributes:
        asked: Every task so far, in order.
    """

    spec = "function"

    def __init__(self, function: Callable[[Task[Any]], Any]) -> None:
        self._function = function
        self.asked: list[Task[Any]] = []

    async def ask(self, task: Task[AnswerT], *, sample: int = 0) -> Answer[AnswerT]:
        """Answer a task.

        Raises:
            UsageError: The function's answer is not of the task's output type.
        """
        self.asked.append(task)
        value = self._function(task)
        if not isinstance(value, task.output):
            raise UsageError(
                f"The {self.spec} backbone answered {type(task).__name__} with {type(value).__name__} {value!r:.80}: "
                f"give it a {task.output.__name__}."
            )
        return Answer(cast("AnswerT", value), Usage(), Counts(asked=1))


class ScriptedBackbone(FunctionBackbone):
    """Answers each type of task as it was told to.

    Args:
        answers: For each type of task its answer; or a list of answers, given one after another; or a function of the
            task. An exception among them is raised instead of answered.

    Attributes:
        asked: Every task so far, in order.
    """

    spec = "scripted"

    def __init__(self, answers: Mapping[type[Task[Any]], Any]) -> None:
        super().__init__(self._scripted)
        self._answers = {kind: iter(answer) if isinstance(answer, list) else answer for kind, answer in answers.items()}

    def _scripted(self, task: Task[Any]) -> Any:
        name = type(task).__name__
        if type(task) not in self._answers:
            raise UsageError(f"The scripted backbone has no answer to {name}: add {name}: ... to its answers.")
        answer = self._answers[type(task)]
        if isinstance(answer, Iterator):
            answer = next(answer, None)
            if answer is None:
                raise UsageError(f"The scripted backbone has no answer left to {name}: add one more to its list.")
        elif callable(answer):
            answer = answer(task)
        if isinstance(answer, Exception):
            raise answer
        return answer
