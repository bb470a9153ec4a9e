"""A language model that says what it is told to, at the pace and with the faults it is told to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import ModelError
from core.ports import Capabilities
from core.types import ChatMessage, Chunk, Usage

_PIECE = 4
"""Characters of a chunk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedModel:
    """Answer with the lines of a script, one each time, the last one again and again; with none, echo the prompt."""

    script: tuple[str, ...] = ()
    delay_s: float = 0.0
    """Before each chunk."""
    fails: str = ""
    """A `ModelError` code to fail with, at once or, with `cut_after`, in the middle."""
    cut_after: int = 0
    """Characters after which it fails, or ends where `fails` is empty; 0 for the whole answer."""
    gullible: bool = False
    """Whether it does whatever it can: repeats its whole prompt, and asks for all that a schema allows."""
    asked: list[tuple[ChatMessage, ...]] = field(default_factory=list)
    """The prompts so far."""

    @property
    def capabilities(self) -> Capabilities:
        """Say what a small model would."""
        return Capabilities(context=4096, limit="4096 tokens", sees=True)

    async def generate(
        self,
        messages: Sequence[ChatMessage],
        *,
        schema: Mapping[str, Any] | None = None,
        max_tokens: int = 512,
        deadline_s: float = 30,
    ) -> AsyncIterator[Chunk]:
        """Yield the next line of the script, four characters a chunk (each counts as a token)."""
        self.asked.append(tuple(messages))
        if self.fails and not self.cut_after:
            await asyncio.sleep(self.delay_s)
            raise ModelError(self.fails, f"the script says: {self.fails}")
        answer = self._next(messages, schema)[: max_tokens * _PIECE]
        cut = answer[: self.cut_after] if self.cut_after else answer
        for at in range(0, len(cut), _PIECE):
            await asyncio.sleep(self.delay_s)
            yield Chunk(text=cut[at : at + _PIECE])
        if self.fails:
            raise ModelError(self.fails, f"the script says: {self.fails}, in the middle")
        read = sum(len(message.content) for message in messages) // _PIECE
        yield Chunk(usage=Usage(prompt=read, completion=-(-len(cut) // _PIECE)))

    def _next(self, messages: Sequence[ChatMessage], schema: Mapping[str, Any] | None) -> str:
        if self.gullible:
            told = "\n".join(message.content for message in messages)
            return told if schema is None else json.dumps(_largest(schema, messages[-1].content), ensure_ascii=False)
        if self.script:
            return self.script[min(len(self.asked), len(self.script)) - 1]
        return json.dumps(_smallest(schema)) if schema is not None else messages[-1].content


def _smallest(schema: Mapping[str, Any]) -> Any:
    """Return a small value that fits a schema."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return _smallest(schema["anyOf"][0])
    kind = schema.get("type", "object")
    if kind == "object":
        return {name: _smallest(schema["properties"][name]) for name in schema.get("required", ())}
    return {"array": [], "string": "", "integer": 0, "number": 0, "boolean": False}.get(kind)


def _largest(schema: Mapping[str, Any], words: str) -> Any:
    """Return a large value that fits a schema: lists with all that an item may be, strings full of `words`."""
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type", "object")
    if kind == "object":
        return {name: _largest(own, words) for name, own in schema["properties"].items()}
    if kind == "array":
        items = [_largest(schema["items"], words)]
        for name, own in schema["items"].get("properties", {}).items():
            if "enum" in own:
                items = [{**items[0], name: value} for value in own["enum"]]
        return items[: schema.get("maxItems")]
    return words[: schema.get("maxLength")] if kind == "string" else _smallest(schema)


def build(
    model: str,
    models: Path,
    *,
    delay_s: float = 0.0,
    fails: str = "",
    cut_after: int = 0,
    gullible: bool = False,
) -> ScriptedModel:
    """Build it; the model's name is what it says: "fake:Hello|Goodbye"."""
    script = tuple(model.split("|")) if model else ()
    return ScriptedModel(script=script, delay_s=delay_s, fails=fails, cut_after=cut_after, gullible=gullible)
