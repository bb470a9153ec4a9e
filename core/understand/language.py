"""Which language the customer's own words are in."""

from __future__ import annotations

import re

from core.types import Language

_HAN = re.compile(r"[\u4e00-\u9fff]")
_LATIN_WORD = re.compile(r"(?<![\dA-Za-zÀ-ɏ])[A-Za-zÀ-ɏ]++(?!\d)(?:'[a-z]+)?")
"""A word of Latin letters; letters beside digits are a code, which is of no language."""
_ZH_GRAMMAR = re.compile(r"[的是了吗呢吧啊我你您有没在不这那什怎能会要想就和给帮第个]")
"""Characters that hold a Chinese sentence together, whatever English nouns stand in it."""
_EN_GRAMMAR = frozenset(
    """a am an and are at be can could did do does for from have how i i'd i'll i'm is it it's my of on please
    that the this to was what what's when where where's which who why will with would you your""".split()
)
_NEUTRAL = frozenset(
    "ok okay k kk yes yeah yeh yea ye yep no nope hi hello hey bye thanks thx ty sorry lol please".split()
)
"""Words that people of every language type: alone they do not tell."""
_HAN_PER_WORD = 1.5
"""Chinese characters that say as much as one English word."""
_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
)
_FUNCTION_WORDS = {
    "es": "el la los las de que en un una por para con dónde donde está esta mi mis pedido cuándo cuando cómo "
    "como quiero puedo "
    "es son tengo gracias hola mucho cuánto cuanto cuesta usted ustedes tienen comprar hay muy pero",
    "fr": "le la les des du de que en un une pour avec où est mon ma mes commande quand comment je veux puis "
    "sont nous "
    "vous avez merci bonjour combien coûte c'est pas et sur dans suis acheter voudrais",
    "de": "der die das und ist nicht ein eine mein meine wo wann wie ich möchte habe haben sie mit für auf "
    "bestellung kostet "
    "danke hallo guten bitte kann kaufen wieviel wird den dem",
    "pt": "o os as um uma de que em para com onde está meu minha pedido quando como eu quero posso são não "
    "obrigado olá "
    "quanto custa você vocês têm comprar muito mas",
    "it": "il lo gli le di che un una per con dove è mio mia ordine quando come voglio posso sono non grazie "
    "ciao quanto "
    "costa avete comprare molto ma della",
    "vi": "tôi của là không có được cho bao nhiêu đơn hàng ở đâu khi nào cảm ơn xin chào muốn mua",
    "id": "saya di mana pesanan kapan bagaimana ingin bisa tidak ada untuk dengan terima kasih berapa harga "
    "kamu anda yang ini itu",
    "tr": "bir ve bu için nerede siparişim ne zaman nasıl istiyorum var yok merhaba teşekkürler kaç benim",
    "nl": "de het een en ik mijn waar wanneer hoe wil kan niet is bestelling dank hallo hoeveel kost met voor jullie",
    "pl": "gdzie jest moje kiedy jak chcę mogę nie dziękuję cześć ile kosztuje zamówienie się na",
}
_ENGLISH = frozenset(
    """a about again all am an and any are as at be been bye can cancel card change could date deliver "
    "delivered delivery
    did do does email for from get good have hello help hey hi how i i'd i'll i'm i've if in is it it's item items know
    last like me my name need new no not of off ok okay on one or order ordered orders out package parcel pay please
    price product products
    refund return send ship shipped shipping should size so some sorry still stock tell thank thanks that the there
    they this to today track tracking two want was we what what's when where where's which who why will with would yes
    you your zip human person agent much many color colour cost sell buy number code address""".split()
)
_FOREIGN = {language: frozenset(words.split()) for language, words in _FUNCTION_WORDS.items()}
_LEAST_FOREIGN = 2
"""Function words of another language before it is believed; one may be a name or a loan."""


def detect(text: str) -> Language | None:
    """Return "zh", "en" or another code; None when the words do not tell (a number, a name, nothing).

    `text` should come without entities: an e-mail address is no English.
    """
    for language, script in _SCRIPTS:
        if len(script.findall(text)) >= _LEAST_FOREIGN:
            return language
    han = len(_HAN.findall(text))
    words = [word.lower() for word in _LATIN_WORD.findall(text)]
    if han and han / _HAN_PER_WORD >= len(words):
        return "zh"
    if not words or (not han and all(word in _NEUTRAL for word in words)):
        return None
    if han and _ZH_GRAMMAR.search(text) and not any(word in _EN_GRAMMAR for word in words):
        return "zh"
    english = sum(word in _ENGLISH for word in words)
    other, hits = max(
        ((name, sum(word in own for word in words)) for name, own in _FOREIGN.items()), key=lambda x: x[1]
    )
    if hits >= _LEAST_FOREIGN and hits > english:
        return other
    if english or len(words) >= _LEAST_FOREIGN + 1:
        return "en"
    return "zh" if han else None
