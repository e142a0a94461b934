"""What fields can be made out in plain text: JSON amid prose, lines of "name: value", or the text itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

_DECODER = json.JSONDecoder(strict=False)  # lets line breaks in strings pass
_LONGEST = 100_000
_MOST_BRACES = 500
_LABELLED = re.compile(r"""\s*(?:[-*•]\s+)?["'*_`]*(?P<name>[^\W\d][\w ]*?)["'*_`]*\s*[:=]["'*_`]*\s*(?P<value>.*)""")
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?|[-+]?\.\d+")
_BULLET = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+", re.MULTILINE)
_NOTHING = frozenset({"", "none", "n/a", "[]", "-", "nothing"})
_AROUND = "\"'“”‘’`*_, \t"


def candidates(text: str, output: type[BaseModel]) -> Iterator[dict[str, Any]]:
    """Everything in the text that may be the answer, the likeliest first; none of it is validated.

    JSON objects come first, later ones before earlier ones (a model that corrects itself does so at the end), each
    without what the answer has no field for; then lines that name a field; then, for an answer of one text, the text
    itself.
    """
    fields = output.model_fields
    text = text[:_LONGEST]
    for found in reversed(list(_json_objects(text))):
        if known := {name: value for name, value in found.items() if name in fields}:
            yield known
    if lines := _labelled_lines(text, fields):
        yield lines
    if [field.annotation for field in fields.values()] == [str] and "{" not in text:
        yield {name: text.strip().strip(_AROUND) for name in fields}


def _json_objects(text: str) -> Iterator[dict[str, Any]]:
    """Every JSON object, in order; inner ones after the one that holds them."""
    for brace in islice(re.finditer("{", text), _MOST_BRACES):
        try:
            found, _ = _DECODER.raw_decode(text, brace.start())
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            yield found


def _labelled_lines(text: str, fields: dict[str, FieldInfo]) -> dict[str, Any]:
    """The values after "name:" or "name =", each up to the next such line."""
    values: dict[str, list[str]] = {}
    name = ""
    for line in text.splitlines():
        labelled = _LABELLED.match(line)
        label = labelled["name"].strip().casefold().replace(" ", "_") if labelled else ""
        if labelled and label in fields:
            name = label
            values[name] = [labelled["value"]]
        elif name:
            values[name].append(line)
    return {name: _value("\n".join(lines).strip(), fields[name].annotation) for name, lines in values.items()}


def _value(text: str, annotation: Any) -> Any:
    """The text as what the field wants, as far as that is plain to see."""
    if annotation in (int, float):
        number = _NUMBER.search(text.replace("−", "-"))
        return number.group() if number else text
    if get_origin(annotation) is Literal:
        said = text.strip(_AROUND + ".").casefold()
        return next((option for option in get_args(annotation) if str(option).casefold() == said), text)
    if get_origin(annotation) in (tuple, list):
        return _listed(text)
    return text.strip(_AROUND)


def _listed(text: str) -> list[str]:
    bare = text.strip().strip("[]")
    if bare.strip(_AROUND + ".").casefold() in _NOTHING:
        return []
    parts = _BULLET.split(bare) if _BULLET.search(bare) else re.split(r"[;\n]" if ";" in bare else r"[,\n]", bare)
    return [part.strip().strip(_AROUND) for part in parts if part.strip(_AROUND + "\n")]
