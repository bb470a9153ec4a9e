"""An e-mail address that was read in a photo: asked about, and the customer's own word only when they say that it is.

A photo proves nothing. Its address is spoken of where the clerk would ask for one, and a yes to it is worth what
typing it would be.
"""

from __future__ import annotations

from core.dialogue.checking import TO_CHECK
from core.dialogue.draft import Draft
from core.journal.codec import encode
from core.types import Entity, SetSlot, Understanding
from core.understand.lettered import emails_in

_READ, _AT = "read_email", "read_email_at"
_TURNS = 5
"""For which an address is kept: until the clerk would ask for one."""
_IDENTIFY = "identify"
"""The flow that asks who the customer is."""


def note_address(draft: Draft) -> None:
    """Keep the address of this message's photos, if it is the only one; forget what is old, or another one's now."""
    found = emails_in(draft.percept)
    stale = draft.session.version - int(draft.slots.get(_AT, "0")) > _TURNS
    if draft.identity is not None or "email" in draft.heard or stale or found:
        draft.forget(_READ, _AT)
    if draft.identity is None and "email" not in draft.heard and len(found) == 1:
        draft.slots[_READ], draft.slots[_AT] = found[0], str(draft.session.version)


async def offer_address(draft: Draft) -> bool:
    """Ask about an address that was read, or leave that to the question who it is, where that is waiting."""
    if any(waiting.flow == _IDENTIFY for waiting in draft.stack):
        return _READ in draft.slots
    return await ask_about_address(draft) == "asked"


async def ask_about_address(draft: Draft) -> str:
    """Ask once whether the address in the photo is the customer's; "nothing" where none was read."""
    address = draft.slots.pop(_READ, "")
    if not address or draft.identity is not None:
        return "nothing"
    draft.say("photo_email", email=address)
    draft.buttons((draft.word("button.read_email"), address))
    typed = Understanding(
        commands=(SetSlot(slot="email", value=address, source="photo"),),
        entities=(Entity(kind="email", value=address, text=address, start=0, end=len(address)),),
        language=draft.language,
    )
    draft.slots[TO_CHECK] = f"{address}\n{encode(typed)}"
    draft.outcome = "asked"
    return "asked"
