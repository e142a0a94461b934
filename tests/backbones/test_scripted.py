from __future__ import annotations

import pytest

from simulacra.backbones.backbone import Answer
from simulacra.backbones.by_agent import ByAgent
from simulacra.backbones.scripted import FunctionBackbone, ScriptedBackbone
from simulacra.domain.character import Character
from simulacra.domain.conversation import Counts, Feeling, Thought
from simulacra.errors import GenerationError, UsageError
from simulacra.prompts.conversation import Feel, Respond, Think


@pytest.fixture
def think(small_character: Character) -> Think:
    return Think(character=small_character, speaker="Noor", stimulus="Dear?")


@pytest.fixture
def feel(small_character: Character) -> Feel:
    return Feel(character=small_character, speaker="Noor", stimulus="Dear?")


@pytest.fixture
def respond(small_character: Character) -> Respond:
    return Respond(character=small_character, speaker="Noor", stimulus="Dear?")


async def test_a_script_answers_by_the_type_of_the_task(think: Think, respond: Respond) -> None:
    backbone = ScriptedBackbone({Think: Thought(text="Hm."), Respond: lambda task: f"{task.stimulus} No."})
    assert (await backbone.ask(think)).value == Thought(text="Hm.")
    answer = await backbone.ask(respond)
    assert (answer.value, answer.counts, answer.usage.calls) == ("Dear? No.", Counts(asked=1), 0)
    assert backbone.asked == [think, respond]


async def test_a_list_is_given_one_after_another(respond: Respond) -> None:
    backbone = ScriptedBackbone({Respond: ["One.", GenerationError("gone"), "Three."]})
    assert (await backbone.ask(respond)).value == "One."
    with pytest.raises(GenerationError, match="gone"):
        await backbone.ask(respond)
    assert (await backbone.ask(respond)).value == "Three."
    with pytest.raises(UsageError, match="no answer left to Respond"):
        await backbone.ask(respond)


async def test_what_was_not_scripted_is_named(think: Think) -> None:
    with pytest.raises(UsageError, match=r"no answer to Think: add Think"):
        await ScriptedBackbone({}).ask(think)


async def test_an_answer_of_the_wrong_type_is_named(think: Think) -> None:
    with pytest.raises(UsageError, match=r"answered Think with str 'Hm.': give it a Thought"):
        await ScriptedBackbone({Think: "Hm."}).ask(think)


async def test_a_function_answers_everything(think: Think, respond: Respond) -> None:
    backbone = FunctionBackbone(lambda task: "Yes." if task.output is str else Thought(text="Yes."))
    assert (await backbone.ask(think)).value == Thought(text="Yes.")
    pieces = [each async for each in backbone.stream(respond)]
    assert pieces[0] == "Yes."
    assert isinstance(pieces[-1], Answer)
    assert backbone.estimate(think).calls == 0


async def test_each_agent_asks_its_own_backbone(think: Think, feel: Feel, respond: Respond) -> None:
    top, emotion = ScriptedBackbone({Respond: "No."}), ScriptedBackbone({Feel: Feeling(text="Ouch.")})
    rest = ScriptedBackbone({Think: Thought(text="Hm.")})
    backbone = ByAgent({"top": top, "emotion": emotion}, rest)
    for task in (think, feel, respond):
        await backbone.ask(task)
    assert await anext(backbone.stream(respond)) == "No."
    assert (rest.asked, emotion.asked, top.asked) == ([think], [feel], [respond, respond])


async def test_closing_closes_each_once() -> None:
    class Closing(ScriptedBackbone):
        closed = 0

        async def aclose(self) -> None:
            self.closed += 1

    one, other = Closing({}), Closing({})
    await ByAgent({"top": one, "emotion": one}, other).aclose()
    assert (one.closed, other.closed) == (1, 1)
