from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from simulacra.backbones.backbone import Answer
from simulacra.backbones.call import Completion
from simulacra.backbones.chat_model import ChatModel
from simulacra.backbones.language import LanguageBackbone
from simulacra.backbones.ledger import Ledger
from simulacra.backbones.schema import Schema
from simulacra.domain.character import Character
from simulacra.domain.conversation import Counts, Thought
from simulacra.errors import GenerationError, UnreadableAnswerError
from simulacra.prompts.conversation import Reflect, Respond, Think
from simulacra.prompts.library import Message, PromptLibrary

PROMPTS = PromptLibrary()
GOOD = '{"text": "He wants a discount."}'


class TalkingModel(ChatModel):
    """Says what it was given, one after another."""

    spec = name = "openai:gpt-4o-mini"

    def __init__(self, *replies: str | Completion | Exception) -> None:
        self.replies = list(replies)
        self.seen: list[tuple[tuple[Message, ...], Schema | None]] = []
        self.closed = False

    async def complete(
        self, messages: Sequence[Message], schema: Schema | None = None, *, sample: int = 0
    ) -> Completion:
        self.seen.append((tuple(messages), schema))
        await asyncio.sleep(0)
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply if isinstance(reply, Completion) else Completion(reply, prompt_tokens=100, completion_tokens=10)

    async def stream(self, messages: Sequence[Message], *, sample: int = 0) -> AsyncIterator[str | Completion]:
        completion = await self.complete(messages, sample=sample)
        for piece in completion.text.split(" "):
            yield piece + " "
            await asyncio.sleep(0)
        yield completion

    async def aclose(self) -> None:
        self.closed = True


Open = Callable[..., LanguageBackbone]


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.db")


@pytest.fixture
def opened(ledger: Ledger) -> Open:
    return lambda *replies: LanguageBackbone(TalkingModel(*replies), ledger, PROMPTS)


def model_of(backbone: LanguageBackbone) -> TalkingModel:
    model = backbone._model
    assert isinstance(model, TalkingModel)
    return model


@pytest.fixture
def think(small_character: Character) -> Think:
    return Think(character=small_character, speaker="Noor", stimulus="That is dear, is it not?")


@pytest.fixture
def respond(small_character: Character) -> Respond:
    return Respond(character=small_character, speaker="Noor", stimulus="That is dear, is it not?")


# ---------------------------------------------------------------- the ladder


async def test_an_answer_by_the_schema_stands_on_the_first_rung(opened: Open, think: Think) -> None:
    backbone = opened(GOOD)
    answer = await backbone.ask(think)
    assert answer.value == Thought(text="He wants a discount.")
    assert answer.counts == Counts(asked=1)
    assert (answer.usage.calls, answer.usage.prompt_tokens, answer.usage.completion_tokens) == (1, 100, 10)
    assert answer.usage.cost == pytest.approx((100 * 0.15 + 10 * 0.60) / 1e6)
    ((_, schema),) = model_of(backbone).seen
    assert schema is not None
    assert schema.json["properties"].keys() == {"text"}


async def test_a_bad_answer_is_shown_to_the_model_with_its_error(opened: Open, think: Think) -> None:
    backbone = opened('{"text": "He wa', GOOD)
    answer = await backbone.ask(think)
    assert answer.value == Thought(text="He wants a discount.")
    assert answer.counts == Counts(asked=1, repaired=1)
    assert answer.usage.calls == 2
    (first, _), (second, schema) = model_of(backbone).seen
    assert second[: len(first)] == first
    bad, repair = second[len(first) :]
    assert (bad.role, bad.content) == ("assistant", '{"text": "He wa')
    assert repair.role == "user"
    assert "Invalid JSON" in repair.content
    assert '"required": ["text"]' in repair.content
    assert schema is not None


async def test_what_stays_bad_is_taken_out_of_plain_text(opened: Open, small_character: Character) -> None:
    lines = "key elements: price\nqueries: what the lathe cost\nknowledge: known\nfalse premise: none stated"
    backbone = opened("Well...", lines)
    answer = await backbone.ask(Reflect(character=small_character, speaker="Noor", stimulus="Dear?"))
    assert answer.value.queries == ("what the lathe cost",)
    assert answer.counts == Counts(asked=1, parsed=1)


async def test_the_first_answer_is_parsed_where_the_repair_is_worse(opened: Open, small_character: Character) -> None:
    readable = 'Sure: {"key_elements": [], "queries": ["lathe"], "knowledge": "known", "false_premise": ""}'
    answer = await opened(readable, "").ask(Reflect(character=small_character, speaker="Noor", stimulus="Dear?"))
    assert answer.value.queries == ("lathe",)
    assert answer.counts == Counts(asked=1, parsed=1)


async def test_an_unreadable_answer_names_everybody(opened: Open, small_character: Character) -> None:
    backbone = opened("No idea.", "None at all.")
    with pytest.raises(UnreadableAnswerError) as caught:
        await backbone.ask(Reflect(character=small_character, speaker="Noor", stimulus="Dear?"))
    message = str(caught.value)
    for part in ("openai:gpt-4o-mini", "'reflect'", "'ilse-verhaegen'", '"None at all."', "Invalid JSON"):
        assert part in message
    assert len(model_of(backbone).seen) == 2


async def test_every_raw_call_is_in_the_ledger(opened: Open, ledger: Ledger, think: Think) -> None:
    await opened("{", GOOD).ask(think)
    again = opened()
    answer = await again.ask(think)
    assert answer.counts == Counts(asked=1, repaired=1)
    assert (answer.usage.calls, answer.usage.cached) == (0, 2)
    assert model_of(again).seen == []
    entries = {entry.version.count("repair"): entry for entry in ledger._file.entries()}
    assert {entry.task for entry in entries.values()} == {"think"}
    assert entries.keys() == {0, 1}


@pytest.mark.parametrize("refusal", ["As an AI, I have no thoughts of my own.", Completion("No.", refusal=True)])
async def test_a_refusal_is_counted_and_still_answers(
    opened: Open, respond: Respond, refusal: str | Completion
) -> None:
    answer = await opened(refusal).ask(respond)
    assert answer.value in ("As an AI, I have no thoughts of my own.", "No.")
    assert answer.counts == Counts(asked=1, refusals=1)


async def test_another_sample_asks_anew(opened: Open, respond: Respond) -> None:
    backbone = opened("One.", "Two.")
    assert [(await backbone.ask(respond, sample=each)).value for each in (0, 1, 0)] == ["One.", "Two.", "One."]


async def test_a_failed_call_is_the_askers(opened: Open, respond: Respond) -> None:
    with pytest.raises(GenerationError, match="gone"):
        await opened(GenerationError("gone")).ask(respond)


# ---------------------------------------------------------------- plain text


async def test_speech_comes_without_its_wrapping(opened: Open, respond: Respond) -> None:
    assert (await opened('<think>Hm.</think>Ilse: "It is what it costs."').ask(respond)).value == "It is what it costs."


@pytest.mark.parametrize("nothing", ["", "  ", Completion("<think>Let me", finish="length")])
async def test_an_empty_reply_is_asked_for_once_more(opened: Open, respond: Respond, nothing: str | Completion) -> None:
    answer = await opened(nothing, "It is what it costs.").ask(respond)
    assert (answer.value, answer.counts) == ("It is what it costs.", Counts(asked=1, repaired=1))


@pytest.mark.parametrize(
    ("nothing", "reason"),
    [
        (Completion("<think>Let me see", finish="length"), "it was cut off at the limit of its length"),
        (Completion("", finish="content_filter"), "a content filter stopped it"),
        (Completion(""), "there were no words in it"),
    ],
)
async def test_twice_nothing_is_an_error_with_the_reason(
    opened: Open, respond: Respond, nothing: Completion, reason: str
) -> None:
    with pytest.raises(UnreadableAnswerError, match=f"'respond' for 'ilse-verhaegen'.*{reason}"):
        await opened(nothing, nothing).ask(respond)


async def test_a_reply_cut_off_in_the_middle_is_still_a_reply(opened: Open, respond: Respond) -> None:
    assert (await opened(Completion("It is what", finish="length")).ask(respond)).value == "It is what"


# ---------------------------------------------------------------- streams


async def collected(backbone: LanguageBackbone, task: Any) -> tuple[list[str], Answer[str]]:
    *pieces, answer = [each async for each in backbone.stream(task)]
    assert isinstance(answer, Answer)
    return [piece for piece in pieces if isinstance(piece, str)], answer


async def test_a_reply_streams_and_is_recorded(opened: Open, respond: Respond) -> None:
    pieces, answer = await collected(opened("It is what it costs."), respond)
    assert len(pieces) > 3
    assert "".join(pieces) == answer.value == "It is what it costs."
    assert answer.usage.calls == 1
    recorded = await opened().ask(respond)
    assert (recorded.value, recorded.usage.cached) == (answer.value, 1)


async def test_a_recorded_reply_streams_in_one_piece(opened: Open, respond: Respond) -> None:
    await opened("It is what it costs.").ask(respond)
    pieces, answer = await collected(opened(), respond)
    assert pieces == ["It is what it costs."]
    assert answer.usage.cached == 1


async def test_two_identical_streams_are_one_request(opened: Open, respond: Respond) -> None:
    backbone = opened("It is what it costs.")
    (one, _), (other, _) = await asyncio.gather(collected(backbone, respond), collected(backbone, respond))
    assert "".join(one) == "".join(other) == "It is what it costs."
    assert len(model_of(backbone).seen) == 1


async def test_an_empty_stream_is_repaired(opened: Open, respond: Respond) -> None:
    pieces, answer = await collected(opened("", "It is what it costs."), respond)
    assert "".join(pieces) == answer.value == "It is what it costs."
    assert answer.counts == Counts(asked=1, repaired=1)


async def test_a_stream_that_nobody_reads_to_its_end_is_recorded(opened: Open, respond: Respond) -> None:
    stream = opened("It is what it costs.").stream(respond)
    await anext(stream)
    await stream.aclose()  # type: ignore[attr-defined]
    await asyncio.sleep(0.05)
    assert (await opened().ask(respond)).value == "It is what it costs."


async def test_a_stream_that_fails_raises(opened: Open, respond: Respond) -> None:
    with pytest.raises(GenerationError, match="broke off"):
        await collected(opened(GenerationError("broke off")), respond)


# ---------------------------------------------------------------- estimates


async def test_an_estimate_knows_what_is_recorded(opened: Open, think: Think) -> None:
    backbone = opened(GOOD)
    before = backbone.estimate(think)
    assert (before.calls, before.completion_tokens) == (1, think.answer_tokens)
    assert before.prompt_tokens > 100
    assert before.cost == pytest.approx((before.prompt_tokens * 0.15 + before.completion_tokens * 0.60) / 1e6)
    await backbone.ask(think)
    after = backbone.estimate(think)
    assert (after.calls, after.cached, after.cost) == (0, 1, 0.0)


async def test_closing_closes_the_model(opened: Open) -> None:
    backbone = opened()
    await backbone.aclose()
    assert model_of(backbone).closed
