"""One prompt on its way through a batch of a language model."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from core.batching import is_out_of_memory
from core.errors import ModelError
from core.types import ChatMessage, Chunk, Usage


@dataclass(slots=True)
class Job:
    """A prompt, what is answered to it, and who hears of that; the batch's thread works on it, a loop's task reads."""

    messages: tuple[ChatMessage, ...]
    schema: Mapping[str, Any] | None
    max_tokens: int
    loop: asyncio.AbstractEventLoop
    out: asyncio.Queue[Chunk | ModelError | None]
    """What the asker reads: up to an error or the chunk with the cost, or None where neither comes."""
    over: threading.Event = field(default_factory=threading.Event)
    """Set when nothing more is wanted: it is answered, it failed, or who asked gave up."""
    tokens: list[int] = field(default_factory=list)
    told: str = ""
    """The text handed over already."""
    again: bool = False
    """Whether a part was told before memory ran out, so that the text must come to the same."""
    prompt: str = ""
    """The messages as the model's own template writes them."""
    length: int = 0
    """Of the prompt, in tokens."""
    pictures: list[Any] = field(default_factory=list)
    """Those of the messages, decoded, in order."""
    matcher: Any = None

    def begin(self) -> None:
        """Begin, or begin anew after a batch that memory did not hold."""
        self.tokens, self.matcher, self.again = [], None, bool(self.told)

    def idle(self) -> Job:
        """Return a row that nobody listens to."""
        row = replace(self, matcher=None, over=threading.Event())
        row.over.set()
        return row

    def say(self, text: str, *, last: bool) -> None:
        """Hand over what is new of the answer's text.

        Raises `ModelError` when an answer begun anew becomes another one: half of each would make no sense.
        """
        if self.again and not (text.startswith(self.told) or (self.told.startswith(text) and not last)):
            raise ModelError("cut_off", "memory ran out in the middle of the answer, and begun anew it became another")
        if len(text) > len(self.told):
            self._tell(Chunk(text=text[len(self.told) :]))
            self.told = text

    def finish(self, *, cut: bool) -> None:
        """Tell what the answer cost, as its last word; `cut` when it became too long."""
        self._end(Chunk(cut=cut, usage=Usage(prompt=self.length, completion=len(self.tokens))))

    def fail(self, error: Exception) -> None:
        """Tell of a fault as the last word, unless the answer is over."""
        if not self.over.is_set():
            self._end(error if isinstance(error, ModelError) else ModelError("refused", f"transformers: {error!r}"))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep what goes wrong to this job, as the others of its batch go on; memory that runs out is everybody's."""
        try:
            yield
        except Exception as error:  # whatever a library raises, who asked must hear of it
            if is_out_of_memory(error):
                raise
            self.fail(error)

    def release(self) -> None:
        """Let the model go on with others, and tell who asked that nothing more comes."""
        self.over.set()
        self.out.put_nowait(None)

    def _end(self, word: Chunk | ModelError) -> None:
        self._tell(word)
        self.over.set()

    def _tell(self, event: Chunk | ModelError) -> None:
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self.out.put_nowait, event)
