"""Things named in the text that rules can find for certain."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from core.types import Entity
from core.understand.address_refs import address_refs
from core.understand.addresses import addresses_en
from core.understand.addresses_zh import addresses_zh
from core.understand.choices import choices
from core.understand.dates import dates, times
from core.understand.exceptions import alls, exceptions
from core.understand.identifiers import identifiers
from core.understand.invoices import invoice_facts
from core.understand.names import bare_name, names
from core.understand.payments import payments
from core.understand.quantities import amounts, quantities
from core.understand.reasons import reasons
from core.understand.spans import entity

PHRASES = frozenset({"payment", "reason", "all", "except", "quantity", "date", "time", "address_ref"})
"""Kinds that are words of the request: they stay in the text that the classifier reads, and several may overlap."""
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LABELLED = frozenset({"email", "zip", "phone", "order_id", "tax_number"})
_NAMES = frozenset({"name", "product", "category", "page", "address", "invoice_title"})
_LABEL = re.compile(
    r"(?:我的?|下单的?|用的?|收货|注册|这个|my|the|with|and|under|it's|使用)*\s*"
    r"(?:电子邮箱|电子邮件|邮箱地址|邮箱|邮件|手机号码?|手机|电话|邮编|订单编号|订单号码?|订单|单号|编号|税号"
    r"|e-?mail(?: address)?|phone(?: number)?|zip(?: code)?|postcode|order(?: number| no\.?| id)?)"
    r"\s*(?:就?是|为|叫|:|：|is|=|#)*\s*$",
    re.IGNORECASE,
)
_NO_EMAIL = re.compile(
    r"(?:没有?|忘了?|忘记了?|不记得了?|记不清|不知道|想不起来?)(?:我的|用的|是哪个|下单的|用的哪个"
    r"|留)*(?:电子)?(?:邮箱|邮件|email)"
    r"|(?:邮箱|邮件|email)(?:是什么|是哪个)?(?:我)?(?:忘|不记得|没有|记不清|想不起)"
    r"|\b(?:no|don't have (?:an|any|my)?|do not have (?:an|any)?|(?:don't|do not|dont) (?:remember|know"
    r"|recall) (?:the|my|which)?"
    r"|forgot(?:ten)? (?:the|my|which)?|not sure (?:about |of )?(?:which|what|my|the)?"
    r"|can't (?:remember|recall) (?:the|my|which)?|without (?:an|my)?)\s*e-?mail",
    re.IGNORECASE,
)
_PRESSED = re.compile(r"^(product|category|page):(.+)$")


def is_press(text: str) -> bool:
    """Return whether a message is a button's value and no words: "page:returns" asks for no return."""
    return _PRESSED.match(text) is not None


def find_entities(text: str, *, identifying: bool, listing: bool) -> tuple[Entity, ...]:
    """Return the entities in normalised text, in order; their offsets refer to it.

    `identifying` says that we asked who the customer is: then a bare name or a bare zip counts.
    `listing` says that the customer looks at a numbered list: then a bare "2" is an ordinal.
    """
    pressed = _PRESSED.match(text)
    if pressed:
        return (entity(pressed.group(1), pressed.group(2), pressed),)
    found = _apart(_exclusive(text, identifying=identifying, listing=listing))
    if identifying:
        found += _zip_of_address(found)
        if not any(one.kind in ("name", "email") for one in found):
            found += bare_name(_blanked(text, found))
    for phrases in (reasons(text), exceptions(text), alls(text), dates(text), times(text), quantities(text)):
        found += _apart(phrases)
    return tuple(sorted(found, key=lambda one: (one.start, one.end)))


def _exclusive(text: str, *, identifying: bool, listing: bool) -> Iterator[Entity]:
    """Yield what no two readings may share, the surest first."""
    yield from address_refs(text)
    yield from addresses_zh(text)
    yield from addresses_en(text)
    yield from invoice_facts(text)
    yield from payments(text)
    yield from identifiers(text, identifying=identifying)
    yield from amounts(text)
    yield from names(text, identifying=identifying)
    yield from choices(text, listing=listing)
    for found in _NO_EMAIL.finditer(text):
        yield entity("no_email", "yes", found)


def _apart(candidates: Iterable[Entity]) -> list[Entity]:
    """Return the candidates without those that overlap an earlier one."""
    kept: list[Entity] = []
    for one in candidates:
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
    return kept


def _zip_of_address(found: list[Entity]) -> list[Entity]:
    """Return the zip of an address that was given where we asked for a zip."""
    if any(one.kind == "zip" for one in found):
        return []
    addresses = [one for one in found if one.kind == "address"]
    zips = [(one, json.loads(one.value).get("zip", "")) for one in addresses]
    return [Entity(kind="zip", value=code, text=one.text, start=one.start, end=one.end) for one, code in zips if code][
        :1
    ]


def _blanked(text: str, entities: list[Entity]) -> str:
    for one in entities:
        text = text[: one.start] + "0" * (one.end - one.start) + text[one.end :]
    return text


def _cut(entities: tuple[Entity, ...]) -> list[Entity]:
    """Return the entities that are cut out of a text, the last first, each stretch once."""
    named = _apart(one for one in entities if one.kind not in PHRASES)
    return sorted(named, key=lambda one: -one.start)


def without(text: str, entities: tuple[Entity, ...]) -> str:
    """Return the text without its entities and their labels ("my e-mail is"); an order id leaves the word "order".

    What `PHRASES` names stays: "to PayPal" and "not needed any more" are words of the request.
    """
    for one in _cut(entities):
        before, after = text[: one.start], text[one.end :]
        if one.kind in _LABELLED:
            before = _LABEL.sub("", before)
        if one.kind in ("order_id", "recent"):
            before += " 订单 " if _HAN.search(text) else " order "
        text = f"{before} {after}"
    return " ".join(text.split()).strip(" ,.;:，。；：")


def outside(text: str, entities: tuple[Entity, ...]) -> str:
    """Return the customer's own words around the entities, labels and all, which tell the language."""
    for one in _cut(entities):
        if one.kind in _LABELLED or one.kind in _NAMES:
            label = one.text.replace(one.value, " ") if one.kind in ("name", "zip", "invoice_title") else " "
            text = f"{text[: one.start]}{label}{text[one.end :]}"
    return text
