"""What the customer's photos showed, kept in the session: "compared with the one before", "the left one"."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from core.dialogue.draft import Draft
from core.dialogue.photo_things import Guess, Options, Thing, things_in
from core.dialogue.photo_words import says
from core.knowledge.variants import describe_options
from core.shop.records import in_language
from core.types import AttachmentKind

_SLOT = "photos_seen"
_KEPT = 6
"""Things of photos that a conversation can go back to."""
_RECENT = 2
"""Turns for which "this" may still mean what a photo showed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A thing and the turn in which its photo came."""

    thing: Thing
    at: int
    """The session's version."""


def remember_photos(draft: Draft) -> None:
    """Read what the message's photos show, and keep it in mind."""
    draft.things = things_in(draft.message, draft.percept, draft.desk.facts, draft.desk.picture)
    shown = {photo for thing in draft.things for photo in thing.photos}
    nothing = [Thing(photos=(sha,), guesses=(), source=sha) for sha in sent_photos(draft) if sha not in shown]
    if fresh := [*draft.things, *nothing]:
        _write(draft, [*recalled(draft), *(Kept(thing=thing, at=draft.session.version) for thing in fresh)])
    if len(draft.things) == 1 and draft.things[0].is_sure:
        speak_of(draft, draft.things[0].guesses[0])


def recalled(draft: Draft) -> list[Kept]:
    """Return the things of the conversation's photos, oldest first."""
    kept = json.loads(draft.slots.get(_SLOT, "[]"))
    return [_kept(raw) for raw in kept if isinstance(raw, dict)]  # an older version kept pairs


def last_shown(draft: Draft) -> list[Thing]:
    """Return the things of the newest message with photos."""
    kept = recalled(draft)
    return [one.thing for one in kept if one.at == kept[-1].at]


def just_shown(draft: Draft) -> list[Thing]:
    """Return the things of this message's photos, else those that "this" may mean since a turn or two ago."""
    kept = recalled(draft)
    fresh = bool(kept) and draft.session.version - kept[-1].at <= _RECENT
    return last_shown(draft) if fresh else []


def compared_photos(draft: Draft, text: str) -> list[str]:
    """Return the products of the photos that words set side by side: this one and the one before, or the last two."""
    known = [one.thing for one in recalled(draft)]
    sure = [thing.guesses[0].product_id for thing in known if thing.is_sure]
    listed = draft.slots.get("listed", "").partition(":")[2].split(",")
    if len(draft.things) > 1:
        known = list(draft.things)
    elif not draft.things and len(listed) > 1 and set(listed) <= set(sure):
        return listed  # no other list was shown since
    elif says("before", text) or (draft.things and len(known) > 1):
        known = known[-2:]
    else:
        return []
    return [thing.guesses[0].product_id for thing in known if thing.is_sure] if len(known) > 1 else []


def sent_photos(draft: Draft) -> list[str]:
    """Return the content addresses of the message's photos."""
    return [part.sha256 for part in draft.message.attachments if part.kind is AttachmentKind.IMAGE]


def speak_of(draft: Draft, guess: Guess) -> None:
    """Let "it" mean a product in the variant that a photo shows."""
    draft.slots["product_id"] = guess.product_id
    draft.slots["options"] = "\n".join(f"{option}={value}" for option, value in guess.options)


def called(draft: Draft, guess: Guess) -> str:
    """Return the name of a product, with what the photo shows of its variant: "Mug (red)"."""
    product = draft.desk.facts.products[guess.product_id]
    name = in_language(product.names, draft.language)
    told = describe_options(product, guess.options, draft.desk.facts.lexicon, draft.language)
    return draft.word("name_with_options", product=name, options=told) if told else name


def settle_on(draft: Draft, thing: Thing, guess: Guess) -> None:
    """Keep that a thing is what the customer said it is."""
    settled = replace(thing, guesses=(guess,), is_doubtful=False)
    _write(draft, [replace(one, thing=settled) if one.thing == thing else one for one in recalled(draft)])
    speak_of(draft, guess)


def _write(draft: Draft, kept: Sequence[Kept]) -> None:
    draft.slots[_SLOT] = json.dumps([asdict(one) for one in kept[-_KEPT:]], ensure_ascii=False)


def _kept(raw: dict[str, Any]) -> Kept:
    thing = raw["thing"]
    guesses = tuple(Guess(**{**guess, "options": _options(guess["options"])}) for guess in thing["guesses"])
    region = tuple(thing["region"])
    return Kept(
        thing=Thing(**{**thing, "photos": tuple(thing["photos"]), "region": region, "guesses": guesses}), at=raw["at"]
    )


def _options(raw: Sequence[Sequence[str]]) -> Options:
    return tuple((str(name), str(value)) for name, value in raw)
