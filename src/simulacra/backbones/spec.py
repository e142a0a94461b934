"""Specs of backbones: ``KIND:MODEL[@URL][?NAME=VALUE&...]``, read strictly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import parse_qsl

from pydantic import Field, ValidationError

from simulacra.backbones.redaction import redacted, without_password
from simulacra.domain.value import Value
from simulacra.errors import BackboneNotAvailableError

SettingsT = TypeVar("SettingsT", bound=Value)

_AT_SERVER = re.compile(r"(?P<model>.+?)@(?P<url>https?://.*|[^@]*)")

FORMS = """\
  reflex                         rule-based, embedded: no model, no key
  openai:MODEL[?NAME=VALUE&...]  any OpenAI-compatible endpoint (OPENAI_BASE_URL, OPENAI_API_KEY)
  vllm:MODEL@URL[?...]           a vLLM server (VLLM_API_KEY where it wants one)
  hf:ID_OR_PATH[?...]            a transformers model in this process
  top=SPEC,thinking=SPEC,...     one backbone a role: top, thinking, emotion, memory, default"""


@dataclass(frozen=True, slots=True)
class Spec:
    """A spec in its parts.

    Attributes:
        text: The whole.
        kind: What stands before the colon.
        model: What stands between the colon and the question mark.
        query: What stands after the question mark.
    """

    text: str
    kind: str
    model: str
    query: str

    @classmethod
    def parse(cls, text: str) -> Spec:
        """Cut a spec into its parts; none of them is checked."""
        head, _, query = text.partition("?")
        kind, _, model = head.partition(":")
        return cls(text, kind, model, query)

    def settings(self, kind: type[SettingsT]) -> SettingsT:
        """The parameters, validated.

        Raises:
            BackboneNotAvailableError: A parameter is unknown, stands twice, or has an impossible value.
        """
        try:
            pairs = parse_qsl(self.query, keep_blank_values=True, strict_parsing=True) if self.query else []
        except ValueError as error:
            raise wrong_spec(self.text, "what follows '?' is not of the form NAME=VALUE&NAME=VALUE") from error
        if twice := [name for position, (name, _) in enumerate(pairs) if name in dict(pairs[:position])]:
            raise wrong_spec(self.text, f"{twice[0]!r} stands twice")
        try:
            return kind.model_validate(dict(pairs))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            name = str(first["loc"][0])
            known = ", ".join(kind.model_fields)
            problem = (
                f"there is no parameter {name!r}; there are {known}"
                if first["type"] == "extra_forbidden"
                else f"{name!r} cannot be {first['input']!r} ({first['msg'][0].lower()}{first['msg'][1:]})"
            )
            raise wrong_spec(self.text, problem) from error


class Sampling(Value):
    """Parameters that change the answer; each is sent only if it is given.

    Attributes:
        temperature: 0 to 2.
        top_p: Above 0, at most 1.
        max_tokens: The longest answer.
        seed: The sample number of a call is added to it.
        frequency_penalty, presence_penalty: -2 to 2.
        reasoning_effort: For reasoning models, in the endpoint's words.
    """

    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    max_tokens: int | None = Field(default=None, ge=1)
    seed: int | None = None
    frequency_penalty: float | None = Field(default=None, ge=-2, le=2)
    presence_penalty: float | None = Field(default=None, ge=-2, le=2)
    reasoning_effort: str | None = None


def server_of(named: str) -> tuple[str, str]:
    """The model and the address of ``MODEL@URL``; both empty where it is not of that form."""
    found = _AT_SERVER.fullmatch(named)
    return (found["model"], found["url"]) if found else ("", "")


def wrong_spec(text: str, problem: str) -> BackboneNotAvailableError:
    """The error for a spec that cannot be; parameters and passwords are not repeated in it."""
    shown = without_password(text.partition("?")[0])
    return BackboneNotAvailableError(redacted(f"{shown!r} is no backbone: {problem}. Backbones are\n{FORMS}"))
