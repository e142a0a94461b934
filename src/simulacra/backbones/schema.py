"""The JSON schema of an answer, in the strict dialect that endpoints enforce."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel

_NOT_ENFORCED = ("title", "default", "minLength", "maxLength")
"""Left out: strict mode refuses them. Pydantic checks lengths when the answer is read."""


@dataclass(frozen=True, slots=True)
class Schema:
    """What an answer must look like.

    Attributes:
        name: The name of the answer's type.
        json: The schema: all properties required, no others allowed.
        text: The same as JSON text.
    """

    name: str
    json: dict[str, Any]
    text: str


@cache
def schema_of(output: type[BaseModel]) -> Schema:
    """The strict schema of a pydantic model."""
    strict = _strict(output.model_json_schema())
    return Schema(output.__name__, strict, json.dumps(strict))


def _strict(node: Any) -> Any:
    if isinstance(node, list):
        return [_strict(each) for each in node]
    if not isinstance(node, dict):
        return node
    kept = {name: value for name, value in node.items() if name not in _NOT_ENFORCED}
    if "properties" not in kept:
        return {name: _strict(value) for name, value in kept.items()}
    kept.pop("description", None)  # a class's docstring is meant for programmers
    properties = {name: _strict(value) for name, value in kept.pop("properties").items()}
    return {
        **{name: _strict(value) for name, value in kept.items()},
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
