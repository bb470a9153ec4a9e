"""What chain and budget around a language model cost: each prompt is put to the bare backend and through them."""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from core.config import Settings
from core.errors import ConfigError, ModelError
from core.generation.chain import Chain
from core.generation.checker import Evidence
from core.generation.prompts import to_word
from core.journal.store import Store
from core.types import ChatMessage, Chunk
from ui.language_model import open_purse

_QUESTIONS = (
    "How long can I return it?",
    "退货要几天？",
    "Is shipping free?",
    "多少钱包邮？",
    "When do I get my money back?",
    "退款多久到账？",
)
_FACTS = (
    Evidence(source="page:returns", text="You can return goods within 7 days of delivery. 签收后7天内可以退货。"),
    Evidence(source="page:shipping", text="Shipping is free from 99 yuan. 满99元包邮。"),
    Evidence(source="page:refunds", text="Refunds take 5 to 7 working days. 退款5到7个工作日到账。"),
)
_TOKENS = 48
_DEADLINE_S = 120.0


@dataclass(frozen=True, slots=True)
class _Answered:
    first_ms: float
    tokens_per_s: float


async def measure(settings: Settings, rounds: int) -> dict[str, float | int | str]:
    """Return times to the first token and tokens a second of the first configured model, bare and guarded.

    Raises `ConfigError` where no model is configured.
    """
    with TemporaryDirectory() as folder, closing(Store(Path(folder) / "zhanggui.db")) as store:
        async with open_purse(settings, store) as purse:
            if purse is None:
                raise ConfigError('no language model: set model.backends = ["llama-cpp:MODEL"] or the like')
            chain = purse.model
            assert isinstance(chain, Chain)  # noqa: S101  (open_purse makes nothing else)
            link = chain.links[0]

            def bare(prompt: tuple[ChatMessage, ...]) -> AsyncIterator[Chunk]:
                return link.model.generate(prompt, max_tokens=_TOKENS, deadline_s=_DEADLINE_S)

            def guarded(prompt: tuple[ChatMessage, ...]) -> AsyncIterator[Chunk]:
                return purse.generate(
                    prompt,
                    conversation_id=uuid.uuid4().hex,
                    purpose="bench",
                    max_tokens=_TOKENS,
                    deadline_s=_DEADLINE_S,
                )

            found = await _alternate(bare, guarded, rounds)
    one, other = found
    first = [b.first_ms - a.first_ms for a, b in zip(one, other, strict=True)]
    speed = [b.tokens_per_s / a.tokens_per_s for a, b in zip(one, other, strict=True)]
    return {
        "model": link.name,
        "prompts": len(one),
        "first_token_ms_bare": round(median(a.first_ms for a in one), 1),
        "first_token_ms_guarded": round(median(b.first_ms for b in other), 1),
        "first_token_overhead_ms": round(median(first), 1),
        "tokens_per_s_bare": round(median(a.tokens_per_s for a in one), 1),
        "tokens_per_s_guarded": round(median(b.tokens_per_s for b in other), 1),
        "tokens_per_s_ratio": round(median(speed), 3),
    }


Ask = Callable[[tuple[ChatMessage, ...]], AsyncIterator[Chunk]]


async def _alternate(bare: Ask, guarded: Ask, rounds: int) -> tuple[list[_Answered], list[_Answered]]:
    """Put each prompt to both, each first every other time; the first round only warms up."""
    ones: list[_Answered] = []
    others: list[_Answered] = []
    for number in range(rounds + 1):
        for at, question in enumerate(_QUESTIONS):
            language = "zh" if not question.isascii() else "en"
            prompt = to_word(_FACTS, question, language=language, tone="", most=3)
            await _timed(bare, prompt)  # both find the prompt read
            order = [(bare, ones), (guarded, others)]
            for ask, kept in order if (at + number) % 2 else order[::-1]:
                answered = await _timed(ask, prompt)
                if number:
                    kept.append(answered)
    return ones, others


async def _timed(ask: Ask, prompt: tuple[ChatMessage, ...]) -> _Answered:
    began = time.perf_counter()
    first, count = 0.0, 0
    try:
        async for chunk in ask(prompt):
            if chunk.text:
                first = first or time.perf_counter()
                count += 1
    except ModelError:
        if not count:
            raise  # an answer that goes in circles is cut short, and its time counts none the less
    took = time.perf_counter() - first
    return _Answered((first - began) * 1000, (count - 1) / took if count > 1 and took else 1.0)
