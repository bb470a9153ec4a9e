"""How the customer feels, from words and marks; enough to know when to fetch a person."""

from __future__ import annotations

import re

ANGRY = -0.8
"""At or below: the customer is angry at us, and a person should come."""

_RAGE = re.compile(
    r"垃圾|骗子|骗人|骗钱|混蛋|王八蛋|他妈|妈的|操你|傻[逼比叉]|滚蛋|去死|坑爹|坑人|黑店|气死|太过分|忍无可忍"
    r"|什么破|什么玩意|报警|12315|工商局|起诉"
    r"|\b(?:fuck\w*|shit\w*|bullshit|scam\w*|fraud\w*|thieves|crooks|assholes?|idiots?|ridiculous|outrageous"
    r"|disgusting|unacceptable|"
    r"pathetic|furious|sue you|lawyer|rip[- ]?off|worst (?:shop|store|service|company)|piece of (?:crap|garbage"
    r"|junk)|sick of)\b",
    re.IGNORECASE,
)
_BAD = re.compile(
    r"失望|生气|差劲|太差|很差|不满|投诉|糟糕|恶心|烦死|太慢|慢死|郁闷|无语|后悔|质量差|难用|敷衍|差评"
    r"|\b(?:angry|annoy\w*|disappoint\w*|terrible|awful|horrible|frustrat\w*|upset|bad|poor|worst|useless|slow"
    r"|complain\w*|unhappy|fed up)\b",
    re.IGNORECASE,
)
_GOOD = re.compile(
    r"谢谢|感谢|喜欢|满意|不错|很好|太好了|棒|赞|开心|完美|好评"
    r"|\b(?:thanks?|thank you|great|love|nice|perfect|awesome|excellent|happy|pleased|wonderful|good)\b",
    re.IGNORECASE,
)
_SHOUTS = re.compile(r"[!！]{2,}|[?？]{3,}")


def sentiment(text: str) -> float:
    """Return -1 (angry) to 1 (pleased), 0 for matter-of-fact words."""
    letters = [character for character in text if character.isalpha() and character.isascii()]
    loud = bool(_SHOUTS.search(text)) or (len(letters) > 12 and sum(map(str.isupper, letters)) > 0.8 * len(letters))
    score = 0.4 * len(_GOOD.findall(text)) - 0.4 * len(_BAD.findall(text))
    if _RAGE.search(text):
        score -= 0.8
    if loud and score < 0:
        score -= 0.2
    return max(-1.0, min(1.0, score))
