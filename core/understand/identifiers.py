"""Numbers and addresses that name one thing: orders, e-mails, telephones, zips."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.types import Entity
from core.understand.regions import CITIES_EN, STATES_EN
from core.understand.spans import entity

_EMAIL = re.compile(r"[A-Za-z0-9][\w.+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", re.ASCII)
_ORDER = re.compile(r"#\s?([A-Za-z]{0,3}-?\d{3,12})(?!\d)|(?<![A-Za-z0-9@._])([A-Za-z]{1,2}-?\d{5,12})(?![A-Za-z0-9])")
_BARE_ORDER = re.compile(
    r"(?:订单编?号?码?|单号|单子|那单|\border(?:s|\s+(?:number|no\.?|id|#))?)\s*(?:就?是|为|:|is|:|="
    r"|,)?\s*(\d{7})(?!\d)",
    re.IGNORECASE,
)
_MORE_ORDERS = re.compile(
    r"(?:\s*(?:,|and|&|or|和|、|还有|跟|以及|与)\s*)(?:also |the |order |订单)*(\d{7})(?!\d)", re.IGNORECASE
)
_PHONE = re.compile(
    r"(?<![\d#])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"
    r"|(?<![\d#])(?:\+?1[- ]?)?\(?\d{3}[)-][- ]?\d{3}[- ]\d{4}(?!\d)"
    r"|(?<![\d#A-Za-z])\+\d{1,3}(?:[- ]?\d{2,5}){2,5}(?!\d)"
)
_PHONE_NAMED = re.compile(
    r"(?:电话|手机|联系方式|\b(?:phone|telephone|cell|mobile|tel|call(?:er)? (?:me )?(?:at|on|id))\b)"
    r"(?:号码?| ?number| no\.?)?\s*(?:就?是|为|改成|换成|:|is|to|,)?\s*(\+?\d[\d -]{5,16}\d)(?!\d)",
    re.IGNORECASE,
)
_CODE = r"\d{5}(?:-\d{4})?|\d{4,6}|[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}|[A-Z]\d[A-Z]\s?\d[A-Z]\d"
"""Four to six digits, or the forms of Britain and Canada."""
_ZIP_NAMED = re.compile(
    rf"(?:邮编|邮政编码|邮递区号|\bzip\s*(?:code)?|\bpostal\s*code|\bpost\s*code)\s*(?:就?是|为|:|is|,|of|=|改成|换成"
    rf"|to)?\s*"
    rf"({_CODE})(?![\dA-Za-z])",
    re.IGNORECASE,
)
_ZIP_NAMED_AFTER = re.compile(
    r"(?<![\d#A-Za-z.])(\d{5,6})(?:是|为|\s+is)\s*(?:我的?|my)?\s*(?:邮编|zip\b|post)", re.IGNORECASE
)
_ZIP_LIVES = re.compile(
    r"(?:\b(?:live|living|lives|based|located|reside|residing|from|area)\b|住在?"
    r"|来自)[^.;!?\d#。]{0,40}?(\d{5,6})(?!\d)",
    re.IGNORECASE,
)
_ZIP_OF_PLACE = re.compile(rf"\b(?:(?-i:{STATES_EN})|{CITIES_EN})[,.]?\s+(\d{{5}})(?!\d)", re.IGNORECASE)
_ZIP_BARE = re.compile(
    rf"(?<![\d#A-Za-z._$¥€£-])({_CODE})(?![\dA-Za-z%]|\.\d|\s?(?:元|块|dollars|ml|mah))", re.IGNORECASE
)
_THEIRS_EN = (
    r"\b(?:(?:his|her|their|your|whose|the shop's|some(?:one|body)(?: else)?'?s|an?other (?:person|customer)'?s"
    r"|(?:my|a|the) (?:\w+ )?(?:friend|wife|husband|mother|mom|mum|father|dad|brother|sister|son|daughter|colleague"
    r"|co-?worker"
    r"|boss|neighbou?r|boyfriend|girlfriend|partner|roommate|cousin|uncle|aunt|customer|recipient)(?:'s|s'|s)?))"
)
_THEIRS_ZH = (
    r"(?:[他她]|别人|人家|对方|(?:我的?)?(?:朋友|老公|老婆|爱人|妈妈?|爸爸?|同事|闺蜜|室友|男友|女友|男朋友|女朋友"
    r"|儿子|女儿|哥哥?|姐姐?|弟弟?|妹妹?"
    r"|邻居|领导|老板|亲戚|家人|孩子))"
)
_SOMEBODY_ELSE = re.compile(
    rf"(?:{_THEIRS_EN}(?:\s*(?:e-?mail|mail|account|address|login)(?: address| account)?)?(?:\s*(?:is|was|:|,|at"
    rf"|under))*"
    rf"|{_THEIRS_ZH}们?(?:的)?(?:电子)?(?:邮箱|邮件|账号|账户|email|e-mail)?(?:地址)?\s*(?:就?是|叫|用的?是?|:|，|,)*"
    r"|(?:为|替|给|代)\s*|\b(?:does|did|about|on behalf of|belongs? to|belonging to)"
    r"|(?:^|[.?!,;]\s*)(?:is|are|was))\s*$",
    re.IGNORECASE,
)
"""Before an address: it is spoken about, and no proof of who is speaking."""
_SOMEBODY_ELSE_AFTER = re.compile(
    rf"\s*(?:is|was|belongs to|,? which is)\s*{_THEIRS_EN}|\s*(?:这)?(?:个)?(?:是|属于){_THEIRS_ZH}"
    r"|\s*(?:这个(?:人|账号|用户)|[他她])?[^,，。!！?？]{0,8}(?:买了(?:什么|啥|哪)|订了(?:什么|啥)|买过什么|有没有注册|注册过)"
    r"|\s*(?:has|have|had|did|bought|ordered|buy|order(?!\s*(?:#|\w*\d|num|no\b|id\b|is\b|was\b))|purchased)\b",
    re.IGNORECASE,
)


def identifiers(text: str, *, identifying: bool) -> Iterator[Entity]:
    """Yield e-mails, order ids, phones and zips; a bare zip counts when `identifying` only.

    An address that is said to be somebody else's is left out: it must not tell who is speaking.
    """
    for found in _EMAIL.finditer(text):
        theirs = _SOMEBODY_ELSE.search(text[max(0, found.start() - 80) : found.start()])
        if not theirs and not _SOMEBODY_ELSE_AFTER.match(text, found.end()):
            yield entity("email", found.group().rstrip(".").lower(), found)
    yield from _orders(text)
    for found in _PHONE_NAMED.finditer(text):
        yield entity("phone", re.sub(r"\D", "", found.group(1))[-11:], found, 1)
    for found in _PHONE.finditer(text):
        yield entity("phone", re.sub(r"\D", "", found.group())[-11:], found)
    for found in _ZIP_NAMED.finditer(text):
        yield entity("zip", found.group(1), found)
    for pattern in (_ZIP_NAMED_AFTER, _ZIP_LIVES, _ZIP_OF_PLACE, *((_ZIP_BARE,) if identifying else ())):
        for found in pattern.finditer(text):
            yield entity("zip", found.group(1), found, 1)


def _orders(text: str) -> Iterator[Entity]:
    for found in _ORDER.finditer(text):
        yield entity("order_id", f"#{(found.group(1) or found.group(2)).upper()}", found)
        yield from _further(text, found.end())
    for found in _BARE_ORDER.finditer(text):
        yield entity("order_id", f"#W{found.group(1)}", found)
        yield from _further(text, found.end())


def _further(text: str, at: int) -> Iterator[Entity]:
    """Yield the bare numbers of a list that an order number begins: "#W2702727 and 8268610"."""
    more = _MORE_ORDERS.match(text, at)
    while more:
        yield entity("order_id", f"#W{more.group(1)}", more, 1)
        more = _MORE_ORDERS.match(text, more.end())
