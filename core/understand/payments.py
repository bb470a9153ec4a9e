"""How somebody wants to pay, or to be paid back."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.types import Entity
from core.understand.spans import entity

_ID = re.compile(
    r"(?<![A-Za-z0-9_])(?:credit_card|debit_card|paypal|gift_card|alipay|wechat_pay)_\d{3,}(?!\d)",
    re.IGNORECASE | re.ASCII,
)
_BRANDS = {
    "visa": r"\bvisa\b|维萨|VISA",
    "mastercard": r"\bmaster ?card\b|万事达",
    "amex": r"\bamex\b|\bamerican express\b|美国运通|运通卡?",
    "discover": r"\bdiscover card\b",
    "unionpay": r"\bunion ?pay\b|银联",
    "jcb": r"\bjcb\b",
}
_BRAND = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _BRANDS.items()), re.IGNORECASE | re.ASCII)
_CARD = "|".join([*_BRANDS.values(), r"\b(?:credit |debit |bank )?card\b", "信用卡|银行卡|储蓄卡|借记卡|卡"])
_DIGITS_AFTER = re.compile(
    rf"(?:{_CARD})\s*[,(]?\s*(?:的)?(?:number |no\.? |that |which |with |the |my )*"
    r"(?:ending(?: in| with)?|ends? (?:in|with)|last (?:four|4)(?: digits)?|xx+|\*+|[#-]|尾号|后四位|末四位|卡号)*"
    r"\s*(?:are|is|of|in|with|是|为|:)*\s*[*x•-]*(?<![\d#])(\d{4})(?!\d)",
    re.IGNORECASE | re.ASCII,
)
_DIGITS_BEFORE = re.compile(
    rf"(?<!订单)(?<!单)(?:尾号|后四位|末四位|\b(?:the )?(?:one )?(?:ending(?: in| with)?|last (?:four"
    rf"|4)(?: digits)?))\s*(?:数|数字)?(?:are|is|of|是|为|:)*\s*"
    rf"(\d{{4}})(?!\d)\s*(?:的)?(?:那张)?\s*(?:{_CARD})?"
    rf"|(?<![\d#])(\d{{4}})\s*(?:的|结尾的|那张)?\s*(?:{_CARD})",
    re.IGNORECASE | re.ASCII,
)
_ORIGINAL = re.compile(
    r"\b(?:(?:the|my|its) )?original(?:ly used)? (?:form of |method of |means of )?(?:payment|card|method|account"
    r"|credit card|source|way)"
    r"(?: method| account| source)?\b"
    r"|\b(?:the )?same (?:payment(?: method)?|card|credit card|method|account|way (?:as )?I paid|form of payment)\b"
    r"|\b(?:the )?(?:card|one|account|method|way|thing|payment method|whatever|what|how|where) (?:that "
    r"|which )?I(?:'d| had|'ve| have)?"
    r" (?:originally |already |first )?(?:paid|used|bought it)(?: (?:with|from|by|on|for it(?: with)?|to pay"
    r"|for (?:this|the|that) (?:order|purchase)))*\b"
    r"|\b(?:to )?(?:where|wherever) (?:it|the money) came from\b|\bhowever I paid\b|\boriginally paid with\b"
    r"|\b(?:back )?to the source\b"
    r"|原路(?:退回?|返回?|返还|回去?)?|原(?:来的?|先的?|始的?)?(?:的)?(?:支付|付款)(?:方式|账户|账号|渠道|卡|方法)"
    r"|原(?:来(?:的)?)?(?:那张)?卡"
    r"|(?:之前|当时|下单时?|付款时?|上次|刚才)(?:付款|支付|付|用)?(?:用)?的?(?:那张卡|那个?账户|那个?方式|支付方式"
    r"|付款方式)|(?:怎么|哪里?|从哪儿?)(?:付|来|扣)的?"
    r"(?:就)?(?:怎么|退回?|回)哪?(?:退|里|儿|去)?|付款的?那?张?卡|同一张卡|同样的?(?:支付|付款)方式",
    re.IGNORECASE | re.ASCII,
)
_OTHER = re.compile(
    r"\b(?:my |the |an?)?\s?other (?:credit |debit |bank |gift )?(?:card|payment method|payment|account|method"
    r"|form of payment|way)\b"
    r"|\b(?:another|a different|a new|different|some other) (?:credit |debit |bank )?(?:card|payment(?: method)?"
    r"|account|method|way (?:to pay|of paying))\b"
    r"|另(?:外)?(?:的)?(?:一|那)?(?:张|个)?(?:信用|银行)?(?:卡|支付方式|付款方式|账户|方式)|另(?:外)?一?种(?:支付"
    r"|付款)?方式|换(?:一)?(?:张|个)(?:信用|银行)?(?:卡|付款方式|支付方式)"
    r"|(?:别|其他|其它|不同)的?(?:卡|支付方式|付款方式)",
    re.IGNORECASE | re.ASCII,
)
_PLAIN = (
    (
        "gift_card",
        re.compile(
            r"\bgift ?cards?\b|\bgift certificate\b|\bstore credit\b|(?-i:\bGC\b)|礼品卡|礼物卡|购物卡|礼品券|储值卡"
            r"|预付卡",
            re.IGNORECASE | re.ASCII,
        ),
    ),
    ("paypal", re.compile(r"\bpay ?pal\b|贝宝|派宝", re.IGNORECASE | re.ASCII)),
    ("alipay", re.compile(r"\bali ?pay\b|支付宝", re.IGNORECASE | re.ASCII)),
    (
        "wechat_pay",
        re.compile(
            r"\bwe ?chat(?: ?pay)?\b|(?<!加)(?<!加你)(?<!加您)(?<!加个)(?<!你们)(?<!客服)微信(?:支付|钱包|零钱)?"
            r"(?!群|号|上|联系|公众|小程序|说|聊|发|加|好友|客服|里)",
            re.IGNORECASE | re.ASCII,
        ),
    ),
    (
        "credit_card",
        re.compile(
            r"\b(?:credit|debit|bank) cards?\b|信用卡|银行卡|储蓄卡|借记卡|刷卡"
            r"|\b(?:(?:back )?(?:to|onto|on|with|use|using|by|via|from|charge|credit)) (?:my|the|that) card\b"
            r"|\bmy card\b|\b(?:by|via|with|on) card\b|(?:退到?|回到?|退回|用|付到|打到)(?:我的?|那张|这张)?卡(?!片"
            r"|通|住|里有)",
            re.IGNORECASE | re.ASCII,
        ),
    ),
)
_NOT = re.compile(
    r"(?:\b(?:not|never|don't|do not|doesn't|without|instead of|rather than|except|no longer|than|nor|stop using"
    r"|isn't|wasn't)"
    r"(?: \w+){0,4}?(?: (?:to|on|with|by|via|the|my|a|it|use|using|from))*"
    r"|\bnot(?: (?:to|on|with|by|via))?(?: (?:the|my|a))?"
    r"|(?:不要|不用|不想|别|不是|不能|不走|不退到?|而不是|除了|没有|没)(?:再|给我|使用|用|退|退到|退回|退款到|走|到"
    r"|回|我的?|那张|是)*)\s*$",
    re.IGNORECASE | re.ASCII,
)
_FROM = re.compile(r"(?:\bfrom(?: (?:the|my|a))?|(?:从|由|把)(?:我的?|那张|原来的?)?)\s*$", re.IGNORECASE | re.ASCII)
_BEFORE = 40
"""Characters before a way of paying that may negate it."""


def payments(text: str) -> Iterator[Entity]:
    """Yield the ways of paying that are named and not refused, each stretch of the text once.

    Values: "paypal", "gift_card", "credit_card", "credit_card:1234" (last four), "credit_card:visa", "alipay",
    "wechat_pay", "original", "other", or the id of a method as the shop writes it.
    """
    found = sorted(_apart(_candidates(text)), key=lambda one: one.start)
    kept = [one for one in found if not _NOT.search(text[max(0, one.start - _BEFORE) : one.start])]
    for one in kept:
        leaves = _FROM.search(text[max(0, one.start - _BEFORE) : one.start])
        if not (leaves and any(other.start > one.end for other in kept)):
            yield one


def _candidates(text: str) -> Iterator[Entity]:
    for found in _ID.finditer(text):
        yield entity("payment", found.group().lower(), found)
    for pattern in (_DIGITS_AFTER, _DIGITS_BEFORE):
        for found in pattern.finditer(text):
            digits = next(group for group in found.groups() if group and group.isdigit())
            gift = (
                re.search(r"gift ?$", text[max(0, found.start() - 6) : found.start()], re.IGNORECASE | re.ASCII)
                or "礼品卡" in found.group()
            )
            yield entity("payment", "gift_card" if gift else f"credit_card:{digits}", found)
    for value, pattern in (("original", _ORIGINAL), ("other", _OTHER)):
        for found in pattern.finditer(text):
            yield entity("payment", value, found)
    for found in _BRAND.finditer(text):
        yield entity("payment", f"credit_card:{found.lastgroup}", found)
    for value, pattern in _PLAIN:
        for found in pattern.finditer(text):
            yield entity("payment", value, found)


def _apart(candidates: Iterator[Entity]) -> list[Entity]:
    kept: list[Entity] = []
    for candidate in candidates:
        if all(candidate.end <= other.start or candidate.start >= other.end for other in kept):
            kept.append(candidate)
    return kept
