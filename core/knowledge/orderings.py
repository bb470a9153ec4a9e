"""More and less: "the cheapest one", "大一号", "more storage", and which value of an option is more than another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from core.knowledge.measures import measures
from core.knowledge.option_words import Key, key, load_option_words
from core.shop.records import Product

_SORTS = (
    # what is asked for, its comparatives, its superlatives, the Chinese adjective
    ("cheap", ("cheaper", "less expensive", "less pricey", "lower price", "lower priced", "more affordable"),
     ("cheapest", "least expensive", "lowest price", "lowest priced", "most affordable"), "便宜|实惠|划算|省钱"),
    ("expensive", ("more expensive", "pricier", "dearer", "higher priced"),
     ("most expensive", "priciest", "dearest", "highest price", "highest priced"), "贵"),
    ("big", ("bigger", "larger", "one size up", "size up", "next size up", "a size larger", "roomier"),
     ("biggest", "largest"), "大"),
    ("small", ("smaller", "one size down", "size down", "next size down", "a size smaller", "more compact"),
     ("smallest", "tiniest", "most compact"), "小"),
    ("bright", ("brighter",), ("brightest",), "亮"),
    ("dim", ("dimmer", "less bright", "darker"), ("dimmest", "darkest", "least bright"), "暗"),
    ("long", ("longer",), ("longest",), "长"),
    ("short", ("shorter",), ("shortest",), "短"),
    ("heavy", ("heavier",), ("heaviest",), "重"),
    ("light", ("lighter", "more lightweight"), ("lightest", "most lightweight"), "轻"),
    ("warm", ("warmer",), ("warmest",), "暖和|保暖|暖"),
    ("thick", ("thicker",), ("thickest",), "厚"),
    ("thin", ("thinner", "slimmer"), ("thinnest", "slimmest"), "薄"),
    ("tall", ("taller",), ("tallest",), "高个"),
    ("high", ("higher", "greater"), ("highest", "greatest", "maximum"), "高"),
    ("low", ("lower",), ("lowest",), "低|矮"),
    ("fast", ("faster", "quicker", "more powerful"), ("fastest", "quickest", "most powerful"), "快|强"),
    ("slow", ("slower",), ("slowest",), "慢"),
    ("hard", ("harder", "more difficult", "more challenging"), ("hardest", "most difficult"), "难"),
    ("easy", ("easier", "simpler", "less difficult"), ("easiest", "simplest"), "简单|容易"),
    ("more", ("more {}", "better {}"), ("most {}", "max(?:imum)? {}", "best {}"), "多"),
    ("less", ("less {}", "fewer {}"), ("least {}", "fewest {}", "minimum {}"), "少"),
)  # fmt: skip
_STEPS = {
    "cheap": ("cheaper", "cheapest"), "expensive": ("more_expensive", "most_expensive"),
    "big": ("bigger", "biggest"), "small": ("smaller", "smallest"), "bright": ("brighter", "brightest"),
    "dim": ("dimmer", "dimmest"), "long": ("longer", "longest"), "short": ("shorter", "shortest"),
    "heavy": ("heavier", "heaviest"), "light": ("lighter", "lightest"), "warm": ("warmer", "warmest"),
    "thick": ("thicker", "thickest"),
    "thin": ("thinner", "thinnest"), "tall": ("taller", "tallest"),
    "high": ("higher", "highest"), "low": ("lower", "lowest"),
    "fast": ("faster", "fastest"), "slow": ("slower", "slowest"), "hard": ("harder", "hardest"),
    "easy": ("easier", "easiest"), "more": ("more", "most"), "less": ("less", "least"),
}  # fmt: skip


def _pattern(english: tuple[str, ...], chinese: str) -> re.Pattern[str]:
    """Build what finds a word; "more" counts only before what there can be more of ("more storage")."""
    nouns = {word for words in load_option_words().named.values() for word in words if word.isascii() and len(word) > 2}
    noun = r"(?:\w+ )?(?:" + "|".join(map(re.escape, sorted(nouns, key=len, reverse=True))) + ")"
    own = "|".join(word.replace("{}", noun) for word in english)
    return re.compile(rf"\b(?:{own})\b|{chinese}", re.IGNORECASE)


@cache
def _patterns() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    most = [(sort, "most", _pattern(top, f"最(?:{zh})")) for sort, _, top, zh in _SORTS]
    more = [(sort, "more", _pattern(up, rf"{_ZH_BEFORE}(?:{zh})|(?:{zh}){_ZH_AFTER}")) for sort, up, _, zh in _SORTS]
    return (*most, *more)


_ZH_BEFORE = "(?:比(?![如赛例较])[^,，。?？]{1,12}?|更|再|比较|稍微?|哪[个款件种只台双]|谁)"
_ZH_AFTER = "(?:一?点|一?些|一个?[号码档级])"
_DOWN = frozenset({"cheap", "small", "dim", "short", "light", "thin", "low", "slow", "easy", "less"})
_KINDS: dict[str, tuple[str, ...]] = {
    "big": ("size", "capacity", "screen", "kit", "room", "storage", "pieces", "diameter", "length", "height", "range"),
    "bright": ("brightness", "wattage"),
    "long": ("length", "battery_life", "battery", "zoom"),
    "heavy": ("weight", "range"),
    "thick": ("thickness",),
    "tall": ("height", "backrest", "size", "length"),
    "high": ("height", "resolution", "pressure", "backrest", "brightness", "speed", "ventilation", "kit"),
    "fast": ("processor", "speed", "ram", "pressure", "wattage"),
    "hard": ("difficulty", "firmness"),
}
_CONTRARY = {
    "small": "big", "dim": "bright", "short": "long", "light": "heavy", "thin": "thick", "low": "high",
    "slow": "fast", "easy": "hard",
}  # fmt: skip
_OF_LENGTH = {"short": ("length", "height"), "light": ("weight", "range", "brightness")}


@dataclass(frozen=True, slots=True)
class Ranking:
    """More or less of something that a product's variants differ in."""

    option: str
    """As the records write it; "price" for the price."""
    step: str
    """"most", "least", "more" or "less"."""


def wanted_order(text: str) -> str:
    """Return the comparative or superlative that a text asks for, in English: "cheapest", "bigger"; or ""."""
    found = _asked(text)
    return _STEPS[found[0]][found[1] == "most"] if found else ""


def wanted_ranking(text: str, product: Product) -> Ranking | None:
    """Return which ordered option of a product, or its price, a text asks more or less of."""
    found = _asked(text)
    if found is None:
        return None
    sort, step = found
    if sort in ("cheap", "expensive"):
        return Ranking("price", _step(sort, step))
    options = [option for option in _options(product) if len(ordered_values(product, option)) > 1]
    named = [option for option in options if _is_named(text, option)]
    if named:
        return Ranking(named[0], _step(sort, step))
    kinds = _OF_LENGTH.get(sort, _KINDS.get(_CONTRARY.get(sort, sort), ()))
    words = load_option_words()
    for kind in kinds:
        for option in options:
            if kind in words.kinds(option):
                return Ranking(option, _step(sort, step))
    return None


def ranked_kinds(text: str) -> tuple[tuple[str, ...], bool] | None:
    """Return the kinds of facts by which a text compares, the likeliest first, and whether more of them is meant."""
    found = _asked(text)
    if found is None:
        return None
    sort, _ = found
    if sort in ("cheap", "expensive"):
        return ("price",), sort == "expensive"
    words = load_option_words()
    folded = text.lower()
    named = tuple(kind for kind, own in words.named.items() if any(_stands(word, folded) for word in own))
    kinds = _OF_LENGTH.get(sort, _KINDS.get(_CONTRARY.get(sort, sort), ()))
    return (*named, *kinds), sort not in _DOWN


def ordered_values(product: Product, option: str) -> tuple[str, ...]:
    """Return the values of an option from little to much; () where they have no order."""
    values = tuple(dict.fromkeys(v.options[option] for v in product.variants.values() if option in v.options))
    places = [_place(value) for value in values]
    scales = {place[0] for place in places if place is not None}
    if None not in places and len(scales) == 1:
        found = [(place[1], value) for place, value in zip(places, values, strict=True) if place is not None]
        return tuple(value for _, value in sorted(found))
    words = load_option_words()
    kinds = words.kinds(option)
    for scale in words.ranks:
        ranks = [_rank(value, scale, kinds) for value in values]
        if all(rank is not None for rank in ranks):
            return tuple(value for _, value in sorted(zip([rank or 0 for rank in ranks], values, strict=True)))
    return ()


def _rank(value: str, scale: Mapping[Key, int], kinds: tuple[str, ...]) -> int | None:
    own = scale.get(key(value))
    if own is not None:
        return own
    ranks = {scale[key(word)] for word in load_option_words().alike(value, kinds) if key(word) in scale}
    return ranks.pop() if len(ranks) == 1 else None


def _place(value: str) -> tuple[str, float] | None:
    found = [one for one in measures(value) if one.start == 0]
    if found and found[0].kind not in ("lines", "kilo", "percent"):
        return found[0].kind, found[0].low
    number = re.fullmatch(r"\d+(?:\.\d+)?", value.strip())
    return ("number", float(value)) if number else None


def _asked(text: str) -> tuple[str, str] | None:
    return next(((sort, step) for sort, step, pattern in _patterns() if pattern.search(text)), None)


def _step(sort: str, step: str) -> str:
    if sort not in _DOWN:
        return step
    return "least" if step == "most" else "less"


def _options(product: Product) -> tuple[str, ...]:
    return tuple(dict.fromkeys(option for variant in product.variants.values() for option in variant.options))


def _is_named(text: str, option: str) -> bool:
    words = load_option_words()
    folded = text.lower()
    names = {option, *(word for kind in words.kinds(option) for word in words.named[kind])}
    return any(_stands(name, folded) for name in names)


def _stands(word: str, folded: str) -> bool:
    if word.isascii():
        return bool(re.search(rf"\b{re.escape(word.lower())}\b", folded))
    return len(word) > 1 and word in folded
