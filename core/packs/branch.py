"""A pack's own place behind the dialogue: its pages, its rules, and tickets as the only thing it writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from core.dialogue.flow import Ticket as TicketStep
from core.packs.pack import Pack
from core.packs.rules import judge
from core.ports import Effect, Shop
from core.shop import records
from core.shop.records import Customer, Order, Page, Product
from core.shop.ruling import Ruling
from core.types import Action, ActionStatus, Identity

_TICKET = "create_ticket"
_PERSON = "transfer_to_human_agents"


@dataclass(frozen=True, slots=True)
class Branch:
    """`core.ports.Shop` for a pack that sells nothing, over the store that keeps customers, tickets and hand-offs.

    Whatever the dialogue proposes, a ticket is written only with the customer's yes to exactly its facts, and
    only when the pack's rules do not deny these facts; anything else but a hand-off is refused.
    """

    store: Shop
    pack: Pack

    async def customer(self, customer_id: str) -> Customer | None:
        """Return one customer."""
        return await self.store.customer(customer_id)

    async def customer_by_email(self, email: str) -> Customer | None:
        """Return the customer with this e-mail address."""
        return await self.store.customer_by_email(email)

    async def customers_by_name_zip(self, name: str, zip_code: str) -> tuple[Customer, ...]:
        """Return those whose full name and zip fit."""
        return await self.store.customers_by_name_zip(name, zip_code)

    async def order(self, order_id: str) -> Order | None:
        """Return None: there are no orders here."""
        return None

    async def orders_of(self, identity: Identity) -> tuple[Order, ...]:
        """Return nothing: there are no orders here."""
        return ()

    async def customers_by_phone(self, phone: str) -> tuple[Customer, ...]:
        """Return those with this telephone number."""
        return await self.store.customers_by_phone(phone)

    async def tickets_of(self, identity: Identity) -> tuple[records.Ticket, ...]:
        """Return the tickets of the verified customer, newest first."""
        return await self.store.tickets_of(identity)

    async def products(self) -> tuple[Product, ...]:
        """Return nothing: there is no catalogue here."""
        return ()

    async def product(self, product_id: str) -> Product | None:
        """Return None: there is no catalogue here."""
        return None

    async def baskets(self) -> tuple[frozenset[str], ...]:
        """Return nothing: there are no orders here."""
        return ()

    async def pages(self) -> tuple[Page, ...]:
        """Return the pack's knowledge."""
        return tuple(self.pack.pages.values())

    async def review(self, action: Action, *, identity: Identity | None, after: Sequence[Action] = ()) -> Ruling:
        """Judge an action as if the customer had said yes to it; nothing is written."""
        if action.name not in (_TICKET, _PERSON):
            return Ruling(allowed=False, clause="pack/no_such_action")
        stored = await self.store.review(action, identity=identity, after=after)
        if action.name == _PERSON or not stored.allowed:
            return stored
        return self._ruling(action, identity)

    async def propose(self, action: Action, *, identity: Identity | None, after: Sequence[Effect] = ()) -> Effect:
        """Check an action against the pack's rules and return its effect, its action marked done or denied."""
        ruling = await self.review(action, identity=identity)
        if ruling.allowed and action.name == _TICKET and not action.confirmed:
            ruling = Ruling(allowed=False, clause="tickets/needs_yes")
        if not ruling.allowed:
            denied = replace(action, status=ActionStatus.DENIED, clause=ruling.clause)
            return Effect(action=denied, apply=_nothing, facts=ruling.facts)
        effect = await self.store.propose(action, identity=identity, after=after)
        clause = ruling.clause if effect.action.status is ActionStatus.DONE else effect.action.clause
        return replace(effect, action=replace(effect.action, clause=clause))

    def _ruling(self, action: Action, identity: Identity | None) -> Ruling:
        """Judge the facts of a ticket by the rules of every flow that writes about its topic."""
        topic, facts = action.arguments.get("topic"), action.arguments.get("facts")
        groups = [
            step.group
            for flow in self.pack.flows.values()
            for step in flow.steps.values()
            if isinstance(step, TicketStep) and step.topic == topic
        ]
        if not groups or not isinstance(facts, Mapping):
            return Ruling(allowed=False, clause="tickets/no_such_topic")
        known = {str(name): str(value) for name, value in facts.items()}
        for group in groups:
            rules = self.pack.rules.get(group, ())
            verdict = judge(group, rules, known, verified=identity is not None, today=date.today())
            if not verdict.allowed:
                return Ruling(allowed=False, clause=verdict.clause)
        return Ruling(allowed=True, clause=f"{topic}/agreed")


def _nothing(_connection: object) -> None:
    """Change nothing: it was denied."""
