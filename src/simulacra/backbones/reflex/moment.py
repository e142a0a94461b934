"""The moment of a turn: who is spoken to, what was said, and what comes to mind."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from simulacra.backbones.reflex.facts import people_lines
from simulacra.backbones.reflex.life import Life, Line, life_of
from simulacra.backbones.reflex.questions import Question, read
from simulacra.backbones.reflex.voice import Voice
from simulacra.domain.character import Character
from simulacra.domain.conversation import Exchange, Mood
from simulacra.domain.memory import Recollection

_MOST_PARAGRAPHS = 8


@dataclass(frozen=True, eq=False)
class Passage:
    """Text that came to mind, as sentences that the person can say; one object for one text, so that it can be a key.

    Attributes:
        valence: How it feels, -1 (painful) to 1 (happy).
    """

    lines: tuple[Line, ...]
    valence: float = 0.0


@lru_cache(maxsize=2_048)
def _passage(life: Life, text: str, valence: float) -> Passage:
    return Passage(life.lines(text), valence)


@lru_cache(maxsize=128)
def _known_by_heart(life: Life) -> tuple[Passage, ...]:
    # The story is read once, in the first turn, so that no later one has to wait for it.
    for paragraph in life.character.story.paragraphs:
        _passage(life, paragraph.text, 0.0)
    return (
        Passage(life.beliefs),
        Passage(life.biography),
        Passage(people_lines(life)),
        Passage(life.summaries),
        Passage(life.traits),
    )


@lru_cache(maxsize=1_024)
def story_passages(life: Life, stems: frozenset[str]) -> tuple[Passage, ...]:
    """The paragraphs of the person's own story that have the most of some stems, by weight, best first."""
    return tuple(_passage(life, each, 0.0) for each in life.paragraphs_with(stems)[:_MOST_PARAGRAPHS])


@dataclass(frozen=True)
class Moment:
    """What a reply is made from.

    Attributes:
        knows_story: Whether the person may look through their own story where nothing that was recalled answers.
    """

    character: Character
    exchanges: tuple[Exchange, ...]
    recalled: tuple[Recollection, ...]
    texts: tuple[str, ...]
    speaker: str
    stimulus: str
    mood: Mood = field(default_factory=Mood)
    knows_story: bool = True

    @cached_property
    def life(self) -> Life:
        return life_of(self.character)

    @cached_property
    def question(self) -> Question:
        return _question(self.stimulus, self.exchanges, self.life)

    @cached_property
    def voice(self) -> Voice:
        return Voice(self.character, self.exchanges, self.stimulus, self.speaker)

    @cached_property
    def said_before(self) -> tuple[Exchange, ...]:
        """What was said in this conversation as far as it is in mind: long ago and recalled, then lately."""
        recalled = [each.memory for each in self.recalled if each.memory.source.kind == "conversation"]
        long_ago = (
            Exchange(
                turn=each.source.position,
                speaker=self.speaker,
                stimulus=each.text.split("\n")[0].partition(": ")[2],
                reply="",
            )
            for each in sorted(recalled, key=lambda memory: memory.source.position)
        )
        return (*long_ago, *self.exchanges)

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """What the person has wrong, then what was recalled, best first, then what is known by heart.

        What was said in conversations is left out: it is no source of facts about the person's life.
        """
        memories = tuple(
            _passage(self.life, each.memory.text, each.memory.valence)
            for each in self.recalled
            if each.memory.source.kind != "conversation"
        )
        texts = tuple(_passage(self.life, each, 0.0) for each in self.texts)
        beliefs, *others = _known_by_heart(self.life)
        return (beliefs, *memories, *texts, *others)


@lru_cache(maxsize=256)
def _question(stimulus: str, exchanges: tuple[Exchange, ...], life: Life) -> Question:
    # The four tasks of a turn ask about the same words.
    return read(stimulus, exchanges, life)
