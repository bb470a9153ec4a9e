"""What a shop is willing to spend on a language model, and what it has spent."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from core.errors import ModelError
from core.ports import LanguageModel
from core.types import ChatMessage, Chunk, Usage

_MILLION = 1_000_000
_PICTURE_TOKENS = 1600
"""Of a picture of 1024 x 1024 pixels: about 770 at OpenAI, 1370 of Qwen2-VL's 28 x 28 patches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Bounds of spending; 0 for none."""

    conversation_tokens: int = 0
    day_tokens: int = 0
    day_money: float = 0.0
    """In the currency of the prices. A day is one of UTC."""
    prompt_price: float = 0.0
    """Of a million tokens."""
    completion_price: float = 0.0

    def money(self, usage: Usage) -> float:
        """Return what an answer cost."""
        return (usage.prompt * self.prompt_price + usage.completion * self.completion_price) / _MILLION


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What has been spent so far."""

    conversation_tokens: int = 0
    day_tokens: int = 0
    day_money: float = 0.0


class Spending(Protocol):
    """The book of what was spent (`core.journal.spending` keeps it)."""

    async def spent(self, conversation_id: str, day: str) -> Spent:
        """Return what a conversation has spent in all, and everybody on a day ("2026-11-22")."""
        ...

    async def add(self, conversation_id: str, day: str, usage: Usage, money: float) -> None:
        """Enter an answer."""
        ...


@dataclass(slots=True, kw_only=True)
class Purse:
    """Pay for prompts: refuse those that the budget does not cover, enter what the others cost."""

    model: LanguageModel
    budget: Budget
    spending: Spending
    observe: Callable[[str, Usage, str], None] = lambda purpose, usage, failed: None
    """Told of each answer: what it was for, what it cost, and the code of a failure or ""."""
    _promised: dict[str, int] = field(default_factory=dict)
    """Tokens of the prompts that are being answered, by conversation."""

    async def generate(
        self,
        messages: Sequence[ChatMessage],
        *,
        conversation_id: str,
        purpose: str,
        schema: Mapping[str, Any] | None = None,
        max_tokens: int = 512,
        deadline_s: float = 30,
    ) -> AsyncGenerator[Chunk, None]:
        """Yield an answer as `LanguageModel.generate` does, paid for by a conversation.

        Raises `ModelError` ("spent") when the budget does not cover the prompt and its longest answer. A prompt
        whose answer was broken off is paid, too.
        """
        day = datetime.now(UTC).date().isoformat()
        guess = Usage(prompt=sum(map(tokens, messages)), completion=max_tokens)
        await self._afford(conversation_id, day, guess)
        self._promise(conversation_id, guess.prompt + max_tokens)
        usage, said, failed = None, 0, "cut_off"
        try:
            answer = self.model.generate(messages, schema=schema, max_tokens=max_tokens, deadline_s=deadline_s)
            try:
                async for chunk in answer:
                    usage = chunk.usage or usage
                    said += text_tokens(chunk.text)
                    yield chunk
            finally:
                if close := getattr(answer, "aclose", None):
                    await close()
            failed = ""
        except ModelError as error:
            failed = error.code
            raise
        finally:
            self._promise(conversation_id, -guess.prompt - max_tokens)
            cost = usage or Usage(prompt=guess.prompt, completion=said)
            if said or not failed:
                await self.spending.add(conversation_id, day, cost, self.budget.money(cost))
            self.observe(purpose, cost if said else Usage(), failed)

    async def whole(
        self,
        messages: Sequence[ChatMessage],
        *,
        conversation_id: str,
        purpose: str,
        schema: Mapping[str, Any] | None = None,
        max_tokens: int = 512,
        deadline_s: float = 30,
    ) -> str:
        """Return an answer that is of use only as a whole; raises `ModelError` ("cut_off") for one that is not."""
        said = ""
        chunks = self.generate(
            messages,
            conversation_id=conversation_id,
            purpose=purpose,
            schema=schema,
            max_tokens=max_tokens,
            deadline_s=deadline_s,
        )
        async with aclosing(chunks):
            async for chunk in chunks:
                said += chunk.text
                if chunk.cut:
                    raise ModelError("cut_off", f"the answer is longer than {max_tokens} tokens")
        return said

    def _promise(self, conversation_id: str, count: int) -> None:
        left = self._promised.get(conversation_id, 0) + count
        if left > 0:
            self._promised[conversation_id] = left
        else:
            self._promised.pop(conversation_id, None)

    async def _afford(self, conversation_id: str, day: str, guess: Usage) -> None:
        bounds = self.budget
        if not (bounds.conversation_tokens or bounds.day_tokens or bounds.day_money):
            return
        spent = await self.spending.spent(conversation_id, day)
        more = guess.prompt + guess.completion
        own, all_of_them = self._promised.get(conversation_id, 0), sum(self._promised.values())
        if bounds.conversation_tokens and spent.conversation_tokens + own + more > bounds.conversation_tokens:
            raise ModelError("spent", f"this conversation has spent its {bounds.conversation_tokens} tokens")
        if bounds.day_tokens and spent.day_tokens + all_of_them + more > bounds.day_tokens:
            raise ModelError("spent", f"the shop has spent its {bounds.day_tokens} tokens of {day}")
        waiting = Usage(prompt=all_of_them)  # at the price of reading, for most of a prompt is read
        if bounds.day_money and spent.day_money + bounds.money(waiting) + bounds.money(guess) > bounds.day_money:
            raise ModelError("spent", f"the shop has spent its {bounds.day_money:g} of {day}")


def tokens(message: ChatMessage) -> int:
    """Return about how many tokens a message has; models count differently, this errs on the large side."""
    return text_tokens(message.content) + 4 + _PICTURE_TOKENS * len(message.pictures)


def text_tokens(text: str) -> int:
    """Return about how many tokens a text has: a Chinese character is one, other text one in three letters."""
    han = sum("\u3400" <= character <= "\u9fff" for character in text)
    return han + -(-(len(text) - han) // 3)
