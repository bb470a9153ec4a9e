"""Yes and no to what was read out, and what only looks like it."""

from __future__ import annotations

import re
from types import MappingProxyType

from core.understand.deeds import Deed

_YES = re.compile(
    r"^\W*(?:yes|yeah|yep|yup|sure|ok|okay|correct|right|confirm(?:ed)?|please do|go ahead|do it|sounds good|perfect"
    r"|是的?|对的?|好的?|可以|行|嗯+|没错|没问题|确认|同意)(?=\W|$|就|请|啊|呀|吧|啦|，|帮|退|换|取消)",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:if|only|just|but|as long as|unless|except|when|once|provided|instead|after|before|not)\b"
    r"|如果|要是|只|仅|除了|不过|但|的话|先|等|别|不",
    re.IGNORECASE,
)
"""What makes a yes a condition, or a yes to a part."""
_ASKS = re.compile(
    r"[?？]\s*$|吗\s*$|^\s*(?:how|what|which|where|when|who|why|is|are|do|does|did|will)\b|怎么|多少|什么|为什么",
    re.IGNORECASE,
)
_REQUESTS = re.compile(r"\b(?:can|could|would|will) (?:you|i|we)\b|能不能|可以|能帮|可否|行不行|好吗", re.IGNORECASE)
_PLAIN_NO = re.compile(r"^\W*(?:(?:no|nope|nah)\b|不用|不要|不了|不办|先不|别|算了)", re.IGNORECASE)
"""How a no begins, whatever else is said with it."""
_NO = re.compile(
    r"^\W*(?:(?:oh|actually|ah|hmm|well|sorry|wait)[,\s]+)*"
    r"(?:no|nope|not that|don'?t|wait|instead|rather|actually|never ?mind)\b"
    r"|^\W*(?:不|别|算了|等等|等一下|还是|错了)",
    re.IGNORECASE,
)
"""How a message begins that takes back what was read out."""
_MEANS = re.compile(r"^\W*(?:(?:no|不是?|不对)[,，\s]*)*(?:我?(?:说|指)的是|(?:I )?mean(?:t)?\b)", re.IGNORECASE)
"""How a message begins that puts other goods in the place of those understood."""
_BEFORE_DEED = r"^\W*(?:(?:yes|please|ok|sure|[好对行嗯是可以那就的]+)[,，\s]*)*"
_DO_IT = MappingProxyType(
    {
        Deed.CANCEL: re.compile(
            _BEFORE_DEED + r"(?:cancel(?: it| the order)?|取消(?:吧|掉|了|订单)*)\W*$", re.IGNORECASE
        ),
        Deed.RETURN: re.compile(_BEFORE_DEED + r"(?:return it|退(?:吧|掉|了|货)*)\W*$", re.IGNORECASE),
        Deed.SWAP: re.compile(
            _BEFORE_DEED + r"(?:(?:change|exchange|swap) it|[换改](?:吧|掉|了|货)*)\W*$", re.IGNORECASE
        ),
    }
)
"""A yes to what was read out by its own verb."""


def agrees(text: str) -> bool:
    """Return whether the words begin with a yes that holds without a condition."""
    return bool(_YES.match(text)) and not _CONDITION.search(text) and not _ASKS.search(text)


def repeats_deed(text: str, deed: Deed) -> bool:
    """Return whether the words say yes by the deed's own verb: "cancel it", "退吧"."""
    return deed in _DO_IT and bool(_DO_IT[deed].match(text))


def declines(text: str) -> bool:
    """Return whether the words begin with a no, whatever else is said with it."""
    return bool(_PLAIN_NO.match(text)) and not _ASKS.search(text)


def takes_back(text: str) -> bool:
    """Return whether the words begin by taking back what was read out: "actually no, ..."."""
    return bool(_NO.match(text))


def means_other(text: str) -> bool:
    """Return whether the words put other goods in the place of those that were understood: "我说的是耳机"."""
    return bool(_MEANS.match(text))


def asks(text: str) -> bool:
    """Return whether the words ask something and request nothing."""
    return bool(_ASKS.search(text)) and not _REQUESTS.search(text)
