"""Requests in Chinese, as different people would put them; goods by Chinese names where there are any."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from tests.retail.requests import Item, Payment, Request, Swap

_REASONS = {
    "no longer needed": ("不需要了", "不想要了", "用不着了", "现在不需要了"),
    "ordered by mistake": ("拍错了", "下错单了", "买错了", "不小心下错的"),
}
_CANCEL = (
    "请帮我取消订单{order}，{reason}。",
    "我想取消{order}，因为{reason}",
    "{order}取消掉吧，{reason}",
    "{reason}，订单{order}帮我取消一下",
    "订单{order}能取消吗？{reason}",
)
_RETURN = (
    "我要退{order}里的{goods}，钱退到{pay}。",
    "订单{order}的{goods}想退货，退款退到{pay}",
    "帮我把{order}的{goods}退了，退款到{pay}，谢谢",
    "{goods}要退货，订单号{order}，退到{pay}",
)
_EXCHANGE = (
    "订单{order}收到了，想换货：{pairs}，差价用{pay}。",
    "我想换{order}里的东西，{pairs}，差价走{pay}",
    "换货，订单{order}，{pairs}，差价用{pay}",
    "请帮我换一下{order}：{pairs}。多退少补都用{pay}",
)
_MODIFY = (
    "订单{order}还没发货，{pairs}，差价用{pay}。",
    "我想改一下订单{order}的商品：{pairs}，差价走{pay}",
    "修改订单{order}，{pairs}，多退少补用{pay}",
)
_PAYMENT = (
    "订单{order}的付款方式改成{pay}。",
    "{order}我想改用{pay}付款",
    "麻烦把订单{order}换成{pay}支付",
)
_ADDRESS = (
    "订单{order}的收货地址改成{address}。",
    "请把{order}寄到{address}",
    "我要改订单{order}的地址，改为{address}",
)
_PROFILE = (
    "把我的默认地址改成{address}。",
    "我搬家了，账户里的地址更新为{address}",
    "帮我修改默认收货地址：{address}",
)
_SOURCES = {"credit_card": "信用卡", "gift_card": "礼品卡", "paypal": "PayPal"}
_BRANDS = {"visa": "Visa", "mastercard": "万事达"}
_GENERIC = frozenset({"low", "high", "medium", "small", "large", "standard", "dark", "light", "basic"})
_SPEAKING = frozenset({"1000", "1500", "2000", "500"})
"""Numbers whose Chinese words say what they count."""

AND_THEN = ("另外，", "还有，", "然后", "再帮我办一件事：")
YES = ("是的", "好的，确认", "对，就这样", "确认", "可以，办吧")
OPENINGS = ("你好，", "您好！", "", "在吗？")
REQUEST_FIRST = ("你好，我要处理一下订单", "想改一下我的订单", "在吗，订单有点事要办")


def identity(customer: object, by_email: bool, random: Random) -> str:
    """Return who speaks."""
    assert isinstance(customer, dict)
    name = f"{customer['name']['first_name']} {customer['name']['last_name']}"
    if by_email:
        return random.choice(("我的邮箱是{e}。", "{e}", "我是{n}，邮箱{e}", "下单邮箱：{e}")).format(
            e=customer["email"], n=name
        )
    return random.choice(("我叫{n}，邮编{z}。", "我是{n}，邮编是{z}", "{n}，邮编{z}")).format(
        n=name, z=customer["address"]["zip"]
    )


def ask(request: Request, random: Random, *, without: str = "") -> str:
    """Return the request in words; `without` leaves "payment" or "reason" out."""
    templates = {
        "cancel_pending_order": _CANCEL,
        "return_delivered_order_items": _RETURN,
        "exchange_delivered_order_items": _EXCHANGE,
        "modify_pending_order_items": _MODIFY,
        "modify_pending_order_payment": _PAYMENT,
        "modify_pending_order_address": _ADDRESS,
        "modify_user_address": _PROFILE,
    }[request.deed]
    if without == "payment":
        return _without_payment(request, random)
    if without == "reason":
        return random.choice(("请帮我取消订单{o}", "我要取消{o}", "{o}取消")).format(o=request.order_id)
    named = request.order_id or request.deed == "modify_user_address"
    words = random.choice(templates) if named else _without_order(request.deed, random)
    return words.format(
        order=request.order_id,
        goods=_goods(request, random),
        pairs="，".join(_swap(one, random) for one in request.swaps),
        pay=payment(request.payment) if request.payment else "",
        reason=reason(request, random) if request.reason else "",
        address=_address(request, random),
    )


def reason(request: Request, random: Random) -> str:
    """Return why an order is cancelled."""
    return random.choice(_REASONS[request.reason])


def payment(method: Payment) -> str:
    """Return a payment method as its owner would call it."""
    if method.by == "id":
        return method.id
    if method.by == "original":
        return "原来的付款方式"
    if method.by == "digits":
        return f"尾号{method.digits}的{_BRANDS.get(method.brand, method.brand)}卡"
    return f"我的{_SOURCES[method.source]}"


def _without_order(deed: str, random: Random) -> str:
    return random.choice(
        {
            "cancel_pending_order": ("帮我取消还没发货的那个订单，{reason}", "没发货的订单我想取消，{reason}"),
            "return_delivered_order_items": ("我想退{goods}，钱退到{pay}", "{goods}要退货，退款到{pay}"),
            "exchange_delivered_order_items": ("我收到的货想换：{pairs}，差价用{pay}", "换货，{pairs}，差价走{pay}"),
            "modify_pending_order_items": (
                "我那个没发货的订单，{pairs}，差价用{pay}",
                "还没发货吧？{pairs}，多退少补用{pay}",
            ),
            "modify_pending_order_payment": ("没发货的订单付款方式改成{pay}",),
            "modify_pending_order_address": ("没发货的订单改寄到{address}", "待处理的订单收货地址改成{address}"),
        }[deed]
    )


def _without_payment(request: Request, random: Random) -> str:
    goods, pairs = _goods(request, random), "，".join(_swap(one, random) for one in request.swaps)
    words = {
        "return_delivered_order_items": ("我要退订单{order}里的{goods}", "{order}的{goods}退货"),
        "exchange_delivered_order_items": ("订单{order}想换货：{pairs}", "换货，{order}，{pairs}"),
        "modify_pending_order_items": ("订单{order}还没发货，{pairs}", "改订单{order}：{pairs}"),
    }[request.deed]
    return random.choice(words).format(goods=goods, pairs=pairs, order=request.order_id)


def _goods(request: Request, random: Random) -> str:
    if request.whole:
        return random.choice(("全部商品", "所有东西", "全部"))
    if request.spared:
        return random.choice(("除了{i}以外的全部商品", "除{i}外的所有东西")).format(i=_named(request.spared, random))
    return _listed([_counted(item, random) for item in request.items])


def _swap(swap: Swap, random: Random) -> str:
    old = _counted(swap.item, random)
    if not swap.changed:
        return f"{old}换一个一模一样的新的"
    values = [_value(key, value, swap.vague, random) for key, value in swap.changed.items()]
    return random.choice(("把{o}换成{v}的", "{o}换成{v}的", "把{o}换成{v}那款", "{o}要{v}的")).format(
        o=old, v="、".join(values)
    )


def _counted(item: Item, random: Random) -> str:
    return f"两个{_named(item, random)}" if item.count > 1 else _named(item, random)


def _named(item: Item, random: Random) -> str:
    name = random.choice(_words()["products"].get(item.name, [item.name]))
    if not item.options:
        return str(name)
    values = [_value(key, value, frozenset(), random) for key, value in item.options.items()]
    return f"{'、'.join(values)}的{name}" if random.random() < 0.6 else f"{name}（{'，'.join(values)}）"


def _value(option: str, value: str, vague: frozenset[str], random: Random) -> str:
    words = _words()
    option_word = random.choice(words["options"].get(option, [option]))
    if option in ("waterproof", "water resistance") and value in ("yes", "no"):
        return "防水" if value == "yes" else "不防水"
    if value == "none":
        return random.choice((f"没有{option_word}", f"不带{option_word}"))
    word = str(random.choice(words["values"].get(value, [value])))
    if option == "size" and (value.isdigit() or value.isupper() and len(value) <= 3):
        return random.choice((f"{value}码", f"尺码{value}"))
    if value.lower() in _GENERIC or value.lower() in vague or (value.isdigit() and value not in _SPEAKING):
        return f"{option_word}{word}"
    return random.choice((word, word, word, f"{option_word}{word}"))


def _address(request: Request, random: Random) -> str:
    if request.as_in == "profile":
        return random.choice(("我的默认地址", "我账户里的地址"))
    if request.as_in:
        return f"跟订单{request.as_in}一样的地址"
    if request.address is None:
        return ""
    a = request.address
    street = ", ".join(part for part in (a["address1"], a["address2"]) if part)
    return random.choice(
        ("{s}, {city}, {state} {zip}, {country}", "{s}，{city}，{state}，{country}，邮编{zip}")
    ).format(s=street, **a)


def _listed(parts: Sequence[str]) -> str:
    return "和".join(filter(None, ("、".join(parts[:-1]), parts[-1] if parts else "")))


@cache
def _words() -> Any:
    return yaml.safe_load((Path(__file__).parent / "words.yaml").read_text(encoding="utf-8"))
