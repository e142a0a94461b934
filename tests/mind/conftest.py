from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from simulacra import Character, Simulacrum
from simulacra.backbones.scripted import ScriptedBackbone
from simulacra.domain.conversation import Feeling, Reflection, Thought
from simulacra.prompts.construction import (
    ContentMemory,
    EmotionalMemory,
    Memorise,
    MemoriseContent,
    MemoriseEmotion,
    MemoriseThought,
    MemorySummary,
    SummariseMemory,
    ThoughtMemory,
    WholeMemory,
)
from simulacra.prompts.conversation import Feel, Reflect, Respond, RespondBlank, RespondFromText, Think

ANSWERS: dict[type[Any], Any] = {
    Reflect: Reflection(key_elements=("ice",), queries=("fell through the ice near the lock",)),
    Think: Thought(text="She wants to hear about the canal."),
    Feel: Feeling(text="A cold in the stomach.", emotion="unease", valence=-0.4),
    Respond: lambda task: f"About {task.stimulus!r} I say little.",
    RespondFromText: lambda task: f"From {len(task.passages)} passages: {task.stimulus}",
    RespondBlank: lambda task: "I am nobody in particular.",
    MemoriseContent: lambda task: ContentMemory(content=f"I remember: {task.chunk[:80]}", importance=3),
    MemoriseEmotion: EmotionalMemory(emotion="It was cold.", valence=-0.2),
    MemoriseThought: ThoughtMemory(thought="Never again."),
    SummariseMemory: lambda task: MemorySummary(summary=task.content[:60]),
    Memorise: lambda task: WholeMemory(
        content=f"I remember: {task.chunk[:80]}",
        importance=1,
        emotion="",
        valence=0,
        thought="",
        summary=task.chunk[:60],
    ),
}


@pytest.fixture(autouse=True)
def _quick_embedder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIMULACRA_EMBEDDER", "ngrams")


@pytest.fixture
def scripted() -> Callable[..., ScriptedBackbone]:
    """A backbone with an answer to every task of the mind; some can be replaced."""

    def make(changed: dict[type[Any], Any] | None = None) -> ScriptedBackbone:
        return ScriptedBackbone({**ANSWERS, **(changed or {})})

    return make


@pytest.fixture
def ilse(small_character: Character, scripted: Callable[..., ScriptedBackbone]) -> Simulacrum:
    return Simulacrum.load(small_character, backbone=scripted())
