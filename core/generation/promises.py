"""What a shop is held to once it is said: that something is free, guaranteed, refunded, done."""

from __future__ import annotations

import re
from collections.abc import Iterator

_DOES_ZH = "取消|退|换|改|下单|发货|寄|登记|预留|安排|申请|联系"
_DOES_EN = "cancel|refund|return|exchang|chang|shipp?|send|sent|order|reserv|arrang|book|creat|updat|process|contact"
_KINDS = {
    "free": r"免费|免运费|包邮|不收(?:费|钱)|\bfree\b(?! to\b| of (?!charge))|\bno (?:extra )?(?:charge|cost|fee)\b"
    r"|\bcomplimentary\b",
    "guarantee": r"保证|承诺|一定(?:会|能)|百分之?百|\bguarantee\w*|\bpromise\w*|\bassure\w*|\b100 ?%",
    "refund": r"退(?:款|钱|您钱)|\brefund\w*|\bmoney back\b",
    "compensation": r"赔|补偿|\bcompensat\w*|\breimburs\w*",
    "discount": r"打折|折扣|优惠|减价|促销|\bdiscount\w*|\bcoupon\w*|\bon sale\b|\bpromo\w*|\d+ ?% off\b",
    "gift": r"赠送|赠品|\bgifts?\b(?! card| wrap)|\bbonus\b",
    "warranty": r"质保|保修|\bwarrant\w+",
    "deed": rf"(?:我|我们|小店|本店)(?:已经?|会|马上|立即|这就)?(?:为|帮|替|给)您?.{{0,4}}(?:{_DOES_ZH})"
    r"|\b(?:I|we)(?:'ve| have|'ll| will|'m| am|'re| are)(?: just| now| already| going to)* "
    rf"(?:{_DOES_EN})\w*",
}
_PATTERNS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _KINDS.items()}
_CLAUSE = re.compile(r"[,，。.;；!！?？\n]|\b(?:but|and|so)\b|但|而且|并且")
_NO_NO = re.compile(r"没问题|不客气|\bno (?:problem|worries|need|extra|charge|cost|fee)\b|\bnot only\b", re.IGNORECASE)
"""Negations that deny nothing."""
_NO = re.compile(
    r"没有|不支持|不提供|不卖|暂无|无法|不能|不是|并非"
    r"|\b(?:not?|don't|doesn't|isn't|aren't|cannot|can't|unable)\b",
    re.IGNORECASE,
)


def unkept(sentence: str, evidence: str) -> Iterator[str]:
    """Yield the words of a sentence that promise what the evidence does not speak of; denying promises nothing."""
    for clause in _CLAUSE.split(sentence):
        if says_no(clause):
            continue
        for pattern in _PATTERNS.values():
            if (found := pattern.search(clause)) and not pattern.search(evidence):
                yield found.group()


def says_no(sentence: str) -> bool:
    """Return whether a sentence denies something: then what it names is not claimed."""
    return bool(_NO.search(_NO_NO.sub(" ", sentence)))
