"""What the lexicon alone tells about a few words, before any classifier is asked."""

from __future__ import annotations

import re

from core.knowledge.lexicon import Lexicon
from core.knowledge.orderings import wanted_order
from core.knowledge.question import Question, read_question

_OWN = re.compile(
    r"买的|订的|下单|下的|收到|退|换|催|在等|我的(?!天)"
    r"|\b(?:I|we) (?:bought|ordered|got|received)\b|\bmy (?:order|parcel|package)\b"
    r"|\b(?:return|refund|exchange|cancel|order)\b",
    re.IGNORECASE,
)
"""Words by which it is about something bought already, which the catalogue does not know of."""


_LONG, _LONG_CHARS = 16, 80
"""Words and characters above which a message tells a story, which takes more than a lexicon."""


_ANOTHER = re.compile(
    r"^(?:那|请|麻烦|能不能|能否|可不可以|可以|能)*(?:给我|帮我)?(?:再|重新)?(?:换|来|看|找|推荐|挑)(?:一?(?:个|款|种|件|双|条|台))?"
    r"(?P<zh>[^，,。]{2,8}?)(?:吧|吗|呢|看看|嘛|行吗|好吗)*[。!！?？]*$"
    r"|^(?:ok,? |then,? |and )?(?:can you |could you |please )*(?:show|give|find|get|recommend|suggest)(?: me)? "
    r"(?P<en>(?:something|one|a|an)\b[^,.;]{2,30}?)(?:,? (?:instead|please))*[.!?]*$",
    re.IGNORECASE,
)
"""A wish to see another product, which may be put as an exchange."""


def another(text: str) -> str:
    """Return what another product shall be like ("便宜点的" of "换个便宜点的"); "" when more is said."""
    found = _ANOTHER.match(text.strip())
    wanted = (found["zh"] or found["en"]) if found else ""
    return wanted if wanted and wanted_order(wanted) else ""


_VARIANT = re.compile(
    r"^(?:(?:算了|那|还是|等等|不要了?|请|麻烦|能不能|可以|wait|actually|no|oh|ok|well|sorry|never ?mind|then"
    r"|can you|please)(?![a-z])[\s,，.。!！]*)*"
    r"(?:(?:换(?!货)|改)(?:成|个|为)?|change (?:(?:it|that|this) )?(?:to|成)?|make (?:it|that)"
    r"|(?:switch|swap) (?:it )?to)\s*"
    r"(?P<wanted>(?!my\b|我的)[^,，。;；]{1,24})$",
    re.IGNORECASE,
)


def other_variant(text: str, lexicon: Lexicon) -> str:
    """Return the options that another variant shall have ("L 白色的" of "换成 L 白色的"); "" when more is said."""
    found = _VARIANT.match(text.strip())
    if found is None:
        return ""
    question = read_question(found["wanted"], lexicon)
    return found["wanted"] if _named_options(question) and not question.subject and not question.topics else ""


_MY = re.compile(r"\bmy\s+(?:\w+\s+)?$", re.IGNORECASE)


def speaks_of_own(text: str) -> bool:
    """Return whether the words are about something bought already."""
    return bool(_OWN.search(text))


def is_only_noise(text: str, lexicon: Lexicon) -> bool:
    """Return whether no word in the text carries a subject, other than "order" ("the first one, please").

    Haste is no subject of a question, and of an order's number it makes another request.
    """
    return all(
        (span.kind == "noise" and span.name != "haste") or (span.kind, span.name) == ("topic", "order")
        for span in lexicon.read(text)
    )


def asks_by_words(text: str, lexicon: Lexicon, *, spoken_of: bool) -> bool:
    """Return whether the words are a question about the catalogue, whatever a classifier makes of them.

    They are when they name a kind of product and an aspect ("how much is the kettle") or whether there is one
    ("do you have kettles"), an aspect and nothing else ("price?"), or, of the product that is spoken of, a
    fact ("is it waterproof").
    """
    question = read_question(text, lexicon)
    if question.topics or _OWN.search(text) or len(text.split()) > _LONG or len(text) > _LONG_CHARS:
        return False
    things = [span for span in lexicon.read(text) if span.kind == "thing"]
    if any(_MY.search(text[: span.start]) for span in things):
        return False  # "can I get my hoodie in large" speaks of what was bought
    wanted = question.aspects or question.features
    if question.things and (question.aspects or _named_options(question)):
        return True
    if question.things and question.have and not question.unknown:
        return True
    bare = not set(question.subject) - set(question.features)
    if spoken_of and bare and (wanted or _named_options(question)):
        return True
    return bool(question.aspects) and not question.subject


def _named_options(question: Question) -> bool:
    return bool(question.colours or question.sizes)
