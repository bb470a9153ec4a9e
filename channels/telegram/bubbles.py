"""A reply as Telegram can show it: a row of bubbles, each within Telegram's limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from telegram.constants import MediaGroupLimit, MessageLimit

from core.types import Button, ButtonsPart, CardPart, ImagePart, Reply, SpeechPart, TextPart

_TEXT = int(MessageLimit.MAX_TEXT_LENGTH)
_CAPTION = int(MessageLimit.CAPTION_LENGTH)
_ALBUM = int(MediaGroupLimit.MAX_MEDIA_LENGTH)
_POINTER = "⬇"
"""Said above buttons that come without words, since Telegram shows no buttons alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """One message to send: words, a captioned picture, or a voice note."""

    text: str = ""
    picture: str = ""
    """Content address of a picture; `text` is its caption then."""
    speech: str = ""
    """Content address of a recording."""
    album: tuple[tuple[str, str], ...] = ()
    """Pictures to choose from, as content address and caption; Telegram shows no buttons beside an album."""
    buttons: tuple[Button, ...] = ()


def bubbles(reply: Reply) -> list[Bubble]:
    """Return the reply's parts in their order; buttons stand below the last words or card."""
    row: list[Bubble] = []
    buttons: tuple[Button, ...] = ()
    choices = _choices(reply)
    for part in reply.parts:
        if isinstance(part, ButtonsPart):
            buttons += part.buttons
        elif isinstance(part, CardPart) and part in choices:
            if part is choices[0]:
                row += _album(choices)
        elif isinstance(part, CardPart):
            row.append(Bubble(text=_card(part), picture=part.image_sha256, buttons=part.buttons))
        elif isinstance(part, ImagePart):
            row.append(Bubble(text=part.caption, picture=part.attachment.sha256))
        elif isinstance(part, SpeechPart):
            row.append(Bubble(speech=part.attachment.sha256))
        elif isinstance(part, TextPart) and row and _is_plain(row[-1]):
            row[-1] = replace(row[-1], text=f"{row[-1].text}\n{part.text}")
        else:
            row.append(Bubble(text=part.text))
    return [piece for bubble in _with_buttons(row, buttons) for piece in _within_limits(bubble)]


def _choices(reply: Reply) -> list[CardPart]:
    """Return the cards among which the customer chooses by their pictures; none where there are not several."""
    cards = [
        part for part in reply.parts if isinstance(part, CardPart) and part.image_sha256 and len(part.buttons) == 1
    ]
    return cards[:_ALBUM] if len(cards) > 1 else []


def _album(cards: list[CardPart]) -> list[Bubble]:
    """Return the cards as an album, and below it a button for each, numbered as the pictures are."""
    named = [(place, card) for place, card in enumerate(cards, start=1)]
    return [
        Bubble(album=tuple((card.image_sha256, f"{place}. {_card(card)}"[:_CAPTION]) for place, card in named)),
        Bubble(
            text=_POINTER,
            buttons=tuple(replace(card.buttons[0], label=f"{place}. {card.title}") for place, card in named),
        ),
    ]


def without_picture(bubble: Bubble) -> list[Bubble]:
    """Return what is left to say when the picture cannot be sent."""
    return list(_within_limits(replace(bubble, picture="")))


def _card(card: CardPart) -> str:
    lines = [card.title, card.subtitle, *(f"{label}: {value}" for label, value in card.fields)]
    return "\n".join(line for line in lines if line)


def _is_plain(bubble: Bubble) -> bool:
    return not (bubble.picture or bubble.speech or bubble.album or bubble.buttons)


def _with_buttons(row: list[Bubble], buttons: tuple[Button, ...]) -> list[Bubble]:
    if not buttons:
        return row
    for place in range(len(row) - 1, -1, -1):
        if row[place].picture or row[place].text.strip():
            row[place] = replace(row[place], buttons=row[place].buttons + buttons)
            return row
    return [*row, Bubble(buttons=buttons)]


def _within_limits(bubble: Bubble) -> Iterator[Bubble]:
    if bubble.speech or bubble.album:
        yield bubble
        return
    if bubble.picture:
        if _length(bubble.text) <= _CAPTION:
            yield bubble
            return
        yield Bubble(picture=bubble.picture)
    *before, last = _pieces(bubble.text) or [""]
    for piece in before:
        yield Bubble(text=piece)
    if last or bubble.buttons:
        yield Bubble(text=last or _POINTER, buttons=bubble.buttons)


def _pieces(text: str) -> list[str]:
    """Cut text where Telegram's limit asks for it, at a line's end or between words if one is near."""
    found: list[str] = []
    rest = text.strip()
    while _length(rest) > _TEXT:
        most = _fitting(rest)
        cut = max(rest.rfind("\n", most // 2, most), 0) or max(rest.rfind(" ", most // 2, most), 0) or most
        found.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [piece for piece in (*found, rest) if piece]


def _length(text: str) -> int:
    """Return the length as Telegram counts it, in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _fitting(text: str) -> int:
    """Return how many characters from the start stay within the limit."""
    units = 0
    for place, char in enumerate(text):
        units += 2 if ord(char) > 0xFFFF else 1
        if units > _TEXT:
            return place
    return len(text)
