"""Many people and many conversations in one data folder at once."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from simulacra import Character, Simulacrum, Turn
from simulacra.backbones.scripted import FunctionBackbone
from simulacra.domain.conversation import Feeling, Reflection, Thought
from simulacra.domain.story import Story
from simulacra.prompts.construction import (
    ContentMemory,
    EmotionalMemory,
    MemoriseContent,
    MemoriseEmotion,
    MemoriseThought,
    MemorySummary,
    SummariseMemory,
    ThoughtMemory,
)
from simulacra.prompts.conversation import Feel, Reflect, Respond, Think

CONVERSATIONS = 50
TURNS = 3


def _answer(task: Any) -> Any:
    """An answer that says all that the asker was given: whose mind it is, what it recalls, what was said before."""
    who = task.character.id
    match task:
        case Respond():
            said = [each.stimulus for each in task.exchanges]
            whose = sorted({each.memory.character for each in (*task.recalled, *task.further)})
            return f"{who} | {' '.join(whose)} | {' '.join(said)}"
        case Reflect():
            return Reflection(key_elements=(who,), queries=("ice and sand",))
        case Think():
            return Thought(text=who)
        case Feel():
            return Feeling(text=who)
        case MemoriseContent():
            return ContentMemory(content=f"{who} remembers {task.chunk}", importance=3)
        case MemoriseEmotion():
            return EmotionalMemory(emotion=who, valence=0)
        case MemoriseThought():
            return ThoughtMemory(thought=who)
        case SummariseMemory():
            return MemorySummary(summary=f"{who} {task.chunk[:40]}")
    raise AssertionError(task)


def _other(character: Character) -> Character:
    """Somebody else, with nearly the same life."""
    profile = character.profile.model_copy(update={"name": "Nour Haddad"})
    story = Story(text=character.story.text.replace(" ice", " sand"))
    return character.model_copy(update={"id": "nour-haddad", "profile": profile, "story": story})


def _is_sound(turn: Turn, who: str, session: str, before: int) -> bool:
    whose_mind, whose_memories, said = turn.reply.split(" | ")
    return (
        (turn.number, turn.session, whose_mind, whose_memories) == (before + 1, session, who, who)
        and said == " ".join(f"{session}:{number}" for number in range(before))
        and turn.thought == Thought(text=who)
        and {each.memory.character for each in turn.recalled} == {who}
    )


async def test_two_people_and_fifty_conversations_from_threads_and_coroutines_never_mix(
    small_character: Character,
) -> None:
    people = [
        Simulacrum.load(character, backbone=FunctionBackbone(_answer))
        for character in (small_character, _other(small_character))
    ]

    def names(number: int) -> tuple[Simulacrum, str]:
        return people[number % 2], f"{number}"

    def in_a_thread(number: int) -> list[bool]:
        person, id = names(number)
        session = person.session(id)
        return [_is_sound(session.chat(f"{id}:{turn}"), person.character.id, id, turn) for turn in range(TURNS)]

    async def in_a_coroutine(number: int) -> list[bool]:
        person, id = names(number)
        session = person.session(id)
        return [_is_sound(await session.achat(f"{id}:{turn}"), person.character.id, id, turn) for turn in range(TURNS)]

    with ThreadPoolExecutor(CONVERSATIONS) as threads:
        loop = asyncio.get_running_loop()
        sound = await asyncio.gather(
            *(loop.run_in_executor(threads, in_a_thread, number) for number in range(0, CONVERSATIONS // 2)),
            *(in_a_coroutine(number) for number in range(CONVERSATIONS // 2, CONVERSATIONS)),
        )
    assert sound == [[True] * TURNS] * CONVERSATIONS
    for number in range(CONVERSATIONS):
        person, id = names(number)
        assert [turn.stimulus for turn in person.session(id).turns] == [f"{id}:{turn}" for turn in range(TURNS)]


AT_ONCE = """
import sys, threading
from simulacra import Simulacrum
from simulacra.mind.home import Home

sys.setswitchinterval(1e-5)
homes, replies = [], []
together = threading.Barrier(8)

def talk(number):
    together.wait()
    simulacrum = Simulacrum.load("ilse-verhaegen", mind="prompt")
    replies.append(simulacrum.session(str(number)).chat("How old are you?").reply)
    homes.append((simulacrum.home, simulacrum.home.ledger, simulacrum.home.store, simulacrum.backbone))

threads = [threading.Thread(target=talk, args=(number,)) for number in range(8)]
for each in threads:
    each.start()
for each in threads:
    each.join()
loops = [each.name for each in threading.enumerate() if each.name == "simulacra"]
print(len(replies), len(set(replies)), len({tuple(map(id, each)) for each in homes}), len(loops))
"""


def test_threads_that_come_first_together_share_one_loop_one_ledger_and_one_store(home: object) -> None:
    # A process of its own: only there is nothing open yet.
    done = subprocess.run([sys.executable, "-c", AT_ONCE], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.split() == ["8", "1", "1", "1"], done.stderr


async def test_identical_questions_of_many_conversations_are_asked_once(endpoint: Any) -> None:
    endpoint.latency = 0.05
    ilse = Simulacrum.load("ilse-verhaegen", mind="prompt", backbone="openai:m")
    turns = await asyncio.gather(*(ilse.session(f"{n}").achat("Hello") for n in range(CONVERSATIONS)))
    assert len(endpoint.bodies) == 1
    assert sum(turn.usage.calls for turn in turns) == 1
    assert sum(turn.usage.cached for turn in turns) == CONVERSATIONS - 1
