"""What callers say about the call itself: slower, louder, the other language, go on."""

from __future__ import annotations

import re

from core.types import Language, Manner

_EDGE = r"[\s,，.。!！?？~、]*"
_PLEASE_ZH = r"(?:请|麻烦|能不能|能否|可不可以|可以|你|您|能|不好意思|那个|喂|嗯|稍微|再|说话?|讲话?|声音|语速)*"
_PLEASE_EN = (
    r"(?:(?:sorry|please|hey|excuse me|ok|okay|um|uh)[,\s]+)*(?:(?:can|could|would|will) you (?:please )?|please )?"
    r"(?:speak|talk|say (?:it|that)|go|read (?:it|that))?\s*(?:a (?:little )?(?:bit )?|much |more )?"
)
_TAIL = r"(?:[一点儿些吧吗呢好啊么,，\s]|可以|行|谢谢|please|thanks|thank you|for me)*"


def _whole(zh: str, en: str) -> re.Pattern[str]:
    return re.compile(rf"{_EDGE}(?:{_PLEASE_ZH}(?:{zh})|{_PLEASE_EN}(?:{en})){_TAIL}{_EDGE}", re.IGNORECASE)


_MANNERS: tuple[tuple[Manner, re.Pattern[str]], ...] = (
    ("slower", _whole(r"太快了?|慢(?:一?[点些]儿?)?(?:说|讲)?", r"slow(?:er|ly)(?: down)?|slow down|too fast")),
    ("faster", _whole(r"太慢了?|快(?:一?[点些]儿?)(?:说|讲)?", r"faster|quicker|speed up|too slow")),
    (
        "louder",
        _whole(r"太小(?:声|了)?|大(?:一?[点些]儿?)声?|大声(?:一?[点些]儿?)?", r"loud(?:er|ly)|speak up|too quiet"),
    ),
    ("softer", _whole(r"太大声?了?|太吵了?|小(?:一?[点些]儿?)声?|小声(?:一?[点些]儿?)?", r"softer|quieter|too loud")),
)
_SPEAK_UP = re.compile(rf"{_EDGE}(?:please )?(?:can you |could you )?speak up{_TAIL}{_EDGE}", re.IGNORECASE)
_LANGUAGES: tuple[tuple[Language, re.Pattern[str]], ...] = (
    (
        "zh",
        re.compile(
            rf"{_EDGE}{_PLEASE_ZH}(?:换|切换|转)?(?:成|到|用)?(?:说|讲)?(?:中文|汉语|普通话|国语){_TAIL}{_EDGE}"
            r"|.{0,24}\b(?:speak|switch to|change to|talk in|in) (?:chinese|mandarin)\b.{0,12}",
            re.IGNORECASE,
        ),
    ),
    (
        "en",
        re.compile(
            rf"{_EDGE}{_PLEASE_ZH}(?:换|切换|转)?(?:成|到|用)?(?:说|讲)?(?:英文|英语){_TAIL}{_EDGE}"
            r"|(?:(?:do|can|could) (?:you|we) |please |i )?(?:speak|switch to|change to|talk in|in) english\b.{0,12}"
            rf"|{_EDGE}english(?:,? please)?{_EDGE}",
            re.IGNORECASE,
        ),
    ),
)
_REST = re.compile(
    r"\W*(?:(?:请|嗯|好|你|您|那|就)*(?:继续|接着)(?:说|讲|念)?(?:吧|呀|啊)?|(?:你|您)?(?:刚才|刚刚)?(?:还)?没(?:说|讲|念)完"
    r"|(?:ok|okay|yes|please|sorry)?,? ?(?:please )?(?:go on|carry on|continue|keep going|finish(?: that)?)"
    r"(?:,? please)?|(?:and )?what (?:else|was the rest)|(?:and )?the rest(?:,? please)?)\W*",
    re.IGNORECASE,
)


def manner(text: str) -> Manner:
    """Return how a caller asks to be spoken to, where that is all they say."""
    if _SPEAK_UP.fullmatch(text):
        return "louder"
    return next((wanted for wanted, pattern in _MANNERS if pattern.fullmatch(text)), "")


def language_wanted(text: str) -> Language:
    """Return the language that a caller asks for, where that is all they say; "" for none."""
    return next((wanted for wanted, pattern in _LANGUAGES if pattern.fullmatch(text)), "")


def wants_rest(text: str) -> bool:
    """Return whether the caller wants to hear the rest: "go on", "继续说"."""
    return _REST.fullmatch(text) is not None
