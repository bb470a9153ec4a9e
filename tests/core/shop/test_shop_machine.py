"""Whatever is proposed in whatever order, with or without a yes, by whomever: the rules hold and money is kept."""

from __future__ import annotations

import asyncio
import itertools
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from core.errors import ConflictError
from core.journal.store import Store
from core.ports import Effect
from core.shop.formats.json_out import records_to
from core.shop.guards import WRITES
from core.shop.local import LocalShop
from core.shop.lookup import Bench
from core.shop.policies.clauses import DENIALS
from core.types import Action, ActionStatus, Identity, confirmation_of
from tests.core.shop.small_shop import ANN, AWAY, BOB, HOME, ORDERS, PRODUCTS, TODAY, records, terms

ITEMS = [key for product in PRODUCTS for key in product["variants"]]
LISTS = st.lists(st.sampled_from([*ITEMS, "99"]), max_size=3)
IDENTITIES = st.sampled_from([ANN, ANN, ANN, BOB, None, Identity(customer_id="nobody", proved_by="email")])
ARGUMENTS = {
    "order_id": st.sampled_from([*(order["order_id"] for order in ORDERS), "w1", "#W99", "", 7]),
    "user_id": st.sampled_from(["ann_1", "bob_2", "nobody"]),
    "reason": st.sampled_from(["no longer needed", "ordered by mistake", "too slow", ""]),
    "payment_method_id": st.sampled_from(["paypal_1", "gift_card_1", "credit_card_1", "gift_card_9", ""]),
    "item_ids": LISTS,
    "new_item_ids": LISTS,
    **{name: st.sampled_from([value, HOME[name], "", 3]) for name, value in AWAY.items()},
}
FORMS = {
    "cancel_pending_order": ("order_id", "reason"),
    "modify_pending_order_items": ("order_id", "item_ids", "new_item_ids", "payment_method_id"),
    "modify_pending_order_address": ("order_id", *AWAY),
    "modify_pending_order_payment": ("order_id", "payment_method_id"),
    "modify_user_address": ("user_id", *AWAY),
    "return_delivered_order_items": ("order_id", "item_ids", "payment_method_id"),
    "exchange_delivered_order_items": ("order_id", "item_ids", "new_item_ids", "payment_method_id"),
}
SIBLING = {"11": "12", "12": "15", "15": "11", "21": "22", "22": "21", "31": "32", "32": "31"}
GENEROUS = terms(
    items={"once_only": False, "locks_order": False}, returns={"once_only": False}, exchanges={"once_only": False}
)


Wish = tuple[str, dict[str, Any]]


@st.composite
def nonsense(draw: st.DrawFn) -> Wish:
    """Draw an action whose arguments may lack, be wrong, or belong to somebody else."""
    name = draw(st.sampled_from(sorted(FORMS)))
    return name, {argument: draw(ARGUMENTS[argument]) for argument in FORMS[name] if draw(st.integers(0, 9))}


@st.composite
def sensible(draw: st.DrawFn) -> Wish:
    """Draw what Ann could well ask for, though somebody may have been quicker."""
    name = draw(st.sampled_from(sorted(FORMS)))
    numbers = ["#W2", "#W2", "#W8", "#W9", "#W11"] if "delivered" in name else ["#W1", "#W1", "#W10", "#W7"]
    order_id = draw(st.sampled_from(numbers))
    bought = [item["item_id"] for order in ORDERS if order["order_id"] == order_id for item in order["items"]]
    chosen = draw(st.permutations(bought))[: draw(st.integers(1, 3))]
    known = {
        "order_id": order_id,
        "user_id": "ann_1",
        "reason": "no longer needed",
        "payment_method_id": draw(st.sampled_from(["paypal_1", "gift_card_1", "credit_card_1"])),
        "item_ids": chosen,
        "new_item_ids": [SIBLING[key] for key in chosen],
        **draw(st.sampled_from([AWAY, {**HOME, "city": "Z"}])),
    }
    return name, {argument: known[argument] for argument in FORMS[name]}


class ShopMachine(RuleBasedStateMachine):
    """Proposes and applies; after every write it looks at what changed and asks whether it was allowed to."""

    generous = False

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        self.keys = itertools.count()
        self.waiting: list[tuple[Effect, Identity | None]] = []
        self.applied: list[tuple[Effect, Identity | None]] = []

    @initialize()
    def open_the_shop(self) -> None:
        self.store = Store(Path(self.folder.name) / "zhanggui.db")
        bench = Bench(terms=GENEROUS if self.generous else terms(), clock=lambda: TODAY)
        self.shop = LocalShop(self.store, Path(self.folder.name) / "shop", bench)
        self.loop.run_until_complete(self.shop.import_records(records(), origin="small"))
        self.first = self.last = self._stands()

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
        self.loop.close()
        self.folder.cleanup()

    def _stands(self) -> dict[str, Any]:
        return records_to(self.loop.run_until_complete(self.shop.export_records()))

    @rule(wish=nonsense(), identity=IDENTITIES, yes=st.sampled_from(["this", "none", "another"]))
    def propose_anything(self, wish: Wish, identity: Identity | None, yes: str) -> None:
        self.waiting.append((self._proposed(wish, identity, yes), identity))

    @rule(wish=sensible(), yes=st.sampled_from(["this", "this", "this", "none"]))
    def propose_something_sensible(self, wish: Wish, yes: str) -> None:
        self.waiting.append((self._proposed(wish, ANN, yes), ANN))

    @rule(wish=sensible())
    def do_something_sensible(self, wish: Wish) -> None:
        self._write(self._proposed(wish, ANN, "this"), ANN)

    @rule(wish=sensible(), identity=st.sampled_from([BOB, None]))
    def try_it_as_somebody_else(self, wish: Wish, identity: Identity | None) -> None:
        effect = self._proposed(wish, identity, "this")
        assert effect.action.status is ActionStatus.DENIED
        self._write(effect, identity)

    def _proposed(self, wish: Wish, identity: Identity | None, yes: str) -> Effect:
        name, arguments = wish
        said = {"this": confirmation_of(name, arguments), "none": "", "another": confirmation_of(name, {})}[yes]
        action = Action(name=name, arguments=arguments, idempotency_key=f"k{next(self.keys)}", confirmation=said)
        effect = self.loop.run_until_complete(self.shop.propose(action, identity=identity))
        if effect.action.status is ActionStatus.DENIED:
            assert effect.action.clause in DENIALS
        else:
            assert action.confirmed and identity in (ANN, BOB), "nothing is done without a yes to exactly this"
        return effect

    @rule(pick=st.integers(0, 99))
    def apply(self, pick: int) -> None:
        """Commit a waiting effect; others may have been committed since it was proposed."""
        if self.waiting:
            self._write(*self.waiting.pop(pick % len(self.waiting)))

    @rule(pick=st.integers(0, 99))
    def apply_again(self, pick: int) -> None:
        """Commit an effect that was committed before: nothing happens."""
        if self.applied:
            effect, _ = self.applied[pick % len(self.applied)]
            self.loop.run_until_complete(self.store.write(effect.apply))
            assert self._stands() == self.last

    def _write(self, effect: Effect, identity: Identity | None) -> None:
        before = self.last
        try:
            self.loop.run_until_complete(self.store.write(effect.apply))
        except ConflictError:
            assert self._stands() == before, "a conflict writes nothing"
            return
        self.last = self._stands()
        if effect.action.status is ActionStatus.DENIED:
            assert self.last == before
            return
        self.applied.append((effect, identity))
        assert identity is not None
        _only_ones_own(before, self.last, identity, effect.action)
        _status_allowed(before, self.last, effect.action, generous=self.generous)
        _money_is_kept(before, self.last)

    @invariant()
    def nothing_impossible(self) -> None:
        if not hasattr(self, "last"):
            return
        for user in self.last["users"].values():
            assert all(method.get("balance", 0) >= 0 for method in user["payment_methods"].values())
        for order in self.last["orders"].values():
            held = Counter(item["item_id"] for item in order["items"])
            back = Counter(order.get("return_items", [])) + Counter(order.get("exchange_items", []))
            assert back <= held, "no more goes back than was bought"
            assert len(order.get("exchange_items", [])) == len(order.get("exchange_new_items", []))
            assert all(round(payment["amount"], 2) == payment["amount"] >= 0 for payment in order["payment_history"])


def _only_ones_own(before: dict[str, Any], after: dict[str, Any], identity: Identity, action: Action) -> None:
    assert action.confirmed and action.name in WRITES
    assert before["products"] == after["products"]
    for key, user in after["users"].items():
        assert user == before["users"][key] or key == identity.customer_id
    changed = [key for key, order in after["orders"].items() if order != before["orders"][key]]
    assert all(after["orders"][key]["user_id"] == identity.customer_id for key in changed)
    assert len(changed) <= 1


def _status_allowed(before: dict[str, Any], after: dict[str, Any], action: Action, *, generous: bool) -> None:
    pending, delivered = {"pending"}, {"delivered"}
    if generous:
        pending |= {"pending (item modified)"}
        delivered |= {"return requested", "exchange requested"}
    for key, order in after["orders"].items():
        if order != before["orders"][key]:
            assert before["orders"][key]["status"] in (delivered if "delivered" in action.name else pending)


def _money_is_kept(before: dict[str, Any], after: dict[str, Any]) -> None:
    """What was paid for an order is what its goods cost, nothing once it is cancelled; cards hold the rest."""
    for key, order in after["orders"].items():
        if order == before["orders"][key]:
            continue
        cost = 0.0 if order["status"] == "cancelled" else sum(item["price"] for item in order["items"])
        assert round(_paid(order) - cost, 2) == 0
        assert (
            order["payment_history"][: len(before["orders"][key]["payment_history"])]
            == (before["orders"][key]["payment_history"])
        ), "what was booked stays booked"
    for user_id, user in after["users"].items():
        for method in user["payment_methods"].values():
            if method["source"] == "gift_card":
                was = before["users"][user_id]["payment_methods"][method["id"]]["balance"]
                assert (
                    round(method["balance"] - was + _spent(after, method["id"]) - _spent(before, method["id"]), 2) == 0
                )


def _paid(order: dict[str, Any], method_id: str = "") -> float:
    booked = [p for p in order["payment_history"] if method_id in ("", p["payment_method_id"])]
    return float(sum(p["amount"] if p["transaction_type"] == "payment" else -p["amount"] for p in booked))


def _spent(shop: dict[str, Any], method_id: str) -> float:
    return sum(_paid(order, method_id) for order in shop["orders"].values())


class GenerousMachine(ShopMachine):
    """The same in a shop where nothing is once only."""

    generous = True


_RUNS = settings(max_examples=30, stateful_step_count=25, suppress_health_check=[HealthCheck.too_slow])
TestRetailTerms = ShopMachine.TestCase
TestRetailTerms.settings = _RUNS
TestGenerousTerms = GenerousMachine.TestCase
TestGenerousTerms.settings = _RUNS
