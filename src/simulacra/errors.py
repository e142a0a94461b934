"""Every exception that simulacra raises on purpose, in one tree.

A message says what happened, to whom, and the next step. Secrets never stand in one.
"""

from __future__ import annotations


class SimulacraError(Exception):
    """The root: catch this to catch everything that the library raises on purpose."""


class UsageError(SimulacraError):
    """The caller asked for something that cannot be: a bad name, option or combination. Exit code 2."""


# ---------------------------------------------------------------- characters


class CharacterError(SimulacraError):
    """Something about a character's files."""


class CharacterNotFoundError(CharacterError):
    """No character of that name is shipped, in the home folder, or at that path."""


class CharacterFileError(CharacterError):
    """A character's file is missing, unreadable or says something that cannot be."""


class UnknownStageError(CharacterError):
    """The character has no temporal stage of that name."""


# ---------------------------------------------------------------- prompts


class PromptError(SimulacraError):
    """A prompt file is malformed, or its variables are not those of its task."""


# ---------------------------------------------------------------- backbones


class BackboneError(SimulacraError):
    """A backbone could not answer."""


class BackboneNotAvailableError(BackboneError):
    """The backbone cannot be opened: unknown spec, missing extra, endpoint gone, key refused, unknown model."""


class GenerationError(BackboneError):
    """A model call failed after its retries: time-out, server error, cut connection."""


class UnreadableAnswerError(BackboneError):
    """The model answered, and neither its answer nor its repair could be read."""


class BudgetExceededError(BackboneError):
    """The hard budget is spent. What was recorded stays; raise the budget and run the same thing again."""


class LedgerError(SimulacraError):
    """The ledger cannot be opened, read or written."""


# ---------------------------------------------------------------- memory


class MemoryStoreError(SimulacraError):
    """The long-term store cannot be opened, read or written."""


class StoreLockedError(MemoryStoreError):
    """Another process holds the store."""


class MemoryNotBuiltError(MemoryStoreError):
    """The character has no long-term memory yet."""


class EmbedderError(MemoryStoreError):
    """The embedder cannot be loaded."""


# ---------------------------------------------------------------- sessions


class SessionError(SimulacraError):
    """A saved conversation cannot be opened, read or written."""
