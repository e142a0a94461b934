"""The prompt files: found, checked and rendered.

A file is Markdown with a front matter and one or more messages::

    ---
    version: 1
    ---
    # system
    {% include "character.md" %}
    # user
    ...

Variables are the fields of the task and nothing else; a variable that the task does not have is an error when the file
is loaded, not when it is used. Whatever a variable holds is data: it is quoted, so that it cannot forge a delimiter.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, cast

from jinja2 import StrictUndefined, Template, TemplateError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from simulacra.domain.character import Character
from simulacra.domain.value import Value
from simulacra.errors import PromptError
from simulacra.prompts.quoting import quoted
from simulacra.prompts.task import Task

Role = Literal["system", "user", "assistant"]

_FRONT_MATTER = re.compile(r"\A---\nversion:\s*(?P<version>\w+)\n---\n")
_MESSAGE = re.compile(r"^# (system|user|assistant)\n", re.MULTILINE)
_INCLUDE = re.compile(r"""{%\s*include\s+"(?P<name>[\w-]+\.md)"\s*%}\n?""")

_STATIC_MESSAGES = 4096
"""How many rendered character blocks are kept."""


class Message(Value):
    """One message of a chat request."""

    role: Role
    content: str


class Prompt(Value):
    """A rendered task.

    Attributes:
        id: The prompt file's name.
        version: The file's declared version and a hash of its text with all that it includes ("2-9f3a01bc").
    """

    id: str
    version: str
    messages: tuple[Message, ...]


@dataclass(frozen=True)
class _MessageTemplate:
    role: Role
    source: str
    body: Template
    variables: frozenset[str]


class PromptLibrary:
    """The prompt files of the package, with a user's own in front of them.

    Args:
        overrides: A folder of the user's own prompt files; a file in it takes the place of ours of the same name.
    """

    def __init__(self, overrides: Path | None = None) -> None:
        if overrides is not None and not overrides.is_dir():
            raise PromptError(f"There is no folder {overrides} to take prompts from: make it, or leave the option out.")
        self._folders = (*([overrides] if overrides else []), Path(str(files("simulacra.prompts") / "files")))
        self._environment = _Environment(
            undefined=StrictUndefined,
            finalize=_as_data,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=False,
        )
        self._loaded: dict[type[Task[Any]], tuple[str, tuple[_MessageTemplate, ...]]] = {}
        self._static: dict[tuple[str, int], tuple[Character, Message]] = {}

    def render(self, task: Task[Any]) -> Prompt:
        """The messages for a task.

        Raises:
            PromptError: The file is missing or malformed, or uses what the task does not have.
        """
        version, messages = self._load(type(task))
        values = {name: getattr(task, name) for name in type(task).model_fields}
        try:
            return Prompt(
                id=task.prompt, version=version, messages=tuple(self._message(each, values) for each in messages)
            )
        except TemplateError as error:
            raise PromptError(f"The prompt {task.prompt}.md could not be rendered: {error}.") from error

    def _message(self, template: _MessageTemplate, values: dict[str, Any]) -> Message:
        if template.variables != {"character"}:
            return Message(role=template.role, content=template.body.render(values).strip())
        # The block about the character is the same in every call of a conversation: render it once.
        key = (template.source, id(values["character"]))
        if key not in self._static:
            message = Message(role=template.role, content=template.body.render(values).strip())
            if len(self._static) >= _STATIC_MESSAGES:
                self._static.pop(next(iter(self._static)))
            self._static[key] = (values["character"], message)
        return self._static[key][1]

    def _load(self, task: type[Task[Any]]) -> tuple[str, tuple[_MessageTemplate, ...]]:
        if task not in self._loaded:
            self._loaded[task] = self._load_file(task)
        return self._loaded[task]

    def version(self, task: type[Task[Any]]) -> str:
        """The version of a task's prompt, as it stands in ledger entries and memories."""
        return self._load(task)[0]

    def _load_file(self, task: type[Task[Any]]) -> tuple[str, tuple[_MessageTemplate, ...]]:
        source = self._inlined(f"{task.prompt}.md")
        head = _FRONT_MATTER.match(source)
        if head is None:
            raise PromptError(f"The prompt {task.prompt}.md does not begin with '---', 'version: N', '---': add that.")
        _, *pieces = _MESSAGE.split(source[head.end() :])
        if not pieces:
            raise PromptError(
                f"The prompt {task.prompt}.md has no message: begin one with a line '# system' or '# user'."
            )
        try:
            used = meta.find_undeclared_variables(self._environment.parse(source))
            messages = tuple(
                _MessageTemplate(
                    role=cast("Role", role),
                    source=body,
                    body=self._compiled(body),
                    variables=frozenset(meta.find_undeclared_variables(self._environment.parse(body))),
                )
                for role, body in zip(pieces[::2], pieces[1::2], strict=True)
            )
        except TemplateError as error:
            raise PromptError(f"The prompt {task.prompt}.md is malformed: {error}.") from error
        if unknown := sorted(used - task.model_fields.keys()):
            raise PromptError(
                f"The prompt {task.prompt}.md uses {unknown[0]!r}, which {task.__name__} does not have. "
                f"It has {', '.join(sorted(task.model_fields))}."
            )
        digest = hashlib.sha256(source.encode()).hexdigest()[:8]
        return f"{head['version']}-{digest}", messages

    def _compiled(self, body: str) -> Template:
        template = self._environment.from_string(body)
        template.globals = dict(template.globals)  # Jinja copies them at every rendering; its own chain of maps is slow
        return template

    def _inlined(self, name: str) -> str:
        """The text of a prompt file with the files that it includes in their places."""
        path = next((folder / name for folder in self._folders if (folder / name).is_file()), None)
        if path is None:
            raise PromptError(f"There is no prompt file {name} in {' or '.join(str(each) for each in self._folders)}.")
        try:
            source = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise PromptError(f"The prompt file {path} could not be read: {error}.") from error
        return _INCLUDE.sub(lambda each: self._inlined(each["name"]), source)


class _Environment(ImmutableSandboxedEnvironment):
    """Jinja's sandbox; what one of our values holds is data, and is not examined anew at every access.

    Examining it took two thirds of the time of rendering.
    """

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Value) and attribute in obj.__dict__:
            return obj.__dict__[attribute]
        return super().getattr(obj, attribute)


def _as_data(value: object) -> str:
    return quoted(str(value))
