"""What every handler of the web channel needs, in one value."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from aiohttp import web

from channels.web.metrics import Metrics
from channels.web.rates import Rate
from channels.web.threads import Threads
from channels.web.tokens import Signer
from core.config import Web
from core.ports import Clerk, Shop
from core.shop.records import Texts
from core.types import Attachment, Identity, Language

CHANNEL = "web"
"""The channel's name in messages."""

_CALLS_PER_MINUTE = 10

Picture = Callable[[str], Path | None]
"""SKU -> its catalogue picture on disk."""

Login = Callable[[str, str], Awaitable[Identity | None]]
"""A login token and the conversation that is opened with it -> whom it proves."""

Ready = Callable[[], Awaitable[Mapping[str, bool]]]
"""Names of the parts that must be up -> whether each one is."""


class AdminViews(Protocol):
    """What /v1/admin shows; every row is JSON as it stands."""

    async def conversations(self, *, limit: int) -> Sequence[Mapping[str, Any]]:
        """Return the latest conversations, newest first."""
        ...

    async def conversation(self, conversation_id: str, *, language: Language | None) -> Mapping[str, Any] | None:
        """Return one conversation with its turns, each message and reply beside its translation into `language`."""
        ...

    async def tickets(self, *, limit: int) -> Sequence[Mapping[str, Any]]:
        """Return the latest tickets, newest first."""
        ...

    async def handoffs(self, *, limit: int) -> Sequence[Mapping[str, Any]]:
        """Return the latest calls for a person, newest first."""
        ...


class PhotoViews(Protocol):
    """What a photo shows the staff; JSON as it stands."""

    async def look(
        self, photo: Attachment, *, customer: str, order: str, language: Language
    ) -> Mapping[str, Any] | None:
        """Return the things in a photo that the door let in, with their products and the orders that hold them.

        None where the customer or the order is unknown. Raises `TimeoutError` while the catalogue is looked at.
        """
        ...


class Telephone(Protocol):
    """Calls from the browser."""

    @property
    def stun(self) -> Sequence[str]:
        """Return the STUN servers that the browser should ask for its address."""
        ...

    async def answer(self, conversation_id: str, offer: str) -> str:
        """Return the answer to an offer, both as SDP; the call that follows belongs to the conversation.

        Raises `BusyError` beyond capacity, `MediaError` for an offer that is not one of a call.
        """
        ...


class CallViews(Protocol):
    """What the staff sees and wants of telephone calls; every row is JSON as it stands."""

    async def calls(self, *, limit: int) -> Sequence[Mapping[str, Any]]:
        """Return the latest calls, newest first."""
        ...

    async def call(self, call_id: str) -> Mapping[str, Any] | None:
        """Return one call with who listened to it; None when it is unknown."""
        ...

    async def recording(self, call_id: str, *, by: str) -> Path | None:
        """Return the file of a call's recording, once it was written down who fetches it; None where there is none."""
        ...

    async def erase(self, call_id: str) -> bool:
        """Forget a call and its recording; False when it is unknown."""
        ...

    async def outgoing(self, *, limit: int) -> Sequence[Mapping[str, Any]]:
        """Return the latest calls that were to be made, newest first."""
        ...

    async def place(
        self, *, key: str, number: str, text: str, order: str, notice: str, language: Language
    ) -> Mapping[str, Any]:
        """Have somebody called, once for each key; raises `ConfigError` that says what is missing."""
        ...


def _no_picture(_sku: str) -> Path | None:
    return None


async def always_ready() -> Mapping[str, bool]:
    """Return that there is nothing to wait for."""
    return {"web": True}


@dataclass(slots=True, kw_only=True)
class House:
    """The clerk, the settings and the counters of one server."""

    settings: Web
    clerk: Clerk
    secret_key: bytes = field(repr=False)
    """Signs tokens and media addresses; `load_key` keeps one in the data folder."""
    picture: Picture = _no_picture
    shop: Shop | None = None
    """Whose products the demo page shows; None for a page with the widget alone."""
    shop_name: Texts = field(default_factory=lambda: {"zh": "掌柜小店", "en": "Zhanggui demo shop"})
    currency: str = "USD"
    """Of the prices on the demo page, ISO 4217."""
    is_demo: bool = False
    """Whether products, customers and orders are made up, which the page then says."""
    admin: AdminViews | None = None
    photos: PhotoViews | None = None
    """Looks at photos for the staff; None where the house does not see."""
    telephone: Telephone | None = None
    """Takes calls from the browser; None where there are none."""
    calls: CallViews | None = None
    login: Login | None = None
    """Checks login tokens of the shop's site; None takes none."""
    ready: Ready = always_ready
    metrics: Metrics = field(default_factory=Metrics)
    signer: Signer = field(init=False)
    rate: Rate = field(init=False)
    openings: Rate = field(init=False)
    calling: Rate = field(init=False)
    threads: Threads = field(init=False)

    def __post_init__(self) -> None:
        """Make what follows from the settings."""
        self.signer = Signer(self.secret_key)
        self.threads = Threads(self.secret_key)
        self.rate = Rate(self.settings.rate_per_minute)
        self.openings = Rate(self.settings.rate_per_minute)
        self.calling = Rate(_CALLS_PER_MINUTE)


HOUSE: web.AppKey[House] = web.AppKey("house", House)
