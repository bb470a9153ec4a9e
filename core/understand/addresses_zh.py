"""Postal addresses written the Chinese way: "上海市静安区南京西路100号5栋301室"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.types import Entity
from core.understand.numerals import count
from core.understand.places import address_value
from core.understand.regions import CITIES_ZH, PROVINCE_OF, PROVINCES, PROVINCES_ZH
from core.understand.spans import piece

_N = r"[\d零〇一二三四五六七八九十百千]{1,6}(?:-\d{1,4})?[A-Za-z]?"
_ROAD = r"(?:大道|大街|马路|公路|胡同|路|街|道|巷|弄堂|里|村|镇|乡|园区|广场|小区|花园|苑|公寓|大厦|中心|城)"
_NAME = r"[\u4e00-\u9fff]"
_WHOLE = re.compile(
    rf"(?:中国\s*)?(?:(?P<state>{PROVINCES_ZH})(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区"
    rf"|特别行政区)?[\s,，]*)?"
    rf"(?:(?P<city>{CITIES_ZH})(?:市|地区|自治州)?[\s,，]*)?"
    rf"(?P<district>(?:{_NAME}{{1,5}}?(?:新区|开发区|区|县|市|旗)[\s,，]*){{0,2}})"
    rf"(?P<street>(?:{_NAME}{{1,10}}?{_ROAD}(?:\s?{_N}\s?(?:段|期|弄|巷))?){{0,2}})"
    rf"(?P<number>(?:\s?{_N}\s?号(?!楼|院楼|线))?(?:\s?{_NAME}{{1,8}}?(?:大厦|广场|小区|花园|公寓|中心|苑|城|府|庭"
    rf"|科技园|写字楼))?)"
    rf"(?P<unit>(?:[\s,，]?(?:[A-Za-z]座|{_N}\s?(?:号楼|栋|幢|座|单元|楼|层|室|房|号房|户)|东塔"
    rf"|西塔)){{0,4}}(?:[\s,，]?\d{{3,4}}(?!\d))?)"
)
_ZIP = re.compile(r"[\s,，。(（]*(?:邮编|邮政编码)?\s*(?:是|:)?\s*(\d{6})(?!\d)")
_TALK = re.compile(
    r"^.*(?:寄到|送到|发到|配到|改到|换到|改成|改为|换成|变成|更新为|更新成|修改为|修改成|搬到|搬去|地址是|地址为"
    r"|地址|收货|住在|家在|就是|是|到|为|往|在|给|寄|送)(?=.)"
)
_TALK_CHARS = 2
"""Of such a word that may stand before what looks like the place."""
_START = re.compile(
    rf"(?:{CITIES_ZH})|{_NAME}{{1,4}}?(?:区|县)|{_NAME}{{1,10}}?(?:路|街|大道|巷|弄|胡同|小区|花园"
    rf"|大厦)\s?{_N}\s?(?:号|弄|栋|幢|座|室)"
)
_TOWNS = frozenset({"北京", "上海", "天津", "重庆", "香港", "澳门"})
"""Cities that are provinces of their own: the records name both."""
_HAN_NUMBER = re.compile(r"[零〇一二三四五六七八九十百千]+(?=\s?(?:号|弄|栋|幢|座|单元|楼|层|室|房|巷|段|期))")


def addresses_zh(text: str) -> Iterator[Entity]:
    """Yield Chinese addresses that have a street or a building; the value is JSON of the parts that were found."""
    at = 0
    while start := _START.search(text, at):
        begin = _after_talk(text, start)
        found = _WHOLE.match(text, begin)
        parts = _parts(found) if found else {}
        if found is None or not parts.get("address1"):
            at = max(start.start() + 1, begin)
            continue
        end = begin + len(found.group().rstrip(" ,，"))
        zip_code = _ZIP.match(text, end)
        if zip_code:
            parts["zip"], end = zip_code.group(1), zip_code.end()
        yield piece("address", address_value(parts), text, begin, end)
        at = end


def _after_talk(text: str, start: re.Match[str]) -> int:
    """Return where the place begins, after "寄到" and its like that no word boundary sets off.

    The place may seem to begin in the middle of such a word: the 成 of "改成上海市".
    """
    begin = max(0, start.start() - _TALK_CHARS)
    talk = _TALK.match(text[begin : start.end()])
    return max(start.start(), begin + talk.end()) if talk else start.start()


def _parts(found: re.Match[str]) -> dict[str, str]:
    street, number, unit = (_digits(found[name]) for name in ("street", "number", "unit"))
    district = re.sub(r"[\s,，]", "", found["district"] or "")
    state, city = found["state"] or "", found["city"] or ""
    if state and not city and state in PROVINCE_OF:
        city = state
    if city and not state:
        state = PROVINCE_OF.get(city, city if city in PROVINCES else "")
    if not (street and (number or unit) or number or (district and unit)) or not (
        state or district or (street and number)
    ):
        return {}
    if state in _TOWNS:
        city = city or state
    elif not city and district.endswith("市"):
        city, district = district[:-1], ""
    parts = {"address1": district + street + number, "address2": unit.strip(" ,，"), "city": city, "state": state}
    if state or city:
        parts["country"] = "中国"
    return parts


def _digits(said: str | None) -> str:
    written = _HAN_NUMBER.sub(lambda found: str(count(found.group()) or found.group()), said or "")
    return re.sub(r"[\s,，]", "", written)
