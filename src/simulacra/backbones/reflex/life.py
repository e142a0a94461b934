"""What is read out of a character once and kept: who is who, which words matter, and what it can say."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property, lru_cache

from simulacra.backbones.reflex.gender import gender_of
from simulacra.backbones.reflex.grammar import Told, first_person
from simulacra.backbones.reflex.sentences import sentences
from simulacra.backbones.reflex.tokens import Cast, Gender, Somebody
from simulacra.backbones.reflex.words import listed, pattern, stem, stems_of, words_of
from simulacra.domain.character import Character, Person

_KEPT_TEXTS = 512
_MOSTLY = 0.8
_QUOTATION = re.compile(r"\"[^\"]*\"|“[^”]*”")
_SPOKEN = re.compile(r"^[\"“][^\"”]*[\"”]$")
_CAPITALISED = re.compile(r"(?<![.!?…\"“:] )(?<!^)\b[A-ZÀ-Þ][\w'’-]+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence that the person can say, or could not (then ``told.text`` is empty), with its stems and paragraph."""

    told: Told
    stems: frozenset[str]
    paragraph: int

    @property
    def sayable(self) -> bool:
        """Whether it can stand in an answer: whole, certain, and not somebody's bare words."""
        text = self.told.text
        return bool(text) and not _SPOKEN.match(text) and text[-1] in '.!?…"”’)' and text.count(" ") in range(2, 60)


class Life:
    """One character as the rules see it."""

    def __init__(self, character: Character) -> None:
        self.character = character
        self._lines: dict[str, tuple[Line, ...]] = {}

    @cached_property
    def whole_text(self) -> str:
        """Everything that is written about the person, except what they have wrong or do not know."""
        profile = self.character.profile
        people = "\n".join(f"{each.name}, {each.relation}: {each.about}" for each in self.character.people)
        facts = "\n".join(
            (
                *(profile.occupation, profile.family_background, profile.educational_background),
                *(*profile.hobbies, *profile.short_term_goals, *profile.long_term_goals),
                *self.character.personality.traits,
            )
        )
        return f"{profile.name}\n{facts}\n{people}\n{self.character.biography}\n{self.character.story.text}"

    @cached_property
    def gender(self) -> Gender:
        """Which pronouns a text uses for the person; empty for "they" or where it is not clear."""
        low = self.character.profile.gender.casefold()
        if re.search(r"\b(?:female|woman|girl)\b", low) and "non" not in low:
            return "female"
        return "male" if re.search(r"\b(?:male|man|boy)\b", low) and "non" not in low else ""

    @cached_property
    def names(self) -> tuple[tuple[str, ...], ...]:
        """What the person is called, longest first."""
        full = tuple(self.character.name.split())
        given = full[0]
        taken = {
            word
            for person in self.character.people
            for name in (person.name, *person.other_names)
            for word in name.split()
        }
        found = {full, (given,)}
        for word, count in self._capitalised.items():
            low, own = word.casefold(), given.casefold()
            related = (
                len(own) > 2 and len(low) > 2 and (low.endswith(own) or low.startswith(own) or own.startswith(low))
            )
            if related and word not in taken and count < 10_000 and not low.endswith(("'s", "’s")):
                found |= {(word,), (word, *full[1:])}
        return tuple(sorted(found, key=lambda name: (-len(name), name)))

    @cached_property
    def cast(self) -> Cast:
        """The people whom the grammar can tell apart."""
        people: dict[tuple[str, ...], Somebody] = {}
        for person in self.character.people:
            label = self.called(person)
            for name in (person.name, person.name.split()[0], *person.other_names):
                people.setdefault(tuple(name.split()), Somebody(label, gender_of(person, self.gender)))
        for name in sorted(self._strangers):
            people.setdefault((name,), Somebody(name))
        own = set(self.names) | {(self.character.name.split()[-1],)}
        ordered = sorted((each for each in people if each not in own), key=lambda name: -len(name))
        return Cast(self.names, self.gender, {name: people[name] for name in ordered})

    @cached_property
    def in_first_person(self) -> bool:
        """Whether the story is told by the person."""
        bare = _QUOTATION.sub(" ", self.character.story.text)
        own = len(re.findall(r"\b(?:I|my|me)\b", bare))
        return own > len(re.findall(rf"\b{re.escape(self.character.profile.given_name)}\b", bare)) * 2

    @cached_property
    def idf(self) -> dict[str, float]:
        """How telling each stem is, over the sentences of biography and story."""
        documents = [stems_of(paragraph) for paragraph in self.whole_text.split("\n") if paragraph]
        counts = Counter(each for stems in documents for each in stems)
        return {each: math.log(1 + len(documents) / count) for each, count in counts.items()}

    def paragraphs_with(self, stems: frozenset[str]) -> list[str]:
        """The paragraphs of the story that have any of the stems, those with the heaviest first."""
        weights: dict[int, float] = {}
        for each in sorted(stems & self._paragraphs_by_stem.keys()):
            for number in self._paragraphs_by_stem[each]:
                weights[number] = weights.get(number, 0.0) + self.idf.get(each, 1.0)
        ordered = sorted(weights, key=lambda number: (-weights[number], number))
        return [self.character.story.paragraphs[number].text for number in ordered]

    @cached_property
    def _paragraphs_by_stem(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number, paragraph in enumerate(self.character.story.paragraphs):
            for each in stems_of(paragraph.text):
                found.setdefault(each, []).append(number)
        return found

    @property
    def rare(self) -> float:
        """The weight of a stem that occurs nowhere in the life."""
        return math.log(1 + 2 * max(10, len(self.character.story.paragraphs)))

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The stems of all words in the person's life, small words among them."""
        return frozenset(stem(word) for word in words_of(self.whole_text))

    def mentions_own(self, kin: frozenset[str]) -> bool:
        """Whether anything is written of such a relative of the person's own."""
        words = "|".join(map(re.escape, sorted(kin, key=len, reverse=True)))
        owners = "|".join(("my", *({"male": ("his",), "female": ("her",)}.get(self.gender, ("their", "his", "her")))))
        owned = rf"\b(?:{owners})\s+(?:[\w-]+\s+){{0,2}}(?:step-?|half-)?(?:{words})s?\b"
        return re.search(owned, self.whole_text, re.IGNORECASE) is not None

    @cached_property
    def summaries(self) -> tuple[Line, ...]:
        """The summaries of the stages in the first person."""
        return tuple(line for each in self.character.stages for line in self.lines(each.summary))

    @cached_property
    def biography(self) -> tuple[Line, ...]:
        """The biography in the first person."""
        return self.lines(self.character.biography)

    def lines(self, text: str) -> tuple[Line, ...]:
        """The sentences of a text in the first person, without those that tell what the person does not know."""
        if text not in self._lines:
            if len(self._lines) >= _KEPT_TEXTS:
                self._lines.pop(next(iter(self._lines)))
            self._lines[text] = tuple(self._read(text))
        return self._lines[text]

    @cached_property
    def beliefs(self) -> tuple[Line, ...]:
        """What the person has wrong, as they would say it."""
        told = [first_person([each.belief], self.cast)[0] for each in self.character.knowledge.mistaken]
        return tuple(Line(each, stems_of(f"{each.source} {each.text}"), number) for number, each in enumerate(told))

    @cached_property
    def _called(self) -> dict[str, str]:
        story = self.character.story.text
        return {
            person.name: max(
                (person.name.split()[0], *person.other_names),
                key=lambda name: (len(re.findall(rf"\b{re.escape(name)}\b", story, re.IGNORECASE)), name[:1].islower()),
            )
            for person in self.character.people
        }

    def called(self, person: Person) -> str:
        """What the protagonist calls somebody: the name that the story uses most."""
        return self._called[person.name]

    @cached_property
    def traits(self) -> tuple[Line, ...]:
        """What the person says of themselves, and what they like to do."""
        said = (*self.character.personality.traits, *(f"I like {each}." for each in self.character.profile.hobbies))
        told = (Told(each, each, False, True, each) for each in said)
        return tuple(Line(each, stems_of(each.text), number) for number, each in enumerate(told))

    def _read(self, text: str) -> list[Line]:
        paragraphs = [each for each in text.splitlines() if each.strip() and not each.startswith("#")]
        return [line for number, each in enumerate(paragraphs) for line in self._lines_of(each, number, text)]

    def _lines_of(self, paragraph: str, number: int, text: str) -> list[Line]:
        whole = sentences(paragraph)
        # "She never learned that ..." tells the reader what the person does not know; so does what follows it.
        hidden = next((at for at, each in enumerate(whole) if pattern("hidden").search(each)), len(whole))
        kept = whole[:hidden]
        if self._tells_itself(text):
            told = tuple(Told(each, each, False, True, each) for each in kept)
        else:
            told = first_person(kept, self.cast)
        return [Line(each, _stems_told(each), number) for each in told if not self._beyond_knowledge(each.source)]

    def _tells_itself(self, text: str) -> bool:
        return self.in_first_person and text != self.character.biography

    def _beyond_knowledge(self, sentence: str) -> bool:
        """Whether a sentence gives away what the person does not know or has wrong."""
        stems = stems_of(sentence)
        return any(len(stems & each) >= max(3, 0.5 * len(each)) for each in self._secrets)

    @cached_property
    def _secrets(self) -> tuple[frozenset[str], ...]:
        knowledge = self.character.knowledge
        people = (name for each in self.character.people for name in (each.name, *each.other_names, each.relation))
        own = stems_of(" ".join((self.character.name, *people)))
        truths = [stems_of(each.truth) - stems_of(each.belief) - own for each in knowledge.mistaken]
        return tuple(each for each in truths if len(each) >= 2)

    @cached_property
    def _capitalised(self) -> Counter[str]:
        return Counter(_CAPITALISED.findall(f"{self.character.biography}\n{self.character.story.text}"))

    @cached_property
    def _strangers(self) -> frozenset[str]:
        """Names of people who are not among the character's people: capitalised words that do what only people do."""
        text = self.character.story.text
        doing = "|".join(sorted(listed("people", "doing")))
        acting = set(re.findall(rf"\b([A-ZÀ-Þ][\w-]+) (?:{doing})\b", text)) | set(
            re.findall(r"\b(?:said|asked) ([A-ZÀ-Þ][\w-]+)", text)
        )
        placed = Counter(re.findall(r"\b(?:in|at|from|of|near|to|over|across) ([A-ZÀ-Þ][\w-]+)", text))
        return frozenset(
            each
            for each in acting
            if placed[each] * 3 < self._capitalised[each] and each.casefold() not in listed("questions", "empty")
        )


def _stems_told(told: Told) -> frozenset[str]:
    """The stems of a sentence; of one that was cut, those of what is left of it."""
    cut = told.text and told.text.count(" ") < _MOSTLY * told.source.count(" ")
    return stems_of(told.text if cut else f"{told.source} {told.text}")


@lru_cache(maxsize=32)
def life_of(character: Character) -> Life:
    """The analysis of a character; kept for the characters that spoke last."""
    return Life(character)
