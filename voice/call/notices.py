"""What a shop tells its customers by telephone of its own accord."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from voice.call.phrases import Phrase

NOTICES: Mapping[str, Phrase] = MappingProxyType(
    {
        "shipped": {
            "zh": "您的订单 {order} 已经发货。",
            "en": "Your order {order} has been shipped.",
        },
        "delivery": {
            "zh": "您的订单 {order} 预计今天送达，请留意收货。",
            "en": "Your order {order} arrives today.",
        },
        "pickup": {
            "zh": "您的订单 {order} 已经到店，可以来取了。",
            "en": "Your order {order} is ready to be picked up.",
        },
        "delayed": {
            "zh": "很抱歉，您的订单 {order} 会比预计晚一些送达。",
            "en": "I'm sorry, your order {order} will arrive later than expected.",
        },
    }
)
