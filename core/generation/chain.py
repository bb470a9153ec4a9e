"""Several language models as one: the first that is well answers, within one deadline."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from circuitbreaker import CircuitBreaker

from core.errors import ModelError
from core.generation.repetition import Repetition
from core.ports import Capabilities, LanguageModel
from core.types import ChatMessage, Chunk

_LOG = logging.getLogger(__name__)

_FAILURES = 3
"""In a row, after which a model is left alone."""
_REST_S = 30.0
"""For which it is; then one prompt tries it again."""
_TRIES = 2
"""Of one model for one prompt, as long as it has said nothing."""
_PAUSE_S = 0.2
"""Before the second try, up to twice as long."""
_WORTH_TRYING_S = 0.5
"""Time that must be left for another try to make sense."""
_AGAIN = frozenset({"unreachable", "rate_limited", "cut_off", "malformed", "empty"})
"""What may go well the second time."""
_OURS = frozenset({"too_long", "spent"})
"""Failures that say nothing of a model's health."""


def _is_ill(kind: type[BaseException], error: BaseException) -> bool:
    return isinstance(error, ModelError) and error.code not in _OURS


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One model of a chain."""

    name: str
    """Its spec string without options, for the log and the metrics."""
    model: LanguageModel
    breaker: CircuitBreaker = field(
        default_factory=lambda: CircuitBreaker(_FAILURES, _REST_S, expected_exception=_is_ill)
    )


@dataclass(frozen=True, slots=True)
class Chain:
    """A `LanguageModel` made of others, in the order in which they are asked."""

    links: tuple[Link, ...]

    @property
    def capabilities(self) -> Capabilities:
        """Say what the first model can do."""
        return self.links[0].model.capabilities

    async def generate(
        self,
        messages: Sequence[ChatMessage],
        *,
        schema: Mapping[str, Any] | None = None,
        max_tokens: int = 512,
        deadline_s: float = 30,
    ) -> AsyncIterator[Chunk]:
        """Yield the answer of the first model that gives one.

        A model that failed three times in a row is left alone for half a minute. Once an answer has begun
        nobody else can go on with it: who breaks off, breaks off. Raises the last `ModelError`.
        """
        ends_at = asyncio.get_running_loop().time() + deadline_s
        failed = ModelError("unreachable", "no language model is well; they are tried again in half a minute")
        for link in self.links:
            for attempt in range(_TRIES):
                if link.breaker.opened:
                    break
                begun = False
                try:
                    with link.breaker:
                        async with aclosing(_timed(link, messages, schema, max_tokens, ends_at)) as chunks:
                            async for chunk in chunks:
                                begun = begun or bool(chunk.text)
                                yield chunk
                    return
                except ModelError as error:
                    failed = error
                    _LOG.warning("language model %s: %s: %s", link.name, error.code, error)
                    if begun:
                        raise
                if not await _may_try_again(failed, attempt, ends_at):
                    break
            if failed.code == "too_long" or _left(ends_at) < _WORTH_TRYING_S:
                break
        raise failed

    async def aclose(self) -> None:
        """Close what the models hold open."""
        for link in self.links:
            if close := getattr(link.model, "aclose", None):
                await close()


async def _may_try_again(failed: ModelError, attempt: int, ends_at: float) -> bool:
    """Wait as long as is due, and return whether there is time and hope for the same model."""
    if failed.code not in _AGAIN or attempt + 1 >= _TRIES:
        return False
    pause = max(failed.retry_after_s, _PAUSE_S * (1 + random.random()))  # noqa: S311  (no secret hangs on it)
    if pause + _WORTH_TRYING_S > _left(ends_at):
        return False
    await asyncio.sleep(pause)
    return True


async def _timed(
    link: Link, messages: Sequence[ChatMessage], schema: Mapping[str, Any] | None, max_tokens: int, ends_at: float
) -> AsyncGenerator[Chunk, None]:
    """Yield a model's chunks until the deadline; an answer that goes in circles, or says nothing, is an error."""
    said = Repetition()
    any_text = False
    answer = link.model.generate(messages, schema=schema, max_tokens=max_tokens, deadline_s=_left(ends_at))
    chunks = aiter(answer)
    try:
        while True:
            try:
                chunk = await asyncio.wait_for(anext(chunks), max(0.0, _left(ends_at)))
            except StopAsyncIteration:
                break
            except (ModelError, TimeoutError):
                raise
            except Exception as error:  # whatever a library makes of a broken answer
                raise ModelError("malformed", f"the answer cannot be read: {error!r}") from error
            if not isinstance(chunk.text, str):
                raise ModelError("malformed", f"the answer is no text: {chunk.text!r}")
            if said.goes_in_circles(chunk.text):
                raise ModelError("repeating", "the answer goes in circles")
            any_text = any_text or bool(chunk.text.strip())
            yield chunk
    except TimeoutError:
        raise ModelError("timeout", "the answer did not come within the deadline") from None
    finally:
        if close := getattr(answer, "aclose", None):
            await close()
    if not any_text:
        raise ModelError("empty", "the answer is empty")


def _left(ends_at: float) -> float:
    return ends_at - asyncio.get_running_loop().time()
