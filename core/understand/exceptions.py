"""All of it, and what is excepted: "everything but the kettle", "全退，水壶留下"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.types import Entity
from core.understand.spans import entity, piece

_BOTH = re.compile(
    r"\bboth(?: of (?:them|these|those|the))?\b|(?:两|俩)(?:个|件|款|单|双|样|台|把|瓶|条|笔|张|本|份|盒|套)?(?:订单"
    r"|商品|东西)?(?:都|全)",
    re.IGNORECASE,
)
_ALL = re.compile(
    r"\beverything\b|\ball (?:of )?(?:it|them|these|those|this|that)\b(?! (?:is|was|for|about)\b)|\b(?:the )?(?:whole"
    r"|entire|complete|full) (?:order|thing|lot|purchase|bunch|basket)\b"
    r"|\ball (?:of )?(?:the|my|our|three|four|five|six|pending|delivered|items?|products?|orders?|things?"
    r"|goods)\b(?! (?:time|day|way|best|same|money)\b)"
    r"|\b(?:every|each) (?:single )?(?:item|order|one|thing|product)\b|^\W*all(?: (?:please|of it|thanks))?\W*$"
    r"|\bevery one of them\b|\bthe lot\b"
    r"|\b(?:return|refund|cancel|exchange|send back|modify|change) (?:them |it )?all\b"
    r"|全部|全都|所有|整单|整个(?:订单|单)|整张单|统统|通通|一律|(?:我的)?全(?=[退换取要改给])|三(?:个|件|样)都"
    r"|四(?:个|件|样)都"
    r"|(?<![首成什么哪谁一怎每天首])都(?=\s*(?:要|想|给我|帮我|先|一起|可以|能)*(?:退|换|取消|不要|改|撤|删|寄回"
    r"|不想要|办|要|行))|(?:一|全|通通)起(?:退|换|取消|改)|一块儿?(?:退|换|取消|改)",
    re.IGNORECASE,
)
_WORDS = (
    r"(?:(?!\b(?:and (?:also |then |please )?(?:I |return|cancel|exchange|refund|send|use|put|the refund)|please"
    r"|thanks|because|since|instead|to (?:my|the|pay|gift)|which|but)\b)[^,.;!?。\n]){1,80}?"
)
_END = (
    r"(?=\s*(?:[,.;!?。\n]|$|\band (?:also |then |please )?(?:I |return|cancel|exchange|refund|send|use|put"
    r"|the refund)|\bplease\b|\bthanks\b|\bbecause\b|\bsince\b|\binstead\b|\bto (?:my|the|pay|gift)\b|\bwhich\b"
    r"|\bbut\b))"
)
_EXCEPT_EN = re.compile(
    rf"\b(?:except(?:ing)?(?: for)?|excluding|apart from|aside from|other than|but not|just not|not including"
    rf"|everything but|all but"
    rf"|all (?:the )?\w+ but|all of (?:it|them) but(?! not)|save for|with the exception of"
    rf"|minus)\s+(?P<what>{_WORDS}){_END}",
    re.IGNORECASE,
)
_KEEP_EN = re.compile(
    rf"\b(?:keep(?:ing)?|hold(?:ing)? on to|hang(?:ing)? on to|don't (?:return|cancel|exchange|touch|include|refund)"
    rf"|do not (?:return|cancel|exchange|touch|include)"
    rf"|not (?:return|cancel|exchang)(?:ing)?|leave (?:out|alone))\s+(?P<what>(?:the|my|that|those|this|these|one of"
    rf"|just|only)\s+{_WORDS}){_END}",
    re.IGNORECASE,
)
_NOT_EN = re.compile(
    rf"(?<=[,;])\s*(?:just |but )?not\s+(?P<what>(?:the|my|that|those|this|these)\s+{_WORDS}){_END}", re.IGNORECASE
)
_KEPT_THINGS = re.compile(
    r"^(?:the |my |that |this )*(?:same|rest|others?|remaining|order|orders|address|payment|size|colou?r|style"
    r"|material|change|money|current|original|it|them|account|mind|everything|all)\b",
    re.IGNORECASE,
)
_EXCEPT_ZH = re.compile(
    r"(?:除了|除(?=[^,，。;；]{1,20}(?:以外|之外|外))|除去|除开|不包括|不含|但不?包括|排除)(?P<what>[^,，。;；!！?？\n]{1,24}?)(?=以外|之外|外(?![套衣])|不"
    r"|[,，。;；!！?？\n]|都|全|其[他它余]|别的|剩下|所有|$)"
)
_KEEP_ZH = re.compile(
    r"(?:^|[,，。;；!！?？\s]|但是?|可是?|不过|只有|就|只)(?:但是?|可是?|不过|只有|就|只|把|那|这|我的?)*"
    r"(?P<what>(?:(?![把我不全都能想可])[^,，。;；!！?？\s\n]){1,12}?)(?:我)?(?:就|先|还是|得|要|想)*(?:不退"
    r"|不换(?!成)|不取消|不改|留下|留着|保留|别退|别换|别取消|别动|不动|不用退|不用换|不用取消|不要退|不要动"
    r"|除外)(?:了)?(?=[,，。;；!！?？\s吧啊哦呢]|$|其)"
)
_KEEP_FIRST_ZH = re.compile(
    r"(?:^|[,，。;；!！?？\s]|但是?|可是?|不过|只有|就|只)(?:保留|留下|留着|别动|别退|不要退|不退|别取消|不取消|不换"
    r"|别换)(?P<what>(?![到款货回给吗])[^,，。;；!！?？\s的]{1,16})(?=[,，。;；!！?？\s]|$)"
)
_PRONOUNS_ZH = re.compile(
    r"^(?:他|她|它|你|您|怎么|为什么|如果|要是|可以|货|款|了|吗|也|请|先|暂时|现在|这次|那就?|还是|算了|好|地址|订单"
    r"|退货|七天|单)+$"
)
_ARTICLE = re.compile(
    r"(?:not )?(?:the|my|that|those|this|these|a|an|one of the|just|only|那个?|这个?|我的|那件|那双|那条|那台|那把)\s*",
    re.IGNORECASE,
)
_TAIL = re.compile(r"\s*(?:please|thanks|thank you|for now|though|谢谢|吧|啊|的话|那个|那件)\s*$", re.IGNORECASE)
_ABOUT_GOODS = re.compile(
    r"\b(?:return|cancel|exchange|refund|send|all|everything|both|rest|except|change|modify|order)|退|换|取消|全|所有"
    r"|都|改|撤",
    re.IGNORECASE,
)


def alls(text: str) -> Iterator[Entity]:
    """Yield where all of several things are meant: "all", or "both" of two."""
    for found in _BOTH.finditer(text):
        yield entity("all", "both", found)
    for found in _ALL.finditer(text):
        yield entity("all", "all", found)


def exceptions(text: str) -> Iterator[Entity]:
    """Yield what is excepted; the value is its words without article."""
    patterns = [_EXCEPT_EN, _EXCEPT_ZH]
    if _ABOUT_GOODS.search(text):
        patterns += [_KEEP_EN, _NOT_EN, _KEEP_ZH, _KEEP_FIRST_ZH]
    for pattern in patterns:
        for found in pattern.finditer(text):
            excepted = _trimmed(text, found)
            if (
                excepted is not None
                and not _KEPT_THINGS.search(excepted.value)
                and not _PRONOUNS_ZH.match(excepted.value)
            ):
                yield excepted


def _trimmed(text: str, found: re.Match[str]) -> Entity | None:
    start, end = found.span("what")
    while start < end and text[start].isspace():
        start += 1
    article = _ARTICLE.match(text, start, end)
    start = article.end() if article and article.end() < end else start
    tail = _TAIL.search(text[start:end])
    end = start + tail.start() if tail and tail.start() else end
    words = text[start:end].rstrip()
    return piece("except", words, text, start, start + len(words)) if words else None
