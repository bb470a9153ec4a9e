"""What a customer wants done to their orders, clause by clause: cancel, return, swap, another address or payment.

Verbs decide here and not a classifier, because one message may want several deeds, each with its own
order, goods and reason, and the stretch that belongs to each must be known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum


class Deed(StrEnum):
    """Something the shop can do to an order or to a customer's record."""

    CANCEL = "cancel"
    RETURN = "return"
    SWAP = "swap"
    """Another variant: an exchange when it was delivered, a modification before it leaves."""
    ADDRESS = "address"
    PAYMENT = "payment"
    PROFILE = "profile"
    """The customer's default address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of a message with the deed that it asks for."""

    deed: Deed | None
    """None for words that say no deed: they go on with what is being settled, or are no request."""
    start: int
    """Characters into the text."""
    end: int
    sure: bool = True
    """Whether the deed's own verb stands there; "change" alone may be several things."""


_CANCEL = re.compile(
    r"\bcan(?:cel|cle)(?:l?(?:ing|ed|ation))?\b|\bcall(?:ing)? off\b|\b(?:drop|scrap|void) (?:my|the|that|this) order\b"
    r"|取消|撤(?:单|销)|退订(?!单)",
    re.IGNORECASE | re.ASCII,
)
_UNWANTED = re.compile(
    r"不想?要了|(?:订单|单子?)(?:我)?不要|\bdo(?:n't| not) (?:want|need) (?:it|them|this|that|these|those|the|my)\b",
    re.IGNORECASE | re.ASCII,
)
"""Wanting it no more is a cancellation before it arrived and a return afterwards, and elsewhere a reason."""
_RETURN = re.compile(
    r"\breturn(?:ing|ed)?\b(?! (?:address|policy|label|window))"
    r"|\b(?:send|sending|give|bring|take)\b(?: \w+){0,4} back\b"
    r"|\b(?:get|want|need|like|request|have) (?:a |my |the )?(?:full )?(?:refund|money back)\b"
    r"|\brefund(?:ing)? (?:me|it|them|my|this|that|the|both|all|everything|#)|\bplease refund\b|^\W*refund\b"
    r"|(?<!多)(?<!不)退(?!款(?:进度|到|给|去|方式|至)|回|订(?!单)|出|货地址|换货(?:政策|规则))(?:货|掉|了|款|还)?",
    re.IGNORECASE | re.ASCII,
)
_REFUND_WAY = re.compile(
    r"\b(?:refund(?:ed)?|money(?: back)?|(?:price )?difference|it back)\b[^.,;]{0,40}?"
    r"\b(?:to|onto|into|on|via|through|by|with|using|goes?)\b"
    r"|\b(?:charge|pay) or refund\b"
    r"|\brefund(?:ed)? (?:it )?(?:(?:my|the|that|this) )?(?:\w+ )?(?:\w*card\w*|paypal\w*|visa|mastercard|amex|account"
    r"|wallet|original"
    r"|difference|price|rest|balance)\b"
    r"|退(?:款)?(?:到|给|去|至|回)|钱(?:退|回)|差价|原路",
    re.IGNORECASE | re.ASCII,
)
"""Where the money goes is no wish for a return."""
_SWAP = re.compile(
    r"\bexchang(?:e[sd]?|ing)\b|\bswap(?:s|ped|ping)?\b|\breplac(?:e[sd]?|ing)\b|\bupgrad(?:e|ing)\b|\btrade\b"
    r"|\bswitch(?:ing)?\b(?= (?:it|them|this|that|the|my|both|all|from|to|out|over|a|an|one)\b)"
    r"|更换|调换|换(?!行|算|季|句话)|升级(?:成|为|到)",
    re.IGNORECASE | re.ASCII,
)
_CHANGE = re.compile(
    r"\b(?:chang(?:e[sd]?|ing)|modif(?:y|ies|ied|ying)|updat(?:e[sd]?|ing)|edit(?:ing)?|alter(?:ing)?|adjust(?:ing)?|amend)\b"
    r"|\b(?:correct|fix) (?:the|my|this|it|an?)\b"
    r"|\bset (?:it|the|my|this)\b|\bmake (?:it|them|that|the|my)\b"
    r"|\b(?:want|would like|need|prefer|get) (?:it|them|that|the \w+|my \w+) in\b"
    r"|改(?!天|日|变主意)|修改|变更|更改|更新|变成|选错|填错|写错"
    r"|(?<![不想需主])要(?!退|取消|换|改|求|是|说|问)[^,，。;；]{1,24}的(?=$|[,，。;；])",
    re.IGNORECASE | re.ASCII,
)
_ADDRESS = re.compile(
    r"\b(?:address(?:es)?|ship(?:ped|ping)? (?:it|them|this|that|my order|the order|#?\w+)? ?to"
    r"|(?:send|deliver|redirect|reroute) (?:it|them|this|that|#?[A-Za-z]{0,2}\d{5,}"
    r"|(?:my |the )?(?:order|parcel|package))(?: #?\w+){0,2}"
    r" to)\b"
    r"|地址|寄(?:到|往|去|给)|送(?:到|去|往)|收货人?信息",
    re.IGNORECASE | re.ASCII,
)
_PROFILE = re.compile(
    r"\b(?:default|profile|account(?:'s)?|user|home|saved|my own) (?:\w+ )?address"
    r"|\baddress (?:in|on|of) (?:my|the) (?:profile|account)\b|\bmy (?:profile|account)\b"
    r"|默认(?:的)?(?:收货)?地址|账户(?:里|上)?的?地址|个人资料|我的资料",
    re.IGNORECASE | re.ASCII,
)
_DIFFERENCE = re.compile(r"差价|多退少补|补差|\b(?:price )?difference\b", re.IGNORECASE | re.ASCII)
"""Who speaks of the difference in price wants other goods."""
_PAYMENT = re.compile(
    r"\bpay(?:ing|ment)?\b|\bcharged?\b(?! for)|\b(?:put|bill) (?:it|this|that|the order) (?:on|to)\b"
    r"|付款|支付|付钱|结算方式",
    re.IGNORECASE | re.ASCII,
)
_PAYMENT_CHANGED = re.compile(
    r"\b(?:chang|switch|modif|updat|mov|transfer)\w* (?:the |my |its |over )*"
    r"(?:payment|billing|way (?:I|it is|of) pa)\w*"
    r"|[改换](?:一下|个|掉|用|成)?(?:付款|支付|结算)|[改换](?:成|为|用)[^,，。;；]{0,40}(?:付款|支付|付钱|付(?=吗|吧|$))"
    r"|(?:付款|支付|结算)(?:方式|方法|渠道)?[^,，。;；]{0,16}?[改换]",
    re.IGNORECASE | re.ASCII,
)
_PAY_INSTEAD = re.compile(r"\b(?:switch|set|different|another|use|using|instead)\w*\b|换|用", re.IGNORECASE | re.ASCII)
_TOWARDS = re.compile(
    r"\b(?:to|as|with|should be|must be|needs to be)\b|[改换变]?成|[改换]为|[寄送改换]到", re.IGNORECASE | re.ASCII
)
_TARGET_AFTER = re.compile(
    r"(?:\b(?:to|as|with|use|using|be|from)|成|为|到|用|跟|和|按)\s*(?:be )?(?:my|the|our|我的?|我们的?)?\s*$",
    re.IGNORECASE | re.ASCII,
)
"""Before the customer's own address: it is what the order's becomes."""
_OF_AN_ORDER = re.compile(
    r"\baddress\b|\b(?:it|them|this|that|my|the) ?(?:order|parcel|package)?\b|#\w|地址|订单|包裹|[我这那]",
    re.IGNORECASE | re.ASCII,
)
"""What tells "send it to Main Street" from "do you send to Canada"."""
_GOES_ON = re.compile(r"\s*(?:[改换变](?:成|为|到)|寄到|送到|(?:in)?to\b)", re.IGNORECASE | re.ASCII)
"""How a clause begins that says what the one before it is to become."""
_OF_A_PERSON = re.compile(
    r"\b(?:password|e-?mail|phone|mobile|numbers?|names?|language|account|mind|subject|appointment"
    r"|delivery (?:date|time|day))\b"
    r"|密码|邮箱|电话|手机|号码|姓名|名字|语言|账号|时间|日期|主意|话题",
    re.IGNORECASE | re.ASCII,
)
"""What can be changed and is no goods of an order."""
_NEGATED = re.compile(
    r"(?:\b(?:don'?t|do not|not|never|without|no need to|rather than|instead of|won'?t|didn'?t)(?: \w+){0,2} ?"
    r"|(?:不要|别|不用|不想|不是(?:要|想|来)?|没有?|先不|不)(?:给我|帮我|再|先)?)$",
    re.IGNORECASE | re.ASCII,
)
_NEGATION_REACH = 24

_BREAK = re.compile(
    r"[.!?;\n]+(?=\s|$|[\u4e00-\u9fff#])|[。！？；]+"
    r"|[,，]\s*|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])"
    r"|\s*\b(?:and then|and also|and|also|then|plus|but|after that|as well as|next|finally|lastly)\b\s*"
    r"|(?:然后|另外|还有|再(?=把|帮|将|取消|退|换)|并且|并(?=把|取消|退|换)|同时|顺便|以及|接着|最后(?=把|再|取消|退|换)|再就是|对了)",
    re.IGNORECASE | re.ASCII,
)
_BRACKETS = re.compile(r"[(（][^()（）]{0,80}[)）]")
_BEGINS = re.compile(
    r"[.。!！?？;；\n]|\b(?:also|then|next|finally|lastly|plus|besides)\b|另外|还有|然后|同时|顺便|接着|再(?:就是|帮|麻烦|把)|对了",
    re.IGNORECASE | re.ASCII,
)
"""Where a new request begins."""
_ORDER = re.compile(
    r"#[A-Za-z0-9]{4,}|\b(?:the |my )?(?:other|first|second|latest|last) order\b|另一?(?:个|单|笔)订单", re.I
)
_BORROWED = re.compile(
    r"\b(?:same(?: \w+){0,3} as|as (?:in|on|for)|like|match(?:es|ing)?"
    r"|(?:to|as|use) (?:the |my )?(?:\w+ )?address (?:of|from|in|on|for))"
    r"(?: \w+){0,3} #\w+"
    r"|(?:跟|和|与|同|按照?|照|成|为|到|用)(?:我的?|那个)?(?:订单号?|单)?\s*#\w+(?=.{0,8}(?:地址|一样|相同|一致))",
    re.IGNORECASE,
)
"""An order whose address another one takes over."""
_QUESTION = re.compile(
    r"[?？]\s*$|吗\s*$|呢\s*$|^\s*(?:how|what|which|where|when|who|why|do you|does|is there|are there|did)\b"
    r"|怎么|如何|多少|什么|哪|为什么|几天|多久|能不能告诉",
    re.IGNORECASE | re.ASCII,
)
_RULES_ASKED = re.compile(
    r"\b(?:how (?:do|can|to|does|long|much time)|what(?:'s| is| are)? (?:your|the|if)|what happens|policy|policies"
    r"|rules?|procedure|is it possible|do you (?:accept|allow|offer|take|ship|send|deliver)|am i allowed"
    r"|are (?:returns|exchanges))\b|能(?:寄|送|发)|[寄送发]不?[寄送发]?到.{1,8}吗|支持.{1,12}(?:吗|么|嘛)"
    r"|\b(?:which|what)\b.{0,40}\b(?:can|could|may) I\b|哪些|哪几|怎么(?!样)|如何|流程|规定|规则|政策|几天|几日"
    r"|什么时候能|要多长|运费|邮费|谁出|如果|万一|要是",
    re.IGNORECASE | re.ASCII,
)
"""Asking how it is done, or what holds, is no wish yet."""
_PROGRESS_ASKED = re.compile(
    r"\b(?:when (?:will|do|can|am)|where(?:'s| is| are)|have you|did you|has (?:it|my|the)|how far|any (?:news|update)"
    r"|still (?:waiting|no|haven't)|status|progress|did my|is my (?:return|refund|exchange|cancel\w*))\b"
    r"|到哪|哪一步|进度|怎么样了|了吗|了没|好了没|到账|多久|还没(?:退|到|收)|什么时候",
    re.IGNORECASE | re.ASCII,
)
"""Asking how far it is, neither."""


def wishes(text: str, parts: Sequence[Stretch], *, names_order: bool) -> bool:
    """Return whether the stretches of a text are a wish, and no question about the rules or the progress.

    `names_order` says that an order's number stands in the text: who asks how to return it, wants to.
    """
    for part in parts:
        own = text[part.start : part.end]
        meant = part.sure or names_order or _DIFFERENCE.search(text)
        asks = _PROGRESS_ASKED.search(own) or (_RULES_ASKED.search(own) and not names_order)
        if meant and not asks:
            return True
    return False


def outside(text: str, parts: Sequence[Stretch]) -> str:
    """Return the words that belong to no stretch."""
    left, at = [], 0
    for part in parts:
        left.append(text[at : part.start])
        at = part.end
    return " ".join(" ".join((*left, text[at:])).split()).strip(" ,.;，。；、")


def stretches(text: str) -> tuple[Stretch, ...]:
    """Return the deeds that a normalised text asks for, each with its stretch, in order.

    A clause without a verb of its own goes on with the deed before it; what stands before the first verb,
    or names another order, goes on with the one after it. Empty when no deed is named. Sentences that ask
    something and name no deed are left out: they are nobody's stretch.
    """
    found: list[Stretch] = []
    for start, end in _clauses(text):
        clause = text[start:end]
        deed, sure = _deed(clause)
        if any(part.deed for part in found) and _GOES_ON.match(clause):
            deed = None
        begins = not found or _BEGINS.search(text, found[-1].end, start + 1)
        asks = _QUESTION.search(clause if begins else clause.rstrip("?？ "))  # a list may end in the sentence's mark
        if deed is None and asks and (_RULES_ASKED.search(clause) or not _ORDER.search(clause)):
            continue
        found.append(Stretch(deed=deed, start=start, end=end, sure=sure))
    return _merged(text, found)


def unbracketed(text: str) -> str:
    """Return the text with dots for the commas and stops inside brackets, which part nothing."""
    return _BRACKETS.sub(lambda found: re.sub(r"[,，、.;；:：]", "·", found.group()), text)


def _clauses(text: str) -> list[tuple[int, int]]:
    found, at = [], 0
    for gap in _BREAK.finditer(unbracketed(text)):
        if gap.start() > at and text[at : gap.start()].strip():
            marks = text[gap.start() : gap.end()]
            asked = gap.end() if "?" in marks or "？" in marks else gap.start()
            found.append((at, asked))
        at = gap.end()
    if text[at:].strip():
        found.append((at, len(text)))
    return found


def _deed(clause: str) -> tuple[Deed | None, bool]:
    """Return the deed that a clause names, and whether by a verb of its own."""
    cues = [(at, deed) for deed, pattern in _VERBS for at in [_first(pattern, clause)] if at is not None]
    moves = _REFUND_WAY.search(clause)
    if moves:
        cues = [(at, deed) for at, deed in cues if deed is not Deed.RETURN or at + 1 < moves.start()]
    changes = _first(_CHANGE, clause) is not None or any(deed is Deed.SWAP for _, deed in cues)
    if _ADDRESS.search(clause) and not any(deed in (Deed.CANCEL, Deed.RETURN) for _, deed in cues):
        sure = changes or bool(_TOWARDS.search(clause) and _OF_AN_ORDER.search(clause))
        return (Deed.PROFILE if _is_of_profile(clause) else Deed.ADDRESS), sure
    if _PAYMENT_CHANGED.search(clause) and not moves:
        return Deed.PAYMENT, True
    if _PAYMENT.search(clause) and not cues and not moves:
        if changes or _PAY_INSTEAD.search(clause):
            return Deed.PAYMENT, changes or bool(_ORDER.search(clause))
    if cues:
        return min(cues)[1], True
    if changes:
        return Deed.SWAP, bool(_TOWARDS.search(clause)) and not _OF_A_PERSON.search(clause)
    return (Deed.CANCEL, False) if _UNWANTED.search(clause) else (None, False)


def _is_of_profile(clause: str) -> bool:
    """Return whether the customer's own address is what changes, and not what an order's becomes."""
    own = _PROFILE.search(clause)
    return own is not None and not _TARGET_AFTER.search(clause[: own.start()])


def _first(pattern: re.Pattern[str], clause: str) -> int | None:
    for found in pattern.finditer(clause):
        before = clause[max(0, found.start() - _NEGATION_REACH) : found.start()]
        if not _NEGATED.search(before):
            return found.start()
    return None


_BESIDE = (Deed.CANCEL, Deed.PAYMENT)
"""What is a deed when nothing else is said, and beside a deed its reason or its means."""
_VERBS = ((Deed.CANCEL, _CANCEL), (Deed.RETURN, _RETURN), (Deed.SWAP, _SWAP))


def _merged(text: str, parts: list[Stretch]) -> tuple[Stretch, ...]:
    if any(part.deed and part.sure for part in parts):
        parts = [replace(part, deed=None) if part.deed in _BESIDE and not part.sure else part for part in parts]
    if not any(part.deed for part in parts):
        return ()
    merged: list[Stretch] = []
    waiting: Stretch | None = None
    """Words that go on with the deed after them."""
    for at, part in enumerate(parts):
        if part.deed is None:
            if _leads(text, parts, at, first=not merged):
                waiting = waiting or part
            elif merged and not _is_of_its_own(text, parts, at):
                last = merged[-1]
                merged[-1] = Stretch(deed=last.deed, start=last.start, end=part.end, sure=last.sure)
            continue
        start = waiting.start if waiting else part.start
        waiting = None
        merged.append(Stretch(deed=part.deed, start=start, end=part.end, sure=part.sure))
    return tuple(merged)


def _is_of_its_own(text: str, parts: list[Stretch], at: int) -> bool:
    """Return whether words that were not understood begin anew with another order: no deed spreads to that."""
    part, before = parts[at], parts[at - 1]
    begins = _BEGINS.search(text, before.end, part.start + 1)
    names = _ORDER.search(text, part.start, part.end) and _ORDER.search(text, parts[0].start, before.end)
    return bool(begins and names)


def _leads(text: str, parts: list[Stretch], at: int, *, first: bool) -> bool:
    """Return whether words without a deed belong to the one after them.

    They do before the first deed, after a new beginning ("also", a full stop) with a deed in the same sentence,
    and when they name the order that the next deed lacks. They never do when each sentence names an order of its own.
    """
    part = parts[at]
    after, end = next(_regions(text, parts, at + 1), (None, 0))
    if after is None:
        return False
    own = _names_order(text, part.start, part.end) and _names_order(text, after.start, end)
    if own and _BEGINS.search(text, part.end, after.start + 1):
        return False
    begins = _BEGINS.search(text, parts[at - 1].end - 1 if at else 0, part.start + 1)  # with its question mark
    goes_on = _BEGINS.search(text, part.end, after.start + 1)
    before = next((earlier for earlier in reversed(parts[:at]) if earlier.deed), None)
    taken = before is not None and not _names_order(text, before.start, part.start)  # it may be that one's order
    names_order = _names_order(text, part.start, part.end) and not _names_order(text, after.start, end)
    return first or (names_order and not taken) or bool(begins and not goes_on)


def _names_order(text: str, start: int, end: int) -> bool:
    """Return whether an order is named, and not only as the one whose address is taken over."""
    return bool(_ORDER.search(_BORROWED.sub("", text[start:end])))


def _regions(text: str, parts: list[Stretch], at: int) -> Iterator[tuple[Stretch, int]]:
    """Yield the clauses with a deed from a place on, each with the end of what may belong to it."""
    deeds = [part for part in parts[at:] if part.deed]
    for place, part in enumerate(deeds):
        yield part, deeds[place + 1].start if place + 1 < len(deeds) else len(text)
