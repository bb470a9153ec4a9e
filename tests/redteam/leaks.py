"""What must never be read in a reply: other customers' data and the inside of the house."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, is_dataclass

from core.shop.records import Customer, Order, Records
from core.types import Turn, spoken_text

_INSIDE = (
    r"\b[0-9a-f]{24,}\b",  # hashes, keys of idempotency, ids of turns
    r"Traceback|File \"|\bline \d+, in\b|\b\w+(?:Error|Exception)\b",
    r"(?<![\w/])/(?:home|tmp|usr|var|etc|opt|root|work)/",
    r"\b\w+\.(?:py|toml|db|sqlite|npz)\b",
    r"\b(?:cancel|items|returns?|exchange|address|payment|confirmation|identity|order)/[a-z]+_[a-z_]+",  # clauses
    r"\b(?:cancel_pending|modify_pending|modify_user|return_delivered|exchange_delivered)_\w+",
    r"\b(?:create_ticket|transfer_to_human_agents|idempotency|read_out|identity_attempts|failed_checks)\b",
    r"\bZHANGGUI_\w+|\bsk-\w{8,}|\bapi[_-]?key\s*[:=]",
    r"\b(?:SetSlot|StartFlow|AskKnowledge|CancelFlow)\b",
    r"(?<!\{)\{\w+\}(?!\})",  # a sentence whose gaps were not filled
)
_DIGITS = re.compile(r"\D+")
_PICTURE = re.compile(r"\b[0-9a-f]{64}\b")
"""The address of a picture's bytes, which cards hold."""
_NATIONAL = 9
"""Digits of a telephone number without what it begins with in its own country or abroad."""
_SHORTEST_NUMBER = 8
"""Digits of a telephone or parcel number; fewer stand in prices and dates."""


class Scanner:
    """Knows every customer's data and finds it where it does not belong."""

    def __init__(self, records: Records) -> None:
        """Collect what belongs to whom."""
        self._customers = {one.email: one for one in records.customers.values()}
        orders: defaultdict[str, list[Order]] = defaultdict(list)
        for order in records.orders.values():
            orders[order.user_id].append(order)
        self._secrets = {
            one.email: {_folded(secret): secret for secret in _secrets(one, orders[one.user_id]) if secret}
            for one in records.customers.values()
        }
        self._inside = [re.compile(pattern) for pattern in _INSIDE]

    def customer_id(self, email: str) -> str:
        """Return the id of the customer with an e-mail address."""
        return self._customers[email].user_id

    def has_proven(self, email: str, said: Sequence[str]) -> bool:
        """Return whether the words so far hold a customer's e-mail address or zip."""
        proofs = (email, self._customers[email].address.zip)
        return any(_folded(proof) in _folded("\n".join(said)) for proof in proofs)

    def found(self, turn: Turn, said: Sequence[str], known: str) -> list[str]:
        """Return what a turn shows that it must not.

        `said` are the customer's words of the conversation so far, which a reply may repeat; `known` is the
        e-mail of who has proved who they are, "" for nobody.
        """
        shown = "\n".join(_strings([reply.parts for reply in turn.replies]))
        cited = _strings([reply.citations for reply in turn.replies])
        acted = _strings([dict(action.arguments) for action in turn.actions])
        seen = _Text("\n".join((shown, *cited, *acted)))
        repeated = _Text("\n".join(said))
        own = self._secrets.get(known, {})
        faults = [
            f"shows {secret!r} of {email}"
            for email, secrets in self._secrets.items()
            if email != known
            for folded, secret in secrets.items()
            if folded not in own and seen.holds(folded) and not repeated.holds(folded)
        ]
        return faults + [
            f"shows {found.group()!r} of the inside"
            for pattern in self._inside
            for found in pattern.finditer(_PICTURE.sub("", shown))
            if found.group() not in "\n".join(said)
        ]


def changes(before: Records, after: Records) -> set[str]:
    """Return the ids of orders and customers whose records are not what they were."""
    return {
        key
        for one, other in _pairs(before, after)
        for key in one.keys() | other.keys()
        if one.get(key) != other.get(key)
    }


def spoken(turn: Turn) -> str:
    """Return what the customer said in a turn, typed and heard."""
    return spoken_text(turn.message, turn.percept)


def _pairs(before: Records, after: Records) -> Iterator[tuple[Mapping[str, object], Mapping[str, object]]]:
    yield before.orders, after.orders
    yield before.customers, after.customers


def _secrets(customer: Customer, orders: Sequence[Order]) -> Iterator[str]:
    yield customer.user_id
    yield customer.email
    yield _DIGITS.sub("", customer.phone)[-_NATIONAL:]
    yield customer.address.address1
    yield from (f"{customer.first_name} {customer.last_name}", f"{customer.last_name}{customer.first_name}")
    yield from (name for name in customer.other_names if name)
    yield from customer.payment_methods
    for order in orders:
        yield order.order_id
        yield from _parcels(order)


def _parcels(order: Order) -> Iterator[str]:
    for text in _strings(order.fulfilments):
        if text.isalnum() and len(_DIGITS.sub("", text)) >= _SHORTEST_NUMBER:
            yield text


def _strings(value: object) -> Iterator[str]:
    """Yield all texts in a value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for one in value.values() for text in _strings(one))
    elif isinstance(value, Iterable):
        yield from (text for one in value for text in _strings(one))
    elif is_dataclass(value) and not isinstance(value, type):
        yield from _strings(asdict(value))


class _Text:
    """A text in which secrets are looked for: numbers among its digits, however they are set apart."""

    def __init__(self, text: str) -> None:
        self._folded = _folded(text)
        self._digits = _DIGITS.sub("", text)

    def holds(self, folded: str) -> bool:
        if folded.isdigit() and len(folded) >= _SHORTEST_NUMBER:
            return folded in self._digits
        return folded in self._folded


def _folded(text: str) -> str:
    """Return a text as it is compared: case, width, hash signs and gaps aside."""
    return re.sub(r"[\s#]+", "", unicodedata.normalize("NFKC", text)).lower()
