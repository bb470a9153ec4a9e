"""Ask a model that sees about stored photos, and keep of its answer what may be told."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.dialogue.sight import Seen, Task
from core.errors import MediaError, ModelError
from core.generation.prompts import LOOKS, SEEING, SEEN_IN, language_name
from core.generation.spending import Purse
from core.generation.unsaid import Names, admitted
from core.knowledge.lexicon import Lexicon, load_lexicon
from core.shop.records import Product
from core.types import ChatMessage, Language

_LOG = logging.getLogger(__name__)

_MOST_TOKENS = 400
_KEPT = 64
"""Looks that are remembered: a turn that is begun anew asks again for the same."""
_SCHEMA = {
    "type": "object",
    "properties": {
        "visible": {"type": "array", "items": {"type": "string", "maxLength": 200}, "maxItems": 3},
        "text": {"type": "array", "items": {"type": "string", "maxLength": 100}, "maxItems": 12},
        "unsure": {"type": "boolean"},
    },
    "required": ["visible", "text", "unsure"],
    "additionalProperties": False,
}

Catalogue = Callable[[], Awaitable[tuple[Product, ...]]]
Photo = Callable[[str], Awaitable[bytes]]
"""A content address -> the photo as a JPEG file that is small enough to be sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSight:
    """`core.dialogue.sight.Sight` by a language model that sees.

    The customer's words are not told to it: it says what it sees, and not what it was told to see.
    """

    purse: Purse
    photo: Photo
    catalogue: Catalogue
    lexicon: Lexicon = field(default_factory=load_lexicon)
    deadline_s: float = 8.0
    _looks: dict[tuple[object, ...], Seen] = field(default_factory=dict)

    async def look(
        self,
        photos: Sequence[str],
        task: Task,
        *,
        language: Language,
        conversation_id: str,
        products: Collection[str] = (),
    ) -> Seen:
        """Return what is seen, without what may not be said; `failed` has the code where nobody looked."""
        key = (tuple(photos), task, language, frozenset(products))
        if key not in self._looks:
            try:
                said = _read(await self._asked(photos, task, language, conversation_id))
            except (ModelError, MediaError) as error:
                _LOG.warning("nobody looked at the photo: %s: %s", error.code, error)
                return Seen(failed=error.code)
            names = Names(catalogue=await self.catalogue(), lexicon=self.lexicon, found=products)
            self._looks[key] = admitted(said, language=language, names=names)
            if len(self._looks) > _KEPT:
                del self._looks[next(iter(self._looks))]
        return self._looks[key]

    async def _asked(self, photos: Sequence[str], task: Task, language: Language, conversation_id: str) -> str:
        asked = f"{LOOKS[task]} {SEEN_IN} {language_name(language)}."
        pictures = tuple([await self.photo(photo) for photo in photos])
        prompt = (
            ChatMessage(role="system", content=SEEING),
            ChatMessage(role="user", content=asked, pictures=pictures),
        )
        return await self.purse.whole(
            prompt,
            conversation_id=conversation_id,
            purpose="see",
            schema=_SCHEMA,
            max_tokens=_MOST_TOKENS,
            deadline_s=self.deadline_s,
        )


def _read(said: str) -> Seen:
    """Return an answer as it stands; what no schema was enforced on is checked here."""
    try:
        answer = json.loads(said)
        return Seen(
            visible=_lines(answer["visible"]), text=_lines(answer["text"]), is_unsure=answer["unsure"] is not False
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ModelError("malformed", f"the answer is not what was asked for: {error!r}") from error


def _lines(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(line, str) for line in value):
        raise TypeError(f"{value!r:.80} is no list of lines")
    return tuple(value)
