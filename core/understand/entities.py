"""Things named in the text that rules can find for certain."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.types import Entity
from core.understand.numerals import count

_EMAIL = re.compile(r"[A-Za-z0-9][\w.+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", re.ASCII)
_ORDER = re.compile(r"#\s?([A-Za-z]{0,3}-?\d{3,12})(?!\d)|(?<![A-Za-z0-9@.])([A-Za-z]{1,2}-?\d{5,12})(?![A-Za-z0-9])")
_BARE_ORDER = re.compile(
    r"(?:订单号?|单号|order(?:\s+(?:number|no\.?|id))?)\s*(?:是|为|:|is)?\s*(\d{7})(?!\d)", re.IGNORECASE
)
_PHONE = re.compile(
    r"(?<![\d#])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"
    r"|(?<![\d#])\+?1?[- (]?\d{3}[)-][- ]?\d{3}[- ]\d{4}(?!\d)"
)
_ZIP_NAMED = re.compile(
    r"(?:邮编|邮政编码|zip(?:\s*code)?|postal\s*code|postcode)\s*(?:是|为|:|is|,)?\s*"
    r"(\d{4,6}|[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}|[A-Z]\d[A-Z]\s?\d[A-Z]\d)(?![\dA-Za-z])",
    re.IGNORECASE,
)
_ZIP_BARE = re.compile(
    r"(?<![\d#A-Za-z.])(\d{4,6}|[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}|[A-Z]\d[A-Z]\s?\d[A-Z]\d)(?![\dA-Za-z])",
    re.IGNORECASE,
)
"""Four to six digits, or the forms of Britain and Canada."""
_NAME_EN = re.compile(
    r"(?:my (?:full )?name(?:'s| is)|name\s*[:is]+|i am|i'm|this is|it's|under)\s+"
    r"([A-Z][a-z'’-]+(?:\s+[A-Z][a-z'’.-]*){1,2})"
)
_NAME_EN_ANY_CASE = re.compile(r"(?:my (?:full )?name(?:'s| is)|name\s*:)\s*([a-z'’-]+\s+[a-z'’-]+)", re.IGNORECASE)
_NAME_ZH = re.compile(
    r"(?:我叫|姓名|名字|收件人|收货人)\s*(?:是|叫|为|:)?\s*([\u4e00-\u9fff·]{2,5}?)"
    r"(?=邮|电话|手机|住|我|他|她|就是|想|要|的|,|，|。|[^\u4e00-\u9fff·]|$)"
)
_NAME_ZH_I_AM = re.compile(r"我是\s*([\u4e00-\u9fff]{2,3})(?=[,.。，!\s]|$)")
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑谢罗梁宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金"
    "石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温季施牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟"
    "殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单裴霍涂成苗谷曲盛冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农"
)
_BARE_NAME_EN = re.compile(r"^\W*([A-Za-z][A-Za-z'’-]+(?:\s+[A-Za-z][A-Za-z'’.-]*){1,2})\W*(?=\d|$)")
_BARE_NAME_ZH = re.compile(r"^[\s,，]*([\u4e00-\u9fff·]{2,4})(?=[\s,，.。:：]|\d|$)")
_ORDINAL_ZH = re.compile(r"第\s*([一二两三四五六七八九十]{1,2}|\d{1,2})\s*(?:个|款|件|单|双|条|种|项|笔)?")
_ORDINAL_EN = re.compile(
    r"\b(first|second|third|fourth|fifth|1st|2nd|3rd|4th|5th|(?:number|no\.?|option)\s*(\d{1,2}))\b", re.IGNORECASE
)
_LAST = re.compile(r"最后(?:面)?(?:那|一|的)?(?:一)?(?:个|款|件|单)|\bthe last one\b", re.IGNORECASE)
_RANKS = {
    "first": 1,
    "1st": 1,
    "second": 2,
    "2nd": 2,
    "third": 3,
    "3rd": 3,
    "fourth": 4,
    "4th": 4,
    "fifth": 5,
    "5th": 5,
}
_RECENT = re.compile(
    r"最近(?:的|下的|买的)?(?:一个|一单|那个|那单|一次)?(?:订单|的单|那单|一单|买的)|最近的?(?:那个|那单|一个|一单)"
    r"|最新的?(?:订单|一单|那个|那单|一个)"
    r"|上一?(?:个订单|单)|刚(?:刚|才)?(?:下|买)的?(?:那个|那单|订单|单)?"
    r"|\b(?:my |the )?(?:last|latest|most recent|newest) (?:order|purchase|one(?: I ordered)?)\b",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"另(?:外)?一?(?:个|单|款|件)|别的(?:订单|那个)?|其他(?:的)?(?:订单|单)|\b(?:the )?other (?:one|order)\b"
    r"|\banother (?:one|order)\b",
    re.IGNORECASE,
)
_AMOUNT = re.compile(r"[$¥€£]\s?\d+(?:[.,]\d+)?|\d+(?:\.\d+)?\s?(?:元|块钱?|dollars?|yuan|rmb)", re.IGNORECASE)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LABELLED = frozenset({"email", "zip", "phone", "order_id"})
_LABEL = re.compile(
    r"(?:我的?|下单的?|用的?|收货|注册|这个|my|the|with|and|under|it's|使用)*\s*"
    r"(?:电子邮箱|电子邮件|邮箱地址|邮箱|邮件|手机号码?|手机|电话|邮编|订单编号|订单号码?|订单|单号|编号"
    r"|e-?mail(?: address)?|phone(?: number)?|zip(?: code)?|postcode|order(?: number| no\.?| id)?)"
    r"\s*(?:就?是|为|叫|:|：|is|=|#)*\s*$",
    re.IGNORECASE,
)
_NO_EMAIL = re.compile(
    r"(?:没有?|忘了?|忘记了?|不记得了?|记不清|不知道|想不起来?)(?:我的|用的|是哪个|下单的|用的哪个|留)*(?:电子)?(?:邮箱|邮件|email)"
    r"|(?:邮箱|邮件|email)(?:是什么|是哪个)?(?:我)?(?:忘|不记得|没有|记不清|想不起)"
    r"|\b(?:no|don't have (?:an|any|my)?|do not have (?:an|any)?|don't (?:remember|know) (?:the|my|which)?"
    r"|forgot(?:ten)? (?:the|my|which)?"
    r"|can't remember (?:the|my|which)?|without (?:an|my)?)\s*e-?mail",
    re.IGNORECASE,
)
_SOMEBODY_ELSE = re.compile(r"(?:\b(?:does|did)|[他她]|别人(?:的)?)\s*$", re.IGNORECASE)
"""Before an address: it is spoken about, and no proof of who is speaking."""
_PRESSED = re.compile(r"^(product|category):(.+)$")


def find_entities(text: str, *, identifying: bool, listing: bool) -> tuple[Entity, ...]:
    """Return the entities in normalised text, in order.

    `identifying` says that we asked who the customer is: then a bare name or a bare zip counts.
    `listing` says that the customer looks at a numbered list: then a bare "2" is an ordinal.
    """
    pressed = _PRESSED.match(text)
    if pressed:
        return (_entity(pressed.group(1), pressed.group(2), pressed),)
    found: list[Entity] = []
    for entity in _candidates(text, identifying=identifying, listing=listing):
        if all(entity.end <= other.start or entity.start >= other.end for other in found):
            found.append(entity)
    if identifying and not any(entity.kind in ("name", "email") for entity in found):
        found += _bare_name(_blanked(text, found))
    return tuple(sorted(found, key=lambda entity: entity.start))


def _blanked(text: str, entities: list[Entity]) -> str:
    for entity in entities:
        text = text[: entity.start] + "0" * (entity.end - entity.start) + text[entity.end :]
    return text


def without(text: str, entities: tuple[Entity, ...]) -> str:
    """Return the text without its entities and their labels ("my e-mail is"); an order id leaves the word "order"."""
    for entity in sorted(entities, key=lambda entity: -entity.start):
        before, after = text[: entity.start], text[entity.end :]
        if entity.kind in _LABELLED:
            before = _LABEL.sub("", before)
        if entity.kind in ("order_id", "recent"):
            before += " 订单 " if _HAN.search(text) else " order "
        text = f"{before} {after}"
    return " ".join(text.split()).strip(" ,.;:，。；：")


def outside(text: str, entities: tuple[Entity, ...]) -> str:
    """Return the customer's own words around the entities, labels and all, which tell the language."""
    for entity in sorted(entities, key=lambda entity: -entity.start):
        if entity.kind in _LABELLED or entity.kind in ("name", "product", "category"):
            label = entity.text.replace(entity.value, " ") if entity.kind in ("name", "zip") else " "
            text = f"{text[: entity.start]}{label}{text[entity.end :]}"
    return text


def _candidates(text: str, *, identifying: bool, listing: bool) -> Iterator[Entity]:
    for found in _EMAIL.finditer(text):
        if _SOMEBODY_ELSE.search(text[: found.start()]):
            continue
        yield _entity("email", found.group().rstrip(".").lower(), found)
    for found in _ORDER.finditer(text):
        yield _entity("order_id", f"#{(found.group(1) or found.group(2)).upper()}", found)
    for found in _BARE_ORDER.finditer(text):
        yield _entity("order_id", f"#W{found.group(1)}", found)
    for found in _PHONE.finditer(text):
        yield _entity("phone", re.sub(r"\D", "", found.group())[-11:], found)
    for found in _ZIP_NAMED.finditer(text):
        yield _entity("zip", found.group(1), found)
    if identifying:
        for found in _ZIP_BARE.finditer(text):
            yield _entity("zip", found.group(1), found)
    for found in _AMOUNT.finditer(text):
        yield _entity("amount", found.group(), found)
    yield from _names(text)
    yield from _ordinals(text, listing=listing)
    for kind, pattern in (("recent", _RECENT), ("other", _OTHER), ("no_email", _NO_EMAIL)):
        for found in pattern.finditer(text):
            yield _entity(kind, "yes", found)


def _names(text: str) -> Iterator[Entity]:
    for pattern in (_NAME_EN, _NAME_EN_ANY_CASE, _NAME_ZH):
        for found in pattern.finditer(text):
            yield _entity("name", found.group(1).strip(), found)
    for found in _NAME_ZH_I_AM.finditer(text):
        if found.group(1)[0] in _SURNAMES:
            yield _entity("name", found.group(1), found)


def _ordinals(text: str, *, listing: bool) -> Iterator[Entity]:
    for found in _LAST.finditer(text):
        yield _entity("ordinal", "-1", found)
    for found in _ORDINAL_ZH.finditer(text):
        number = count(found.group(1))
        if number:
            yield _entity("ordinal", str(number), found)
    for found in _ORDINAL_EN.finditer(text):
        rank = int(found.group(2)) if found.group(2) else _RANKS[found.group(1).lower()]
        yield _entity("ordinal", str(rank), found)
    bare = re.fullmatch(r"\W*(\d|[一二三四五])\W*(?:个|号)?\W*", text) if listing else None
    number = count(bare.group(1)) if bare else None
    if bare and number:
        yield _entity("ordinal", str(number), bare)


def _bare_name(text: str) -> list[Entity]:
    english = _BARE_NAME_EN.search(text)
    if english and not _sounds_like_talk(english.group(1)):
        return [_entity("name", english.group(1).strip(), english, 1)]
    chinese = _BARE_NAME_ZH.search(text)
    if chinese and chinese.group(1)[0] in _SURNAMES and not re.search(r"[的了吗呢吧么不没是]", chinese.group(1)):
        return [_entity("name", chinese.group(1), chinese, 1)]
    return []


_TALK = frozenset(
    """
    i my the a an is are was no not yes what where when why how can could do does don't have want need please
    thanks thank you order email it that this cancel help human agent hello hi hey never mind forget stop
    sorry sure okay ok of to for with sell one other change return refund talk speak person say again repeat
    tell me who robot zip code
    """.split()
)
"""Words that are in no name: a sentence is not taken for one."""


def _sounds_like_talk(words: str) -> bool:
    return any(word.lower() in _TALK for word in words.split())


def _entity(kind: str, value: str, found: re.Match[str], group: int = 0) -> Entity:
    return Entity(kind=kind, value=value, text=found.group(group), start=found.start(group), end=found.end(group))
