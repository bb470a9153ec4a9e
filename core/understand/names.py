"""What customers call themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from core.types import Entity
from core.understand.regions import CITIES_EN, CITIES_ZH, STATES_EN
from core.understand.spans import entity, piece

_PART = r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ]{0,24}(?:['’-][A-Za-zÀ-ɏ]{1,24}){0,3}"
_PARTS = rf"{_PART}(?:\s+{_PART}\.?){{1,2}}"
_NAMED_EN = re.compile(
    rf"(?:\bmy (?:full |own )?name(?:'s| is|:)|\bnames?'?s?\s*(?:is|:|=)|\bname on (?:the|my) (?:order|account)(?: is"
    rf"|:))\s*(?P<name>{_PARTS})",
    re.IGNORECASE,
)
_I_AM_EN = re.compile(
    rf"(?:\bi am|\bi'm|\bim|\bthis is|\bit's|\bit is|\bhere is|\bspeaking:|\bunder(?: the name(?: of)?)?|我是|我叫|叫"
    rf"|名字是)\s*(?P<name>{_PARTS})",
    re.IGNORECASE,
)
_TOLD_BY_ZIP = re.compile(
    r"\s*[,;.]?\s*(?:and |with |from |in |at |of |我的?)*(?:my )?(?:zip|post(?:al)?\s*code|邮编|\d{5}\b|e-?mail|\S+@"
    r"|I live\b|living\b)",
    re.IGNORECASE,
)
"""After lower-case words: what follows tells that they are a name."""
_BEFORE_ZIP_EN = re.compile(
    rf"(?<![A-Za-z0-9_'’])(?P<name>{_PARTS})\s*,?\s*(?:and |my |from |in |of )*"
    rf"(?:(?:{CITIES_EN})[,\s]+(?:(?:{STATES_EN})[,.\s]+)?)?(?:zip\s*(?:code)?|postcode|邮政?编码?)?\s*(?:is"
    rf"|:|是)?\s*(?P<zip>\d{{5}})(?![\d-])"
)
_BEFORE_ZIP_ZH = re.compile(
    r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff]{2,4})[\s,，、]*(?:邮编)?(?:是|:)?\s*(?P<zip>\d{6})(?!\d)"
)
_PLACE_EN = re.compile(rf"(?:.*\b)?(?:{CITIES_EN})", re.IGNORECASE)
_PLACE_ZH = re.compile(rf".*(?:{CITIES_ZH}|邮编)")
_NAME_ZH = re.compile(
    r"(?:我叫|姓名|名字|收件人|收货人|下单人|本人叫?)\s*(?:是|叫|为|写的?是?|:)?\s*([\u4e00-\u9fff·]{2,5}?)"
    r"(?=邮|电话|手机|住|我|他|她|就是|想|要|的|,|，|。|[^\u4e00-\u9fff·]|$)"
)
_NAME_ZH_I_AM = re.compile(
    r"(?:我是|这里是|i am|i'm|this is|my name is)\s*([\u4e00-\u9fff]{2,4})(?=[,.。，!、\s\d]|邮编|电话|手机|$)",
    re.IGNORECASE,
)
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑谢罗梁宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭"
    "陆汪范金"
    "石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温季施牛樊葛邢安齐易乔伍庞颜倪庄"
    "聂章鲁岳翟"
    "殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单裴霍涂成苗谷曲盛冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾"
    "尤阳时穆农"
    "司上诸慕端皇尉澹"
)
_BARE_EN = re.compile(rf"^\W*(?P<name>{_PARTS})\W*(?=\d|$)")
_BARE_ZH = re.compile(r"^[\s,，]*([\u4e00-\u9fff·]{2,4})(?=[\s,，.。:：]|\d|$)")
_NOT_IN_NAMES_ZH = re.compile(r"[的了吗呢吧么不没是退换货单]")
_OTHERS = re.compile(
    r"(?:\b(?:his|her|their|its|your|the|whose|user|file|brand|shop|store|company|product|item|model|friend'?s?"
    r"|wife'?s?|husband'?s?|mother'?s?"
    r"|father'?s?|sister'?s?|brother'?s?|recipient'?s?|[a-z]+'s)\s*(?:full |first |last )?|[他她]|别人|朋友|老公"
    r"|老婆)$",
    re.IGNORECASE,
)
"""Before "name is": it is not the speaker's."""
_TALK = frozenset(
    """
    i i'm im my me mine you your yours he she we us they them it its a an the this that these those here there is
    are am was were be been being no not never yes yeah ok okay sure what where when why how who which whose can
    could do does did don't doesn't didn't have has had haven't want wants need needs needed please thanks thank
    order orders ordered ordering email mail cancel cancelled help human agent hello hi hey mind forget stop sorry
    of to for with without sell one two three other another change return returning returned refund exchange talk
    speak person say again repeat tell robot bot zip code and or but so as at in on by from about into over under up
    out off if then than too very really just still now later soon only also all both any some every each more most
    much many good bad great fine new old happy unhappy angry upset mad furious tired sick bored sad glad afraid
    confused disappointed frustrated annoyed waiting looking trying calling writing asking wondering going getting
    having using buying sending missing wanting hoping unable able ready done finished interested aware certain
    wrong right late early back home broken delivered customer client buyer user member shopping ridiculous
    unacceptable urgent address phone number card gift paypal item items product products package parcel shipping
    delivery will would should shall may might must let get got give make take find see look know think like love
    hate send ship track check pay buy keep use show add remove update modify switch swap because since though
    however actually maybe perhaps probably last first second third next latest today tomorrow yesterday week month
    year day days time ago street road avenue drive lane suite apt apartment floor unit usa size color colour black
    white red blue green small medium large worst best nothing something anything everything nobody everyone thing
    things idea problem issue question my's status name called
    """.split()
)
"""Words that are in no name: a sentence is not taken for one."""


def names(text: str, *, identifying: bool) -> Iterator[Entity]:
    """Yield the names that customers give as their own."""
    for found in _NAMED_EN.finditer(text):
        if not _OTHERS.search(text[: found.start()].rstrip()) or found.group().lower().startswith("my"):
            yield from _cut_at_talk(found)
    for found in _I_AM_EN.finditer(text):
        yield from _plausible(text, found, identifying=identifying)
    for found in _BEFORE_ZIP_EN.finditer(text):
        yield from _before_zip(text, found, identifying=identifying)
    yield from _chinese(text)


def _chinese(text: str) -> Iterator[Entity]:
    for found in _NAME_ZH.finditer(text):
        yield entity("name", found.group(1).strip(), found)
    for found in _NAME_ZH_I_AM.finditer(text):
        if found.group(1)[0] in _SURNAMES and not _NOT_IN_NAMES_ZH.search(found.group(1)):
            yield entity("name", found.group(1), found)
    for found in _BEFORE_ZIP_ZH.finditer(text):
        said = found.group(1)
        if said[0] in _SURNAMES and not _PLACE_ZH.fullmatch(said) and not _NOT_IN_NAMES_ZH.search(said):
            yield entity("name", said, found, 1)
            yield entity("zip", found["zip"], found, "zip")


def _before_zip(text: str, found: re.Match[str], *, identifying: bool) -> Iterator[Entity]:
    """Yield name and zip of "Yusuf Rossi, 19122", without the talk that stands before the name."""
    words = list(re.finditer(r"\S+", found["name"]))
    while words and words[0].group().lower().strip(".") in _TALK:
        words.pop(0)
    name = found["name"][words[0].start() :] if words else ""
    known = len(words) < 2 or _sounds_like_talk(name) or _PLACE_EN.fullmatch(name)
    if not known and (identifying or _is_cased(name)):
        start = found.start("name") + words[0].start()
        yield piece("name", name, text, start, found.end("name"))
        yield entity("zip", found["zip"], found, "zip")


def bare_name(text: str) -> list[Entity]:
    """Return the name that a message consists of, when we asked for one."""
    english = _BARE_EN.search(text)
    if english and not _sounds_like_talk(english.group("name")):
        return [entity("name", english.group("name").strip(), english, "name")]
    chinese = _BARE_ZH.search(text)
    if chinese and chinese.group(1)[0] in _SURNAMES and not _NOT_IN_NAMES_ZH.search(chinese.group(1)):
        return [entity("name", chinese.group(1), chinese, 1)]
    return []


def _plausible(text: str, found: re.Match[str], *, identifying: bool) -> Iterator[Entity]:
    """Yield what follows "I am", "this is", unless it is talk: capitals, or a zip behind it, make a name."""
    words = found.group("name").split()
    if not words or words[0].lower() in _TALK or words[1].lower().strip(".") in _TALK:
        return
    cased = _is_cased(" ".join(words[:2]))
    told = _TOLD_BY_ZIP.match(text, found.start("name") + len(" ".join(words[:2])))
    if cased or told or _TOLD_BY_ZIP.match(text, found.end("name")) or (identifying and found.end("name") == len(text)):
        yield from _cut_at_talk(found, cased=cased)


def _cut_at_talk(found: re.Match[str], *, cased: bool = False) -> Iterator[Entity]:
    """Yield the name up to the first word that is none; with `cased` also up to the first without a capital."""
    end, kept = 0, 0
    for word in re.finditer(r"\S+", found.group("name")):
        if word.group().lower().strip(".") in _TALK or (cased and kept > 1 and not word.group()[0].isupper()):
            break
        end, kept = word.end(), kept + 1
    if kept > 1:
        value = found.group("name")[:end].rstrip(".")
        yield replace(
            entity("name", value, found),
            text=found.group()[: found.start("name") - found.start() + end],
            end=found.start("name") + end,
        )


def _is_cased(words: str) -> bool:
    return all(word[0].isupper() for word in words.split())


def _sounds_like_talk(words: str) -> bool:
    return any(word.lower().strip(".") in _TALK for word in words.split())
