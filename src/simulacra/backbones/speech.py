"""Plain-text answers: what was said, without what models wrap around it."""

from __future__ import annotations

import re
from collections.abc import Sequence

_THOUGHTS = re.compile(
    r"\A(?:\s*<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z))+"  # blocks of thoughts, the last one perhaps cut off
    r"|\A.*?</think(?:ing)?>",  # some chat templates leave the opening tag out
    re.DOTALL,
)
_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»", "‘": "’"}
_TAGS = ("<think>", "<thinking>")

_AI = r"an? (?:AI|artificial intelligence|(?:large )?language model)\b"
_CANNOT = r"\bI (?:can['’]?t|cannot|can not|won['’]t|am not able to|am unable to|['’]m unable to)"
_REFUSAL = re.compile(
    rf"\bas {_AI}"
    rf"|\bI(?:['’]m| am) (?:just |only )?{_AI}"
    rf"|\bI(?:['’]m| am) (?:sorry|afraid)\b.{{0,20}}{_CANNOT}"
    r" (?:assist|help|comply|fulfil|role-?play|pretend|impersonate|engage|generate|provide|create)\b"
    rf"|{_CANNOT} (?:assist with|comply with|fulfil|role-?play|pretend to be|impersonate|generate)\b",
    re.IGNORECASE,
)
_REFUSAL_WITHIN = 300


def refuses(text: str) -> bool:
    """Whether the model steps out of the person and refuses: it calls itself an AI, or declines in the set phrases of
    assistants, within the first 300 characters.

    The list is short on purpose (ours): it misses quiet refusals, and counts a person who happens to speak so.
    """
    return _REFUSAL.search(text[:_REFUSAL_WITHIN]) is not None


def without_thoughts(text: str) -> str:
    """The text after a reasoning model's thoughts; empty where it never came to an end of them."""
    return _THOUGHTS.sub("", text).strip()


def spoken(text: str, names: Sequence[str] = ()) -> str:
    """What was said: without thoughts, a "Name:" in front, or quotation marks around the whole.

    Stage directions in asterisks stay.

    Args:
        text: The model's answer.
        names: What the speaker may be called in front of the words.
    """
    return _unquoted(_unnamed(without_thoughts(text), names))


class SpokenStream:
    """The same, piece by piece: what can be shown already. All pieces together are what ``spoken`` makes of the whole.

    Args:
        names: What the speaker may be called in front of the words.
    """

    def __init__(self, names: Sequence[str] = ()) -> None:
        self._names = names
        self._raw = ""
        self._shown = ""

    def feed(self, piece: str) -> str:
        """Take the next piece of the model's answer, and return what there is to show."""
        self._raw += piece
        return "" if self._undecided() else self._news(spoken(self._raw, self._names))

    def rest(self, whole: str) -> str:
        """What is left to show of the whole answer."""
        return self._news(whole)

    def _news(self, so_far: str) -> str:
        if not so_far.startswith(self._shown):
            return ""
        news = so_far[len(self._shown) :]
        self._shown = so_far
        return news

    def _undecided(self) -> bool:
        """Whether the opening may still turn out to be thoughts, a name or a quotation mark."""
        said = without_thoughts(self._raw)
        if any(tag.startswith(said) for tag in _TAGS):
            return True
        named = said.lstrip("*").casefold()
        if any(name.casefold().startswith(named) or _may_be_named(named, name) for name in self._names):
            return True
        return _unnamed(said, self._names)[:1] in ("", *_QUOTES)


def _may_be_named(opening: str, name: str) -> bool:
    """Whether only a name and what may stand between it and its colon has come so far."""
    return opening.startswith(name.casefold()) and not opening[len(name) :].strip("* ")


def _unnamed(text: str, names: Sequence[str]) -> str:
    for name in names:
        text = re.sub(rf"\A\**{re.escape(name)}\**\s*:\**\s*", "", text, count=1, flags=re.IGNORECASE)
    return text


def _unquoted(text: str) -> str:
    closing = _QUOTES.get(text[:1])
    inside = text[1:-1]
    if closing is None or len(text) < 2 or text[-1] != closing or text[0] in inside or closing in inside:
        return text
    return inside.strip()
