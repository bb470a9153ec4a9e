"""How the customer feels, from words and marks; enough to know when to fetch a person."""

from __future__ import annotations

import re

ANGRY = -0.8
"""At or below: the customer is angry at us, and a person should come."""

_RAGE = re.compile(
    r"垃圾(?!桶|袋|箱)|骗子|骗人|骗钱|诈骗|混蛋|王八蛋|他妈|(?<![妈老我她咱干姨舅姑大亲])妈的|你妈|操你|卧槽|傻[逼比叉]|[煞沙]笔|脑残|智障|滚蛋"
    r"|(?:给我|都)?滚(?=$|[,，!！。])|去死|不要脸"
    r"|坑爹|坑人|坑钱|黑店|奸商|气死|气炸|太过分|欺人太甚|欺负人|忍无可忍|受够了|什么破|什么玩意|啥玩意|什么东西!"
    r"|恶心死|丢人现眼|无耻|缺德"
    r"|报警|12315|打315|工商局?|消协|市监局|市场监管|起诉|法院|律师|曝光你|告你们|法庭见|上热搜|发微博|黑猫投诉"
    r"|\b(?:f+u+c+k\w*|f\*+k?\w*|wtf|stfu|sh[i*]t\w*|bullshit|bs|scam\w*|fraud\w*|thie(?:f|ves)|crooks?|swindl\w+"
    r"|ass ?holes?|bastards?|bitch\w*"
    r"|idiots?|morons?|imbeciles?|stupid (?:bot|people|company|shop|service|clerk)|dumb(?:ass)?|ridiculous|outrageous"
    r"|disgusting|disgraceful|unacceptable"
    r"|pathetic|furious|livid|fuming|seething|enraged|sue you|legal action|my (?:lawyer|attorney)|small claims"
    r"|trading standards|chargeback|rip[- ]?off"
    r"|better business bureau|go to hell|screw you|shame on you|damn you|liars?|(?:total|complete|utter|absolute"
    r"|fucking) (?:joke|disgrace|shambles)"
    r"|worst (?:shop|store|service|company|experience)|piece of (?:crap|garbage|junk)|sick (?:and tired )?of"
    r"|fed up with (?:you|this)|had enough of)(?!\w)",
    re.IGNORECASE,
)
_BAD = re.compile(
    r"失望|生气|发火|火大|差劲|太差|很差|不满(?!足|意度|[一二三四五六七八九十\d])|投诉|糟糕|恶心|烦死|太慢|慢死|郁闷"
    r"|无语|后悔|质量差|难用|不好(?!意思|找|选|说)|敷衍|差评|离谱|服了你|坑(?!爹|人|钱)|糊弄|忽悠"
    r"|推来推去|踢皮球|没人管|没人理|不负责|受气|倒霉|急死|第[二三四五六七八九十\d]+次了|(?:三|四|五|六|七|好几|无数"
    r"|多少)(?:次|遍|回)了|到底(?:要|还|能|什么|怎么|退|发|管)|有完没完|搞什么|怎么回事啊"
    r"|\b(?:angry|mad at|annoy\w*|disappoint\w*|terrible|awful|horrible|horrendous|appalling|frustrat\w*|upset|bad"
    r"|poor|worst|useless|slow|rubbish|garbage|trash"
    r"|complain\w*|unhappy|dissatisfied|fed up|nonsense|a joke|lies|lied|lying|cheated|ignored|rude|incompetent"
    r"|wasting my time|waste of (?:time|money)"
    r"|(?:third|fourth|fifth|sixth|tenth|hundredth|3rd|4th|5th) time|how many times|again and again|still (?:no|not"
    r"|nothing)|never again|what the hell|for god'?s sake|ffs)\b",
    re.IGNORECASE,
)
_GOOD = re.compile(
    r"谢谢|感谢|喜欢|(?<!不)满意|(?<!质量)不错|(?<!不)很好|太好了|棒|(?<!点)赞(?!助)|开心|完美|好评|给力|贴心"
    r"|靠谱(?<!不靠谱)|优秀|厉害|爱了|惊喜"
    r"|\b(?:thanks?|thank you|great|love(?:ly)?|nice|perfect|awesome|excellent|happy|pleased|wonderful|good|amazing"
    r"|fantastic|brilliant|helpful|delighted|impressed)\b",
    re.IGNORECASE,
)
_NOT_GOOD = re.compile(
    r"(?:不(?:太|是很|怎么)?|没(?:那么)?|没有(?:那么)?|一点(?:也|都)不)$|\b(?:not|isn't|wasn't|never|no|hardly|don't"
    r"|didn't|doesn't|can't|aren't)(?: (?:very|so|that|really|too|at all|a|any|exactly))*\s*$",
    re.IGNORECASE,
)
_NOT_BAD = re.compile(
    r"(?:不|没|没有|别|不要|不想|不是)$|\b(?:not|no|isn't|wasn't|don't want to|not too|not so|never)(?: (?:a|too|so"
    r"|that|at all|be))*\s*$",
    re.IGNORECASE,
)
_SHOUTS = re.compile(r"[!！]{2,}|[?？]{3,}|[!！][?？]|[?？][!！]")
_WORD = re.compile(r"[A-Za-z]{2,}")
_SHOUTED_WORDS = 4
"""English words from which capitals are a raised voice and no order number."""
_REACH = 16
"""Characters before a word that may turn it round."""


def sentiment(text: str) -> float:
    """Return -1 (angry) to 1 (pleased), 0 for matter-of-fact words."""
    score = 0.4 * (_weight(text, _GOOD, _NOT_GOOD, turned=-1) - _weight(text, _BAD, _NOT_BAD, turned=0))
    if _RAGE.search(text):
        score -= 0.8
    words = _WORD.findall(text)
    in_capitals = len(words) >= _SHOUTED_WORDS and sum(word.isupper() for word in words) > 0.8 * len(words)
    if in_capitals or (score < 0 and _SHOUTS.search(text)):
        score -= 0.2
    return max(-1.0, min(1.0, score))


def _weight(text: str, words: re.Pattern[str], turns: re.Pattern[str], *, turned: int) -> int:
    """Return how many words stand there; one that is turned round ("not happy") weighs `turned`."""
    before = (text[max(0, found.start() - _REACH) : found.start()] for found in words.finditer(text))
    return sum(turned if turns.search(words_before) else 1 for words_before in before)
