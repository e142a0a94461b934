"""A life story: paragraphs in order, each in its temporal stage, and the chunks that memories are made of.

A story is one Markdown text. Paragraphs are separated by line breaks; a heading of level two (``## childhood``) opens
the temporal stage of that name; headings of other levels are titles and tell nothing.
"""

from __future__ import annotations

import re
from functools import cached_property

from simulacra.domain.value import Value

_LINE = re.compile(r"[^\r\n]+")
_HEADING = re.compile(r"(?P<marks>#{1,6})\s+(?P<words>.*)")


class Paragraph(Value):
    """One paragraph of a story.

    Attributes:
        text: The paragraph without surrounding white space.
        start, end: The character span in the story's text, ``story.text[start:end] == text``.
        stage: The name of the temporal stage it belongs to; None before the first stage heading.
    """

    text: str
    start: int
    end: int
    stage: str | None = None


class Chunk(Value):
    """Neighbouring paragraphs of one stage: the unit of memory construction (Human Simulacra, section 4.1).

    Attributes:
        index: The place of the chunk in the story, from 0.
        text: The paragraphs, joined by a blank line.
        start, end: The span in the story's text from the first paragraph's start to the last one's end.
        stage: The temporal stage of the paragraphs.
    """

    index: int
    text: str
    start: int
    end: int
    stage: str | None = None


class Story(Value):
    """A character's life story."""

    text: str

    @cached_property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """All paragraphs in order; headings are not paragraphs."""
        stage: str | None = None
        found: list[Paragraph] = []
        for line in _LINE.finditer(self.text):
            stripped = line.group().strip()
            if heading := _HEADING.match(stripped):
                if heading["marks"] == "##":
                    stage = heading["words"].rstrip("#").rstrip().casefold()
            elif stripped:
                start = line.start() + line.group().index(stripped)
                found.append(Paragraph(text=stripped, start=start, end=start + len(stripped), stage=stage))
        return tuple(found)

    @property
    def words(self) -> int:
        """The number of words in the paragraphs."""
        return sum(len(paragraph.text.split()) for paragraph in self.paragraphs)

    def chunks(self, paragraphs: int = 2) -> tuple[Chunk, ...]:
        """Cut the story into chunks of neighbouring paragraphs that never cross a stage.

        Args:
            paragraphs: How many paragraphs make a chunk. Two, as in Human Simulacra, section 4.1.
        """
        chunks: list[Chunk] = []
        run: list[Paragraph] = []
        for position, paragraph in enumerate(self.paragraphs):
            run.append(paragraph)
            following = self.paragraphs[position + 1] if position + 1 < len(self.paragraphs) else None
            if len(run) == paragraphs or following is None or following.stage != paragraph.stage:
                chunks.append(
                    Chunk(
                        index=len(chunks),
                        text="\n\n".join(each.text for each in run),
                        start=run[0].start,
                        end=run[-1].end,
                        stage=paragraph.stage,
                    )
                )
                run = []
        return tuple(chunks)

    def until(self, stages: frozenset[str]) -> Story:
        """The story as far as the given stages tell it; paragraphs of other stages are left out."""
        kept: list[str] = []
        heading: str | None = None
        for paragraph in self.paragraphs:
            if paragraph.stage is not None and paragraph.stage not in stages:
                continue
            if paragraph.stage != heading and paragraph.stage is not None:
                kept.append(f"## {paragraph.stage}")
                heading = paragraph.stage
            kept.append(paragraph.text)
        return Story(text="\n\n".join(kept) + "\n" if kept else "")
