"""Chinese numbers, money, dates and addresses in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import cn2an

from voice.reading_aloud.patterns import CODE, EMAIL, ISO_DATE, LONG_DIGITS, NUMBER, PHONE, TIME, URL, plain_number

_DIGITS = "零一二三四五六七八九"
_MONEY = {"¥": "元", "CNY": "元", "RMB": "元", "$": "美元", "US$": "美元", "USD": "美元", "€": "欧元", "£": "英镑"}
_UNITS = {
    "kg": "公斤", "g": "克", "mg": "毫克", "km": "公里", "m": "米", "cm": "厘米", "mm": "毫米", "ml": "毫升",
    "mL": "毫升", "L": "升", "l": "升", "V": "伏", "W": "瓦", "kW": "千瓦", "mAh": "毫安时", "Hz": "赫兹",
    "℃": "摄氏度", "°C": "摄氏度", "℉": "华氏度", "°F": "华氏度", "°": "度", "h": "小时", "min": "分钟", "s": "秒",
    "㎡": "平方米", "m²": "平方米",
}  # fmt: skip
_MEASURES = "个件双台条只天位次种款瓶盒包张本把块箱周层套份岁年倍间家颗枚部支片分小元米点"
"""Measure words: two of them is 两, not 二."""
_SYMBOLS = {"&": "和", "+": "加", "=": "等于", "@": "艾特", "×": "乘", "~": "到", "%": "百分之", "/": "或"}
_CURRENCY = "|".join(re.escape(sign) for sign in sorted(_MONEY, key=len, reverse=True))
_UNIT = "|".join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))


def read(text: str) -> str:
    """Return `text` with everything that is not a word said in words."""
    for pattern, say in _READINGS:
        text = pattern.sub(say, text)
    for symbol, word in _SYMBOLS.items():
        text = text.replace(symbol, word)
    text = re.sub(r"[#$€£¥*^_<>{}\[\]\\|°]", " ", text)
    text = re.sub(r"(?<=[\u3000-\u9fff\uff00-\uffef]) +(?=[\u3000-\u9fff\uff00-\uffef])", "", text)
    return re.sub(r"\s+", " ", text).strip()


def number(written: str) -> str:
    """Return 一千二百九十九点九 for "1,299.90"."""
    bare = plain_number(written)
    whole, _, fraction = bare.partition(".")
    said = str(cn2an.an2cn(whole.lstrip("0") or "0", "low")) if len(whole) <= 16 else digits(whole)
    if said.startswith("一十"):
        said = said[1:]
    if said.startswith(("二千", "二万", "二亿")):
        said = f"两{said[1:]}"
    return f"{said}点{digits(fraction)}" if fraction else said


def digits(written: str) -> str:
    """Say digits one by one, a breath after every four where there are many: 一三八，一二三四，五六七八."""
    said = "".join(_DIGITS[int(digit)] for digit in written)
    if len(said) < 8:
        return said
    first = len(said) % 4
    groups = [said[:first]] if first else []
    return "，".join(groups + [said[at : at + 4] for at in range(first, len(said), 4)])


def _email(found: re.Match[str]) -> str:
    return _address(found[0])


def _url(found: re.Match[str]) -> str:
    host, path = found[1].removeprefix("www.").rstrip("."), found[2].rstrip("/.,;:!?")
    return _address(host + path if len(path) <= 24 and "?" not in path else host)


def _address(written: str) -> str:
    names = {"@": "艾特", ".": "点", "-": "横杠", "_": "下划线", "/": "斜杠", "+": "加", "%": "百分号"}
    return "".join(names.get(c, _DIGITS[int(c)] if c.isdecimal() else c) for c in written)


def _code(found: re.Match[str]) -> str:
    groups = re.findall(r"[A-Z]+|\d+", found[0].upper())
    said = " ".join(digits(group) if group.isdigit() else " ".join(group) for group in groups)
    return f" {said}" if found.string[: found.start()][-1:].isalnum() else said


def _phone(found: re.Match[str]) -> str:
    return "，".join(digits(group) for group in re.findall(r"\d+", found[0]))


def _date(found: re.Match[str]) -> str:
    return f"{digits(found[1])}年{number(found[2])}月{number(found[3])}日"


def _year(found: re.Match[str]) -> str:
    return f"{digits(found[1])}年"


def _to(found: re.Match[str]) -> str:
    return "到"


def _time(found: re.Match[str]) -> str:
    hour, minute = "两" if int(found[1]) == 2 else number(found[1]), int(found[2])
    if minute == 0:
        return f"{hour}点"
    if minute == 30:
        return f"{hour}点半"
    return f"{hour}点" + ("零" if minute < 10 else "") + f"{number(str(minute))}分"


def _money(found: re.Match[str]) -> str:
    return f"{_count(found[2])}{_MONEY[found[1]]}"


def _money_after(found: re.Match[str]) -> str:
    return f"{_count(found[1])}{_MONEY[found[2]]}"


def _percent(found: re.Match[str]) -> str:
    return f"百分之{number(found[1])}"


def _percents(found: re.Match[str]) -> str:
    return f"百分之{number(found[1])}到百分之{number(found[2])}"


def _discount(found: re.Match[str]) -> str:
    return f"{digits(found[1].replace('.', ''))}折"


def _range(found: re.Match[str]) -> str:
    return f"{_count(found[1])}到{found[2]}"


def _ordinals(found: re.Match[str]) -> str:
    return f"第{number(found[1])}到{number(found[2])}"


def _ratio(found: re.Match[str]) -> str:
    return f"{number(found[1])}比{number(found[2])}"


def _below_zero(found: re.Match[str]) -> str:
    return "负"


def _fraction(found: re.Match[str]) -> str:
    return f"{number(found[2])}分之{number(found[1])}"


def _size(found: re.Match[str]) -> str:
    return re.sub(r"\s*[x×*]\s*", "乘", found[0])


def _unit(found: re.Match[str]) -> str:
    return f"{_count(found[1])}{_UNITS[found[2]]}"


def _counted(found: re.Match[str]) -> str:
    return f"{_count(found[1])}{found[2]}"


def _count(written: str) -> str:
    return "两" if plain_number(written) == "2" else number(written)


def _digits(found: re.Match[str]) -> str:
    return digits(found[0].lstrip("#"))


def _negative(found: re.Match[str]) -> str:
    return f"负{number(found[1])}"


def _number(found: re.Match[str]) -> str:
    return number(found[0])


_READINGS: Sequence[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]] = (
    (EMAIL, _email),
    (URL, _url),
    (ISO_DATE, _date),
    (re.compile(r"(?<!\d)((?:19|20)\d\d) ?年"), _year),
    (re.compile(r"(?<=\d) ?[-–~] ?(?=\d\d?:\d\d)|(?<=[日号点月元天分年时]) ?[-–~] ?(?=\d)"), _to),
    (TIME, _time),
    (re.compile(r"(?<![\d:])(\d{1,2}):(\d)(?![\d:])"), _ratio),
    (re.compile(r"第(\d+) ?[-–~] ?(\d+)(?![\d-])"), _ordinals),
    (re.compile(r"(?<![\w)])[-−](?=\d+(?:\.\d+)? ?(?:[℃℉°度]))"), _below_zero),
    (re.compile(rf"(?<=\d) ?[-–~] ?(?=(?:{_CURRENCY}) ?\d)"), _to),
    (re.compile(rf"({_CURRENCY}) ?({NUMBER})元?"), _money),
    (re.compile(rf"({NUMBER}) ?({_CURRENCY})(?![A-Za-z])"), _money_after),
    (CODE, _code),
    (PHONE, _phone),
    (LONG_DIGITS, _digits),
    (re.compile(rf"({NUMBER})%? ?[-–~至到] ?({NUMBER})%"), _percents),
    (re.compile(rf"({NUMBER})%"), _percent),
    (re.compile(r"(?<!\d)(\d(?:\.?\d)?)折"), _discount),
    (re.compile(r"(?<![\w.])(\d+(?:\.\d+)?) ?[-–~] ?(\d+(?:\.\d+)?)(?![\d-])"), _range),
    (re.compile(r"(?<![\d/])([1-9]\d?)/([1-9]\d?)(?![\d/])"), _fraction),
    (re.compile(r"(?<![A-Za-z0-9.])\d+(?:\.\d+)?(?: ?[x×*] ?\d+(?:\.\d+)?)+"), _size),
    (re.compile(rf"({NUMBER}) ?({_UNIT})(?![A-Za-z])"), _unit),
    (re.compile(rf"(?<![第\d.])(2) ?([{_MEASURES}])(?!\d)"), _counted),
    (re.compile(rf"(?<![\w)])[-−]({NUMBER})"), _negative),
    (re.compile(NUMBER), _number),
)
"""Tried in this order; each leaves words behind that no later one touches."""
