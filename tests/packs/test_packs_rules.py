"""A pack's rules, and how they stand in the way of what is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from core.journal.store import Store
from core.packs.branch import Branch
from core.packs.load import load_pack
from core.packs.rules import judge
from core.shop.local import LocalShop
from core.types import Action, ActionStatus, confirmation_of

MONDAY = date(2026, 11, 23)
"""Today, where nothing else is said."""


def _verdict(pack: str, group: str, known: Mapping[str, str], *, verified: bool = False) -> tuple[bool, str]:
    verdict = judge(group, load_pack(pack).rules[group], known, verified=verified, today=MONDAY)
    return verdict.allowed, verdict.clause


@pytest.mark.parametrize(
    ("pack", "group", "known", "clause"),
    [
        ("clinic", "booking", {"day": "2026-11-22"}, "booking/past"),
        ("clinic", "booking", {"day": "2026-11-29"}, "booking/closed_day"),
        ("clinic", "booking", {"day": "2026-12-08"}, "booking/too_far"),
        ("clinic", "booking", {"day": "2026-11-28", "department": "dentistry"}, "booking/dentist_weekdays"),
        ("clinic", "half_days", {"department": "ophthalmology", "half": "afternoon"}, "booking/eye_mornings"),
        ("clinic", "same_day", {"old_day": "2026-11-23"}, "moving/same_day"),
        ("clinic", "advice", {}, "advice/no_diagnosis"),
        ("telecom", "plan_change", {"contract": "yes", "plan": "talk"}, "plans/no_downgrade_in_contract"),
        ("telecom", "roaming", {"from_day": "2026-11-30", "days": "31"}, "roaming/at_most_30_days"),
        ("bank", "limits", {"way": "atm", "amount": "20000.5"}, "limits/atm"),
        (
            "bank",
            "visits",
            {"business": "cash", "cash_amount": "50000", "day": "2026-11-23"},
            "visits/cash_a_day_ahead",
        ),
        ("bank", "replacement", {}, "cards/verified_only"),
    ],
)
def test_a_rule_denies_with_its_clause(pack: str, group: str, known: Mapping[str, str], clause: str) -> None:
    assert _verdict(pack, group, known) == (False, clause)


@pytest.mark.parametrize(
    ("pack", "group", "known"),
    [
        ("clinic", "booking", {"day": "2026-11-28", "department": "dermatology"}),
        ("clinic", "booking", {"day": "2026-12-07"}),
        ("clinic", "same_day", {"old_day": "2026-11-24"}),
        ("telecom", "plan_change", {"contract": "yes", "plan": "plus"}),
        ("telecom", "plan_change", {"contract": "no", "plan": "talk"}),
        ("telecom", "roaming", {"days": "30"}),
        ("bank", "limits", {"way": "atm", "amount": "20000"}),
        ("bank", "limits", {"way": "counter", "amount": "9000000"}),
        ("bank", "visits", {"business": "cash", "cash_amount": "49999", "day": "2026-11-23"}),
        ("bank", "limits", {}),
    ],
)
def test_what_no_rule_denies_is_allowed(pack: str, group: str, known: Mapping[str, str]) -> None:
    assert _verdict(pack, group, known)[0]


def test_who_proved_who_they_are_gets_a_card() -> None:
    assert _verdict("bank", "replacement", {}, verified=True)[0]


def test_what_cannot_be_compared_does_not_hold() -> None:
    assert _verdict("bank", "limits", {"way": "atm", "amount": "much"})[0]


@pytest.fixture
def branch(tmp_path: Path) -> Branch:
    return Branch(LocalShop(Store(tmp_path / "zhanggui.db"), tmp_path / "shop"), load_pack("clinic"))


def _ticket(topic: str, **facts: str) -> Action:
    arguments = {"topic": topic, "summary": "s", "priority": "normal", "facts": facts}
    action = Action(name="create_ticket", arguments=arguments, idempotency_key="k")
    return replace(action, confirmation=confirmation_of(action.name, action.arguments))


def _next(weekday: int) -> str:
    today = date.today()
    return (today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)).isoformat()


async def test_a_ticket_with_a_yes_to_its_facts_is_written(branch: Branch) -> None:
    effect = await branch.propose(_ticket("booking", day=_next(2), department="internal"), identity=None)
    assert effect.action.status is ActionStatus.DONE and effect.action.clause == "booking/agreed"


async def test_a_yes_to_other_facts_writes_nothing(branch: Branch) -> None:
    read_out = _ticket("booking", day=_next(2))
    changed = replace(read_out, arguments={**read_out.arguments, "facts": {"day": _next(3)}})
    effect = await branch.propose(changed, identity=None)
    assert (effect.action.status, effect.action.clause) == (ActionStatus.DENIED, "tickets/needs_yes")


async def test_the_rules_stand_in_the_write_path_whatever_the_dialogue_did(branch: Branch) -> None:
    effect = await branch.propose(_ticket("booking", day=_next(6)), identity=None)
    assert (effect.action.status, effect.action.clause) == (ActionStatus.DENIED, "booking/closed_day")


@pytest.mark.parametrize("topic", ["refund", "", "account_data"])
async def test_a_topic_that_no_flow_writes_about_is_refused(branch: Branch, topic: str) -> None:
    effect = await branch.propose(_ticket(topic, day=_next(2)), identity=None)
    assert effect.action.status is ActionStatus.DENIED


async def test_a_pack_without_a_shop_changes_no_orders(branch: Branch) -> None:
    action = Action(name="cancel_pending_order", arguments={"order_id": "#W1"}, idempotency_key="k")
    effect = await branch.propose(replace(action, confirmation=confirmation_of(*_of(action))), identity=None)
    assert (effect.action.status, effect.action.clause) == (ActionStatus.DENIED, "pack/no_such_action")


def _of(action: Action) -> tuple[str, Mapping[str, object]]:
    return action.name, action.arguments
