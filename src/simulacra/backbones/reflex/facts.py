"""What the profile and the people in it say, in the first person."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from simulacra.backbones.reflex.gender import gender_of
from simulacra.backbones.reflex.grammar import Told, first_person
from simulacra.backbones.reflex.life import Life, Line
from simulacra.backbones.reflex.sentences import sentences
from simulacra.backbones.reflex.tokens import Cast, Somebody, Token, is_kin, is_possessive_her, tokens_of
from simulacra.backbones.reflex.voice import Voice
from simulacra.backbones.reflex.words import capitalised, enumerated, listed, stems_of, words_of
from simulacra.domain.character import Person

_FORMAT = re.compile(r"\b(?:YYYY|DD|MM)(?P<sign>[-/.])(?:YYYY|DD|MM)(?:[-/.](?:YYYY|DD|MM))?\b", re.IGNORECASE)
_FEWEST_WORDS = 4
_KIND_OF_PERSON = re.compile(
    r"^(?:(?:only|eldest|oldest|youngest|second|third|adopted) )?(?:daughter|son|child|grandchild|orphan|twin|one)\b",
    re.IGNORECASE,
)


def article(noun: str) -> str:
    """The article "a" or "an", unless the words bring their own determiner."""
    first = noun.split()[0].casefold()
    if first in listed("grammar", "determiners") or first in (
        "my",
        "retired",
        "unemployed",
        "self-employed",
        "head",
        "co-owner",
        "studying",
    ):
        return ""
    return "an " if first[0] in "aeiou" and not first.startswith(("uni", "eu", "one")) else "a "


def spoken_date(day: date) -> str:
    """A day as it is spoken: "27 June 1994"."""
    return f"{day.day} {day:%B %Y}"


def work(life: Life) -> str:
    """The occupation with its article: "a bicycle mechanic"."""
    occupation = life.character.profile.occupation
    plain = occupation if occupation[:2].isupper() else occupation[0].lower() + occupation[1:]
    return article(plain) + plain


def birthday(life: Life, voice: Voice, question: str) -> str:
    """The date of birth, in the format that was asked for where one was."""
    born = life.character.profile.date_of_birth
    if asked := _FORMAT.search(question):
        pattern = asked.group().upper().replace("YYYY", f"{born.year:04}").replace("MM", f"{born.month:02}")
        return voice.fact("date", date=pattern.replace("DD", f"{born.day:02}"))
    ordinal = f"{born.day}{'th' if 10 < born.day % 100 < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(born.day % 10, 'th')}"
    return voice.fact("birthday", date=spoken_date(born), ordinal=ordinal, month=f"{born:%B}", year=str(born.year))


def goals(life: Life, voice: Voice, which: tuple[str, ...]) -> str:
    """What the person wants, as a sentence: "I want to ..." for verbs, "I have ... in mind" for the rest."""
    plain = [_own_words(life, each) for each in which]
    if all(each.split()[0] in listed("grammar", "verbs") or each.split()[0] in ("be", "stay", "set") for each in plain):
        return voice.fact("want", goals=enumerated(plain))
    return voice.fact("plan" if which == life.character.profile.short_term_goals else "dream", goals=enumerated(plain))


def hobbies(life: Life, voice: Voice) -> str:
    """What the person likes to do."""
    return voice.fact(
        "hobbies", hobbies=enumerated([_own_words(life, each) for each in life.character.profile.hobbies])
    )


def education(life: Life, voice: Voice) -> str:
    """The schooling in the first person."""
    return voice.fact("education", **{"Education": _fragments(life, life.character.profile.educational_background)})


def family(life: Life, voice: Voice) -> str:
    """Where the person comes from, and who is there."""
    said = voice.fact("family_fragment", Family=_fragments(life, life.character.profile.family_background))
    kin = [each for each in life.character.people if _close(each)]
    return f"{said} {relatives(life, kin[:4], voice)}" if kin else said


def relatives(life: Life, people: list[Person], voice: Voice) -> str:
    """Several people in a row."""
    return voice.fact("relatives", people=enumerated([f"my {each.relation} {life.called(each)}" for each in people]))


def relative(life: Life, person: Person, voice: Voice) -> str:
    """Who somebody is: name, relation, and what the person says of them."""
    named = voice.fact("relative", relation=person.relation, name=life.called(person))
    if person.name.casefold() == person.relation.casefold():
        named = ""
    return f"{named} {about(life, person)}".strip()


def about(life: Life, person: Person, most: int = 2) -> str:
    """What is written about somebody, as the protagonist would say it; sentences that stay unclear are left out."""
    told: list[str] = []
    subject = {"male": "He", "female": "She"}.get(gender_of(person, life.gender), life.called(person))
    for number, sentence in enumerate(sentences(person.about)):
        first = sentence.split()[0].casefold()
        proper = _is_proper(life, sentence)
        lowered = sentence if proper else f"{sentence[0].lower()}{sentence[1:]}"
        if (
            (first != "born" and first.endswith("ed"))
            or first in listed("grammar", "irregular_pasts")
            or _present(first)
        ):
            sentence = f"{subject} {lowered}"
        elif first == "born" or re.match(r"[A-Z]\S+ when\b", sentence):
            sentence = f"{subject} was {lowered}"
        elif number == 0 and _is_bare(sentence):
            sentence = f"{subject} is {lowered}"
        if text := _about_other(life, person, sentence):
            told.append(text)
    return " ".join(told[:most])


def views(life: Life, person: Person) -> str:
    """What the person thinks of somebody: those sentences about them in which the person occurs; empty for none."""
    told = [each for each in sentences(about(life, person, most=9)) if re.search(r"\b(?:I|me|my)\b", each)]
    return re.sub(r"^(?:She|He)\b", life.called(person), _possessed(life, person, " ".join(told[:2])))


def _possessed(life: Life, person: Person, text: str) -> str:
    return re.sub(r"^(?:Her|His)\b", f"{life.called(person)}'s", text)


@lru_cache(maxsize=128)
def people_lines(life: Life) -> tuple[Line, ...]:
    """What is written about the people of the life, as sentences that stand alone."""
    found: list[Line] = []
    for number, person in enumerate(life.character.people):
        for sentence in sentences(about(life, person, most=9)):
            text = re.sub(r"^(?:He|She)\b", life.called(person), sentence)
            found.append(
                Line(
                    Told(text, text, False, False, sentence),
                    stems_of(f"{text} {person.name} {person.relation}"),
                    number,
                )
            )
    return tuple(found)


def _about_other(life: Life, person: Person, sentence: str) -> str:
    """A sentence about somebody else; empty where it is unclear whom its pronouns mean."""
    cast, gender = life.cast, gender_of(person, life.gender)
    if gender != cast.gender or not gender:
        them = Somebody(life.called(person), gender)
        return first_person(
            ["Somebody.", sentence], Cast(cast.selves, cast.gender, cast.people | {("Somebody",): them})
        )[1].following
    # Both are "he": what is done is done to the protagonist, what is owned could be either's.
    tokens = tokens_of(sentence)
    acting = governed = False
    named = bool(tokens) and tokens[0].text in person.name.split()
    for position, token in enumerate(tokens):
        if token.low in ("he", "she", "his", "her", "him"):
            owned = token.low == "his" or (token.low == "her" and is_possessive_her(tokens, position))
            if (owned and position) or governed or ((acting or named) and token.low in ("he", "she")):
                tokens = _beginning(tokens[:position])
                break
            if owned and any(is_kin(tokens, at) for at in (1, 2)):
                token.text = "My"
            elif token.low in ("him", "her") and not owned and not acting:
                token.text = "me"
        elif _names_self(life, token.text):
            acting = True
            governed = position > 0 and tokens[position - 1].low in listed("grammar", "prepositions")
    plain = "".join(token.space + token.text for token in tokens)
    if not plain:
        return ""
    return first_person([plain], Cast(cast.selves, "", cast.people))[0].following


def _beginning(tokens: list[Token]) -> list[Token]:
    """What stands before the last comma, as a sentence; nothing where that is not much."""
    commas = [at for at, each in enumerate(tokens) if each.text in (",", ";")]
    return [*tokens[: commas[-1]], Token(".", "")] if commas and commas[-1] >= _FEWEST_WORDS else []


def _names_self(life: Life, word: str) -> bool:
    return (word,) in life.names


def _is_bare(sentence: str) -> bool:
    """Whether a description has no verb of its own in front: "A panel beater, half deaf", "Big, gentle and slow"."""
    head = re.split(r",|\b(?:who|whom|whose|which|that)\b", sentence)[0]
    words = [each.casefold() for each in words_of(head if sentence.startswith(("A ", "An ", "The ")) else sentence)[:5]]
    if words[0] in listed("grammar", "pronouns") - {"his", "her"}:
        return False
    verbs = listed("grammar", "irregular_pasts") | listed("grammar", "auxiliaries")
    return not any(each in verbs or each.endswith("ed") or _present(each) for each in words)


def _is_proper(life: Life, sentence: str) -> bool:
    first = words_of(sentence)[0].removesuffix("'s").removesuffix("’s")
    return any(first in name for name in life.cast.people)


def _present(word: str) -> bool:
    return word.endswith("s") and word.removesuffix("s") in listed("grammar", "verbs")


def _close(person: Person) -> bool:
    return (
        person.relation.split()[-1].split("-")[-1]
        in {"mother", "father", "sister", "brother", "wife", "husband", "daughter", "son"}
        and "'s" not in person.relation
    )


def _fragments(life: Life, text: str) -> str:
    """Make speech of bare values ("have completed high school", "Daughter of a smith; divorced")."""
    return ". ".join(_fragment(life, each.strip()) for each in re.split(r";|\.(?:\s|$)", text) if each.strip())


def _fragment(life: Life, text: str) -> str:
    low = text.split()[0].casefold()
    own = _own_words(
        life,
        text[0].lower() + text[1:]
        if not text[:2].isupper() and text.split()[0] not in life.whole_text.split("\n")[0]
        else text,
    )
    if (
        low in ("have", "am", "was", "had")
        or low in listed("grammar", "irregular_pasts")
        or (
            low.endswith("ed")
            and low not in ("divorced", "married", "widowed", "retired", "engaged", "separated", "orphaned", "adopted")
        )
    ):
        return f"I {own}"
    if low in ("divorced", "married", "widowed", "single", "separated", "engaged", "unmarried"):
        return f"I'm {own}"
    if _KIND_OF_PERSON.match(text):
        return f"I'm the {own}"
    if re.search(r"\bfamily\b", low) or re.search(r"^[\w-]+,? .*\bfamily\b", text):
        return f"I come from {article(own)}{own}"
    return capitalised(own)


def _own_words(life: Life, text: str) -> str:
    """A bare value with the person's own pronouns: "a tandem for herself" becomes "a tandem for myself"."""
    told = first_person([f"{life.character.profile.given_name} thought of {text}"], life.cast)[0].text
    return told.removeprefix("I thought of ") if told.startswith("I thought of ") else text
