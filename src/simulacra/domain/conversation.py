"""A conversation: exchanges, what the agents contributed to a turn, and the turn itself."""

from __future__ import annotations

from html import escape
from typing import Literal

from pydantic import Field

from simulacra.domain.card import card, faint, listed, quotation, table
from simulacra.domain.memory import Recollection
from simulacra.domain.value import Value

_BESIDE = "\u00a0·\u00a0"

Agent = Literal["top", "thinking", "emotion", "memory"]
"""The four agents of the cognitive mechanism (Human Simulacra, section 4)."""


class Exchange(Value):
    """What somebody said and what the person answered.

    Attributes:
        turn: The number of the turn in its conversation, from 1.
    """

    turn: int
    speaker: str
    stimulus: str
    reply: str


class Reflection(Value):
    """What the top agent makes of a stimulus before anything is recalled.

    Attributes:
        key_elements: The people, places, things and times that it is about.
        queries: What to search the memory for, at most three.
        knowledge: Whether this person, with their schooling and their life, can know what is asked.
        false_premise: What the stimulus takes for granted that is not so; empty where nothing is wrong.
    """

    key_elements: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()
    knowledge: Literal["known", "partly", "unknown"] = "known"
    false_premise: str = ""


class Thought(Value):
    """What the thinking agent thinks of the stimulus: first person, at most 30 words."""

    text: str


class Feeling(Value):
    """What the emotion agent feels at the stimulus: first person, at most 30 words.

    Attributes:
        emotion: One word for it.
        valence: -1 (painful) to 1 (happy).
    """

    text: str
    emotion: str = ""
    valence: float = Field(default=0.0, ge=-1, le=1)


class Mood(Value):
    """How the person feels from turn to turn; it moves towards each feeling and otherwise fades to calm (ours).

    Attributes:
        valence: -1 (low) to 1 (high).
    """

    valence: float = Field(default=0.0, ge=-1, le=1)

    def after(self, feeling: Feeling | None, *, decay: float = 0.7, weight: float = 0.5) -> Mood:
        """The mood after one more turn: what is left of the old one, plus a share of the new feeling.

        Args:
            feeling: The feeling of the turn; None lets the mood fade alone.
            decay: The share of the old mood that is left after a turn.
            weight: The share of the feeling that goes into the mood.
        """
        moved = self.valence * decay + (feeling.valence * weight if feeling else 0.0)
        return Mood(valence=round(max(-1.0, min(1.0, moved)), 6))

    @property
    def word(self) -> str:
        """One or two words for the mood."""
        steps = ((-0.6, "very low"), (-0.2, "low"), (0.2, "even"), (0.6, "good"))
        return next((word for limit, word in steps if self.valence < limit), "very good")


class Usage(Value):
    """What something cost.

    Attributes:
        calls: Calls that a backbone answered anew.
        cached: Calls that the ledger answered.
        prompt_tokens, completion_tokens: As counted by the backbone; only for new calls.
        cost: In US dollars by the price table; None where one of the models has no price.
        seconds: Time spent in new calls, added up (calls that ran side by side count each).
    """

    calls: int = 0
    cached: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = 0.0
    seconds: float = 0.0

    def __add__(self, other: Usage) -> Usage:
        cost = None if self.cost is None or other.cost is None else self.cost + other.cost
        return Usage(
            calls=self.calls + other.calls,
            cached=self.cached + other.cached,
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            cost=cost,
            seconds=self.seconds + other.seconds,
        )


class Counts(Value):
    """How the answers behind a result came about: nothing fails in silence.

    Attributes:
        asked: Questions put to backbones.
        repaired: Answers that could be read only after the model was shown its error.
        parsed: Answers that were taken out of plain text.
        fallbacks: Questions that stayed without a readable answer, so that the result does without that agent.
        refusals: Answers in which the model refused to speak as the character.
    """

    asked: int = 0
    repaired: int = 0
    parsed: int = 0
    fallbacks: int = 0
    refusals: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(**{name: getattr(self, name) + getattr(other, name) for name in Counts.model_fields})


class Turn(Value):
    """One turn of a conversation, with everything that went into it.

    Attributes:
        number: From 1 in each conversation.
        reply: What the person said.
        thought, emotion, reflection: What the agents contributed; None where that agent is not part of the mind, or
            did not give a readable answer (see ``failures``).
        recalled: The memories that were in working memory, best first.
        mood: The mood after the turn.
        usage, counts: What it cost and how the answers came about.
        failures: For each agent without a readable answer, one sentence.
    """

    number: int
    session: str
    speaker: str
    stimulus: str
    reply: str
    thought: Thought | None = None
    emotion: Feeling | None = None
    reflection: Reflection | None = None
    recalled: tuple[Recollection, ...] = ()
    mood: Mood = Mood()
    usage: Usage = Usage()
    counts: Counts = Counts()
    failures: tuple[str, ...] = ()

    @property
    def exchange(self) -> Exchange:
        """What was said, without what went on inside."""
        return Exchange(turn=self.number, speaker=self.speaker, stimulus=self.stimulus, reply=self.reply)

    def __str__(self) -> str:
        return self.reply

    def _repr_html_(self) -> str:
        inside = {
            "top agent": _reflection_html(self.reflection),
            "thinking agent": escape(self.thought.text) if self.thought else "",
            "emotion agent": _feeling_html(self.emotion),
            "memory agent": listed([_recalled_html(each) for each in self.recalled]),
            "mood after it": f"{self.mood.word} {faint(f'({self.mood.valence:+.2f})')}",
            "answers": faint(_account(self.usage, self.counts)),
            "failed": listed([f'<span style="color:#c2620a">{escape(each)}</span>' for each in self.failures]),
        }
        place = f"turn {self.number}" + (f" of {self.session}" if self.session else "")
        said = f"<div><b>{escape(self.speaker)}:</b> {escape(self.stimulus)} {faint(place)}</div>"
        return card(said, quotation(self.reply), table(inside))


PhaseName = Literal["recall", "reflect", "think", "feel", "respond"]
PhaseState = Literal["started", "finished"]


class Phase(Value):
    """A stream event: an agent has begun or finished its part."""

    name: PhaseName
    state: PhaseState


class Delta(Value):
    """A stream event: the next piece of the reply."""

    text: str


def _reflection_html(reflection: Reflection | None) -> str:
    if reflection is None:
        return ""
    can_know = {"known": "", "partly": "Can know this only in part.", "unknown": "Cannot know this."}
    lines = (
        escape(", ".join(reflection.key_elements)) or faint("nothing in particular"),
        faint("searched for: " + "; ".join(reflection.queries)) if reflection.queries else "",
        escape(can_know[reflection.knowledge]),
        f"Not so: {escape(reflection.false_premise)}" if reflection.false_premise else "",
    )
    return listed([line for line in lines if line])


def _feeling_html(feeling: Feeling | None) -> str:
    if feeling is None:
        return ""
    word = f"{feeling.emotion}, " if feeling.emotion else ""
    return f"{escape(feeling.text)} {faint(f'({word}{feeling.valence:+.2f})')}"


def _recalled_html(recollection: Recollection) -> str:
    memory = recollection.memory
    beside = [memory.stage, f"{recollection.score:.2f}" if recollection.score else None]
    words = escape(memory.summary or memory.content)
    return f"{words} {faint(_BESIDE.join(each for each in beside if each))}"


def _account(usage: Usage, counts: Counts) -> str:
    """What the turn cost, and what was out of the ordinary."""
    tokens = f"{usage.prompt_tokens:,} tokens in, {usage.completion_tokens:,} out" if usage.prompt_tokens else ""
    price = "price unknown" if usage.cost is None else f"${usage.cost:.4f}" if usage.cost else ""
    unusual = {
        "repaired": counts.repaired,
        "taken out of plain text": counts.parsed,
        "not readable": counts.fallbacks,
        "refused": counts.refusals,
    }
    parts = (
        f"{counts.asked} asked",
        f"{usage.cached} answered by the ledger" if usage.cached else "",
        tokens,
        price,
        *(f"{number} {what}" for what, number in unusual.items() if number),
    )
    return ", ".join(part for part in parts if part)
