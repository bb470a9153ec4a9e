"""Greetings and thanks around a request, which say nothing about it."""

from __future__ import annotations

import re

_HELLO = re.compile(
    r"^(?:[\s,，.。!！~～、]*(?:你好|您好|哈喽|哈啰|嗨|hello|hi there|hi|hey there|hey|good (?:morning|afternoon"
    r"|evening|day)|早上好"
    r"|上午好|中午好|下午好|晚上好|在吗|在么|在不在|有人吗|亲(?!爱|戚|自|手|人)|掌柜的?|喂(?!养)|打扰一?下|请问一下"
    r"|请问|excuse me|greetings|dear (?:sir|madam|team)"
    r")(?:呀|啊|哦)?(?![A-Za-z'’]| to you| there| again| from| team)(?:[\s,，.。!！?？~～、—-]+"
    r"|(?<=[\u4e00-\u9fff])(?=\S)))+",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"(?:[\s,，.。!！~～、]+|(?<=[\u4e00-\u9fff吗呢吧?？]))(?:谢谢(?:你|您|啦|了)?|多谢|麻烦(?:你|您)?了|辛苦了"
    r"|thanks(?: (?:a lot|so much|in advance))?"
    r"|thank you(?: (?:very|so) much)?|thx|cheers|please|pls)[\s,，.。!！~～、]*$",
    re.IGNORECASE,
)
_LEAST_HAN, _LEAST_WORDS = 4, 3
"""Of what is left; fewer are more of the greeting ("good day to you")."""


def bare_request(text: str) -> str:
    """Return the text without the greeting before it and the thanks behind it, if a request is left."""
    for pattern in (_HELLO, _THANKS):
        left = pattern.sub("", text)
        han = sum("\u4e00" <= sign <= "\u9fff" for sign in left)
        if han >= _LEAST_HAN or len(re.findall(r"[A-Za-z]{2,}", left)) >= _LEAST_WORDS:
            text = left
    return text
