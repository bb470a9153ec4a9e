"""What a model that sees may tell of photos, and the port at which it is asked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from core.types import Language

Task: TypeAlias = Literal["describe", "read", "compare"]
"""The state of a thing, what is written on it, or what differs between two photos."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is left of a model's words about photos once what it may not say is taken out. Untrusted all the same."""

    visible: tuple[str, ...] = ()
    """Sentences in the language that was asked for."""
    text: tuple[str, ...] = ()
    """Lines that were read."""
    is_unsure: bool = False
    """Whether the model itself says that little can be made out."""
    left_out: tuple[str, ...] = ()
    """Why sentences were taken out: "instruction", "verdict", "product", "language", "id", "link", ..."""
    failed: str = ""
    """The code of a `ModelError` or `MediaError` where nobody looked, else ""."""


class Sight(Protocol):
    """A model that sees (core.generation.sight); what it tells is never a command, a proof or a yes."""

    async def look(
        self,
        photos: Sequence[str],
        task: Task,
        *,
        language: Language,
        conversation_id: str,
        products: Collection[str] = (),
    ) -> Seen:
        """Return what is seen in stored photos, within a deadline and the budget; never raises for a model.

        `photos` are content addresses. `products` are those that the photo index takes the photos for: no other
        one may be named.
        """
        ...
