"""Reading a model's answer: strictly, as it was asked for; or loosely, out of whatever text came back."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import Any, Generic, TypeVar, cast

from pydantic import BaseModel, ValidationError

from simulacra.backbones.plain_text import candidates
from simulacra.backbones.schema import Schema, schema_of
from simulacra.backbones.speech import spoken, without_thoughts
from simulacra.prompts.task import Task

AnswerT = TypeVar("AnswerT")
ModelT = TypeVar("ModelT", bound=BaseModel)

_FENCED = re.compile(r"\A```\w*\s*\n(?P<inside>.*)\n\s*```\Z", re.DOTALL)


class NotReadableError(ValueError):
    """The answer is not what was asked for; the message tells the model why."""


class Reader(ABC, Generic[AnswerT]):
    """Reads the answers to one task.

    Attributes:
        schema: What a structured answer must look like; None for plain text.
    """

    schema: Schema | None = None

    @abstractmethod
    def strictly(self, text: str) -> AnswerT:
        """The answer, if it has the form that was asked for.

        Raises:
            NotReadableError: It has not.
        """

    @abstractmethod
    def loosely(self, text: str) -> AnswerT:
        """The answer, if it can be made out in the text at all.

        Raises:
            NotReadableError: It cannot.
        """


class SpeechReader(Reader[str]):
    """Plain text: what was said.

    Args:
        names: What the speaker may be called in front of the words.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names

    def strictly(self, text: str) -> str:
        said = spoken(text, self.names)
        if not said:
            raise NotReadableError("there were no words in it")
        return said

    def loosely(self, text: str) -> str:
        return self.strictly(text)


class StructuredReader(Reader[ModelT]):
    """JSON that keeps to the schema of a pydantic model.

    Every field must have been given, and no required text may be blank: a default is not an answer.
    """

    def __init__(self, output: type[ModelT]) -> None:
        self._output = output
        self.schema = schema_of(output)

    def strictly(self, text: str) -> ModelT:
        """JSON and nothing else; thoughts before it and a code fence around it are no guesswork and are let pass."""
        body = without_thoughts(text)
        fenced = _FENCED.match(body)
        try:
            return _whole(self._output.model_validate_json(fenced["inside"] if fenced else body))
        except ValidationError as error:
            raise NotReadableError(_findings(error)) from error

    def loosely(self, text: str) -> ModelT:
        for fields in candidates(without_thoughts(text), self._output):
            try:
                return _whole(self._output.model_validate(fields))
            except (ValidationError, NotReadableError):
                continue
        raise NotReadableError(f"no {self._output.__name__} could be made out in it")


def reader_for(task: Task[AnswerT]) -> Reader[AnswerT]:
    """The reader for a task's answers."""
    output: type[Any] = task.output
    if output is not str:
        return cast("Reader[AnswerT]", StructuredReader(output))
    names = (task.character.profile.name, task.character.profile.given_name) if task.character else ()
    return cast("Reader[AnswerT]", SpeechReader(names))


def _whole(value: ModelT) -> ModelT:
    if missing := type(value).model_fields.keys() - value.model_fields_set:
        raise NotReadableError(f"{', '.join(sorted(missing))}: missing")
    for name, field in type(value).model_fields.items():
        content = getattr(value, name)
        if field.is_required() and isinstance(content, str) and not content.strip():
            raise NotReadableError(f"{name}: empty")
    return value


def _findings(error: ValidationError) -> str:
    found = (
        f"{'.'.join(map(str, each['loc'])) or 'the whole'}: {each['msg']}" for each in error.errors(include_url=False)
    )
    return "; ".join(found)[:500]
