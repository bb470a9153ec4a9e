"""Yes, no, and "wait": whole messages that are nothing else, in zh, en and mixed.

"Yes, but to PayPal" is none of them: a condition takes more than a rule.
"""

from __future__ import annotations

import re

_GAP = r"[\s,，.。!！?？~、;；:：…-]*+"
_END = r"(?![A-Za-z'’])"
_SO_EN = (
    r"that'?s (?:right|correct|fine|okay|ok|good|great|perfect|it|true|all correct|all right|what I want(?:ed)?)"
    r"|that is (?:right|correct|fine|okay|ok|good)"
    r"|that (?:works|sounds good|looks good|will do)|works for me|sounds (?:good|great|fine|right|perfect)|(?:it "
    r"|everything |all |that )?looks (?:good|right|fine|correct|great)"
    r"|(?:everything|all|it)(?: is|'s) (?:right|correct|fine|good)"
)
_GO_EN = (
    r"(?:please )?(?:do|proceed|continue|submit|confirm|approve)(?: (?:it|that|so|both|this|them))?"
    r"|(?:please )?go ahead|go for it|go on|make it so|carry on|make the change(?:s)?"
    r"|let'?s (?:do (?:it|that|this)|go(?: ahead)?)|process (?:it|that|them)|you (?:can|may)(?: (?:do (?:that|it)"
    r"|go ahead|proceed))?|by all means"
)
_YES_EN = (
    r"yes+|yeah|yeh|yea|ye|yep|yup|yah|ya|aye|m+hm+|uh[- ]?huh|sure(?: thing)?|okay|okey|okie|ok"
    r"|o\.k\.|of course|certainly|absolutely"
    r"|definitely|indeed|affirmative|correct|right|exactly"
    rf"|confirmed|I confirm|I (?:do|agree|would|accept)|agreed|agree|approved|I'?m (?:sure|positive|happy with that)"
    rf"|I am sure|fine|y|{_SO_EN}|{_GO_EN}"
)
_MORE_EN = (
    r"please|pls|plz|thanks(?: a lot)?|thank you(?: (?:very|so) much)?|thx|cheers"
    r"|for (?:the|your|all (?:the|your)) help|then|now|great|perfect|good"
    r"|excellent|awesome|alright|all right|cool|and"
    r"|(?:with|for|to|on) (?:both(?: of (?:them|these|those))?|it|that|this|all(?: of (?:it|them|these|those))?|them"
    r"|everything|the (?:changes?|exchange|return|refund|cancellation|update|order|request)s?)"
    r"|both(?: of (?:them|these|those))?|all of (?:it|them|these|those)|everything|I want (?:that|it|both)|for me"
    r"|as (?:you said|described|listed)|no problem|buddy|mate|dear|sir|madam|ma'am"
)
_YES_ZH = (
    r"是的|是这样的?|是|对的|(?!对了)对|好的|好滴|好嘞|好吧|好呀|好啊|好|可以的?|行的?|嗯+|恩|没错|没问题|没毛病"
    r"|没意见|要的?|需要|确认(?:无误|了)?|确定|登记|就(?:是)?这样(?:办|吧)?|就它"
    r"|就(?:这么|这样|那么|按这个|照这个)(?:办|定了?|着|来|做|弄|处理)|同意|麻烦了|请吧|那好|成|妥|当然(?:可以|了)?"
    r"|必须的?|照办|按(?:这个|你说的)(?:来|办|做)?|听你的|都对|都可以|都行|都要|没啥问题"
    r"|信息(?:没错|正确|无误)|(?:那)?(?:就)?(?:办|弄|搞|做|提交|执行|继续|操作|处理|下单|安排)(?=吧|了?$|[,，。!！])"
)
_MORE_ZH = (
    r"谢谢(?:你|您|啦)?|多谢|麻烦(?:你|您|了)*|辛苦了?|吧|了|啊|呀|呢|哦|哈|的|啦|嘛|哟|滴|请|那就|那|就|亲"
    r"|两个都(?:办|要|弄|行|可以)?|都(?:办|弄|退|换)?|帮我(?:办|处理|弄|登记|提交)(?:一下)?|给我(?:办|弄)"
    r"|办(?:理)?|一下|提交|赶紧|快|继续|我(?:同意|确认|确定)|全部|一起"
)
_NO_EN = (
    r"no+|nope|nah|nay|no way|not really|no need(?: to| for that)?|not now|not yet|no thanks?|no thank you"
    r"|(?:please )?(?:don't|do not|dont)(?: do (?:it|that|this|anything)| bother| proceed| submit(?: it)?| confirm)?|n"
    r"|negative|absolutely not|certainly not|definitely not|of course not|I (?:don't|do not|dont) (?:want (?:that|it"
    r"|this|to)|agree|think so|confirm|like that)|I'?d rather not|rather not"
    r"|that'?s (?:wrong|not right|not correct|not it|incorrect|not what I (?:want|wanted|meant|said|asked(?: for)?))"
    r"|this is wrong|wrong|incorrect|not (?:correct|right|that|this|like that)|I disagree"
)
_NO_ZH = (
    r"不是(?:这样)?的?|不对|不要了?|不用了?|不必了?|不需要了?|没有|否|不行|不可以|不登记|先不(?:要|用|办|弄)?了?"
    r"|暂时不(?:用|要|需要|办)?了?|不了|(?:先)?别(?:办|弄|动|提交|登记|搞)?了?|不同意|不确认|不确定|不好|错了"
    r"|(?:你)?(?:搞|弄|理解|说)错了|等会儿?再说|再说吧?|(?:让)?我?再?(?:想想|考虑(?:一下|下)?)|我不(?:要|想)(?:了"
    r"|这样)?|不办了?|不"
)
_WAIT = (
    r"wait(?: (?:a|one) (?:sec(?:ond)?|moment|minute|min|bit))?|hold (?:on|up)|hang on|one (?:sec(?:ond)?|moment"
    r"|minute|min)|(?:just )?(?:a|gimme a|give me a) (?:sec(?:ond)?|moment|minute|min)|not so fast|slow down"
    r"|let me (?:think|check|see)(?: (?:first|about it))?"
    r"|等一?下(?:下)?|等等|等会儿?|等我(?:一下|想想|看看)|慢着|且慢|稍等(?:一下|下)?|先等(?:等|一下)|别急|先别急"
)


def _all_of(first: str, more: str) -> re.Pattern[str]:
    return re.compile(rf"{_GAP}(?>{first})(?:{_GAP}(?>{more}))*+{_GAP}$", re.IGNORECASE)


_ENGLISH = rf"(?:{_YES_EN}){_END}"
_YES = _all_of(rf"{_ENGLISH}|{_YES_ZH}", rf"(?:{_YES_EN}|{_MORE_EN}){_END}|{_YES_ZH}|{_MORE_ZH}")
_NO = _all_of(
    rf"(?:{_NO_EN}){_END}|{_NO_ZH}",
    rf"(?:{_NO_EN}|please|pls|thanks?|thank you|sorry|actually|I|then|now){_END}|{_NO_ZH}|谢谢|麻烦|吧|了|啊|呀|呢|哦"
    rf"|哈|的|啦|嘛|你|您|我|先|那",
)
_PAUSE = _all_of(
    rf"(?:(?:{_NO_EN}|oh|um+|uh|er|hmm+|actually|please|sorry|ok|okay){_END}{_GAP}|{_NO_ZH}|哎|诶|哦|那个|你|我"
    rf"|请){{0,2}}(?:(?:{_WAIT}){_END})",
    rf"(?:{_WAIT}|{_NO_EN}|please|pls|thanks?|thank you|sorry|I){_END}|{_NO_ZH}|吧|啊|呀|哦|哈|先|我|谢谢",
)


def says_yes(text: str) -> bool:
    """Return whether the whole text is a yes: "yes please go ahead with both", "没问题就这么办"."""
    return _YES.match(text) is not None


def says_no(text: str) -> bool:
    """Return whether the whole text is a no: "no, don't do that", "先不要了谢谢"."""
    return _NO.match(text) is not None


def says_wait(text: str) -> bool:
    """Return whether the whole text asks to wait: "no wait", "hold on", "等一下"."""
    return _PAUSE.match(text) is not None
