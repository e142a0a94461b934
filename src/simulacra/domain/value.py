"""The base of every value: frozen, and strict about names it does not know."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints


def _visible(text: str) -> str:
    if not any(each.isprintable() and not each.isspace() for each in text):
        raise ValueError("there is nothing visible in it: write some words")
    return text


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_visible)]
"""Words without surrounding white space; never empty, and never of invisible characters alone."""


class Value(BaseModel):
    """An immutable value. Transforms return new values (``value.model_copy(update=...)``)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def __copy__(self) -> Self:
        copied = super().__copy__()
        for cached in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[cached]  # a copy with an update may not keep what was worked out from the old fields
        return copied
