"""Addresses that the shop knows already: "my default address", "same as order #W1", "my Chicago address"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.types import Entity
from core.understand.places import city_name
from core.understand.regions import CITIES_EN, CITIES_ZH, STATES_EN
from core.understand.spans import entity

_ORDER = r"#?\s?(?P<order>[A-Za-z]{0,2}-?\d{4,12})"
_OF_ORDER = re.compile(
    rf"\b(?:same(?: \w+){{0,3}} as|address(?:es)?(?: \w+){{0,2}} (?:of|from|in|on|for|as)|match(?:es|ing)?|as (?:in"
    rf"|on|for)|like)"
    rf"(?: (?:the|my|in|for|on|of|other|one|that|address|shipping|used|from))*\s*(?:order\s*)?(?:number "
    rf"|no\.? )?{_ORDER}(?:'s)?(?: address)?"
    rf"|\border\s*#\s?(?P<order_s>[A-Za-z]{{0,2}}\d{{4,12}})'s (?:shipping )?address"
    rf"|(?:和|跟|与|同|用|成|按照?|照)(?:我的?|那个|另一个)?(?:订单号?"
    rf"|单)?\s*#?\s?(?P<order_zh>[A-Za-z]{{0,2}}\d{{4,12}})\s*(?:订单|那单|那个|单)?(?:的|上的|里的)?(?:收货"
    rf"|配送)?(?:地址)?(?:一样|相同|一致|的一样|同一个|的地址)?",
    re.IGNORECASE,
)
_TO = (
    r"(?:\b(?:to|use|using|with|at|as|into|want|be|its|it's|is|on)\s+|^\W*|[,:]\s*)(?:use |be |the |my |our |that "
    r"|same |one |as |address |in |on )*"
)
_DEFAULT_EN = re.compile(
    rf"{_TO}(?P<said>(?:(?:default|usual|regular|registered|standard|primary|saved)(?: (?:home|shipping|delivery|user"
    rf"|[A-Z]\w+))*"
    r" (?:address|one|home|place)|default\b(?! (?:address|user|shipping))))",
    re.IGNORECASE,
)
_PROFILE_EN = re.compile(
    r"(?P<said>\b(?:home |default |the |my )*(?:address|one|home)(?: (?:that )?(?:is|you have|I have))? (?:in|on|from"
    r"|saved in|saved on) (?:my |the |user )*(?:profile|account|file|user profile)"
    rf"|{_TO}(?:(?:profile|account|home|user)(?:'s)? (?:default )?address|(?:my |our )?house\b))",
    re.IGNORECASE,
)
_CHANGED = re.compile(
    r"(?:\b(?:change|update|modify|edit|set|switch|correct|replace)\b(?: (?:my|the|our|all|user|also|both|order"
    r"|orders|address|addresses|and|as well as|pending))*\s*)$",
    re.IGNORECASE,
)
"""Before "my default address": it is what shall be changed, not what it shall be changed to."""
_DEFAULT_ZH = re.compile(
    r"(?:成|到|为|用|按|回|是|寄|去|至|跟|和|走|^|[,，:])\s*(?:我|我们|我家|之前|原来|那个|系统里|账户里?|账号里?"
    r"|个人|资料里?|的)*(?P<said>默认(?:的)?(?:收货|收件)?(?:的)?(?:那个)?(?:地址)?|常用(?:的)?(?:收货)?地址"
    r"|老地址)(?!改|换|也|都|更新|变|同步|一起|一并)"
)
_PROFILE_ZH = re.compile(
    r"(?P<said>(?:我)?(?:资料|账户|账号|个人(?:资料|信息|中心)|会员资料|档案)(?:里|上|中)?(?:的|存的|填的|登记的"
    r"|那个)*(?:默认)?(?:收货|家庭)?地址|(?:成|到|用|寄|送)我?(?P<home>家里?的?地址))(?!改|换|也|更新)"
)
_CITY_EN = re.compile(
    rf"\b(?:(?:my|the|our|that|default) )+(?P<city>{CITIES_EN}|(?-i:LA|DC|D\.C\.|SF)"
    rf"|(?-i:[A-Z][a-z]+(?: [A-Z][a-z]+)?(?=,? (?:address|home|house)\b)))(?:,? (?:(?-i:{STATES_EN})))? (?:address"
    rf"|home|house|one|place|apartment|office|location|residence)\b"
    rf"|\b(?:the )?(?:one|address|home|house|place) (?:that is |that's |I have |we have "
    rf"|located )?in (?P<in>{CITIES_EN}|(?-i:LA|DC|D\.C\.|SF|[A-Z][a-z]+(?: [A-Z][a-z]+)?))\b",
    re.IGNORECASE,
)
_CITY_ZH = re.compile(
    rf"(?:我|咱|那个|在|的|到|成|用|是|^|\s)(?P<city>{CITIES_ZH})(?:市)?(?:那边|这边)?(?:的)?(?:那个|那处)?(?:家|地址"
    rf"|住址|住处|房子|公司(?:地址)?|那个(?=$|[,，。吧])|的那个)(?:里)?(?:的)?(?:地址)?"
)
_NO_CITY = frozenset("profile account default home shipping delivery billing email new old other same file".split())


def address_refs(text: str) -> Iterator[Entity]:
    """Yield references to known addresses: "order:#W123", "default", "profile", "city:Chicago"."""
    for found in _OF_ORDER.finditer(text):
        named = found["order"] or found["order_s"] or found["order_zh"]
        if found["order_zh"] and not re.search(r"地址|一样|相同|一致|同一", found.group()):
            continue
        if found.group().lower().startswith("address") and _CHANGED.search(text[: found.start()]):
            continue
        number = named.upper()
        yield entity("address_ref", f"order:#{'W' if number.isdigit() and len(number) == 7 else ''}{number}", found)
    for value, pattern in (("default", _DEFAULT_EN), ("profile", _PROFILE_EN)):
        for found in pattern.finditer(text):
            if not _CHANGED.search(text[: found.start("said")]):
                yield entity("address_ref", value, found, "said")
    for value, pattern in (("profile", _PROFILE_ZH), ("default", _DEFAULT_ZH)):
        for found in pattern.finditer(text):
            yield entity("address_ref", value, found, "said")
    for found in _CITY_EN.finditer(text):
        city = found["city"] or found["in"]
        if city.lower() not in _NO_CITY:
            yield entity("address_ref", f"city:{city_name(city)}", found)
    for found in _CITY_ZH.finditer(text):
        yield entity("address_ref", f"city:{found['city']}", found, "city")
