"""Twilio's REST API, as far as calls need it (https://www.twilio.com/docs/voice/api/call-resource)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import httpx

from core.errors import NotAnsweredError

_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioRest:
    """Begin, change and end calls of one account."""

    account_sid: str
    token: str = field(repr=False)
    api: str = "https://api.twilio.com"

    async def begin(self, target: str, *, caller: str, twiml: str, ring_s: int, told_url: str) -> str:
        """Call `target` from our number `caller` and return the CallSid; `told_url` is told what becomes of it.

        Raises `NotAnsweredError` when Twilio does not take the order.
        """
        made = await self._post(
            "Calls.json",
            {
                "To": target,
                "From": caller,
                "Twiml": twiml,
                "Timeout": str(ring_s),
                "StatusCallback": told_url,
                "StatusCallbackEvent": ["answered", "completed"],
            },
        )
        return str(made.get("sid", ""))

    async def order(self, call_id: str, twiml: str) -> None:
        """Do something else with a call that goes on. Raises `NotAnsweredError` when Twilio refuses."""
        await self._post(f"Calls/{call_id}.json", {"Twiml": twiml})

    async def end(self, call_id: str) -> None:
        """End a call, answered or not. Raises `NotAnsweredError` when Twilio refuses."""
        await self._post(f"Calls/{call_id}.json", {"Status": "completed"})

    async def _post(self, path: str, form: dict[str, Any]) -> dict[str, Any]:
        url = f"{self.api}/2010-04-01/Accounts/{self.account_sid}/{path}"
        try:
            async with httpx.AsyncClient(auth=(self.account_sid, self.token), timeout=_TIMEOUT_S) as http:
                response = await http.post(url, data=form)
        except httpx.HTTPError as error:
            raise NotAnsweredError(
                f"Twilio cannot be reached at {self.api} ({error or type(error).__name__})"
            ) from error
        told = _json(response)
        if response.is_error:
            why = told.get("message") or "no reason given"
            raise NotAnsweredError(f"Twilio refused: {why} (status {response.status_code}, code {told.get('code')})")
        return told


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        told = response.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
