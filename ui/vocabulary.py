"""What customers are likely to say, as a hint for speech recognition."""

from __future__ import annotations

import re
from collections.abc import Iterable

from core.packs.pack import Pack
from core.shop.records import Product

_CHINESE = "您好，我的订单到哪了？我想退货、退款、开发票、转人工，运费多少、什么时候发货、优惠券、尺码、保修期。"
_ENGLISH = "Hello, I am calling the shop about my order, a parcel, a return, a refund, a coupon or an invoice."
"""Words of the trade, in a sentence: as a bare list they cost more words than they saved."""
_NAMES = 8
"""Products named in each language. 20 made the names surer, and cost more in short answers than they gave."""
_HAN = re.compile(r"[\u3400-\u9fff]+")
_WORD = re.compile(r"[A-Za-z][A-Za-z'-]+")


_TITLES = 6
"""Pages of a pack that are named in each language; as with products, more of them cost short answers."""


def pack_vocabulary(pack: Pack) -> str:
    """Return a line in each language with what a pack's customers speak of: its pages, and the choices it offers."""
    pages = [page.titles for page in pack.pages.values()][:_TITLES]
    names = {
        language: [
            *(titles[language] for titles in pages if language in titles),
            *(
                of[language][0]
                for slot in pack.slots.values()
                if slot.kind == "choice"
                for of in slot.choices.values()
                if language in of
            ),
        ][: 2 * _TITLES]
        for language in pack.languages
    }
    chinese = f"您好，我想问{'、'.join(names['zh'])}。" if "zh" in names else ""
    english = f"Hello, I am calling about {', '.join(names['en'])}." if "en" in names else ""
    return "\n".join(line for line in (chinese, english) if line)


def vocabulary(products: Iterable[Product]) -> str:
    """Return a line in each language with the words of the trade and what the products are called for short.

    People ask for "the ceramic mug", not for its full name, and both languages put what a thing is
    last: the last two words in English, the last three characters in Chinese.
    """
    listed = list(products)
    english = dict.fromkeys(" ".join(_WORD.findall(one.names.get("en", ""))[-2:]).lower() for one in listed)
    chinese = dict.fromkeys("".join(_HAN.findall(one.names.get("zh", "")))[-3:] for one in listed)
    kinds, kinds_zh = ([kind for kind in names if kind][:_NAMES] for names in (english, chinese))
    asked_zh = f"请问{'、'.join(kinds_zh)}还有吗？" if kinds_zh else ""
    asked = f" Is the {', '.join(kinds)} in stock?" if kinds else ""
    return f"{_CHINESE}{asked_zh}\n{_ENGLISH}{asked}"
