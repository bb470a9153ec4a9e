"""The clauses that the policies know, by their stable names: for the sentences, the record and the tests."""

from __future__ import annotations

DENIALS = frozenset(
    {
        "unknown_action",
        "confirmation/missing",
        "identity/needed",
        "order/needs_order_id",
        "order/not_found",
        "profile/needs_user_id",
        "profile/not_yours",
        *(
            f"{area}/{rule}"
            for area in ("cancel", "items", "address", "payment")
            for rule in ("not_pending", "delivered", "cancelled")
        ),
        *(f"{area}/items_modified" for area in ("cancel", "address", "payment")),
        "items/once_only",
        *(
            f"{area}/{rule}"
            for area in ("return", "exchange")
            for rule in (
                "pending",
                "not_delivered",
                "cancelled",
                "delivery_unknown",
                "window_passed",
                "once_only",
                "excluded",
            )
        ),
        "cancel/needs_reason",
        "cancel/reason_not_accepted",
        "goods/needs_item_ids",
        "goods/not_in_order",
        "goods/needs_new_item_ids",
        "goods/unequal_count",
        "goods/other_product",
        "goods/unavailable",
        "goods/same_item",
        "method/needs_payment_method_id",
        "method/not_yours",
        "method/balance_short",
        "method/like_the_first",
        "return/refund_elsewhere",
        "payment/not_one_payment",
        "payment/same_method",
        "address/needs_address",
        "address/unreadable",
        "tickets/needs_kind",
        "tickets/needs_summary",
        "handoff/needs_summary",
    }
)
"""Each has its sentence: "deny." and the clause with "_" for "/"."""

WARNINGS = frozenset({"items/once_only", "items/locks_order", "exchange/once_only", "return/once_only"})
"""Each has its sentence: "warn." and the clause with "_" for "/"."""
