"""Notice what must not wait for a classifier: somebody is hurt, or something of the shop's own failed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from core.dialogue.draft import Draft
from core.types import AskKnowledge, ChitChat, Clarify, Command, SetSlot, StartFlow, spoken_text
from core.understand.normalise import normalise

_SURE = 0.4
_HARM = re.compile(
    r"受伤|烫伤|烧伤|割伤|划伤|流血|触电|漏电|电到|起火|着火|冒烟|冒火|爆炸|炸(?:了|裂|开)|鼓包|鼓起|膨胀|自燃|过敏|起疹|中毒|呕吐|拉肚子|住院|送医|急诊"
    r"|\b(?:injur(?:ed|y|ies)|hurt (?:my|me|his|her)|burn(?:ed|t)|bleed(?:s|ing)?|cut my|electrocut\w+|electric shock|got shocked|shocked me"
    r"|(?:caught|on|catch(?:es)?) fire|fire hazard|smok(?:e|ing)|spark(?:s|ing)|explod\w+|swell(?:s|ing)?|swollen|bulg(?:es|ing)|allerg\w+|rash"
    r"|poison\w+|vomit\w*|hospital|emergency room)\b",
    re.IGNORECASE,
)
_ONLY_ASKED = re.compile(
    r"[?？]\s*$|吗\W*$|会不会|容易|怕|担心|如果|万一|要是|防|不会|没有|无烟|\b(?:if|would|will it|can it|could it|does it|is it|does this|is this"
    r"|may|might|safe for|suitable|prone|proof|free|hypoallergenic|worried)\b",
    re.IGNORECASE,
)
"""Asking whether it might happen, or that it cannot, is no accident."""
_HAPPENED = re.compile(r"了|我|孩子|宝宝|家人|\b(?:I|my|me|we|our|it|the|there)\b", re.IGNORECASE)
_TROUBLE: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "promotion_coupon": re.compile(
            r"用不了|不能用|无法使用|没法用|失效|无效|不可用|领不(?:到|了)|没(?:抵扣|减|到账)|不抵扣|报错"
            r"|\b(?:(?:does|do|did|is|was|are) ?n[o']t (?:work|apply|accepted|valid|redeem)\w*|won't (?:work|apply|redeem)|can(?:'t|not) (?:use|apply|redeem)"
            r"|not (?:working|accepted|applied)|invalid|rejected|refused|error|was ?n't applied)\b",
            re.IGNORECASE,
        ),
        "payment_wallet": re.compile(
            r"重复(?:扣|付|收)|扣了?(?:我)?(?:两|2|三|3)|多(?:扣|收|付)|扣(?:了)?(?:钱|款).{0,8}(?:没|失败|未)|乱扣|被扣了?.{0,6}两"
            r"|\b(?:(?:charged|billed|debited|paid)(?: me| us| my \w+)? (?:twice|two times|double|again|too much|for nothing)|double[- ]?(?:charge|bill|payment)\w*"
            r"|overcharged|charged but|duplicate (?:charge|payment)|two (?:charges|payments))\b",
            re.IGNORECASE,
        ),
        "account_membership": re.compile(
            r"(?:帮我|我要|我想|请|给我|麻烦).{0,8}(?:修改|更改|改|换|注销|删除|解绑|绑定|合并|解锁|解封|恢复|升级)|积分(?:不对|少了|没了|没到|清零)|账号?被(?:锁|封|盗)"
            r"|\b(?:please|I want to|I'd like to|can you|could you|help me)\b.{0,30}\b(?:delete|close|remove|merge|unlock|unsubscribe|upgrade|change|update|restore)\b"
            r"|\b(?:points|account)\b.{0,20}\b(?:missing|wrong|gone|disappeared|locked|hacked|blocked)\b",
            re.IGNORECASE,
        ),
        "out_of_scope_merchant": re.compile("."),
    }
)
"""Topics that are questions unless the words tell of trouble, or wish for what only a person may change."""


def notice(draft: Draft) -> None:
    """Put right what the message was taken for, before it is obeyed."""
    words = normalise(spoken_text(draft.message, draft.percept))
    if tells_of_harm(words):
        kept = tuple(c for c in draft.understanding.commands if isinstance(c, SetSlot) and c.slot != "topic")
        draft.understanding = replace(draft.understanding, commands=(*kept, StartFlow(flow="safety")))
        return
    intent = draft.understanding.intents[0] if draft.understanding.intents else None
    trouble = _TROUBLE.get(intent.name) if intent and intent.probability >= _SURE else None
    if intent is None or trouble is None or not trouble.search(words):
        return
    others = tuple(c for c in draft.understanding.commands if not _is_question(c))
    if any(isinstance(c, StartFlow) for c in others):
        return
    sure = intent.probability
    business: tuple[Command, ...] = (
        SetSlot(slot="topic", value=intent.name, source="classifier", confidence=sure),
        StartFlow(flow="business", source="classifier", confidence=sure),
    )
    draft.understanding = replace(draft.understanding, commands=(*others, *business))


def tells_of_harm(words: str) -> bool:
    """Return whether somebody tells that they or their goods came to harm, in any clause of normalised words."""
    clauses = re.split(r"[,，。.!！;；\n]+(?!\d)", words)
    return any(_HARM.search(c) and _HAPPENED.search(c) and not _ONLY_ASKED.search(c) for c in clauses)


def _is_question(command: Command) -> bool:
    return isinstance(command, AskKnowledge | Clarify) or (isinstance(command, ChitChat) and command.source != "rules")
