"""What an invoice needs: whom it is made out to, and the tax number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.types import Entity
from core.understand.spans import entity

_ORGANISATION = (
    r"(?:公司|集团|工作室|事务所|研究院|研究所|大学|学院|中学|小学|学校|医院|银行|中心|合作社|协会|基金会|委员会"
    r"|管理局|厂|店|部|超市|商行|律所)"
)
_TITLE_ZH = re.compile(
    rf"(?:(?:发票)?抬头|开票(?:单位|名称)|单位名称|公司名(?:称|字)?|名称|开给|开成|开的是)\s*(?:是|为|写|写成|开|开成"
    rf"|改成|改为|换成|填|请写|就写|:)*\s*"
    rf"[\"'“”「『]?(?P<title>个人|[\u4e00-\u9fffA-Za-z0-9()（）&·.-]{{2,40}}?{_ORGANISATION})"
    rf"(?![\u4e00-\u9fff]*{_ORGANISATION})"
)
_TITLE_EN = re.compile(
    r"\b(?:invoice (?:title|name)|company name|billed to|made out to|bill(?:ing)? (?:it )?to|invoice (?:it )?to"
    r"|(?:title|name) on (?:the|my) invoice(?: (?:is|should be))?)\s*(?:is|should be|to|:)?\s*"
    r"[\"'“]?(?P<title>[A-Z][\w&.'’-]*(?:,? (?:and |of |the |& )?[A-Z][\w&.'’-]*){0,6})",
)
_TAX_NAMED = re.compile(
    r"(?:税号|税务登记号|纳税人识别号|统一社会信用代码|信用代码|\b(?:tax|vat)(?: (?:id|number|no\.?|code"
    r"|identification number))+|\bvat\b|\btin\b)\s*(?:是|为|:|is|#)*\s*"
    r"(?P<number>[0-9A-Z](?:[ -]?[0-9A-Z]){7,19})(?![0-9A-Z])",
    re.IGNORECASE,
)
_TAX_BARE = re.compile(
    r"(?<![0-9A-Za-z])(?P<number>[0-9][0-9A-HJ-NPQRTUWXY]\d{6}[0-9A-HJ-NPQRTUWXY]{10})(?![0-9A-Za-z])", re.IGNORECASE
)
"""The unified social credit code of China, GB 32100-2015: 18 signs without I, O, S, V and Z."""


def invoice_facts(text: str) -> Iterator[Entity]:
    """Yield "tax_number" and "invoice_title"."""
    for found in _TAX_NAMED.finditer(text):
        number = re.sub(r"[^0-9A-Z]", "", found["number"].upper())
        if any(sign.isdigit() for sign in number):
            yield entity("tax_number", number, found)
    for found in _TAX_BARE.finditer(text):
        yield entity("tax_number", found["number"].upper(), found)
    for pattern in (_TITLE_ZH, _TITLE_EN):
        for found in pattern.finditer(text):
            yield entity("invoice_title", found["title"].rstrip("."), found)
