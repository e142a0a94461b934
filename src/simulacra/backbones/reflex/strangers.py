"""How a mind that was told about nobody replies: honestly, that there is nobody to speak for."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from simulacra.backbones.reflex import told
from simulacra.backbones.reflex.questions import intent_of
from simulacra.backbones.reflex.voice import within_limit
from simulacra.backbones.reflex.words import table
from simulacra.domain.conversation import Exchange


def reply_for_nobody(exchanges: Sequence[Exchange], speaker: str, stimulus: str) -> str:
    """A reply without any character: only greetings, and what the speaker told, are known."""
    intent = intent_of(stimulus)
    phrases = table("phrases")["voice"]
    if intent == "what_you_told" and (said := told.recall(stimulus, exchanges)):
        return within_limit(phrases["told"][0].format_map({"fact": said}))
    key = {"greeting": "nobody_hello", "farewell": "goodbye", "thanks": "thanks", "silence": "silence"}.get(
        intent, "nobody"
    )
    digest = hashlib.blake2b(f"{len(exchanges)}\x1f{stimulus}".encode(), digest_size=8).digest()
    chosen = phrases[key][int.from_bytes(digest, "big") % len(phrases[key])]
    return within_limit(chosen.format_map({"speaker": speaker}))
