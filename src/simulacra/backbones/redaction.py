"""Keep secrets out of messages: servers like to repeat the key that they refuse."""

from __future__ import annotations

import re

_KEY = re.compile(r"\b(?:sk|pk|rk|api|key|hf|gsk|xai)[-_][A-Za-z0-9*_\-.]{4,}|(?<=Bearer )\S+", re.IGNORECASE)
_HIDDEN = "[hidden]"
_USERINFO = re.compile(r"(?<=//)[^\s/]*@|(?<=@)[^\s/@]*@")


def redacted(text: str, secret: str = "") -> str:
    """The text without anything that looks like a key, and without the given secret.

    Args:
        text: Something that came from outside.
        secret: The key in use; empty for none.
    """
    return _KEY.sub(_HIDDEN, text.replace(secret, _HIDDEN) if secret else text)


def without_password(text: str) -> str:
    """An address, or a spec with one in it, without the user and password that may stand before its host."""
    return _USERINFO.sub("", text)
