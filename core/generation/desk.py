"""Translate a conversation for the shop's people; what was translated once costs nothing the second time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.errors import ModelError
from core.generation.translator import Translator
from core.types import Language
from core.understand.language import detect

_AT_ONCE = 4
_PURSE = "desk:"
"""Before the conversation's id in the book: what the desk reads is not taken from what the customer may cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """A text in another language, or why there is none."""

    language: Language
    text: str | None = None
    reason: str = ""
    """"" where there is one, else "empty", "not_needed", "no_model" or the code of a `ModelError`."""


class Translations(Protocol):
    """What has been translated (`core.journal.translations` keeps it)."""

    async def known(self, conversation_id: str, language: Language) -> Mapping[str, str]:
        """Return texts of a conversation with their translations."""
        ...

    async def keep(self, conversation_id: str, language: Language, text: str, translation: str) -> None:
        """Keep a translation."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskTranslator:
    """Put what was said into the language of who reads it, its numbers and names masked on the way."""

    translator: Translator | None
    """None where no model is configured."""
    kept: Translations
    deadline_s: float = 30.0
    """For all texts together."""

    async def translate(
        self, texts: Sequence[str], language: Language, *, conversation_id: str
    ) -> tuple[Translation, ...]:
        """Return a translation of each text, or the reason why there is none; never raises for a model."""
        known = await self.kept.known(conversation_id, language)
        wanted = [one for one in dict.fromkeys(texts) if one not in known and not _needless(one, language)]
        found = {text: Translation(language=language, text=translation) for text, translation in known.items()}
        found |= await self._all(wanted, language, conversation_id)
        return tuple(
            Translation(language=language, reason=why) if (why := _needless(one, language)) else found[one]
            for one in texts
        )

    async def _all(self, texts: Sequence[str], language: Language, conversation_id: str) -> dict[str, Translation]:
        """Translate a few texts at a time, until the deadline or until the budget is spent."""
        made = {one: Translation(language=language, reason="no_model") for one in texts}
        if self.translator is None:
            return made
        ends_at, turnstile = asyncio.get_running_loop().time() + self.deadline_s, asyncio.Semaphore(_AT_ONCE)

        async def one(text: str, translator: Translator) -> None:
            try:
                async with turnstile, asyncio.timeout_at(ends_at):
                    said = await translator.translated(text, language, conversation_id=f"{_PURSE}{conversation_id}")
            except (ModelError, TimeoutError) as error:
                code = error.code if isinstance(error, ModelError) else "timeout"
                made[text] = Translation(language=language, reason=code)
                return
            made[text] = Translation(language=language, text=said)
            await self.kept.keep(conversation_id, language, text, said)

        await asyncio.gather(*(one(text, self.translator) for text in texts))
        return made


def _needless(text: str, language: Language) -> str:
    """Return why a text needs no translation, "" where it does."""
    if not text.strip():
        return "empty"
    return "not_needed" if detect(text) in (None, language) else ""
