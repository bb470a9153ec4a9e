"""The wish that a conversation is about: what was said of it, what was shown, what is ruled out."""

from __future__ import annotations

from collections.abc import Iterable

from core.dialogue.draft import Draft
from core.knowledge.wish import Wish, read_wish

_LINES = 6
"""Messages that a wish keeps; who has said more has changed their mind."""
_LINE_CHARS = 200
_WISH, _SHOWN, _OUT, _ASKED = "wish", "wish_shown", "wish_out", "wish_asked"


def wish_lines(draft: Draft) -> list[str]:
    """Return what the customer said of the wish, a message a line; [] when there is none."""
    return [line for line in draft.slots.get(_WISH, "").split("\n") if line]


def wish_of(draft: Draft) -> Wish:
    """Return the wish as it stands."""
    return read_wish(wish_lines(draft), draft.desk.facts.lexicon)


def begin_wish(draft: Draft, text: str) -> None:
    """Make what was said a new wish."""
    forget_wish(draft)
    add_to_wish(draft, text)


def add_to_wish(draft: Draft, text: str) -> None:
    """Keep one more thing that was said of it."""
    line = " ".join(text.split())[:_LINE_CHARS]
    draft.slots[_WISH] = "\n".join([*wish_lines(draft), line][-_LINES:])


def forget_wish(draft: Draft) -> None:
    """Forget the wish and what was shown of it."""
    draft.forget(_WISH, _SHOWN, _OUT, _ASKED)


def shown_before(draft: Draft) -> list[str]:
    """Return the products that were shown for this wish."""
    return _ids(draft, _SHOWN)


def ruled_out(draft: Draft) -> list[str]:
    """Return the products that the customer does not want."""
    return _ids(draft, _OUT)


def note_shown(draft: Draft, products: Iterable[str]) -> None:
    """Remember what was shown, the last list last."""
    now = list(products)
    draft.slots[_SHOWN] = ",".join([*(one for one in shown_before(draft) if one not in now), *now])


def rule_out(draft: Draft, products: Iterable[str]) -> None:
    """Show these no more for this wish."""
    draft.slots[_OUT] = ",".join(dict.fromkeys([*ruled_out(draft), *products]))


def asked_kinds(draft: Draft) -> list[str]:
    """Return what was asked of the wish already: "use", "audience", "budget"."""
    return _ids(draft, _ASKED)


def note_asked(draft: Draft, kind: str) -> None:
    """Remember that it was asked."""
    draft.slots[_ASKED] = ",".join(dict.fromkeys([*asked_kinds(draft), kind]))


def _ids(draft: Draft, slot: str) -> list[str]:
    return [one for one in draft.slots.get(slot, "").split(",") if one]
