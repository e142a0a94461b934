from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest

from simulacra.backbones.ledger import Ledger
from simulacra.backbones.reflex.backbone import ReflexBackbone
from simulacra.backbones.reflex.rules import answer
from simulacra.domain.character import Character
from simulacra.domain.conversation import Agent, Counts
from simulacra.errors import BackboneNotAvailableError
from simulacra.prompts.conversation import Respond, RespondBlank, RespondFromText
from simulacra.prompts.library import PromptLibrary
from simulacra.prompts.task import Task


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.sqlite")


@pytest.fixture
def reflex(ledger: Ledger) -> ReflexBackbone:
    return ReflexBackbone(ledger=ledger, prompts=PromptLibrary())


async def test_answers_are_recorded_and_cost_nothing(ada: Character, reflex: ReflexBackbone, ledger: Ledger) -> None:
    task = Respond(character=ada, speaker="Sam", stimulus="What is your name?")
    first, again = await reflex.ask(task), await reflex.ask(task)
    assert "Ada Brandt" in first.value
    assert again.value == first.value
    assert first.counts == Counts(asked=1)
    assert (first.usage.cost, first.usage.prompt_tokens, first.usage.completion_tokens) == (0.0, 0, 0)
    assert (first.usage.calls, again.usage.cached) == (1, 1)
    [tally] = ledger.stats()
    assert (tally.group["character"], tally.group["task"], tally.group["backbone"]) == (
        "ada-brandt",
        "respond",
        "reflex",
    )


async def test_streams_its_reply_in_one_piece(ada: Character, reflex: ReflexBackbone) -> None:
    pieces = [each async for each in reflex.stream(Respond(character=ada, speaker="Sam", stimulus="How old are you?"))]
    assert pieces[0] == pieces[1].value  # type: ignore[union-attr]


def test_it_estimates_nothing(ada: Character, reflex: ReflexBackbone) -> None:
    assert reflex.estimate(Respond(character=ada, speaker="Sam", stimulus="Hello")).calls == 0


async def test_replies_from_papers_and_passages(ada: Character, reflex: ReflexBackbone) -> None:
    passages = tuple(each.text for each in ada.story.paragraphs)
    task = RespondFromText(character=ada, passages=passages, speaker="Sam", stimulus="What did Jonas give you?")
    assert "compass" in (await reflex.ask(task)).value
    bare = RespondFromText(character=ada, speaker="Sam", stimulus="What did Jonas give you?")
    assert "compass" not in (await reflex.ask(bare)).value


@pytest.mark.parametrize("stimulus", ["What is your name?", "Where did you grow up?", "Who am I?", "..."])
async def test_speaks_for_nobody_where_there_is_nobody(reflex: ReflexBackbone, stimulus: str) -> None:
    reply = (await reflex.ask(RespondBlank(speaker="Sam", stimulus=stimulus))).value
    assert reply
    assert "Ada" not in reply


class Juggle(Task[str]):
    prompt: ClassVar[str] = "juggle"
    agent: ClassVar[Agent] = "top"
    output: ClassVar[type[str]] = str


class Whistle(Juggle):
    pass


def test_says_what_it_cannot_do_and_what_can() -> None:
    with pytest.raises(BackboneNotAvailableError, match=r"juggle.*--backbone openai:MODEL"):
        answer(Juggle(character=None))


def test_other_rooms_add_rules_for_their_tasks() -> None:
    @answer.register(Whistle)
    def _whistle(task: Whistle) -> str:
        return "phew"

    assert answer(Whistle(character=None)) == "phew"
