"""Every clause, allowed and denied, and its sentences."""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from core.shop import policies
from core.shop.guards import WRITES, guard, guard_deed
from core.shop.policies.clauses import DENIALS, WARNINGS
from core.shop.ruling import Ruling
from core.shop.terms import Terms
from core.types import Identity
from core.wording.templates import load_templates
from tests.core.shop.small_shop import ANN, AWAY, asked, terms, world

CANCEL, ITEMS, PAYMENT = "cancel_pending_order", "modify_pending_order_items", "modify_pending_order_payment"
ADDRESS, PROFILE = "modify_pending_order_address", "modify_user_address"
RETURN, EXCHANGE = "return_delivered_order_items", "exchange_delivered_order_items"
NOT_NEEDED = "no longer needed"


@dataclass(frozen=True)
class Denied:
    clause: str
    name: str
    arguments: dict[str, Any] = field(default_factory=dict)
    needs: str = ""
    identity: Identity | None = ANN
    terms: Terms | None = None
    confirmed: bool = True

    def ruling(self) -> Ruling:
        action = asked(self.name, confirmed=self.confirmed, **self.arguments)
        return guard_deed(action, world(action, identity=self.identity, stated=self.terms))


def ids(order_id: str, items: str = "", new: str = "", method: str = "") -> dict[str, Any]:
    given: dict[str, Any] = {"order_id": order_id}
    given |= {"item_ids": items.split()} if items else {}
    given |= {"new_item_ids": new.split()} if new else {}
    return given | ({"payment_method_id": method} if method else {})


STATUS = [
    Denied(f"{area}/{rule}", name, {"order_id": order_id})
    for area, name in (("cancel", CANCEL), ("items", ITEMS), ("address", ADDRESS), ("payment", PAYMENT))
    for rule, order_id in (
        ("not_pending", "#W4"),
        ("not_pending", "#W5"),
        ("not_pending", "#W12"),
        ("delivered", "#W2"),
        ("delivered", "#W8"),
        ("delivered", "#W9"),
        ("cancelled", "#W6"),
        ("once_only" if area == "items" else "items_modified", "#W7"),
    )
] + [
    Denied(f"{area}/{rule}", name, {"order_id": order_id})
    for area, name in (("return", RETURN), ("exchange", EXCHANGE))
    for rule, order_id in (
        ("pending", "#W1"),
        ("not_delivered", "#W7"),
        ("not_delivered", "#W4"),
        ("not_delivered", "#W5"),
        ("not_delivered", "#W12"),
        ("cancelled", "#W6"),
        ("once_only", "#W8"),
        ("once_only", "#W9"),
    )
]
FOUR_DAYS = terms(returns={"days": 4}, exchanges={"days": 4})
NO_PENS = terms(returns={"excluded": ["pens"]}, exchanges={"excluded": ["3"]})
OFTEN = terms(returns={"once_only": False}, exchanges={"once_only": False}, items={"once_only": False})
NO_SAME = terms(exchanges={"same_item": False}, items={"same_item": False})
AFTER_DELIVERY = [
    Denied(f"{area}/{rule}", name, ids(order_id, items), terms=stated)
    for area, name in (("return", RETURN), ("exchange", EXCHANGE))
    for rule, order_id, items, stated in (
        ("window_passed", "#W2", "", FOUR_DAYS),
        ("window_passed", "#W8", "", FOUR_DAYS),
        ("delivery_unknown", "#W11", "", FOUR_DAYS),
        ("excluded", "#W2", "11 31", NO_PENS),
    )
]
GOODS = [
    Denied(clause, name, {**ids(order_id, items, new)}, needs=needs)
    for name, order_id in ((ITEMS, "#W1"), (EXCHANGE, "#W2"))
    for clause, items, new, needs in (
        ("goods/needs_item_ids", "", "", "item_ids"),
        ("goods/not_in_order", "32", "", ""),
        ("goods/not_in_order", "11 11 11", "", ""),
        ("goods/needs_new_item_ids", "11", "", "new_item_ids"),
        ("goods/unequal_count", "11 21", "12", ""),
        ("goods/other_product", "11", "22", ""),
        ("goods/other_product", "11 21", "12 99", ""),
        ("goods/unavailable", "11", "13", ""),
        ("goods/unavailable", "11 11", "14 14", ""),
        ("method/needs_payment_method_id", "11", "12", "payment_method_id"),
    )
]
STRANGER = Identity(customer_id="nobody", proved_by="email")
OTHERS = [
    Denied("unknown_action", "drop_all_tables"),
    *(Denied("identity/needed", name, {"order_id": "#W1"}, identity=None) for name in WRITES),
    *(Denied("identity/needed", name, {"order_id": "#W1"}, identity=STRANGER) for name in WRITES),
    *(Denied("order/needs_order_id", name, needs="order_id") for name in WRITES if name != PROFILE),
    *(Denied("order/not_found", name, {"order_id": "#W3"}) for name in WRITES if name != PROFILE),
    *(Denied("order/not_found", name, {"order_id": "#W99"}) for name in WRITES if name != PROFILE),
    Denied("profile/needs_user_id", PROFILE, AWAY, needs="user_id"),
    Denied("profile/not_yours", PROFILE, {"user_id": "bob_2", **AWAY}),
    Denied("cancel/needs_reason", CANCEL, {"order_id": "#W1"}, needs="reason"),
    Denied("cancel/needs_reason", CANCEL, {"order_id": "#W1", "reason": ["a"]}, needs="reason"),
    Denied("cancel/reason_not_accepted", CANCEL, {"order_id": "#W1", "reason": "found it cheaper"}),
    Denied("goods/needs_item_ids", RETURN, ids("#W2"), needs="item_ids"),
    Denied("goods/needs_item_ids", RETURN, {"order_id": "#W2", "item_ids": "11"}, needs="item_ids"),
    Denied("goods/not_in_order", RETURN, ids("#W2", "22")),
    Denied("goods/not_in_order", RETURN, ids("#W8", "11"), terms=OFTEN),
    Denied("goods/same_item", ITEMS, ids("#W1", "11 21", "12 21", "paypal_1"), terms=NO_SAME),
    Denied("goods/same_item", EXCHANGE, ids("#W2", "11", "11", "paypal_1"), terms=NO_SAME),
    Denied("method/not_yours", ITEMS, ids("#W1", "11", "12", "gift_card_9")),
    Denied("method/not_yours", EXCHANGE, ids("#W2", "11", "12", "gift_card_9")),
    Denied("method/not_yours", PAYMENT, ids("#W1", method="gift_card_9")),
    Denied("method/not_yours", RETURN, ids("#W2", "11", method="gift_card_9")),
    Denied("method/needs_payment_method_id", RETURN, ids("#W2", "11"), needs="payment_method_id"),
    Denied("method/needs_payment_method_id", PAYMENT, ids("#W1"), needs="payment_method_id"),
    Denied("method/balance_short", ITEMS, ids("#W1", "11", "14", "gift_card_1")),
    Denied("method/balance_short", EXCHANGE, ids("#W2", "11", "14", "gift_card_1")),
    Denied("method/balance_short", PAYMENT, ids("#W1", method="gift_card_1")),
    Denied("method/like_the_first", RETURN, ids("#W8", "21", method="gift_card_1"), terms=OFTEN),
    Denied("method/like_the_first", EXCHANGE, ids("#W9", "21", "22", "gift_card_1"), terms=OFTEN),
    Denied("return/refund_elsewhere", RETURN, ids("#W2", "11", method="paypal_1")),
    Denied(
        "return/refund_elsewhere", RETURN, ids("#W2", "11", method="gift_card_1"),
        terms=terms(returns={"refund_to": ["original"]}),
    ),
    Denied("payment/same_method", PAYMENT, ids("#W1", method="paypal_1")),
    Denied("address/needs_address", ADDRESS, {"order_id": "#W1"}, needs="address"),
    Denied("address/needs_address", ADDRESS, {"order_id": "#W1", **AWAY, "zip": " "}, needs="address"),
    Denied("address/needs_address", PROFILE, {"user_id": "ann_1", **AWAY, "city": 7}, needs="address"),
    Denied("address/unreadable", ADDRESS, {"order_id": "#W1", **AWAY, "address2": "x" * 201}),
    Denied("address/unreadable", PROFILE, {"user_id": "ann_1", **AWAY, "city": "a\nb"}),
    Denied("confirmation/missing", CANCEL, {"order_id": "#W1", "reason": NOT_NEEDED}, confirmed=False),
    Denied("tickets/needs_kind", "create_ticket", {"summary": "x"}),
    Denied("tickets/needs_summary", "create_ticket", {"kind": "x"}),
    Denied("handoff/needs_summary", "transfer_to_human_agents", {"summary": " "}),
]  # fmt: skip
TABLE = [*STATUS, *AFTER_DELIVERY, *GOODS, *OTHERS]


@pytest.mark.parametrize("case", TABLE, ids=lambda case: f"{case.clause}-{case.name}")
def test_what_breaks_a_rule_is_denied_by_its_clause(case: Denied) -> None:
    ruling = case.ruling()
    assert (ruling.allowed, ruling.clause, ruling.needs) == (False, case.clause, case.needs)


def test_an_order_paid_twice_keeps_its_payment() -> None:
    action = asked(PAYMENT, order_id="#W1", payment_method_id="credit_card_1")
    seen = world(action)
    assert seen.order
    twice = replace(seen, order=replace(seen.order, payments=seen.order.payments * 2))
    assert guard(action, twice).clause == "payment/not_one_payment"


def test_the_table_holds_every_clause() -> None:
    assert {case.clause for case in TABLE} | {"payment/not_one_payment"} == DENIALS


def test_no_policy_denies_by_a_clause_that_is_not_listed() -> None:
    sources = [*Path(policies.__file__).parent.glob("*.py"), Path(policies.__file__).parents[1] / "guards.py"]
    named = {clause for file in sources for clause in re.findall(r'deny\(\s*f?"([^"]+)"', file.read_text())}
    assert named
    for clause in named - {"{area}/{'pending' if status == OrderStatus.PENDING else 'not_delivered'}"}:
        pattern = clause.replace("{area}", "[a-z]+")
        assert any(re.fullmatch(pattern, listed) for listed in DENIALS), clause


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("channel", ["web", "phone"])
def test_every_denial_can_be_said(language: str, channel: str) -> None:
    templates = load_templates()
    for case in TABLE:
        ruling = case.ruling()
        said = templates.say(f"deny.{case.clause.replace('/', '_')}", language, channel=channel, **ruling.facts)
        assert said and "{" not in said
        assert channel == "web" or "#W" not in said, f"{case.clause}: an order number is no pleasure to hear"
    for warning in WARNINGS:
        assert templates.say(f"warn.{warning.replace('/', '_')}", language, channel=channel)


def test_there_is_no_sentence_for_a_clause_that_nobody_knows() -> None:
    keys = {key.removesuffix(".phone") for key in load_templates().sentences["en"]}
    assert {key for key in keys if key.startswith("warn.")} == {f"warn.{name.replace('/', '_')}" for name in WARNINGS}
    assert {key for key in keys if key.startswith("deny.")} >= {f"deny.{name.replace('/', '_')}" for name in DENIALS}


def test_anothers_order_and_no_order_look_the_same() -> None:
    anothers, none = (asked(CANCEL, order_id=order_id, reason=NOT_NEEDED) for order_id in ("#W3", "#W99"))
    assert guard(anothers, world(anothers)) == guard(none, world(none))


def test_rules_are_tried_in_their_order() -> None:
    """Identity, owner, status, window, once only, then the arguments: the first that breaks is told."""
    strict = terms(returns={"days": 4, "excluded": ["pens"]})
    for case in (
        Denied("identity/needed", RETURN, identity=None),
        Denied("order/not_found", RETURN, ids("#W3", "99", method="x")),
        Denied("return/cancelled", RETURN, ids("#W6", "99", method="x"), terms=strict),
        Denied("return/window_passed", RETURN, ids("#W8", "99", method="x"), terms=strict),
        Denied("return/once_only", RETURN, ids("#W8", "99", method="x")),
        Denied("goods/not_in_order", RETURN, ids("#W2", "99", method="x")),
        Denied("return/excluded", RETURN, ids("#W2", "31", method="x"), terms=terms(returns={"excluded": ["pens"]})),
        Denied("method/not_yours", RETURN, ids("#W2", "31", method="x")),
    ):
        assert case.ruling().clause == case.clause


def test_what_lacks_comes_with_what_would_do() -> None:
    facts = Denied("", RETURN, ids("#W2", "11 31")).ruling().facts
    assert (facts["methods"], facts["refund"]) == ("credit_card_1|gift_card_1", "14.50")
    facts = Denied("", ITEMS, ids("#W1", "11", "14")).ruling().facts
    assert (facts["methods"], facts["difference"]) == ("paypal_1|credit_card_1", "20.50")
    assert Denied("", PAYMENT, ids("#W10")).ruling().facts["methods"] == "paypal_1|credit_card_1"
    assert Denied("", CANCEL, ids("#W1")).ruling().facts["reasons"] == "no longer needed|ordered by mistake"


@pytest.mark.parametrize(
    ("name", "arguments", "facts", "warnings"),
    [
        (
            CANCEL, {"order_id": "#W1", "reason": NOT_NEEDED},
            {"refund": "39.00", "method": "paypal_1", "days": "5-7"}, (),
        ),
        (CANCEL, {"order_id": "#W10", "reason": "ordered by mistake"}, {"refund": "5.00", "days": "0"}, ()),
        (
            ITEMS, ids("#W1", "11 11", "12 15", "gift_card_1"),
            {"difference": "0.35", "refund": "0.00", "method": "gift_card_1", "days": "0"},
            ("items/once_only", "items/locks_order"),
        ),
        (
            ITEMS, ids("#W1", "11", "15", "paypal_1"), {"difference": "-2.25", "refund": "2.25", "days": "5-7"},
            ("items/once_only", "items/locks_order"),
        ),
        (ADDRESS, {"order_id": "#W1", **AWAY}, {"order_id": "#W1"}, ()),
        (PROFILE, {"user_id": "ann_1", **AWAY}, {}, ()),
        (
            PAYMENT, ids("#W10", method="paypal_1"),
            {"amount": "5.00", "method": "paypal_1", "refund_method": "gift_card_1", "days": "0"}, (),
        ),
        (RETURN, ids("#W2", "11 11 31", method="gift_card_1"), {"refund": "24.00", "days": "0"}, ("return/once_only",)),
        (RETURN, ids("#W2", "11 21 31 11", method="credit_card_1"), {"refund": "44.00", "days": "5-7"}, ()),
        (EXCHANGE, ids("#W2", "11", "11", "paypal_1"), {"difference": "0.00"}, ("exchange/once_only",)),
        (EXCHANGE, ids("#W2", "11", "14", "paypal_1"), {"difference": "20.50"}, ("exchange/once_only",)),
    ],
)  # fmt: skip
def test_what_is_allowed_says_what_it_does(
    name: str, arguments: dict[str, Any], facts: dict[str, str], warnings: tuple[str, ...]
) -> None:
    action = asked(name, **arguments)
    ruling = guard_deed(action, world(action))
    assert ruling.allowed, ruling.clause
    assert facts.items() <= ruling.facts.items()
    assert ruling.warnings == warnings


@pytest.mark.parametrize(
    ("name", "arguments", "stated"),
    [
        (RETURN, ids("#W2", "31", method="credit_card_1"), terms(returns={"days": 5})),
        (EXCHANGE, ids("#W2", "31", "32", "paypal_1"), terms(exchanges={"days": 5})),
        (RETURN, ids("#W8", "21", method="paypal_1"), OFTEN),
        (EXCHANGE, ids("#W9", "21", "22", "paypal_1"), OFTEN),
        (CANCEL, {"order_id": "#W7", "reason": NOT_NEEDED}, terms(items={"locks_order": False})),
        (ITEMS, ids("#W7", "11", "12", "paypal_1"), terms(items={"once_only": False})),
        (CANCEL, {"order_id": "#W1", "reason": "too slow"}, terms(cancel={"reasons": ["too slow"]})),
        (
            ADDRESS, {"order_id": "#W1", **AWAY, "state": ""},
            terms(address={"required": ["address1", "city", "country", "zip"]}),
        ),
    ],
)  # fmt: skip
def test_a_shop_may_be_more_generous(name: str, arguments: dict[str, Any], stated: Terms) -> None:
    action = asked(name, **arguments)
    assert guard_deed(action, world(action, stated=stated)).clause.partition("/")[2] in ("delivered", "pending")
    assert guard_deed(action, world(action, stated=stated)).allowed


def test_a_return_gives_no_more_than_was_paid() -> None:
    action = asked(RETURN, **ids("#W2", "11 21 31 11", method="credit_card_1"))
    seen = world(action)
    assert seen.order
    with_coupon = replace(seen.order, payments=(replace(seen.order.payments[0], amount=34.0),))
    assert guard(action, replace(seen, order=with_coupon)).facts["refund"] == "34.00"


def test_a_yes_to_other_arguments_is_no_yes() -> None:
    said_yes_to = asked(CANCEL, order_id="#W1", reason=NOT_NEEDED)
    other = asked(CANCEL, order_id="#W10", reason=NOT_NEEDED)
    slipped = type(other)(
        name=CANCEL, arguments=other.arguments, idempotency_key="k", confirmation=said_yes_to.confirmation
    )
    assert guard_deed(slipped, world(slipped)).clause == "confirmation/missing"
