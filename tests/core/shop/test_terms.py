from pathlib import Path
from typing import Any

import pytest

from core.errors import ConfigError, ShopError
from core.shop.formats.detect import Found
from core.shop.formats.json_out import records_to
from core.shop.terms import load_terms, retail_terms, terms_from
from tests.core.shop.small_shop import records


def test_the_built_in_terms_are_those_of_the_retail_policy() -> None:
    terms = retail_terms()
    assert terms.cancel.reasons == ("no longer needed", "ordered by mistake")
    assert terms.returns.days is None and terms.exchanges.days is None
    assert terms.items.once_only and terms.items.locks_order
    assert terms.returns.once_only and terms.exchanges.once_only
    assert terms.returns.refund_to == ("original", "gift_card")
    assert terms.refunds.days == {"gift_card": (0, 0), "other": (5, 7)}


def test_a_file_states_only_what_differs(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text("returns:\n  days: 30\n  excluded: [audio]\nrefunds:\n  days: {other: [1, 2]}\n", encoding="utf-8")
    terms = load_terms(file)
    assert (terms.returns.days, terms.returns.excluded, terms.returns.once_only) == (30, ("audio",), True)
    assert terms.refunds.days == {"other": (1, 2)}
    assert terms.cancel == retail_terms().cancel
    file.write_text("", encoding="utf-8")
    assert load_terms(file) == retail_terms()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("returns: {days: '7'}", r"policy\.yaml has 1 mistake.*\n  returns\.days = '7': expected a valid integer"),
        ("returns: {days: -1}", r"returns\.days = -1: expected greater than or equal to 0"),
        ("returns: {dayz: 7}", r"returns\.dayz = 7: there is no such key"),
        ("return: {days: 7}", r"return = \{'days': 7\}: there is no such key"),
        ("returns: 7", r"returns = 7: expected a dictionary"),
        ("cancel: {reasons: []}", r"cancel\.reasons = \[\]: expected a list of at least 1 item"),
        ("cancel: {reasons: [1]}", r"cancel\.reasons\.0 = 1: expected a valid string"),
        ("items: {once_only: 1}", r"items\.once_only = 1: expected a valid boolean"),
        ("returns: {refund_to: [cash]}", r"returns\.refund_to\.0 = 'cash': expected 'original' or 'gift_card'"),
        ("refunds: {days: {other: [7, 5]}}", r"refunds\.days\.other = \[7, 5\]: expected the fewest days before"),
        ("refunds: {days: {paypal: [1, 2]}}", r"refunds\.days = .*: expected a line 'other'"),
        ("address: {required: [street]}", r"address\.required\.0 = 'street': expected 'address1'"),
        ("returns: {days: 7}\nexchanges: {days: x}\ncancel: 3", "has 2 mistake"),
        ("- a", "expected sections"),
        ("a: [", "not valid YAML"),
    ],
)
def test_a_mistake_is_named_with_file_key_value_and_what_was_expected(
    tmp_path: Path, text: str, complaint: str
) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=complaint):
        load_terms(file)


def test_a_policy_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="none.yaml cannot be read"):
        load_terms(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("policy", "complaint"),
    [({"returns": {"days": "x"}}, r"small\.json\.policy has 1 mistake.*\n.*returns\.days"), ([], "policy.*an object")],
)
def test_records_with_a_wrong_policy_are_not_read(policy: Any, complaint: str) -> None:
    with pytest.raises(ShopError, match=complaint):
        records(policy=policy)


def test_records_carry_their_policy_in_and_out() -> None:
    policy = {"returns": {"days": 30}}
    assert records_to(records(policy=policy))["policy"] == policy
    assert "policy" not in records_to(records())


def test_the_demo_shop_has_the_terms_that_its_pages_state(demo: Found) -> None:
    terms, pages = terms_from(demo.records.policy, where="demo"), demo.records.pages
    assert f"{terms.returns.days} 天内" in pages["returns"].bodies["zh"]
    assert f"{terms.exchanges.days} 天内" in pages["exchanges"].bodies["zh"]
    fewest, most = terms.refunds.days["paypal"]
    assert f"PayPal {fewest}–{most}" in pages["refunds"].bodies["zh"]  # noqa: RUF001 - as the page writes it
    fewest, most = terms.refunds.days["other"]
    assert f"{fewest} to {most} working days for bank cards" in pages["cancel-order"].bodies["en"]
