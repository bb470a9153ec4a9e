"""What a few words say for certain, before any classifier is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.types import Affirm, CancelFlow, ChitChat, Command, Deny, Handoff, Repeat, StartFlow
from core.understand.yes_no import says_no, says_wait, says_yes

_EDGE = r"[\s,，.。!！?？~、;；:：…]*"


def _whole(*alternatives: str) -> re.Pattern[str]:
    return re.compile(rf"{_EDGE}(?:{'|'.join(alternatives)}){_EDGE}$", re.IGNORECASE)


def _part(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


_POLITE = r"(?:,?\s*(?:please|pls|thanks|thank you|谢谢|麻烦了|麻烦|吧|了|啊|呀|呢|哦|哈|的|啦|嘛))*"
_YES_WHERE_ASKED = _whole(
    rf"(?:great|perfect|please)[,，\s]*{_POLITE}",
    r"(?:那就?)?(?:登记|办|帮我(?:登记|办))(?:一个|一下)?(?:工单)?(?:吧|好了)?",
)
_NO_WHERE_ASKED = _whole(rf"算了[,，\s]*{_POLITE}(?:你|您)?")
"""What says yes and no only to a question."""
_CANCEL = _whole(
    r"(?:那就?|唉|哎|还是|[,，\s])*(?:算了|先算了|不查了|不问了|不弄了|不办了|不退了|不换了|取消吧?|先这样|别查了|别弄了|当我没说|没事了|停"
    r"|停下)(?:吧|了|不用了|,?不查了|,?谢谢)*",
    r"(?:那)?(?:还是)?算了[,，、\s]*(?:我|先)*不.{1,4}了(?:吧|,?谢谢)*",
    r"(?:算了|那|还是|我|先|哎|唉|[,，\s])*(?:都)?不(?:想)?(?:退|换|取消|改|要|办)(?:货|款|订单|地址)?了(?:吧|,?谢谢)*",
    r"(?:oh |ok |no,? |actually,? |well,? )*"
    r"(?:never ?mind|forget (?:it|about it|that)|cancel(?: that| this)?|stop|drop it|leave it|skip it"
    r"|scrap that)(?:,? (?:please|thanks))?",
    r"(?:(?:hm+|oh|ok|okay|well|alright|all right|then|so)[,.\s]+)+(?:don'?t|do not)(?: bother| do (?:it|that))?"
    r"(?:,? then)?",
)
_TAKEN_BACK = re.compile(
    rf"{_EDGE}(?:(?:算了|那|还是|我|先|哎|唉|等等|不|wait|actually|no|oh|ok|well|sorry|never ?mind"
    rf"|forget (?:it|about it|that))(?![a-z]){_EDGE})*"
    r"(?:(?:别|不要|不用|不想|不)(?:再)?(?:给我|帮我)?(?:取消|cancel|退|换|改)(?:货|款|订单|它|这个|那个)*(?:了|吧|啦)*"
    r"|(?:please )?(?:don'?t|do not)(?: (?:want|need) to)? (?:cancel|return|refund|exchange|swap|change)"
    r"(?: (?:it|them|this|that|(?:the|my|that) order|anything|any ?more|after all|now|please|then))*\s*(?:了|吧)*)"
    rf"(?:{_EDGE}$|(?:\s*[,，.。!！;；]{_EDGE}"
    r"|(?<=[了吧啦])(?=帮|请|麻烦|给我|我|你|您|那|先|查|看|问|有没有|什么|怎么))(?P<more>.*))",
    re.IGNORECASE | re.DOTALL,
)
"""A change of mind about what is being settled, and what else is said: "don't cancel it, when will it arrive?".

Who speaks puts no comma: "先不退了帮我查一下运费".
"""
_REPEAT = _whole(
    r"(?:麻烦|请|能不能|可以|你)?(?:再|重新)(?:说|讲|念|重复)(?:一遍|一次|一下|下)?(?:好吗|可以吗|吗|吧)?",
    r"(?:请|麻烦)?重复(?:一遍|一下|一次)(?:好吗)?",
    r"(?:我)?(?:没听清|没听见|没听懂|没听到)(?:楚)?(?:,?.{0,8}再说一遍)?",
    r"(?:刚才|刚刚)(?:你)?说(?:的)?(?:什么|啥)",
    r"(?:(?:sorry|excuse me|pardon)[,.!?\s]+(?:but )?)?(?:can|could|would) you (?:please )?(?:say|repeat) (?:that|it)"
    r"(?: again)?(?:,? please)?",
    r"(?:please )?(?:say (?:that|it) again|repeat(?: that| it| please)?|come again|pardon(?: me)?"
    r"|what did you (?:just )?say|once more)(?:,? please)?",
    r"(?:sorry,? )?(?:i )?(?:didn't|did not) (?:hear|catch) (?:that|you)",
)
_PERSON = _part(
    r"转(?:接)?(?:个|一下|到)?人工",
    r"人工(?:客服|服务|坐席)?(?:呢|在吗|在不在|来|帮|处理|接待|!|！|$)",
    r"(?:找|要|叫|接|换|让|请)(?:个|一个|一位|一下)?(?:真人|人工|活人|客服|人来|人跟我|同事|经理|主管|负责人)",
    r"^(?:人工|客服|真人)[\s!！。]*$",
    r"(?:真人|活人)(?:客服|来|帮)",
    r"\b(?:human|live|real)(?: (?:agent|person|being|representative|support))?(?: please)?[\s!.]*$",
    r"\b(?:speak|talk|chat|connect me|put me through|transfer me|switch me) (?:to|with) (?:a |an |the |your |some)?"
    r"(?:human|person|agent|someone|somebody|representative|rep|manager|supervisor|operator|real|live|one of"
    r"|staff|colleague|support|customer service)",
    r"\b(?:get|need|want|give) (?:me )?(?:a |an )?(?:human|real person|person|live agent|agent|representative"
    r"|operator|manager|supervisor)\b",
    r"^(?:agent|representative|operator|human|a person|real person)(?: please)?[\s!.]*$",
)
_NO_PERSON = _part(
    r"(?:不要|不用|别|不需要|不想)(?:再)?(?:给我)?(?:转|找|接)?(?:到)?人工",
    r"\b(?:don't|do not|no need)\b.{0,20}\b(?:human|agent|person)",
)
_GREETING = _whole(
    r"(?:你好|您好|哈喽|嗨|hello|hi|hey|hi there|hello there|good (?:morning|afternoon|evening)|早|早上好"
    r"|上午好|中午好|下午好|晚上好|在吗|在么|在不在|有人吗|亲|掌柜的?|在|喂|greetings|hiya|howdy)"
    r"(?:[\s,!]*(?:你好|您好|在吗|在么|在不在|有人吗|亲|there|hello|hi|呀|啊|掌柜的?|客服))*",
)
_THANKS = _whole(
    r"(?:好的?|ok|okay|great|perfect|嗯|行|知道了|明白了|cool|awesome)?[\s,!]*(?:谢谢|多谢|感谢|谢啦|thanks?"
    r"|thank you|thx|ty|cheers|辛苦了|much appreciated)"
    r"(?:[\s,!]*(?:你|您|啦|了|哈|亲|a lot|so much|very much|for your help|再见|拜拜|bye|没事了|没有了"
    r"|that's all|that is all))*",
    r"(?:再见|拜拜|回头见|88|bye|bye bye|goodbye|see you|see ya|have a (?:nice|good|great) (?:day|one)"
    r"|that's all|that is all|没有了|没别的了|没了)"
    r"(?:[\s,!]*(?:谢谢|thanks?|thank you|bye|再见|啦|了))*",
)
_ACK = _whole(
    r"(?:哦|噢|喔|哦哦|嗯+|恩|额|呃|知道了|明白了?|收到|了解了?|懂了|这样啊|原来如此)(?:啊|呀|的|了|吧)*",
    r"(?:k|kk|oh|oh ok|okay then|i see|got it|gotcha|understood|alright|all right|cool|great|fine)",
)
_ROBOT = _part(
    r"(?:你|您)(?:是|到底是)?(?:不是)?(?:个|一个)?(?:机器人|真人|人工智能|AI|活人|人类|人工)(?:还是|吗|么|吧|\?|$)",
    r"是(?:机器人|真人|AI|人)(?:还是|吗|么)",
    r"\bare you (?:really )?(?:a |an )?(?:real |actual )?(?:ro)?(?:bot|human|person|ai|machine|computer|chatbot)\b",
    r"\b(?:am i|is this) (?:talking|speaking|chatting)?\s*(?:to|with)?\s*(?:a |an )?(?:real )?(?:robot|bot"
    r"|human|person|machine)\b",
    r"^(?:你是谁|你叫什么(?:名字)?|who are you|what are you|what's your name)[\s?？]*$",
)
_HELP = _whole(
    r"(?:你|您)?(?:能|会|可以)(?:帮我|帮忙)?(?:做|干|办)(?:些)?(?:什么|啥|哪些事)(?:呢|呀|啊)?",
    r"(?:你|您)?有(?:什么|哪些)功能(?:呢)?",
    r"(?:帮助|菜单|help|menu|help me)",
    r"what (?:can|do) you (?:do|help (?:me )?with)(?: for me)?",
    r"how can you help(?: me)?",
)
_VAGUE = _whole(
    r"(?:hi|hello|hey|你好|您好|在吗|在么|亲)?[\s,!?]*(?:I |we )?(?:just )?(?:need|want|would like|have|got|can I get)"
    r" (?:some |a bit of |your )?(?:help|assistance|a question|questions|an issue|a problem|something)(?: please)?"
    r"(?: (?:with|about|on|regarding) (?:an |my |one of my |some )?(?:orders?|purchases?|accounts?))?(?: please)?",
    r"(?:hi|hello|hey|你好|您好|在吗|在么|亲)?[\s,!?]*(?:我)?(?:想|要|有)?(?:处理|咨询|问|办|聊)?(?:一下|下"
    r"|问)?(?:我的?|个|一个)?订单"
    r"(?:上|里|的)?(?:有)?(?:点|个|些|一点|一些)?(?:事情?|问题)?(?:要|想)?(?:办|处理|问|咨询)?(?:一下|下)?",
)
"""Somebody wants something about an order, and does not say what yet."""
_PUZZLED = _whole(r"[?？]+", r"(?:啊|什么|啥|哈)[?？]+")
_LIST = _whole(
    r"(?:请|帮我|麻烦|我想|我要)?(?:列出|看看?|查看?|查一下|显示)?(?:一下)?我的?(?:所有"
    r"|全部)?(?:的)?订单(?:列表|记录|有哪些)?(?:给我)?",
    r"(?:我)?(?:都)?(?:有|买过|下过)(?:哪些|什么)(?:订单|东西)",
    r"(?:please )?(?:show|list|see|view)?(?: me)?\s*(?:all )?(?:of )?my orders(?: please)?",
    r"what (?:have i|did i) (?:ordered|order|buy|bought)",
    r"(?:my )?order history",
)

_WHICH = r"(?:哪些|哪几[样件个]|(?<!为)什么(?!时候|原因|流程|手续|条件|情况|问题)|啥(?!时候))"
_RETURNABLE = _part(
    rf"我(?:的|买的|买过的|订的|订单里)?[^。？?，,]{{0,8}}?{_WHICH}[^。？?，,]{{0,8}}?(?:能|可以|可)(?:退|换)",
    rf"{_WHICH}(?:东西|商品|订单|货)?(?:我)?还(?:能|可以|可)(?:退|换)|还(?:能|可以|可)(?:退|换)货?的?(?:有"
    rf"|是)?{_WHICH}",
    r"\b(?:which|what)\b(?=.{0,120}\b(?:i|my)\b)(?: (?:of|all|my|the|those|these)){0,2}"
    r"(?: \w+)? (?:items?|things?|orders?|stuff|goods|purchases?|products?|ones?)\b.{0,30}\b(?:can|may|could)\b.{0,12}"
    r"\b(?:return|returned|send back|sent back|exchange|exchanged|swap)\b(?! polic)",
    r"\bwhat (?:else )?can i still (?:return|send back|exchange)\b",
    r"\b(?:can|may|could) i still (?:return|send back|exchange) (?:any|some)(?:thing)?\b",
)
"""What of their own things a customer may still return, which their orders tell."""


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: re.Pattern[str]
    command: Command
    whole: bool = True

    def fits(self, text: str) -> bool:
        """Return whether the rule knows the text."""
        return (self.pattern.match(text) if self.whole else self.pattern.search(text)) is not None


_RULES = (
    _Rule(_HELP, ChitChat(topic="help")),
    _Rule(_PUZZLED, ChitChat(topic="help")),
    _Rule(_VAGUE, ChitChat(topic="help")),
    _Rule(_GREETING, ChitChat(topic="greeting")),
    _Rule(_THANKS, ChitChat(topic="thanks_bye")),
    _Rule(_REPEAT, Repeat()),
    _Rule(_CANCEL, CancelFlow()),
    _Rule(_LIST, StartFlow(flow="list_orders")),
    _Rule(_RETURNABLE, StartFlow(flow="returnable"), whole=False),
)
_RULES_LAST = (
    _Rule(_ACK, ChitChat(topic="ack")),
    _Rule(_ROBOT, ChitChat(topic="robot"), whole=False),
)
_NEGATED_START = re.compile(
    r"^(?:no(?:,? wait)?|nope|not (?:that|this)(?: one)?|wrong|wait|hold on|oh wait|scratch that|不是|不对|错了"
    r"|等一?下|等等|不,|不，)(?:[\s,，.。!、;；]+|(?=第|另|W|#))",
    re.IGNORECASE,
)


def wants_person(text: str) -> bool:
    """Return whether the customer asks for a person."""
    return bool(_PERSON.search(text)) and not _NO_PERSON.search(text)


def certain(text: str, *, asked: bool = False) -> Command | None:
    """Return the one command that the whole text is, if a rule knows it.

    `asked` says that we asked for a yes or a no: then "好的，谢谢" is a yes and not a goodbye.
    """
    if wants_person(_ROBOT.sub(" ", text)):
        return Handoff(reason="asked for a person")
    if asked and (says_yes(text) or _YES_WHERE_ASKED.match(text)):
        return Affirm()
    if asked and (says_no(text) or _NO_WHERE_ASKED.match(text)):
        return Deny()
    if says_wait(text):
        return Deny() if asked else ChitChat(topic="ack")
    before = next((rule.command for rule in _RULES if rule.fits(text)), None)
    return before or _answer(text) or next((rule.command for rule in _RULES_LAST if rule.fits(text)), None)


def _answer(text: str) -> Command | None:
    if says_yes(text):
        return Affirm()
    return Deny() if says_no(text) else None


def taken_back(text: str) -> int | None:
    """Return where the text goes on after the customer took back what is being settled; None where nobody does."""
    found = _TAKEN_BACK.match(text)
    if found is None:
        return None
    return len(text) - len(found["more"] or "")


def corrected(text: str) -> str | None:
    """Return what follows "no, ..." or "不对，..."; None when the text does not begin so."""
    found = _NEGATED_START.match(text)
    return text[found.end() :] if found and found.end() < len(text) else None
