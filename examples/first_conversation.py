"""Talk to a shipped character, and look at what went on inside.

    python examples/first_conversation.py

Runs on reflex, the rule-based default. For a language model, set OPENAI_BASE_URL, OPENAI_API_KEY and
SIMULACRA_BACKBONE=openai:MODEL, and build the memory once: "simulacra memory build mara-lindqvist".
"""

from __future__ import annotations

from simulacra import Simulacrum

mara = Simulacrum.load("mara-lindqvist")

for line in (
    "Good morning.",
    "What do you do for a living?",
    "Why did you stop painting?",
    "You grew up in Oslo, right?",
):
    turn = mara.chat(line, speaker="Noor")
    print(f"Noor: {line}")
    print(f"Mara: {turn.reply}")
    print(f"      thinks: {turn.thought.text if turn.thought else '-'}")
    print(f"      feels:  {turn.emotion.text if turn.emotion else '-'}")
    print(f"      recalls {len(turn.recalled)} memories; mood {turn.mood.word}\n")
