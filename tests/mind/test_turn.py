"""What a turn is made of, by mind and pace."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from simulacra import Character, Delta, Phase, Simulacrum, Turn
from simulacra.backbones.backbone import Answer
from simulacra.backbones.scripted import ScriptedBackbone
from simulacra.domain.conversation import Reflection
from simulacra.errors import GenerationError, UnreadableAnswerError, UsageError
from simulacra.prompts.conversation import Feel, Reflect, Respond, RespondBlank, RespondFromText, Think
from simulacra.prompts.task import Task
from tests.mind.conftest import ANSWERS


def asked(simulacrum: Simulacrum, *kinds: type[Any]) -> list[Any]:
    return [task for task in simulacrum.backbone.asked if type(task) in kinds]  # type: ignore[attr-defined]


def test_a_turn_holds_what_each_agent_contributed(ilse: Simulacrum) -> None:
    turn = ilse.chat("Do you like ice?", speaker="Noor")
    assert turn.reply == "About 'Do you like ice?' I say little."
    assert turn.thought is not None and turn.thought.text == "She wants to hear about the canal."
    assert turn.emotion is not None and turn.emotion.emotion == "unease"
    assert turn.reflection is not None and turn.reflection.key_elements == ("ice",)
    assert any("canal froze" in each.memory.text for each in turn.recalled)
    assert (turn.number, turn.speaker, turn.counts.asked, turn.failures) == (1, "Noor", 4, ())


@pytest.mark.parametrize(("pace", "levels"), [("swift", 2), ("paper", 3)])
def test_a_turn_is_as_deep_as_its_pace_says(small_character: Character, scripted: Any, pace: Any, levels: int) -> None:
    """Every call takes a while; calls that go side by side begin before any of them has ended."""
    begun: list[int] = []
    ended = 0

    class Slow(ScriptedBackbone):
        async def ask(self, task: Task[Any], *, sample: int = 0) -> Answer[Any]:
            nonlocal ended
            begun.append(ended)
            await asyncio.sleep(0.02)
            answer = await super().ask(task, sample=sample)
            ended += 1
            return answer

    ilse = Simulacrum.load(small_character, backbone=Slow(ANSWERS), pace=pace)
    ilse.memory.build(progress=False)
    begun.clear()
    ended = 0
    ilse.chat("Do you like ice?")
    assert (len(begun), len(set(begun))) == (4, levels)


def test_swift_thinks_with_what_the_stimulus_recalls_and_answers_with_more(ilse: Simulacrum) -> None:
    ilse.chat("Tell me about Nel")
    (thinking,) = asked(ilse, Think)
    (responding,) = asked(ilse, Respond)
    assert thinking.recalled == responding.recalled != ()
    first, more = ({each.memory.id for each in found} for found in (responding.recalled, responding.further))
    assert not first & more


def test_paper_reflects_before_it_recalls(small_character: Character, scripted: Any) -> None:
    ilse = Simulacrum.load(small_character, backbone=scripted(), pace="paper")
    ilse.chat("Do you like winter?")
    assert asked(ilse, Reflect)[0].recalled == ()
    assert "canal froze" in asked(ilse, Think)[0].recalled[0].memory.text


def test_the_minds_see_what_the_paper_gives_them(small_character: Character, scripted: Any) -> None:
    minds = {
        kind: Simulacrum.load(small_character, backbone=scripted(), mind=kind) for kind in ("none", "prompt", "rag")
    }  # type: ignore[arg-type]
    for simulacrum in minds.values():
        turn = simulacrum.chat("What is in the old oven?")
        assert (turn.counts.asked, turn.thought, turn.emotion, turn.reflection) == (1, None, None, None)
    assert asked(minds["none"], RespondBlank)[0].character is None
    assert asked(minds["prompt"], RespondFromText)[0].passages == ()
    assert "The oven is still there" in asked(minds["rag"], RespondFromText)[0].passages[0]


def test_passages_of_rag_never_come_up_as_memories(small_character: Character, scripted: Any) -> None:
    Simulacrum.load(small_character, backbone=scripted(), mind="rag").chat("oven")
    turn = Simulacrum.load(small_character, backbone=scripted()).chat("What is in the old oven?")
    assert {each.memory.source.kind for each in turn.recalled} == {"story"}


@pytest.mark.parametrize("failing", [Reflect, Think, Feel])
@pytest.mark.parametrize("pace", ["swift", "paper"])
def test_a_turn_goes_on_without_an_agent_and_says_so(
    small_character: Character, scripted: Any, failing: type[Any], pace: Any
) -> None:
    def fail(task: Any) -> Any:
        raise UnreadableAnswerError("It said 'hm'.")

    turn = Simulacrum.load(small_character, backbone=scripted({failing: fail}), pace=pace).chat("Do you like ice?")
    assert turn.reply and turn.recalled
    assert turn.counts.fallbacks == 1
    assert "It said 'hm'." in turn.failures[0]


def test_a_turn_without_a_reply_is_no_turn(small_character: Character, scripted: Any) -> None:
    answers = iter([GenerationError("The endpoint is gone."), "Here I am."])

    def respond(task: Any) -> str:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    ilse = Simulacrum.load(small_character, backbone=scripted({Respond: respond}))
    with pytest.raises(GenerationError, match="gone"):
        ilse.chat("Hello?")
    assert ilse.chat("Hello?").number == 1


def test_the_mood_follows_the_feelings(ilse: Simulacrum) -> None:
    moods = [ilse.chat("Ice again.").mood.valence for _ in range(6)]
    assert moods == sorted(moods, reverse=True)
    assert -1 <= moods[-1] < moods[0] < 0
    assert asked(ilse, Feel)[1].mood.valence == moods[0]


async def test_a_stream_gives_phases_then_text_then_the_turn(ilse: Simulacrum) -> None:
    events = [event async for event in ilse.stream("Do you like ice?")]
    assert isinstance(events[-1], Turn)
    assert "".join(each.text for each in events if isinstance(each, Delta)) == events[-1].reply
    phases = [each.name for each in events if isinstance(each, Phase) and each.state == "finished"]
    assert phases[0] == "recall" and phases[-1] == "respond" and {"reflect", "think", "feel"} <= set(phases)


async def test_a_stream_that_is_left_is_finished_all_the_same(ilse: Simulacrum) -> None:
    session = ilse.session("left")
    async for _ in session.stream("Do you like ice?"):
        break
    assert (await session.achat("And now?")).number == 2


async def test_sync_calls_work_inside_a_running_loop(ilse: Simulacrum) -> None:
    assert ilse.chat("Hello").number == 1
    assert (await ilse.achat("Hello")).number == 2


async def test_many_conversations_go_on_at_once(ilse: Simulacrum) -> None:
    sessions = [ilse.session(f"lab-{number}") for number in range(20)]
    turns = await asyncio.gather(*(each.achat(f"I am number {number}") for number, each in enumerate(sessions)))
    assert [turn.reply for turn in turns] == [f"About 'I am number {number}' I say little." for number in range(20)]


async def test_two_turns_at_once_in_one_conversation_both_count(ilse: Simulacrum) -> None:
    session = ilse.session("crowded")
    await asyncio.gather(*(session.achat(f"Voice {number}") for number in range(5)))
    assert sorted(turn.number for turn in await asyncio.to_thread(lambda: session.turns)) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("nothing", ["", "   ", "\n\t"])
def test_saying_nothing_is_refused(ilse: Simulacrum, nothing: str) -> None:
    with pytest.raises(UsageError, match="Nothing was said"):
        ilse.chat(nothing)


def test_saying_too_much_is_refused_with_the_way_out(ilse: Simulacrum) -> None:
    with pytest.raises(UsageError, match="experience"):
        ilse.chat("x" * 20_001)


@pytest.mark.parametrize("name", ["", 'a" b="', "<said-now>", "x" * 81])
def test_a_speaker_cannot_forge_a_delimiter(ilse: Simulacrum, name: str) -> None:
    with pytest.raises(UsageError, match="speaker"):
        ilse.chat("Hello", speaker=name)


def test_a_lone_surrogate_is_survived(ilse: Simulacrum) -> None:
    assert ilse.chat("ice \ud800 ice").reply


def test_unknown_minds_and_paces_are_refused(small_character: Character, scripted: Any) -> None:
    with pytest.raises(UsageError, match="macm, rag, prompt, none"):
        Simulacrum.load(small_character, backbone=scripted(), mind="soul")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="swift, paper"):
        Simulacrum.load(small_character, backbone=scripted(), pace="fast")  # type: ignore[arg-type]


def test_a_reflection_without_queries_recalls_nothing_more(small_character: Character, scripted: Any) -> None:
    ilse = Simulacrum.load(small_character, backbone=scripted({Reflect: Reflection()}))
    ilse.chat("Do you like ice?")
    assert asked(ilse, Respond)[0].further == ()
