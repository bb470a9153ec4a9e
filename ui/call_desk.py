"""What the staff sees and wants of calls, read from the record and the shop."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from core.config import Settings
from core.errors import ConfigError
from core.journal.calls import StoreCalls
from core.journal.outgoing import OutgoingCall, StoreOutgoing
from core.journal.store import Store
from core.ports import Shop
from core.types import Language
from ui.calls import delete_recordings, first_language, recordings_folder
from voice.call.notices import NOTICES


@dataclass(frozen=True, slots=True)
class CallDesk:
    """`channels.web.house.CallViews` on the store; the command line uses it, too."""

    store: Store
    shop: Shop
    settings: Settings

    async def calls(self, *, limit: int) -> Sequence[Mapping[str, Any]]:
        """Return the latest calls, newest first."""
        return await StoreCalls(self.store).calls(limit=limit)

    async def call(self, call_id: str) -> Mapping[str, Any] | None:
        """Return one call with who listened to it; None when it is unknown."""
        return await StoreCalls(self.store).call(call_id)

    async def recording(self, call_id: str, *, by: str) -> Path | None:
        """Return the file of a call's recording, once it was written down who fetches it; None where there is none."""
        found = await self.call(call_id)
        if not found or not found["recording"]:
            return None
        file = recordings_folder(self.settings) / str(found["recording"])
        if not file.is_file():
            return None
        await StoreCalls(self.store).note(call_id, "fetched", by)
        return file

    async def erase(self, call_id: str) -> bool:
        """Forget a call and its recording; False when it is unknown."""
        return await self._forget(call_id=call_id) > 0

    async def erase_number(self, number: str) -> int:
        """Forget all calls of a telephone number with their recordings, and those to be made; return how many."""
        return await self._forget(number=number) + await StoreOutgoing(self.store).erase(number)

    async def outgoing(self, *, limit: int) -> Sequence[Mapping[str, Any]]:
        """Return the latest calls that were to be made, newest first."""
        return [_row(call) for call in await StoreOutgoing(self.store).calls(limit=limit)]

    async def place(
        self, *, key: str, number: str, text: str, order: str, notice: str, language: Language
    ) -> Mapping[str, Any]:
        """Have somebody called, once for each key; raises `ConfigError` that says what is missing."""
        language = language or first_language(self.settings.phone)
        if bool(text.strip()) == bool(order or notice):
            raise ConfigError("say either a text, or an order and a notice")
        if text.strip():
            # The same words on another day are another call.
            key = key or _digest("say", number, text, date.today().isoformat())
            words = text
        else:
            number, words = await self._notice(number, order, notice, language)
            key = key or _digest("notice", order.lstrip("#").upper(), notice)
        call = OutgoingCall(key=key, number=number, language=language, words=words)
        return _row(await StoreOutgoing(self.store).add(call))

    async def _notice(self, number: str, order_id: str, notice: str, language: Language) -> tuple[str, str]:
        """Return whom to call and what to say."""
        if notice not in NOTICES:
            raise ConfigError(f"there is no notice {notice!r} (known: {', '.join(NOTICES)})")
        order = await self.shop.order(order_id)
        if order is None:
            raise ConfigError(f"there is no order {order_id!r}")
        if not number:
            customer = await self.shop.customer(order.user_id)
            number = customer.phone if customer else ""
        if not number:
            raise ConfigError(f"the customer of order {order_id!r} has no telephone number on file: give one")
        return number, NOTICES[notice][language].format(order=order.order_id.lstrip("#"))

    async def _forget(self, *, number: str = "", call_id: str = "") -> int:
        calls = StoreCalls(self.store)
        before = await calls.recordings()
        gone = await calls.erase(number=number, call_id=call_id)
        delete_recordings(recordings_folder(self.settings), before - await calls.recordings())
        return gone


def _row(call: OutgoingCall) -> dict[str, Any]:
    return {**asdict(call), "due_at": datetime.fromtimestamp(call.due_at, UTC).isoformat()}


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
