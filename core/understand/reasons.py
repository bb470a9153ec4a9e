"""Why somebody cancels or sends back, in the words of the shop's rules where they fit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.types import Entity
from core.understand.spans import entity

NOT_NEEDED = "no longer needed"
BY_MISTAKE = "ordered by mistake"

_IT = (
    r"(?:it|them|this|that|these|those|any of (?:it|them)|(?:the|my|this|that|these|those|an?|all"
    r"|any)(?: [\w'-]+){1,5}?)"
)
_UNNEEDED = re.compile(
    r"\bno longer (?:really )?(?:need(?:ed)?|want(?:ed)?|require[ds]?|necessary|useful|interested)\b"
    r"|\b(?:don't|do not|dont|doesn't|does not|won't|will not|didn't) (?:really |actually |even |be )?(?:need(?:ing)?"
    r"|want(?:ing)?)"
    rf"(?: {_IT})? (?:any ?more|any longer|now|after all)\b"
    r"|\b(?:don't|do not|dont) (?:really |actually )?(?:need|want) (?:it|them|this|these|those|that)\b(?! to\b| (?:to"
    r"|in|be|back|sent|delivered)\b)"
    r"|\bchang(?:ed|e|ing) (?:my|our|her|his) minds?\b|\bchange of mind\b|\bhad second thoughts\b|\bhav(?:e"
    r"|ing) second thoughts\b"
    r"|\b(?:isn't|is not|aren't|are not|not) (?:really )?needed\b|\bunneeded\b|\b(?:have|got) no (?:more )?(?:use"
    r"|need) for\b"
    r"|\balready (?:have|got|own) (?:one|it|them|two|enough)\b|\bwent off (?:it|them|the idea)\b"
    r"|\bregret(?:ted)? (?:buying|ordering)\b"
    r"|\bbought too (?:many|much)\b|\bordered too (?:many|much)\b|\bonly need one\b|\b(?:got|received"
    r"|was given) (?:one|it) as a (?:gift|present)\b"
    r"|(?<!如果)不(?:再|想|是很|太)?(?:需要|想要|要|想买|想退|用)了(?!吗|么|解|快|[?])(?<!不用了)(?<!想退了)"
    r"|不再(?:需要|要|想要)|用不(?:着|上|到)了?|没(?:什么|啥)?用了|没必要了?"
    r"|改(?:变)?(?:了)?主意了?|改变(?:了)?(?:想法|心意)|后悔(?:买|下单)?了|想法变了|多余了?|已经有(?:了|一个|一件"
    r"|一双|一台)|(?<!少)买多了|买太多了?|多买了|订多了"
    r"|计划(?:有)?变(?:了|化|动)?|不打算(?:买|要)了?|冲动(?:消费|下单|买)",
    re.IGNORECASE | re.ASCII,
)
_MISTAKEN = re.compile(
    r"\bby (?:mistake|accident|error)\b|\bin error\b|\b(?:accidentally|accidently|mistakenly|unintentionally"
    r"|inadvertently)\b"
    r"|\b(?:was|were|is|it's|made|just|honest) (?:all )?(?:a |an |my )?(?:silly |stupid |honest |genuine )?(?:mistake"
    r"|accident|error)\b|\bmy (?:bad|mistake|fault|error)\b"
    r"|\b(?:order(?:ed)?|bought|buy|pick(?:ed)?|chose|choose|select(?:ed)?|click(?:ed)?|press(?:ed)?"
    r"|got myself) (?:on )?(?:the |a )?wrong\b"
    r"|\bwrong (?:item|product|size|colou?r|one|model|thing|button|quantity) (?:was )?(?:ordered|by me|I ordered"
    r"|I picked|I clicked)\b"
    r"|\b(?:didn't|did not|never) (?:mean|intend|meant|intended) to (?:order|buy|place|click|get|press)\b"
    r"|\bmis-?click(?:ed)?\b|\bmis-?order(?:ed)?\b"
    r"|\b(?:ordered|bought|placed|clicked)(?: (?:it|them|this|that|the order|the same (?:thing|item"
    r"|order)))? (?:twice|two times|double|again by)\b|\bduplicate(?:d)? (?:order|purchase)\b"
    r"|\b(?:kid|child|son|daughter|toddler|cat|baby) (?:ordered|bought|clicked|pressed)\b|\bpocket[- ]?dial\w*\b"
    r"|\bfat[- ]?finger\w*\b|[,;.]\s*(?:a |my )?mistake\W*$"
    r"|下错了?(?:单|订单)?|(?:拍|买|点|选|按|订|定|看|弄|搞|下单)错了?(?!了吗)|错(?:拍|买|下单|点|订|选)了?|误(?:操作"
    r"|拍|下单?|点|买|触|选)|手(?:滑|误|抖|快|贱)了?"
    r"|不小心(?:就)?(?:下|点|买|拍|按|多|重|订|提交|付|把)|不是(?:我)?(?:故意|有意)(?:下|买|要)|重复(?:下单|购买|付款"
    r"|拍|买|订)|(?:买|拍|下|订|付)重复?了|多(?:拍|下|点|订)了|(?:孩子|小孩|娃|儿子|女儿|猫)(?:乱)?(?:点|按|下|买|拍)",
    re.IGNORECASE | re.ASCII,
)
_OTHER = re.compile(
    r"\b(?:found|saw|seen|get|got|is|it's|was)(?: (?:it|one|them|this|the same(?: \w+)?|a))*(?: (?:is"
    r"|for))?(?: (?:much|way|a lot|even|so much))? (?:cheaper|less|better (?:price|deal|offer))"
    r"(?: (?:elsewhere|somewhere else|online|at another \w+|in another \w+|on \w+|now|today|for less))*"
    r"|\bcheaper (?:elsewhere|somewhere else|online|on \w+|at \w+)|\bbetter (?:price|deal)(?: elsewhere)?"
    r"|\b(?:too|so|very|way too|really) (?:expensive|pricey|costly|slow|late|big|small|tight|loose|large|heavy|long"
    r"|short|wide|narrow|noisy|loud|hard|soft|thin|thick)\b"
    r"|\b(?:is|it's|are|was|been)? ?taking (?:too|so|forever|ages)(?: long)?\b|\btakes? (?:too long|forever|ages)\b"
    r"|\b(?:arriv\w+|com\w+|deliver\w+|ship\w+) (?:too |so |very )?(?:late|slow(?:ly)?)\b"
    r"|\b(?:waited|waiting|wait) (?:too long|so long|for ages|forever|long enough)\b"
    r"|\b(?:defective|faulty|broken|damaged|torn|scratched|cracked|poor quality|bad quality|low quality"
    r"|terrible quality|cheaply made|fake|not genuine)\b"
    r"|\b(?:doesn't|does not|don't|didn't|won't) (?:fit|work|match|suit)(?: (?:me|well|right|properly|as described"
    r"|my \w+))*|\bnot (?:as described|what I expected|like the picture|my size|the right size)\b"
    r"|\b(?:don't|do not|didn't) like (?:it|them|the \w+)\b|\bcan't afford (?:it|them)?\b|\bmoving (?:abroad|away)\b"
    r"|(?:价格|价钱|东西|实在|有点|这个)?太贵了?|(?:别|其他|另一?)(?:家|的店|处|的地方|平台)(?:的)?(?:有)?(?:更|还|要"
    r"|卖得?|价格)*(?:更|还)?(?:便宜|划算|实惠|优惠)|(?:有|找到|看到|发现)(?:了)?(?:更|别的)?(?:便宜|划算)的?"
    r"|(?:发货|物流|快递|送货|配送|到货)(?:实在|真的|也|这么|那么)?(?:太|这么|很|真)(?:慢|久|晚)了?|(?:等|拖"
    r"|要等)(?:得|的|了)?(?:太|这么|那么|好)久了?|太慢了?|来不及了?|赶不上了?|等不(?:了|及)了?"
    r"|质量(?:很|太|不|有|真|也)?(?:不好|差|不行|问题|次|好差|烂)|有(?:质量)?(?:问题|瑕疵|破损|色差|异味)|(?:不喜欢"
    r"|不合适|不合身|不合脚|不满意)了?|(?:尺码|尺寸|大小|号码)(?:不对|不合适|偏大|偏小|大了|小了)"
    r"|太(?:大|小|紧|松|重|长|短|厚|薄|吵)了?|(?:坏|破|碎|裂|烂)(?:了|掉了|的)|(?:跟|和|与)?(?:描述|图片|照片"
    r"|想象的?)(?:不符|不一样|差太多|差别大)|降价了|买不起|没钱了|钱不够",
    re.IGNORECASE | re.ASCII,
)
_BECAUSE = re.compile(
    r"(?:\b(?:because(?: of)?|reason(?: is|:| being)?(?: that)?|due to)|因为|原因(?:是|:|就是|在于)?"
    r"|(?<!无)理由(?:是|:)?|由于)\s*[:,]?\s*(?P<why>[^,.;!?。\n]{2,80})",
    re.IGNORECASE | re.ASCII,
)
_NO_REASON = re.compile(
    r"^(?:的|我|is|what|why|该|填|选|什么|怎么|请|of (?:it|that|this))$|什么|哪|why|\bwhat\b|[?]",
    re.IGNORECASE | re.ASCII,
)
_NOT = re.compile(
    r"(?:\b(?:not|isn't|wasn't|never|no|n't)(?: (?:a|an|the|my|because|due to|ordered|bought|it was|that|really"
    r"|actually))*"
    r"|(?:不是|并非|没有|没|并没)(?:因为|我|说|由于|什么)*)\s*$",
    re.IGNORECASE | re.ASCII,
)
_BEFORE = 30


def reasons(text: str) -> Iterator[Entity]:
    """Yield the reasons that are given: "no longer needed", "ordered by mistake", or "other:" and the words."""
    kept: list[Entity] = []
    candidates = [entity("reason", BY_MISTAKE, found) for found in _MISTAKEN.finditer(text)]
    candidates += [entity("reason", NOT_NEEDED, found) for found in _UNNEEDED.finditer(text)]
    candidates += [entity("reason", f"other:{found.group().strip()}", found) for found in _OTHER.finditer(text)]
    refused = [reason for reason in candidates if _NOT.search(text[max(0, reason.start - _BEFORE) : reason.start])]
    for reason in candidates:
        if reason not in refused and all(reason.end <= other.start or reason.start >= other.end for other in kept):
            kept.append(reason)
    for found in _BECAUSE.finditer(text):
        inside = (reason.start < found.end() and reason.end > found.start() for reason in [*kept, *refused])
        if not any(inside) and not _NO_REASON.search(found.group("why").strip()):
            kept.append(entity("reason", f"other:{found.group('why').strip()}", found, "why"))
    yield from sorted(kept, key=lambda reason: reason.start)
