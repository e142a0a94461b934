"""What a question asks, in which words, and what an earlier exchange adds to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from simulacra.backbones.reflex.gender import gender_of
from simulacra.backbones.reflex.life import Life
from simulacra.backbones.reflex.sentences import sentences
from simulacra.backbones.reflex.words import content_words, listed, pattern, stem, stems_of, table, words_of
from simulacra.domain.character import Person
from simulacra.domain.conversation import Exchange

Wanted = Literal["when", "where", "who", "why", "cause", "how many", "yes or no", "been", "name", "what"]

_LONGEST = 120
_SITUATION = 24
_MOST_READ = 8_000
_MOST_ANSWERED = 1_000
_WANTED: tuple[tuple[str, Wanted], ...] = (
    (r"\b(?:what|how)\b.*\b(?:called|named|name|call|calls)\b", "name"),
    (r"\bhow (?:did|have|has)\b.* (?:die|died|dead|killed|perish)\b|\bwhat did .* die (?:of|from)\b", "cause"),
    (r"\b(?:have|had) you (?:ever |already )?(?:been|travelled|traveled|gone|lived) (?:to|in)\b", "been"),
    (r"\bhow (?:many|much|old|long|often)\b", "how many"),
    (r"\b(?:when|what year|which year|what day|what time|how old were)\b", "when"),
    (r"\b(?:where|(?:what|which) (?:town|city|village|country|place|street))\b", "where"),
    (r"\b(?:who|whom|whose)\b", "who"),
    (r"\b(?:why|what for|how come|what made you)\b", "why"),
    (r"\b(?:what|which|how)\b", "what"),
    (r"^(?:so |and |but |well,? )?(?:do|did|does|are|were|was|is|have|has|had|can|could|would|will)\b", "yes or no"),
)
_INTERJECTION = re.compile(
    r"^(?:(?:well|so|oh|okay|ok|ah|hm+|um+|now|hey|hi|hello|please|sorry)\b[,.! …]+)+(?=\w{2}.* )", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Question:
    """What was said, taken apart.

    Attributes:
        text: The sentence that is answered.
        intent: An intent of ``intents.toml``, or "relative", "person", "story", "statement", "silence", "long".
        relation: The relative that it is about, as an entry of [kin] in ``words.toml``.
        person: Somebody of the character's people who is named.
        stems: What it is about.
        context: What an earlier exchange adds, where the words point back ("Why?", "And there?").
        wanted: What kind of answer.
        kinds: Stems of what is of the kind that is asked for: a make of car, a language, an instrument.
        weak: Words that say little alone, but more beside others ("first", "name").
        tagged: It claims something and asks for agreement ("..., didn't you?").
    """

    text: str
    intent: str
    relation: str
    person: Person | None
    stems: frozenset[str]
    context: frozenset[str]
    wanted: Wanted
    tagged: bool
    weak: frozenset[str]
    kinds: frozenset[str] = frozenset()

    @property
    def topics(self) -> list[str]:
        """What it is about in its own words."""
        return list(dict.fromkeys(content_words(self.text)))

    @property
    def is_small_talk(self) -> bool:
        return self.intent in listed("questions", "small_talk")


def read(stimulus: str, exchanges: Sequence[Exchange], life: Life) -> Question:
    """Take a stimulus apart, in the light of what was said before."""
    text = main_sentence(stimulus)
    low = text.replace("’", "'").casefold()
    relation, person = relation_in(low), person_in(text, life)
    stems = stems_of(pattern("giving_up").sub("stop", text))
    if person is None and not relation and (person := _meant(low, exchanges, life)) is not None:
        stems |= stems_of(person.name.split()[0])
    intent = _intent(low, stimulus, relation, person, stems)
    points_back = (
        intent in ("why", "more")
        or (not stems and not relation)
        or (len(stems) == 1 and not relation and pattern("bare").search(low) is not None)
        or (bool(pattern("referring").search(low)) and person is None)
    )
    context = _context(exchanges, life) if exchanges and points_back and not is_idle(intent) else frozenset()
    weak = listed("questions", "weak") & frozenset(low.rstrip("?!.").split())
    wanted: Wanted = next((kind for sought, kind in _WANTED if re.search(sought, low)), "what")
    tagged = pattern("tag").search(text) is not None
    return Question(text, intent, relation, person, stems, context - stems, wanted, tagged, weak, _kinds(low))


def _kinds(low: str) -> frozenset[str]:
    """The stems of all that "what car", "which languages" asks for."""
    asked = pattern("kind").search(low)
    kinds: dict[str, str] = table("words")["kinds"]
    noun = stem(asked["noun"]) if asked else ""
    return frozenset(stem(each) for name, line in kinds.items() if stem(name) == noun for each in line.split())


def is_idle(intent: str) -> bool:
    """Whether an intent has nothing to do with what was said before."""
    return intent in listed("questions", "idle")


def main_sentence(stimulus: str) -> str:
    """The sentence to answer: the last question, else all that was said; of very long ones the beginning."""
    said = " ".join(stimulus[:_MOST_READ].split())
    plain = _INTERJECTION.sub("", said) or said
    if "?" not in plain:
        return plain[:_MOST_ANSWERED]
    asked = [each for each in sentences(plain) if each.rstrip('"”)').endswith("?")]
    last = asked[-1] if asked else plain
    before = plain[: plain.rfind(last)].rstrip()
    # A bare "Right?" or "Why?" leans on the sentence before it.
    leans = len(words_of(last)) < 3 and 0 < len(words_of(before)) < 25
    return (f"{before} {last}" if leans else last)[:_MOST_ANSWERED]


def relation_in(low: str) -> str:
    """The relative that a question names as the person's own; empty for none."""
    if pattern("married").search(low):
        return "partner"
    if re.search(r"\bbrothers? (?:and|or) sisters?\b|\bsisters? (?:and|or) brothers?\b", low):
        return "siblings"
    if pattern("workmates").search(low):
        return "colleague"
    found = _kin_pattern().search(low)
    if found is None or (found["any"] and not re.search(r"\byou\b", low)):
        return ""
    word = next(each for each in found.group("your", "any", "bare", "number") if each)
    return next(str(name) for name in table("words")["kin_words"] if word in listed("kin_words", name))


@cache
def _kin_pattern() -> re.Pattern[str]:
    words = {word for line in table("words")["kin_words"].values() for word in line.split()}
    return pattern("own_kin", KIN="|".join(map(re.escape, sorted(words, key=lambda each: (-len(each), each)))))


def person_in(text: str, life: Life) -> Person | None:
    """Somebody of the character's people whom a text names."""
    found: list[tuple[int, Person]] = []
    for person in life.character.people:
        for name in dict.fromkeys((person.name, person.name.split()[0], *person.other_names)):
            if name.split()[-1] != life.character.name.split()[-1] or " " in name:
                found += [(len(name), person)] if re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE) else []
        head = re.escape(person.relation.split()[-1])
        found += (
            [(1, person)]
            if re.search(rf"\byour (?:[\w-]+ )?{head}\b", text, re.IGNORECASE) and "'s" not in person.relation
            else []
        )
    return max(found, key=lambda each: each[0])[1] if found else None


def intent_of(stimulus: str) -> str:
    """The intent of a stimulus, where nothing is known of anybody."""
    low = main_sentence(stimulus).replace("’", "'").casefold()
    return _intent(low, stimulus, "", None, frozenset())


def _meant(low: str, exchanges: Sequence[Exchange], life: Life) -> Person | None:
    """Whom a "he" or "she" of the question means: the last of that gender who was spoken of."""
    gender = (
        "male" if re.search(r"\b(?:he|him|his)\b", low) else "female" if re.search(r"\b(?:she|her|hers)\b", low) else ""
    )
    if not gender:
        return None
    for exchange in reversed(exchanges[-3:]):
        for text in (exchange.stimulus, exchange.reply):
            relation = relation_in(text.casefold())
            found = person_in(text, life) or next(iter(names_of(relation, life) if relation else ()), None)
            if found is not None and gender_of(found, life.gender) in (gender, ""):
                return found
    return None


def _intent(low: str, stimulus: str, relation: str, person: Person | None, stems: frozenset[str]) -> str:
    if not any(each.isalnum() for each in stimulus):
        return "silence"
    if stimulus.count(" ") > _SITUATION and pattern("situation").search(low):
        return "scenario"
    for name, patterns in _intents():
        if any(each.search(stimulus[:_MOST_READ] if name == "orders" else low) for each in patterns):
            if name == "invitation" and person and not re.search(r"\b(?:me|us)\b", low):
                continue
            if name in ("opinion", "home", "origin", "work", "education", "name", "age") and (relation or person):
                continue
            return name
    if relation or person:
        return "relative" if relation else "person"
    if stimulus.count(" ") > _LONGEST and "?" not in stimulus:
        return "long"
    return "story" if _asks(low) else "statement"


def _asks(low: str) -> bool:
    return pattern("asking").search(low) is not None


@cache
def _intents() -> tuple[tuple[str, tuple[re.Pattern[str], ...]], ...]:
    return tuple(
        (each["name"], tuple(re.compile(source, re.IGNORECASE | re.DOTALL) for source in each["patterns"]))
        for each in table("intents")["intent"]
    )


def _context(exchanges: Sequence[Exchange], life: Life) -> frozenset[str]:
    """What the last exchange was about: the words of the question, and the names and rare words of the reply."""
    last = exchanges[-1]
    asked = stems_of(main_sentence(last.stimulus))
    told = sorted(stems_of(last.reply) & life.idf.keys(), key=lambda each: (-life.idf[each], each))
    return asked | frozenset(told[:5])


def names_of(relation: str, life: Life) -> tuple[Person, ...]:
    """The character's people who stand in that relation to them."""
    wanted = listed("kin", relation)
    return tuple(
        each
        for each in life.character.people
        if "'s" not in each.relation and "’s" not in each.relation and _kin_of(each) & wanted
    )


@cache
def _all_kin() -> frozenset[str]:
    kinds = (line for name, line in table("words")["kin"].items() if name not in ("any", "closed"))
    return frozenset(word for line in kinds for word in line.split())


@lru_cache(maxsize=4_096)
def _kin_of(person: Person) -> frozenset[str]:
    """What kind of relative somebody is: "older half-sister" is a half-sister and a sister."""
    words = person.relation.casefold().replace(",", " ").replace("(", " ").split(" of ")[0].split()
    head = words[-1] if words else ""
    named = {word for word in words if word in _all_kin()} or {head}
    return frozenset(
        named | {word.removeprefix("half-").removeprefix("foster-").removeprefix("twin-") for word in named}
    )


def untagged(text: str) -> str:
    """A claim without its tag: "You grew up in Paris, didn't you?" without the question."""
    return pattern("tag").sub(".", text)
