"""Notice what must not wait for a classifier: somebody is hurt, or something of the shop's own failed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from core.dialogue.draft import Draft
from core.types import AskKnowledge, ChitChat, Clarify, Command, Handoff, SetSlot, StartFlow, spoken_text
from core.understand.normalise import normalise

_SURE = 0.5
_SURE_ENOUGH = 0.8
"""At or above, the classifier knows better than the words of trouble."""
_HARM = re.compile(
    r"受伤|烫伤|烧伤|割伤|划伤|流血|触电|漏电|电到|起火|着火|冒烟|冒火|爆炸|炸(?:了|裂|开)|鼓包|鼓起|膨胀|自燃|过敏"
    r"|起疹|中毒|呕吐|拉肚子|住院|送医|急诊"
    r"|\b(?:injur(?:ed|y|ies)|hurt (?:my|me|his|her)|burn(?:ed|t)|bleed(?:s|ing)?|cut my|electrocut\w+"
    r"|electric shock|got shocked|shocked me"
    r"|(?:caught|on|catch(?:es)?) fire|fire hazard|smok(?:e|ing)|spark(?:s|ing)|explod\w+|swell(?:s|ing)?|swollen"
    r"|bulg(?:es|ing)|allerg\w+|rash"
    r"|poison\w+|vomit\w*|hospital|emergency room)\b",
    re.IGNORECASE,
)
_ONLY_ASKED = re.compile(
    r"[?？]\s*$|吗\W*$|会不会|容易|怕|担心|如果|万一|要是|防|不会|没有|无烟|\b(?:if|would|will it|can it|could it"
    r"|does it|is it|does this|is this"
    r"|may|might|safe for|suitable|prone|proof|free|hypoallergenic|worried)\b",
    re.IGNORECASE,
)
"""Asking whether it might happen, or that it cannot, is no accident."""
_HAPPENED = re.compile(r"了|我|孩子|宝宝|家人|\b(?:I|my|me|we|our|it|the|there)\b", re.IGNORECASE)
_TROUBLE: Mapping[str, tuple[re.Pattern[str], re.Pattern[str]]] = MappingProxyType(
    {
        "promotion_coupon": (
            re.compile(
                r"券|优惠码|折扣码|红包|\b(?:coupons?|vouchers?|promo(?:tion)?|discount) ?(?:codes?)?\b", re.IGNORECASE
            ),
            re.compile(
                r"用不了|不能用|无法使用|没法用|失效|无效|不可用|领不(?:到|了)|没(?:抵扣|减|到账)|不抵扣|报错|提示"
                r"|\b(?:(?:does|do|did|is|was|are) ?n[o']t (?:work|apply|accepted|valid|redeem)\w*|won't (?:work"
                r"|apply|redeem)"
                r"|can(?:'t|not) (?:use|apply|redeem)|not (?:working|accepted|applied)|invalid|rejected|refused"
                r"|error)\b",
                re.IGNORECASE,
            ),
        ),
        "payment_wallet": (
            re.compile("."),
            re.compile(
                r"重复(?:扣|付|收)|扣了?(?:我)?(?:两|2|三|3)(?:次|遍|笔|回)|多(?:扣|收|付)了?(?:我|钱|款|\d)|乱扣"
                r"|付了?两(?:次|遍)"
                r"|扣(?:了)?(?:钱|款).{0,8}(?:订单)?(?:没|失败|未)"
                r"|\b(?:(?:charged|billed|debited)(?: me| us| my \w+)? (?:twice|two times|double|again|too much"
                r"|for nothing)"
                r"|paid twice|double[- ]?(?:charge|bill|payment)\w*|overcharged|charged but|duplicate (?:charge"
                r"|payment)"
                r"|two (?:charges|payments))\b",
                re.IGNORECASE,
            ),
        ),
        "account_membership": (
            re.compile(
                r"账号|账户|帐号|会员|积分|密码|\b(?:accounts?|membership|points|password|log ?in)\b", re.IGNORECASE
            ),
            re.compile(
                r"(?:帮我|我要|我想|给我|麻烦).{0,10}(?:修改|更改|改|注销|删除|解绑|绑定|合并|解锁|解封|恢复|升级)"
                r"|积分(?:不对|少了|没了|没到|清零)|被(?:锁|封|盗)"
                r"|\b(?:please|I want to|I'd like to|can you|could you|help me)\b.{0,30}"
                r"\b(?:delete|close|remove|merge|unlock|unsubscribe|upgrade|change|update|restore)\b"
                r"|\b(?:points|account)\b.{0,20}\b(?:missing|wrong|gone|disappeared|hacked|blocked)\b",
                re.IGNORECASE,
            ),
        ),
    }
)
"""Topics that are questions unless their own words stand beside trouble, or beside a wish that only a person can do."""
_COMPLAINS = re.compile(r"投诉|\bcomplain\w*", re.IGNORECASE)


def notice(draft: Draft) -> None:
    """Put right what the message was taken for, before it is obeyed."""
    words = normalise(spoken_text(draft.message, draft.percept))
    if tells_of_harm(words):
        kept = tuple(c for c in draft.understanding.commands if isinstance(c, SetSlot) and c.slot != "topic")
        draft.understanding = replace(draft.understanding, commands=(*kept, StartFlow(flow="safety")))
        return
    commands = draft.understanding.commands
    if any(isinstance(c, Handoff) and c.reason == "anger" for c in commands) and _COMPLAINS.search(words):
        draft.understanding = replace(draft.understanding, commands=(*commands, StartFlow(flow="complaint")))
        return
    topic = _trouble_in(draft, words)
    others = tuple(c for c in commands if not _is_question(c))
    sure = any(isinstance(c, StartFlow | Handoff) and c.confidence >= _SURE_ENOUGH for c in others)
    if topic and not sure:
        rest = tuple(c for c in others if not isinstance(c, StartFlow | Handoff) and getattr(c, "slot", "") != "topic")
        business: tuple[Command, ...] = (SetSlot(slot="topic", value=topic), StartFlow(flow="business"))
        draft.understanding = replace(draft.understanding, commands=(*rest, *business))


def _trouble_in(draft: Draft, words: str) -> str:
    """Return the topic that the words tell trouble of, "" for none."""
    found = next((topic for topic, (own, bad) in _TROUBLE.items() if own.search(words) and bad.search(words)), "")
    intent = draft.understanding.intents[0] if draft.understanding.intents else None
    elsewhere = intent is not None and intent.name == "out_of_scope_merchant" and intent.probability >= _SURE
    return found or ("out_of_scope_merchant" if elsewhere else "")


def tells_of_harm(words: str) -> bool:
    """Return whether somebody tells that they or their goods came to harm, in any clause of normalised words."""
    clauses = re.split(r"[,，。.!！;；\n]+(?!\d)", words)
    return any(_HARM.search(c) and _HAPPENED.search(c) and not _ONLY_ASKED.search(c) for c in clauses)


def _is_question(command: Command) -> bool:
    return isinstance(command, AskKnowledge | Clarify) or (isinstance(command, ChitChat) and command.source != "rules")
