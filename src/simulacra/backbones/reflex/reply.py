"""The reply: for each thing that may be asked, where its answer comes from, and how it is put."""

from __future__ import annotations

from collections.abc import Callable

from simulacra.backbones.reflex import bonds, facts, recounting, told
from simulacra.backbones.reflex.evidence import SUPPORTED, find
from simulacra.backbones.reflex.feeling import valence
from simulacra.backbones.reflex.knowledge import is_unknown
from simulacra.backbones.reflex.moment import Moment
from simulacra.backbones.reflex.particular import asked_particularly, work
from simulacra.backbones.reflex.premise import Premise, check
from simulacra.backbones.reflex.questions import names_of
from simulacra.backbones.reflex.voice import within_limit
from simulacra.backbones.reflex.whereabouts import whereabouts
from simulacra.backbones.reflex.words import listed, pattern, stem, stems_of, words_of

Answer = Callable[[Moment], str]


def reply(moment: Moment) -> str:
    """What the person says; never empty."""
    said = (
        _pardon(moment)
        or _premise(moment)
        or asked_particularly(moment)
        or _ANSWERS.get(moment.question.intent, recounting.story)(moment)
        or recounting.story(moment)
    )
    return within_limit(said)


def _pardon(moment: Moment) -> str:
    """What to say to words of which hardly any are known: another language, or none."""
    words = [each for each in words_of(moment.stimulus) if not each.isdigit()]
    small = {
        stem(each)
        for each in listed("questions", "empty") | listed("grammar", "pronouns") | listed("grammar", "prepositions")
        if len(each) > 1
    }
    foreign = (
        words and not any(stem(each) in small for each in words) and moment.question.intent in ("story", "statement")
    )
    known = moment.question.stems & moment.life.vocabulary or moment.question.person or moment.question.relation
    return moment.voice.say("pardon") if foreign and not known else ""


def _premise(moment: Moment) -> str:
    """The correction of a false premise, or the affirmation of a true one that was asked about; else empty."""
    if is_unknown(moment.question, moment.life):
        return moment.voice.say("never_learned")
    premise = check(moment.question, moment.life)
    if premise is None:
        return ""
    if premise.verdict == "false":
        return _corrected(moment, premise)
    claim = moment.question.tagged or moment.question.wanted == "yes or no" or "?" not in moment.question.text
    return moment.voice.say("affirm", fact=premise.fact) if claim else ""


def _corrected(moment: Moment, premise: Premise) -> str:
    if premise.fact.startswith("I have no "):
        return moment.voice.say("no_relative", relation=premise.fact.removeprefix("I have no ").rstrip("."))
    return moment.voice.say("correct", fact=premise.fact)


# ---------------------------------------------------------------- from the profile


def _hobbies(moment: Moment) -> str:
    return facts.hobbies(moment.life, moment.voice) if moment.character.profile.hobbies else ""


def _short_term(moment: Moment) -> str:
    goals = moment.character.profile.short_term_goals
    return facts.goals(moment.life, moment.voice, goals) if goals else _long_term(moment)


def _long_term(moment: Moment) -> str:
    goals = moment.character.profile.long_term_goals
    return facts.goals(moment.life, moment.voice, goals) if goals else moment.voice.say("no_future")


def _age(moment: Moment) -> str:
    profile = moment.character.profile
    return moment.voice.fact("age", age=str(profile.age), year=str(profile.date_of_birth.year))


def _personality(moment: Moment) -> str:
    """Two of the person's own descriptions of themselves, one of the most telling first."""
    traits = moment.character.personality.traits
    start = moment.voice.number("traits") % max(1, min(5, len(traits) - 1))
    return " ".join(traits[start : start + 2])


def _introduction(moment: Moment) -> str:
    return f"{moment.voice.fact('name', name=moment.character.name)} {work(moment)}"


def _place(kind: str) -> Answer:
    def answer(moment: Moment) -> str:
        if where := whereabouts(moment.life, kind):
            return moment.voice.say("place", fact=where)
        return moment.voice.say("home_unknown") if kind == "living" else ""

    return answer


def _relative(moment: Moment) -> str:
    """Somebody of the family: who they are, unless more is asked than that and the memory has it."""
    question, life = moment.question, moment.life
    people = names_of(question.relation, life)
    if question.relation == "colleague":
        people = tuple(each for each in people if "late" not in each.relation.split())
    if pattern("married").search(question.text) or (not people and question.relation in ("husband", "wife")):
        return bonds.married(moment)
    if people and pattern("how_is").search(question.text):
        return bonds.how_is(moment, people[0])
    particular = question.wanted in ("when", "where", "why") and len(question.stems) > 1
    if not people or question.tagged or particular or _asks_more(moment):
        return ""
    if len(people) > 1:
        return facts.relatives(life, list(people[:4]), moment.voice)
    return facts.relative(life, people[0], moment.voice)


def _person(moment: Moment) -> str:
    person = moment.question.person
    if person is not None and pattern("how_is").search(moment.question.text):
        return bonds.how_is(moment, person)
    if person is None or moment.question.tagged:
        return ""
    if pattern("viewing").search(moment.question.text) and (view := facts.views(moment.life, person)):
        return moment.voice.say("tell", fact=view)
    if _asks_more(moment):
        return ""
    return facts.relative(moment.life, person, moment.voice)


def _asks_more(moment: Moment) -> bool:
    """Whether the question is about more than who somebody is, and there is more in mind."""
    question = moment.question
    if pattern("who").search(question.text):
        return False
    finding = find(moment)
    return finding is not None and finding.support >= SUPPORTED


# ---------------------------------------------------------------- small talk, and what is not asked in earnest


def _mood(moment: Moment) -> str:
    level = moment.mood.valence
    return moment.voice.say("mood_low" if level < -0.2 else "mood_high" if level > 0.25 else "mood_even")


def _greeting(moment: Moment) -> str:
    if name := told.name_in(moment.stimulus):
        return moment.voice.say("heard_name", given=name, own=moment.character.profile.given_name)
    return moment.voice.say("hello_again" if moment.exchanges else "hello")


def _invitation(moment: Moment) -> str:
    """Strangers are put off; people of one's own life are not."""
    known = any(moment.speaker in (each.name, *each.other_names) for each in moment.character.people)
    return moment.voice.say("invitation_from_friend" if known else "invitation")


def _scenario(moment: Moment) -> str:
    """What the person says of themselves that comes nearest to the situation."""
    stems = stems_of(moment.stimulus)
    traits = moment.character.personality.traits
    weight = moment.life.idf
    best = max(traits, key=lambda each: sum(weight.get(stem, 0.0) for stem in sorted(stems & stems_of(each))))
    if not stems & stems_of(best):
        best = traits[moment.voice.number("scenario") % min(5, len(traits))]
    return moment.voice.say("scenario", fact=best)


def _what_you_told(moment: Moment) -> str:
    said = told.recall(moment.question.text, moment.said_before)
    return moment.voice.say("told", fact=said) if said else moment.voice.say("not_told")


def _statement(moment: Moment) -> str:
    """The speaker tells something: it is taken in, and may bring something to mind."""
    if name := told.name_in(moment.stimulus):
        return moment.voice.say("heard_name", given=name, own=moment.character.profile.given_name)
    level, question = valence(moment.stimulus), moment.question
    if level < -0.3 or question.stems & {stem(each) for each in listed("people", "sorrows")}:
        return moment.voice.say("heard_sad")
    finding = find(moment)
    if finding is not None and finding.support >= SUPPORTED and len(question.stems & finding.line.stems) > 1:
        return moment.voice.say("reminded", fact=finding.text)
    return moment.voice.say("heard_glad" if level > 0.4 else "heard")


def _phrase(key: str) -> Answer:
    return lambda moment: moment.voice.say(key)


_ANSWERS: dict[str, Answer] = {
    "orders": _phrase("orders"),
    "artificial": _phrase("artificial"),
    "rude": _phrase("rude"),
    "farewell": _phrase("goodbye"),
    "thanks": _phrase("thanks"),
    "invitation": _invitation,
    "silence": _phrase("silence"),
    "long": _phrase("long"),
    "filler": _phrase("filler"),
    "doubt": _phrase("doubt"),
    "apology": _phrase("apology"),
    "greeting": _greeting,
    "mood": _mood,
    "name": lambda moment: moment.voice.fact("name", name=moment.character.name),
    "age": _age,
    "birthday": lambda moment: facts.birthday(moment.life, moment.voice, moment.stimulus),
    "gender": lambda moment: moment.voice.fact("gender", gender=moment.character.profile.gender),
    "work": work,
    "hobbies": _hobbies,
    "education": lambda moment: facts.education(moment.life, moment.voice),
    "family": lambda moment: facts.family(moment.life, moment.voice),
    "short_term_goals": _short_term,
    "long_term_goals": _long_term,
    "personality": _personality,
    "introduction": _introduction,
    "home": _place("living"),
    "birthplace": _place("born"),
    "origin": _place("grown"),
    "childhood": _place("childhood"),
    "relative": _relative,
    "person": _person,
    "scenario": _scenario,
    "what_you_told": _what_you_told,
    "statement": _statement,
    "why": recounting.why,
    "more": recounting.more,
}
