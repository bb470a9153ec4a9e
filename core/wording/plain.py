"""A turn's replies as plain text, for channels that show nothing else."""

from __future__ import annotations

from core.types import CardPart, Turn


def plain(turn: Turn) -> str:
    """Return what the replies of a turn say, then their cards as a line each."""
    texts = [reply.text for reply in turn.replies if reply.text]
    cards = [part for reply in turn.replies for part in reply.parts if isinstance(part, CardPart)]
    return "\n".join([*texts, *map(card_line, cards)])


def card_line(card: CardPart) -> str:
    """Return a card as one line: "Steel Bottle - Kitchen - Price: $24.99; Stock: in stock"."""
    fields = "; ".join(f"{label}: {value}" for label, value in card.fields)
    return " - ".join(filter(None, (card.title, card.subtitle, fields)))
