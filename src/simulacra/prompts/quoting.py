"""Keep data from looking like a prompt's own delimiters.

Our prompts delimit data with tags such as ``<memory>``; chat templates of models use ``<|im_end|>``, ``<s>`` or
``[INST]``. Text of users and stories may contain all of these. Every opening angle bracket that could begin such a tag
becomes the typographic ``‹``, which reads the same to a person and is no delimiter to anybody.
"""

from __future__ import annotations

import re
import unicodedata

_TAG_OPENING = re.compile(r"<(?=[^\s\d=\-])")
_INSTRUCTION_MARK = re.compile(r"\[(/?\s*INST\s*)\]", re.IGNORECASE)
_HARMLESS = re.compile(r"[^<\[\x00-\x08\x0b-\x1f\x7f-\U0010ffff]*")
"""Most texts at one look: ASCII without brackets and control characters."""


def quoted(text: str) -> str:
    """The text with nothing in it that could open or close a delimiter, and without control characters."""
    if _HARMLESS.fullmatch(text):
        return text
    without_tags = _INSTRUCTION_MARK.sub(r"(\1)", _TAG_OPENING.sub("‹", text))
    if without_tags.replace("\n", " ").isprintable():
        return without_tags
    return "".join(each for each in without_tags if each in "\n\t" or unicodedata.category(each)[0] != "C")
