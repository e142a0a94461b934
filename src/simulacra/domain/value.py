"""The base of every value: frozen, and strict about names it does not know."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """An immutable value. Transforms return new values (``value.model_copy(update=...)``)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
