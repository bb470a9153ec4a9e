"""What customers ask of their own records: orders by state and time, what was paid, where it goes, what comes back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType

from core.dialogue.draft import Draft
from core.shop.records import Order, OrderStatus
from core.types import AskKnowledge, ChitChat, Clarify, CorrectSlot, SetSlot, StartFlow, spoken_text
from core.understand.normalise import normalise

_PATTERNS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        name: re.compile(pattern, re.IGNORECASE)
        for name, pattern in {
            "refund_if": (
                r"退.{0,20}(?:能|可以|会)?(?:退(?:给我|回)?|拿回|返还|得到|退款)(?:多少|几块|几多)|退(?:了|掉"
                r"|货).{0,12}(?:多少钱|能退多少)"
                r"|\bhow much\b.{0,30}\b(?:get|receive|refunded|money|refund)\b.{0,30}\b(?:return|send)\w*\b"
                r"|\b(?:if|when) I (?:return|send)\b.{0,60}\bhow much\b"
                r"|\bwhat (?:would|will) (?:my|the) refund be\b"
            ),
            "paid_in_all": (
                r"(?:总共|一共|累计|加起来).{0,4}(?:消费|花|付)了?.{0,4}(?:多少|钱)|所有订单.{0,8}(?:多少钱|总额|金额)"
                r"|\bhow much have I (?:spent|paid)\b(?!.{0,20}\bfor\b)|\b(?:all (?:of )?my orders"
                r"|altogether)\b.{0,20}\b(?:cost|paid|total)\b"
                r"|\btotal (?:of|for|across) all my orders\b"
            ),
            "item_price": (
                r"我?买(?:的|那个|这个)(?!东西|商品|订单).{1,14}(?:多少钱|什么价(?:格|钱)?|花了多少)|(?:多少钱"
                r"|什么价(?:格|钱)?)买的"
                r"|\b(?:how much|what) did I pay for (?:the|my|that|those|these)\b(?! order)"
                r"|\bhow much (?:was|were) (?:the|my|that) (?!order)\w+.{0,30}(?:\bI (?:bought|ordered)\b|\bin (?:my"
                r"|the) order\b)"
                r"|\bprice of (?:the|my) .{1,40}\b(?:in|of|from) (?:my|the|that) order\b"
            ),
            "paid": (
                r"(?:我|订单|单子?).{0,12}(?:付|花|支付|收)了?(?:我)?.{0,3}多少钱?|订单.{0,14}(?:总额|总价|总金额"
                r"|金额|一共多少|多少钱)"
                r"|\bhow much (?:did I (?:pay|spend)|was I charged|did (?:it|the order|that order|my order) cost"
                r"|was (?:my|the|that) order)\b"
                r"|\b(?:total|amount|cost|price) (?:of|for) (?:my|the|that|this) (?:\w+ )?order\b|\b(?:order"
                r"|my) total\b"
            ),
            "paid_how": (
                r"(?:用|拿|刷)(?:的)?(?:什么|哪张|哪种|哪个).{0,6}(?:付|支付|买|卡)的?|怎么付的(?:款|钱)?|(?:付"
                r"|支付)的?(?:款)?方式是(?:什么|哪)"
                r"|\bhow did I pay\b|\b(?:which|what) (?:card|payment method|method|account) did I (?:use|pay)\b"
                r"|\bwhat was (?:it|the order) paid with\b"
            ),
            "methods": (
                r"我的?(?:账户|账号)?.{0,8}(?:有|绑定|绑|存)了?.{0,4}(?:哪些|什么|几种|哪几).{0,4}(?:支付方式"
                r"|付款方式|卡)|我的(?:支付|付款)方式(?:有|是)?"
                r"|我的?礼品卡.{0,8}(?:还?有|剩|余额)"
                r"|\b(?:what|which) (?:payment methods?|cards?)\b.{0,25}\b(?:do I have|on file|saved"
                r"|in my (?:account|profile)|are mine)\b"
                r"|\bmy (?:saved |stored )?(?:payment methods|cards on file)\b|\bmy gift card balance\b"
                r"|\bleft on my gift card\b"
            ),
            "address": (
                r"我的?.{0,6}(?:默认|收货|登记的?|现在的?)?地址(?:是|写的?是?|填的?是?|在)(?:什么|哪|多少)|(?:寄|送"
                r"|发)(?:到|去|往)(?:哪|什么地方|什么地址)(?:里|儿)?"
                r"|\bwhat(?:'s| is) my (?:default |shipping |delivery |current |saved )?address\b|\b(?:what"
                r"|which) address\b.{0,40}"
                r"|\bwhere (?:is|will|does) (?:it|my (?:order|parcel|package)|the (?:order|parcel"
                r"|package)).{0,12}(?:shipp(?:ed|ing)|sent|going|delivered|go(?:ing)? to)\b"
            ),
            "tracking": (
                r"(?:快递|运|物流|跟踪|追踪|包裹)单?(?:编?号码?)(?:是|呢|给|发|多少|吗|$|\W)|给我.{0,4}(?:运|快递"
                r"|物流)单号"
                r"|\btracking (?:number|no\.?|id|code|numbers)\b"
            ),
            "count": (
                r"(?:订单|单子?|里面|包裹).{0,8}(?:有|共|一共|买了)?(?:几|多少)(?:件|个|样|种)|(?:买|订|下单)了(?:几"
                r"|多少)(?:件|个|样|种)"
                r"|\bhow many (?:items|things|products|pieces|articles)\b.{0,40}\b(?:order\w*|buy|bought|parcel"
                r"|package|it|there)\b"
            ),
            "contents": (
                r"(?:订单|单子|包裹).{0,12}(?:里|中|里面)(?:都)?(?:有|是|买了)(?:些)?(?:什么|啥|哪些)|我(?:这|那"
                r"|上)(?:单|个订单).{0,4}(?:买|订)了(?:些)?(?:什么|啥|哪些)"
                r"|\bwhat(?:'s| is| was| are| were)?(?: the items?)? in (?:my|the|this|that|order)\b(?!.{0,6}shop)"
                r"|\bwhat did I (?:order|buy) (?:in|with|last)\b"
            ),
            "orders": (
                r"(?:哪些|哪几个|有没有|什么|几个|多少个?|所有|全部)[^,，。;；]{0,14}(?:订单|单子)|(?:订单"
                r"|单子).{0,12}(?:有哪些|哪些|有几个|多少个|几个)"
                r"|(?:上个?|这个?|本|去|今)(?:月|年|周|星期).{0,6}(?:买|下|订)了?.{0,4}(?:什么|啥|哪些|几)"
                r"|\b(?:list|show|see|which|what|how many)\b.{0,25}\b(?:my |of my |have I |open |pending |delivered "
                r"|cancell?ed )?orders\b"
                r"|\bwhat (?:did I|have I) (?:order|buy|bought|ordered)\b.{0,20}\b(?:last|this|since|in|year|month"
                r"|week)\b"
            ),
        }.items()
    }
)
_OF_SHOP = re.compile(
    r"你们(?:的|店|家)|支持|接受|可以用|能用|怎么(?:查|看|改|填|办)|\bdo you (?:accept|take|support|deliver|ship)\b"
    r"|\bhow (?:do|can) I\b|\byour (?:shop|store)\b",
    re.IGNORECASE,
)
"""Asking of the shop's ways, not of one's own records."""
_WISHES = re.compile(
    r"(?:改|换|修改|更改|取消|寄到(?!哪)|送到(?!哪))(?:成|为|到)?(?!.{0,8}(?:多少|什么|哪))|帮我(?:退|换|取消|改)|[要想]退(?!.{0,8}(?:多少|什么|哪))"
    r"|\b(?:change|modify|update|cancel|exchange|swap|switch)\b",
    re.IGNORECASE,
)
_NEEDS_ORDER = frozenset({"paid", "paid_how", "tracking", "count", "contents"})
"""What is asked of one order; `address` is, when it asks where the parcel goes."""
_OF_PARCEL = re.compile(r"(?:寄|送|发)(?:到|去|往)|\b(?:order|parcel|package|it|ship\w*|sent)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Window:
    """Days from `first` to `last`, both included."""

    first: date
    last: date


def asked_of_records(words: str) -> tuple[str, ...]:
    """Return what normalised words ask of the customer's own records, by name; () for nothing."""
    if _OF_SHOP.search(words):
        return ()
    found = tuple(name for name, pattern in _PATTERNS.items() if pattern.search(words))
    if "refund_if" in found:
        return ("refund_if",)
    if _WISHES.search(words):
        return ()
    if "paid_in_all" in found or "item_price" in found:
        found = tuple(name for name in found if name != "paid")
    return tuple(name for name in found if name != "orders") or found


def ask_own_records(draft: Draft) -> None:
    """Begin the flow that answers from the customer's own records, where the words ask for that."""
    words = normalise(spoken_text(draft.message, draft.percept))
    asked = asked_of_records(words)
    if not asked:
        return
    of_order = bool(_NEEDS_ORDER & set(asked)) or ("address" in asked and bool(_OF_PARCEL.search(words)))
    draft.slots["asked_of_records"] = ",".join(asked)
    draft.slots["asked_words"] = words
    draft.slots["asked_order"] = "yes" if of_order else "no"
    kept = tuple(c for c in draft.understanding.commands if not _is_replaced(c))
    draft.understanding = replace(draft.understanding, commands=(*kept, StartFlow(flow="own_records")))


def _is_replaced(command: object) -> bool:
    if isinstance(command, SetSlot | CorrectSlot):
        return command.slot == "topic"
    if isinstance(command, StartFlow):
        return True
    return isinstance(command, AskKnowledge | Clarify) or (isinstance(command, ChitChat) and command.source != "rules")


_UNDER_WAY = frozenset({OrderStatus.PENDING, OrderStatus.PENDING_MODIFIED, OrderStatus.PROCESSED, OrderStatus.SHIPPED})
_STATES: Sequence[tuple[re.Pattern[str], Callable[[Order], bool]]] = (
    (
        re.compile(
            r"待(?:处理|发货)|还?没(?:有)?发(?:货|出)|未发货|\b(?:pending|unshipped|not (?:yet )?(?:shipped|sent))\b",
            re.IGNORECASE,
        ),
        lambda order: order.status in _UNDER_WAY - {OrderStatus.SHIPPED},
    ),
    (
        re.compile(
            r"路上|运输|配送中|派送|没(?:有)?(?:到|送到|收到)|未(?:到|收到|送达|完成)|进行中|在途"
            r"|\b(?:under ?way|on (?:the|its|their) way|in transit|shipped|not (?:yet )?(?:arrived|delivered|here)"
            r"|haven't arrived|open|outstanding|active)\b",
            re.IGNORECASE,
        ),
        lambda order: order.status in _UNDER_WAY,
    ),
    (
        re.compile(
            r"签收|收到(?:了|的)|送到(?:了|的)|已送达|已完成|\b(?:delivered|arrived|received|completed)\b",
            re.IGNORECASE,
        ),
        lambda order: order.status == OrderStatus.DELIVERED,
    ),
    (
        re.compile(r"取消(?:了|的|掉)|已取消|\bcancell?ed\b", re.IGNORECASE),
        lambda order: order.status == OrderStatus.CANCELLED,
    ),
    (
        re.compile(r"退(?:货|款|了|的|换)|换(?:货|的)|售后|\b(?:return\w*|refund\w*|exchang\w*)\b", re.IGNORECASE),
        lambda order: order.status in (OrderStatus.RETURN_REQUESTED, OrderStatus.EXCHANGE_REQUESTED),
    ),
)
_LAST_DAYS = re.compile(r"(?:最近|近|过去)\s*(\d{1,3})\s*天|\b(?:last|past) (\d{1,3}) days\b", re.IGNORECASE)


def filtered(orders: Sequence[Order], words: str, today: date) -> tuple[tuple[Order, ...], bool]:
    """Return the orders of the state and the time that the words name, and whether they name any."""
    fits = next((fits for pattern, fits in _STATES if pattern.search(words)), None)
    window = named_window(words, today)
    kept = [order for order in orders if fits is None or fits(order)]
    if window is not None:
        kept = [
            order
            for order in kept
            if order.placed_at and window.first.isoformat() <= order.placed_at[:10] <= window.last.isoformat()
        ]
    return tuple(kept), fits is not None or window is not None


def named_window(words: str, today: date) -> Window | None:
    """Return the stretch of days that words name: last month, this year, the last 30 days."""
    found = _LAST_DAYS.search(words)
    if found:
        return Window(today - timedelta(days=int(found.group(1) or found.group(2))), today)
    this_month = today.replace(day=1)
    monday = today - timedelta(days=today.weekday())
    windows = (
        (
            r"上个?月|\blast month\b",
            Window((this_month - timedelta(days=1)).replace(day=1), this_month - timedelta(days=1)),
        ),
        (r"这个?月|本月|\bthis month\b", Window(this_month, today)),
        (r"去年|\blast year\b", Window(date(today.year - 1, 1, 1), date(today.year - 1, 12, 31))),
        (r"今年|\bthis year\b", Window(date(today.year, 1, 1), today)),
        (r"上个?(?:周|星期|礼拜)|\blast week\b", Window(monday - timedelta(days=7), monday - timedelta(days=1))),
        (r"(?:这个?|本)(?:周|星期|礼拜)|\bthis week\b", Window(monday, today)),
    )
    return next((window for pattern, window in windows if re.search(pattern, words, re.IGNORECASE)), None)
