"""A small shop in memory, and a way to talk to its clerk."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path

import pytest

from core.dialogue.clerk_dialogue import Dialogue
from core.dialogue.outcome import Outcome
from core.ports import Effect
from core.shop.changes import Changed, changed
from core.shop.deeds import ticket_number
from core.shop.formats.json_in import records_from
from core.shop.guards import WRITES, guard, guard_deed
from core.shop.keys import name_key, names_of, order_key, phone_key
from core.shop.records import Customer, Order, Page, Product, Records, Ticket
from core.shop.ruling import Ruling
from core.shop.terms import terms_from
from core.shop.world import World
from core.types import (
    Action,
    ActionStatus,
    Attachment,
    AttachmentKind,
    ButtonsPart,
    CardPart,
    Event,
    Identity,
    MatchDecision,
    Message,
    Percept,
    ProductMatch,
    SeenCode,
    SeenText,
    Session,
    TextPart,
    Transcript,
    Understanding,
)
from core.understand.ladder import Understander


@dataclass
class MemoryShop:
    """The demo shop's records, and every action that was proposed."""

    records: Records
    actions: list[Action] = field(default_factory=list)
    done: list[Action] = field(default_factory=list)
    """Those that the policy allowed."""
    written: list[tuple[str, Action]] = field(default_factory=list)
    """Tickets, with the customers whose they are."""
    written_on: str = "2026-06-15"

    async def customer(self, customer_id: str) -> Customer | None:
        return self.records.customers.get(customer_id)

    async def customer_by_email(self, email: str) -> Customer | None:
        return next((c for c in self.records.customers.values() if c.email.lower() == email.lower()), None)

    async def customers_by_name_zip(self, name: str, zip_code: str) -> tuple[Customer, ...]:
        return tuple(
            c for c in self.records.customers.values() if name_key(name) in names_of(c) and c.address.zip == zip_code
        )

    async def order(self, order_id: str) -> Order | None:
        return next((o for o in self.records.orders.values() if order_key(o.order_id) == order_key(order_id)), None)

    async def orders_of(self, identity: Identity) -> tuple[Order, ...]:
        own = [o for o in self.records.orders.values() if o.user_id == identity.customer_id]
        return tuple(sorted(own, key=lambda order: order.placed_at, reverse=True))

    async def customers_by_phone(self, phone: str) -> tuple[Customer, ...]:
        return tuple(c for c in self.records.customers.values() if phone_key(c.phone) == phone_key(phone) != "")

    async def tickets_of(self, identity: Identity) -> tuple[Ticket, ...]:
        return tuple(
            Ticket(
                number=ticket_number(action.idempotency_key),
                topic=str(action.arguments["topic"]),
                order_id=str(action.arguments.get("order_id", "")),
                summary=str(action.arguments["summary"]),
                at=self.written_on,
            )
            for customer_id, action in reversed(self.written)
            if customer_id == identity.customer_id
        )

    async def products(self) -> tuple[Product, ...]:
        return tuple(self.records.products.values())

    async def product(self, product_id: str) -> Product | None:
        return self.records.products.get(product_id)

    async def baskets(self) -> tuple[frozenset[str], ...]:
        bought: dict[str, set[str]] = {}
        for order in self.records.orders.values():
            if order.status != "cancelled":
                bought.setdefault(order.user_id, set()).update(item.product_id for item in order.items)
        return tuple(map(frozenset, bought.values()))

    async def pages(self) -> tuple[Page, ...]:
        return tuple(self.records.pages.values())

    async def review(self, action: Action, *, identity: Identity | None, after: Sequence[Action] = ()) -> Ruling:
        return guard(action, await self._world(action, identity))

    async def propose(self, action: Action, *, identity: Identity | None, after: Sequence[Effect] = ()) -> Effect:
        self.actions.append(action)
        world = await self._world(action, identity)
        ruling = guard_deed(action, world)
        status = ActionStatus.DONE if ruling.allowed else ActionStatus.DENIED
        judged = replace(action, status=status, clause=ruling.clause)
        if ruling.allowed:
            self.done.append(judged)
        if ruling.allowed and action.name in WRITES:
            self._take(changed(action, world))
        if action.name == "create_ticket" and identity is not None:
            self.written.append((identity.customer_id, action))
        return Effect(action=judged, apply=lambda _: None)

    async def _world(self, action: Action, identity: Identity | None) -> World:
        return World(
            terms=terms_from(self.records.policy, where="the demo shop"),
            today=date.fromisoformat(self.records.as_of),
            identity=identity,
            customer=self.records.customers.get(identity.customer_id) if identity else None,
            order=await self.order(str(action.arguments.get("order_id", ""))),
            products=self.records.products,
        )

    def _take(self, after: Changed) -> None:
        customers = {**self.records.customers, after.customer.user_id: after.customer}
        orders = {**self.records.orders, **({after.order.order_id: after.order} if after.order else {})}
        self.records = replace(self.records, customers=customers, orders=orders)


@dataclass
class Talk:
    """One conversation; call it with what the customer says."""

    understander: Understander
    dialogue: Dialogue
    shop: MemoryShop
    session: Session = field(default_factory=lambda: Session(conversation_id="c1", channel="terminal"))
    locale: str | None = None
    sender: str = "s1"
    now: datetime = datetime(2026, 6, 15, 10, tzinfo=UTC)
    """When the next message arrives."""
    understanding: Understanding | None = None
    outcome: Outcome | None = None
    turns: int = 0

    async def __call__(
        self,
        text: str,
        *,
        matches: tuple[ProductMatch, ...] = (),
        flags: tuple[str, ...] = (),
        attachments: tuple[Attachment, ...] = (),
        transcript: Transcript | None = None,
        event: Event = "",
        texts: tuple[SeenText, ...] = (),
        codes: tuple[SeenCode, ...] = (),
    ) -> str:
        """Say `text` and return the words of the answer, a line each."""
        self.turns += 1
        message = Message(
            id=f"m{self.turns}",
            channel=self.session.channel,
            external_id=f"m{self.turns}",
            conversation_id=self.session.conversation_id,
            sender_id=self.sender,
            text=text,
            attachments=attachments,
            transcript=transcript,
            event=event,
            locale=self.locale,
            received_at=self.now,
            trace_id="t",
        )
        percept = Percept(
            message_id=message.id, transcript=transcript, matches=matches, flags=flags, texts=texts, codes=codes
        )
        self.understanding = await self.understander.understand(message, percept, self.session)
        self.outcome = await self.dialogue.respond(message, percept, self.understanding, self.session)
        words = "\n".join(
            part.text for bubble in self.outcome.bubbles for part in bubble.parts if isinstance(part, TextPart)
        )
        self.session = replace(self.outcome.session, last_reply=words, heard=None, version=self.session.version + 1)
        return words

    def cut_after(self, words: str) -> None:
        """Interrupt the last reply right behind `words`, as a caller does."""
        reply = self.session.last_reply
        assert words in reply, reply
        self.session = replace(self.session, heard=reply[: reply.index(words) + len(words)])

    @property
    def buttons(self) -> list[str]:
        """What the buttons of the last answer say when pressed."""
        assert self.outcome
        return [
            button.value
            for bubble in self.outcome.bubbles
            for part in bubble.parts
            if isinstance(part, ButtonsPart)
            for button in part.buttons
        ]

    @property
    def cards(self) -> list[CardPart]:
        """The cards of the last answer."""
        assert self.outcome
        return [part for bubble in self.outcome.bubbles for part in bubble.parts if isinstance(part, CardPart)]

    @property
    def cited(self) -> list[str]:
        """The sources of the last answer."""
        assert self.outcome
        return [citation.source for bubble in self.outcome.bubbles for citation in bubble.citations]


@pytest.fixture(scope="session")
def records() -> Records:
    file = Path(str(files("assets"))) / "demo_shop" / "shop.json"
    return records_from(json.loads(file.read_text(encoding="utf-8")), file=str(file))


@pytest.fixture(scope="session")
def read() -> Understander:
    """Return an understander without an encoder; it keeps no state of a conversation."""

    async def no_products() -> tuple[Product, ...]:
        return ()

    return Understander(None, no_products)


@pytest.fixture
def shop(records: Records) -> MemoryShop:
    return MemoryShop(records)


@pytest.fixture
def talk(read: Understander, shop: MemoryShop) -> Talk:
    return Talk(read, Dialogue(shop, None, handoff_hours="9:00-21:00", currency="CNY"), shop)


def photo(sha256: str) -> Attachment:
    return Attachment(id=sha256, kind=AttachmentKind.IMAGE, media_type="image/jpeg", size_bytes=9, sha256=sha256)


def match(sha256: str, product: str, decision: MatchDecision = MatchDecision.MATCH) -> ProductMatch:
    return ProductMatch(attachment_id=sha256, sku=f"SKU-{product}", product_id=product, score=0.9, decision=decision)
