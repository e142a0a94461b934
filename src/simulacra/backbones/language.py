"""Language models as backbones: a task is rendered, asked through the ledger, and its answer read.

An answer is read on the first rung of a ladder that holds, and the rung is counted:

1. as it was asked for: JSON by the schema, or words;
2. *repaired*: the model is shown its answer and the error, once;
3. *parsed*: taken out of plain text, from the repaired answer or else from the first;
4. ``UnreadableAnswerError``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, TypeVar

from simulacra.backbones.backbone import Answer, Backbone
from simulacra.backbones.call import Call, Completion, Recorded
from simulacra.backbones.chat_model import ChatModel
from simulacra.backbones.ledger import Ledger
from simulacra.backbones.reading import NotReadableError, Reader, SpeechReader, reader_for
from simulacra.backbones.repair import repaired
from simulacra.backbones.speech import SpokenStream, refuses
from simulacra.domain.conversation import Counts, Usage
from simulacra.errors import UnreadableAnswerError
from simulacra.prompts.library import PromptLibrary
from simulacra.prompts.task import Task

AnswerT = TypeVar("AnswerT")

_EXCERPT = 120


class LanguageBackbone(Backbone):
    """A language model that answers tasks.

    Args:
        model: The model.
        ledger: Where every call is recorded.
        prompts: What tasks are rendered with.
    """

    def __init__(self, model: ChatModel, ledger: Ledger, prompts: PromptLibrary) -> None:
        self.spec = model.spec
        self._model = model
        self._ledger = ledger
        self._prompts = prompts

    async def ask(self, task: Task[AnswerT], *, sample: int = 0) -> Answer[AnswerT]:
        reader = reader_for(task)
        call = self._call(task, reader, sample)
        return await self._read(task, reader, call, await self._once(call, reader))

    async def stream(self, task: Task[str], *, sample: int = 0) -> AsyncIterator[str | Answer[str]]:
        reader = reader_for(task)
        call = self._call(task, reader, sample)
        speech = SpokenStream(reader.names if isinstance(reader, SpeechReader) else ())
        pieces: asyncio.Queue[str | None] = asyncio.Queue()
        asking = asyncio.create_task(self._ledger.once(call, lambda: self._streamed(call, pieces.put_nowait)))
        asking.add_done_callback(lambda _: pieces.put_nowait(None))
        while (piece := await pieces.get()) is not None:
            if words := speech.feed(piece):
                yield words
        answer = await self._read(task, reader, call, await asking)
        if words := speech.rest(answer.value):
            yield words
        yield answer

    def estimate(self, task: Task[Any], *, sample: int = 0) -> Usage:
        call = self._call(task, reader_for(task), sample)
        if self._ledger.recorded(call):
            return Usage(cached=1)
        cost = self._ledger.prices.cost(call.backbone, call.prompt_tokens, call.answer_tokens)
        return Usage(calls=1, prompt_tokens=call.prompt_tokens, completion_tokens=call.answer_tokens, cost=cost)

    async def aclose(self) -> None:
        await self._model.aclose()

    def _call(self, task: Task[Any], reader: Reader[Any], sample: int) -> Call:
        prompt = self._prompts.render(task)
        return Call(
            backbone=self._model.name,
            endpoint=self._model.endpoint,
            agent=task.agent,
            task=prompt.id,
            version=prompt.version,
            character=task.character.id if task.character else "",
            messages=prompt.messages,
            schema=reader.schema.text if reader.schema else "",
            parameters=self._model.parameters,
            sample=sample,
            answer_tokens=task.answer_tokens,
        )

    async def _once(self, call: Call, reader: Reader[Any]) -> Recorded:
        return await self._ledger.once(
            call, lambda: self._model.complete(call.messages, reader.schema, sample=call.sample)
        )

    async def _streamed(self, call: Call, show: Callable[[str], None]) -> Completion:
        completion: Completion | None = None
        async for each in self._model.stream(call.messages, sample=call.sample):
            if isinstance(each, Completion):
                completion = each
            else:
                show(each)
        assert completion is not None, "a chat model's stream ends in its completion"
        return completion

    async def _read(self, task: Task[AnswerT], reader: Reader[AnswerT], call: Call, first: Recorded) -> Answer[AnswerT]:
        """Climb the ladder from the first answer."""
        try:
            return _answer(task, reader.strictly(first.completion.text), (first,))
        except NotReadableError as error:
            problem = _problem(first.completion, error)
        second = await self._once(repaired(call, first.completion.text, problem, self._prompts), reader)
        try:
            return _answer(task, reader.strictly(second.completion.text), (first, second), Counts(repaired=1))
        except NotReadableError as error:
            problem = _problem(second.completion, error)
        for recorded in (second, first):
            try:
                return _answer(task, reader.loosely(recorded.completion.text), (first, second), Counts(parsed=1))
            except NotReadableError:
                continue
        raise UnreadableAnswerError(
            f"{self.spec} gave no readable answer to {task.prompt!r}"
            f"{f' for {task.character.id!r}' if task.character else ''}, nor when shown its error ({problem}): "
            f"{_excerpt(second.completion.text)} Its whole answer is in the ledger (call {second.key[:12]}); another "
            "--sample asks anew."
        )


def _answer(
    task: Task[AnswerT], value: AnswerT, recorded: Sequence[Recorded], rung: Counts | None = None
) -> Answer[AnswerT]:
    spoken = task.output is str  # a thought may well be about being called an AI; only what is said can be a refusal
    refused = any(each.completion.refusal or (spoken and refuses(each.completion.text)) for each in recorded)
    usage = sum((each.usage for each in recorded[1:]), recorded[0].usage)
    return Answer(value, usage, Counts(asked=1, refusals=int(refused)) + (rung or Counts()))


def _problem(completion: Completion, error: NotReadableError) -> str:
    match completion.finish:
        case "length":
            return f"it was cut off at the limit of its length ({error})"
        case "content_filter":
            return f"a content filter stopped it ({error})"
    return str(error)


def _excerpt(text: str) -> str:
    shown = " ".join(text.split())
    return f'"{shown[:_EXCERPT]}{"…" if len(shown) > _EXCERPT else ""}".' if shown else "it was empty."
