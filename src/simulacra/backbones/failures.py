"""What an endpoint's failures mean, each in one plain sentence with the next step."""

from __future__ import annotations

import json
from collections.abc import Mapping

from simulacra.backbones.redaction import redacted
from simulacra.errors import BackboneError, BackboneNotAvailableError, GenerationError

_LONGEST_WORDS = 300
_LONGEST_WAIT = 60.0
_PASSING = frozenset({408, 409, 425, 429})


class PassingError(Exception):
    """A failure that may be gone at the next attempt.

    Attributes:
        final: What to raise when no attempt is left.
        retry_after: Seconds that the server asked to wait; None where it did not say.
    """

    def __init__(self, final: BackboneError, retry_after: float | None = None) -> None:
        super().__init__(str(final))
        self.final = final
        self.retry_after = retry_after


class RejectedError(GenerationError):
    """The endpoint will not take the request as it is.

    Attributes:
        words: What the server said.
    """

    def __init__(self, message: str, words: str) -> None:
        super().__init__(message)
        self.words = words


def failure(
    status: int, body: bytes, headers: Mapping[str, str], *, where: str, model: str, key: str, key_name: str
) -> BackboneError | PassingError:
    """The error that an HTTP answer means.

    Args:
        status: The answer's status.
        body: The answer's content.
        headers: The answer's headers.
        where: The endpoint, to be named.
        model: The model that was asked for.
        key: The key in use, to be kept out of the message.
        key_name: The environment variable that holds it.
    """
    code, said = _said(body)
    words = redacted(said, key)[:_LONGEST_WORDS].rstrip(". ")
    if status in (401, 403):
        return BackboneNotAvailableError(f"{where} refused the key ({status}): set {key_name} to a valid one.")
    if status == 404:
        return BackboneNotAvailableError(
            f"{where} has no model {model!r}, or is no OpenAI-compatible endpoint (404: {words}). Check both; "
            "the address usually ends in /v1."
        )
    if code == "insufficient_quota":
        return BackboneNotAvailableError(f"The account behind {key_name} has no credit left at {where}: {words}.")
    if status in _PASSING or status >= 500:
        hint = "Lower concurrency= or set rpm= in the spec" if status == 429 else "Try again later"
        final = GenerationError(f"{where} still answered {status} at the last attempt: {words}. {hint}.")
        return PassingError(final, _retry_after(headers))
    if "content_filter" in (code, said) or "content management policy" in said:
        return GenerationError(f"The content filter of {where} refused the request: {words}.")
    return RejectedError(f"{where} rejected the request ({status}): {words}.", words)


def _said(body: bytes) -> tuple[str, str]:
    """The error's code and message, wherever the server put them."""
    try:
        whole = json.loads(body)
    except ValueError:
        return "", " ".join(body.decode(errors="replace").split())
    error = whole.get("error", whole) if isinstance(whole, dict) else whole
    if not isinstance(error, dict):
        return "", str(error)
    return str(error.get("code") or error.get("type") or ""), str(error.get("message") or error)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    try:
        return min(max(float(headers["retry-after"]), 0.0), _LONGEST_WAIT)
    except (KeyError, ValueError):
        return None
