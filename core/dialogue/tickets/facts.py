"""What a ticket has to tell a colleague, as far as the customer's words tell it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TypeAlias

from core.types import Entity
from core.understand.dates import resolve
from core.understand.entities import find_entities
from core.understand.normalise import normalise

LEFT_OPEN = "-"
"""The value of a fact that the customer was asked for and could not or would not give."""
_TEXT_CHARS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Words with what is named in them."""

    text: str
    """Normalised."""
    entities: tuple[Entity, ...]
    today: date

    def first(self, kind: str) -> Entity | None:
        """Return the first entity of a kind."""
        return next((entity for entity in self.entities if entity.kind == kind), None)


Reader: TypeAlias = Callable[[Said], str]
"""Words to a fact's value; "" when they do not tell it."""


def said(words: str, today: date) -> Said:
    """Return words as the readers want them."""
    text = normalise(words)
    return Said(text=text, entities=find_entities(text, identifying=False, listing=False), today=today)


def _either(pattern: re.Pattern[str], value: str) -> Reader:
    return lambda words: value if pattern.search(words.text) else ""


def _one_of(*readers: Reader) -> Reader:
    return lambda words: next((value for read in readers if (value := read(words))), "")


def _value(kind: str) -> Reader:
    return lambda words: found.value if (found := words.first(kind)) else ""


def _match(pattern: re.Pattern[str]) -> Reader:
    return lambda words: found.group("value").strip() if (found := pattern.search(words.text)) else ""


def _day(words: Said) -> str:
    found = words.first("date")
    return resolve(found.value, words.today).isoformat() if found else ""


_COMPANY = re.compile(
    r"公司|企业|单位|专票|专用发票|增值税|\b(?:company|business|corporate|firm|employer|vat|ltd|llc|inc|gmbh)\b",
    re.IGNORECASE,
)
_PERSONAL = re.compile(r"个人|私人|\b(?:personal|private|individual|myself|for me)\b", re.IGNORECASE)
_MISSING = re.compile(
    r"少(?:了|发|寄|送|装|一|两)|漏(?:了|发|寄|装)|缺(?:了|一|两|少|件)|没有?(?:收到|看到|发|寄|装)"
    r"|\b(?:missing|left out|forgot(?:ten)?|only (?:got|received|one)|not (?:in the|included)|lacks?"
    r"|did ?n[o']t (?:get|receive|come with)|without the)\b",
    re.IGNORECASE,
)
_WRONG = re.compile(
    r"发错|寄错|送错|装错|错(?:了|的)|不对(?:版|的|$)|不一样|不是我(?:买|要|订|下单)|(?:颜色|尺码|尺寸|型号"
    r"|款式)(?:不对|不符|错)"
    r"|\b(?:wrong|incorrect|different (?:one|item|colou?r|size|model)|not what I (?:ordered|bought)|instead of)\b",
    re.IGNORECASE,
)
_DAMAGED = re.compile(
    r"破|碎|裂|坏(?:了|的)|损|划痕|刮花|掉漆|变形|漏(?!了|发|寄|装)|凹|断(?:了|的)|压扁|受潮|脏"
    r"|\b(?:damaged?|broken?|broke|cracked?|shattered|smashed|scratch(?:ed|es)?|dent(?:ed|s)?|torn|crushed|leak(?:s"
    r"|ing|ed)?"
    r"|chipped|bent|faulty|defective|stained|ripped)\b",
    re.IGNORECASE,
)
_FAULT = re.compile(
    r"不(?:能|会|通|转|亮|响|热|制冷|制热|工作|走|动|显示|出(?:水|声|风))|没(?:反应|声音|电|画面)|漏(?:水|电|气|油)"
    r"|异(?:响|味)|冒烟|发烫|过热"
    r"|充不(?:进|了|上)|开不(?:了|开|机)|打不开|关不(?:上|了)|连不上|断(?:了|开)|裂|掉(?:了|漆|色)|卡(?:住|死|顿)"
    r"|死机|黑屏|松(?:了|动)|脱(?:线|胶|落)"
    r"|\b(?:(?:does|do|did|will|would|is|are|can)(?:n't| not|not) \w+|won't \w+|can't \w+|stopp?(?:s|ed|ing)?"
    r"|leak\w*|overheat\w*"
    r"|crack\w*|no (?:sound|power|picture|light)|noise|noisy|smell\w*|smok(?:e|ing)|loose|fell off|came off|torn"
    r"|stuck|dead|freez\w+"
    r"|blank|flicker\w*)\b",
    re.IGNORECASE,
)
_SINCE = re.compile(
    r"(?P<value>(?:大概|差不多|大约)?(?:从)?(?:刚(?:收到|拆开|买来|到手)|一?(?:收到|到手|拆开|开箱)(?:货)?(?:时"
    r"|的时候|就|后)?|第一次用|买来(?:没几天|就)?"
    r"|(?:\d{1,3}|[一二两三四五六七八九十半几]{1,3})\s*(?:天|周|个?(?:星期|礼拜|月)|年)(?:以?前|了|多)?"
    r"|(?:上|这|本)(?:个)?(?:周|星期|礼拜|月)[一二三四五六日天末]?|大?前天|昨天|昨晚|今天(?:早上|上午|下午|晚上)?"
    r"|今早|去年|\d{1,2}月(?:\d{1,2}[日号])?)(?:开始|起)?)"
    r"|(?P<value_en>\b(?:since [\w' ]{2,25}|for (?:about |over |the last )?(?:a|an|one|two|three|four|five|six|\d+"
    r"|a few|several|some)"
    r" (?:hours?|days?|weeks?|months?|years?)|(?:a|an|one|two|three|four|five|six|\d+|a few|a couple of) (?:hours?"
    r"|days?|weeks?|months?|years?) ago"
    r"|yesterday|today|this (?:morning|week|month)|last (?:night|week|month|year|\w+day)|from (?:day one"
    r"|the (?:start|beginning|first day))"
    r"|when (?:I|it) (?:opened|arrived|came|got|unpacked)[\w ]{0,12}|out of the box|right away|immediately))",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"(?:码|券|代码|\bcode|\bcoupon|\bvoucher)\s*(?:是|为|:|is|=|,)*\s*[\"'“「]?(?P<value>(?=[A-Za-z0-9-]*\d"
    r"|[A-Z0-9-]{5,}(?![a-z]))[A-Za-z0-9][A-Za-z0-9-]{3,23})"
    r"|(?<![A-Za-z0-9#@.])(?P<bare>(?=[A-Z0-9-]*[A-Z])(?=[A-Z-]*\d)[A-Z0-9][A-Z0-9-]{4,23})(?![A-Za-z0-9@.])"
)
_COUPON_SAYS = re.compile(
    r"失效|无效|过期|不可用|不存在|已被?使用|不满足|报错|提示.{2,}|显示.{2,}"
    r"|\b(?:invalid|expired|not (?:valid|applicable|accepted|found)|rejected|error|already (?:used|redeemed)"
    r"|says? .{3,})",
    re.IGNORECASE,
)
_SEEN_AT = re.compile(
    r"(?P<value>https?://\S{4,200})|在(?P<place>[\u4e00-\u9fffA-Za-z0-9·]{2,15}?)(?:上|里|店)?(?:看到|看见|只卖|卖"
    r"|才|只要)"
    r"|\b(?:on|at|from|in) (?P<shop>(?!(?:sale|the|my|a|it|that|this|least|most|all|only|just|for"
    r"|your)\b)[A-Za-z][\w.&' -]{1,30}?)(?=\s+(?:for|at|today|it|now|is|has|sells?)\b|[,.;!]|$)"
    r"|(?P<here>你们(?:店|家|这里|网站|网店)?|店里|本店|同一家|\b(?:your (?:shop|store|site|website|own)"
    r"|you (?:now )?(?:sell|have|list|dropped|lowered|cut)"
    r"|here|same shop|same store)\b)",
    re.IGNORECASE,
)


def _since(words: Said) -> str:
    found = _SINCE.search(words.text)
    return (found.group("value") or found.group("value_en") or "").strip() if found else ""


def _code(words: Said) -> str:
    taken = [entity.text for entity in words.entities if entity.kind in ("order_id", "email", "zip", "phone")]
    for found in _CODE.finditer(words.text):
        value = found.group("value") or found.group("bare")
        if all(value not in text for text in taken):
            return value.upper()
    return ""


def _seen_at(words: Said) -> str:
    found = _SEEN_AT.search(words.text)
    if not found:
        return ""
    return (
        "own"
        if found.group("here")
        else next(part.strip() for part in (found["value"], found["place"], found["shop"]) if part)
    )


def _clauses_with(pattern: re.Pattern[str]) -> Reader:
    """Return a reader of all words, where the pattern shows that they tell more than the bare wish."""
    return lambda words: words.text[:_TEXT_CHARS] if pattern.search(words.text) else ""


_PRICED = re.compile(
    r"(?:\b(?:for|at|now|only|just|costs?|it'?s|to)\s+|只?卖|只要|才|降到|降成|现在|变成|标价)\s*"
    r"(?P<value>\d{2,6}(?:\.\d{1,2})?)"
    r"(?![\d.]*(?:[a-z]|\s*(?:%|-|days?\b|times?\b|pieces?\b|people\b|ml\b|cm\b|kg\b|天|次|件|个|号|折)))",
    re.IGNORECASE,
)
"""A price without its currency, by what stands before it: "for 459 and now it's 399"."""


def _lowest_amount(words: Said) -> str:
    """Return the lowest of the prices that were named: the other one is what was paid."""
    found = [entity for entity in words.entities if entity.kind == "amount"]
    numbers = [
        (float(number.group()), entity.value)
        for entity in found
        if (number := re.search(r"\d+(?:\.\d+)?", entity.value))
    ]
    if numbers:
        return min(numbers)[1]
    return min((found["value"] for found in _PRICED.finditer(words.text)), key=float, default="")


def bare_amount(text: str) -> str:
    """Return the number that is the whole answer to "how much?"; "" when more is said.

    Only what was asked for an amount may be read so: elsewhere "2" is a place in a list.
    """
    bare = re.fullmatch(r"\W*(\d+(?:\.\d{1,2})?)\W*", text)
    return bare.group(1) if bare else ""


READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "invoice_kind": _one_of(
            lambda words: "company" if words.first("tax_number") else "",
            _either(_COMPANY, "company"),
            _either(_PERSONAL, "personal"),
        ),
        "invoice_title": _value("invoice_title"),
        "tax_number": _value("tax_number"),
        "fault": _clauses_with(_FAULT),
        "since": _since,
        "problem": _one_of(_either(_WRONG, "wrong"), _either(_DAMAGED, "damaged"), _either(_MISSING, "missing")),
        "seen_price": _lowest_amount,
        "seen_where": _seen_at,
        "coupon_code": _code,
        "coupon_message": _clauses_with(_COUPON_SAYS),
        "day": _day,
        "time": _value("time"),
        "phone": _value("phone"),
        "amount": _value("amount"),
        "happened": lambda _: "",
    }
)
"""How each fact is read; `happened` and the like are taken from an answer as it stands."""

FREE = frozenset({"invoice_title", "fault", "since", "seen_where", "coupon_message", "happened", "time"})
"""Facts for which any answer is good."""
AMOUNTS = frozenset({"amount", "seen_price"})
FORMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "invoice": ("invoice_kind", "invoice_title", "tax_number", "invoice_email"),
        "repair_warranty": ("fault", "since"),
        "missing_or_wrong_item": ("problem",),
        "price_protection": ("seen_price", "seen_where"),
        "promotion_coupon": ("coupon_code", "coupon_message"),
        "delivery_schedule": ("day", "time"),
        "urge_delivery": (),
        "pickup_service": ("day", "time", "phone"),
        "install_service": ("day", "time", "phone"),
        "account_membership": (),
        "payment_wallet": ("amount",),
        "complaint": ("happened",),
        "other_ticket": (),
    }
)
"""What each ticket tells beside order, goods, photos and the customer's own words; its flow collects it."""
OF_PHOTOS = ("seen", "photo_words")
"""What a model says that the photos show, and what the customer says of that."""
FACTS = (*dict.fromkeys(fact for facts in FORMS.values() for fact in facts), *OF_PHOTOS)


def read_facts(form: str, words: Said) -> Mapping[str, str]:
    """Return the facts of a form that the words tell."""
    found = {fact: READERS[fact](words) for fact in FORMS[form] if fact in READERS}
    return {fact: value for fact, value in found.items() if value}
