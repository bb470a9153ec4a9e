"""E-mail addresses that were spelled aloud: "maria dot s o u s a nine nine at example dot com"."""

from __future__ import annotations

import re

from core.understand.numerals import digits, is_spoken

_AT = re.compile(
    r"\s*(?:\(at\)|\[at\]|艾特|爱特|小老鼠|花?圈a|@)\s*|\s+(?:at(?: sign)?|a t)\s+|(?<=[\u4e00-\u9fff])\s?at\s+",
    re.IGNORECASE,
)
_SURE_AT = re.compile(r"[@(\[\u4e00-\u9fff]|sign", re.IGNORECASE)
"""An "at" that is nothing else."""
_TOP = r"com|net|org|cn|edu|gov|info|co|io|me|de|uk|fr|jp|hk|tw|au|ca|us"
_DOT = r"(?:\s*点\s*|\s+dot\s+|\.|\s+\.\s+|(?<=[\u4e00-\u9fff])\s?dot\s+)"
_DIGIT = r"zero|one|two|three|four|five|six|seven|eight|nine|oh|\d|[零〇一二三四五六七八九幺]"
_LABEL = (
    rf"(?:(?:[a-z]|{_DIGIT})(?:[ -]?(?:[a-z]|{_DIGIT})){{1,24}}(?![a-z])|[a-z0-9-]{{2,40}}"
    rf"|[零〇一二三四五六七八九]{{2,8}})"
)
_DOMAIN = re.compile(
    rf"{_LABEL}(?:{_DOT}{_LABEL}){{0,3}}?{_DOT}(?:{_TOP})(?:{_DOT}(?:{_TOP}))?(?![A-Za-z0-9])", re.IGNORECASE
)
_WORD = re.compile(r"[A-Za-z0-9+']+|[._-]|[\u4e00-\u9fff]")
_WRITTEN = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_JOINTS = {
    "dot": ".", "点": ".", ".": ".", "period": ".", "underscore": "_", "_": "_", "dash": "-", "hyphen": "-",
    "minus": "-", "杠": "-", "-": "-", "plus": "+",
}  # fmt: skip
_LONG_JOINTS = (
    (re.compile(r"下划线|下横线|底线|\bunder[ -]?score\b", re.IGNORECASE), " underscore "),
    (re.compile(r"中划线|中横线|横杠|短横|减号|破折号", re.IGNORECASE), " dash "),
)
_AS_IN = re.compile(r"\b([a-z]) (?:as in|for|like in) [a-z]{2,}\b", re.IGNORECASE)
_SPELLED = re.compile(r"(?<![A-Za-z0-9])(?:[a-z0-9]-){2,}[a-z0-9](?![A-Za-z0-9-])", re.IGNORECASE)
"""Letters as recognisers write what was spelled: "c-h-e-n"."""
_CAPITAL = re.compile(r"\b(?:capital|lower ?case|upper ?case|small) (?=[a-z]\b)", re.IGNORECASE)
_NO_LOCAL_PART = frozenset(
    """
    i im i'm me my you your we us they them he she it it's its is are was were be this that these those here there
    the a an and or to for from in on of with not am look looking shop shopped store buy bought order ordered orders
    mail email e-mail address stuff things shoes item items something anything everything product products yes no
    """.split()
)
_ANNOUNCED = re.compile(
    r"(?:(?:e-?mail|mail|address|account|login|it)(?: address)?(?:'s| is| was|:)|邮箱|邮件|email|是|叫|为"
    r"|:)\s*(?:就是|是)?\s*$",
    re.IGNORECASE,
)
_MOST_WORDS = 3
"""Words that may be run together before an "at" when an address was announced: "it's john smith at ..."."""


def spelled_emails(text: str) -> str:
    """Return the text with spelled addresses written out, all in lower case."""
    at = _AT.search(text)
    if at is None or _DOMAIN.search(text, at.start()) is None:
        return text
    if not _WRITTEN.search(text):
        for pattern, word in _LONG_JOINTS:
            text = pattern.sub(word, text)
        text = _AS_IN.sub(r"\1", _CAPITAL.sub("", text))
        text = _SPELLED.sub(lambda found: found.group().replace("-", ""), text)
    for at in reversed(list(_AT.finditer(text))):
        domain = _DOMAIN.match(text, at.end())
        if domain is None or _WRITTEN.fullmatch(text, _word_start(text, at.start()), domain.end()):
            continue
        sure = bool(_SURE_AT.search(at.group()))
        local, start = _local_part(text[: at.start()], sure=sure or bool(_spoken(domain.group())))
        if local:
            text = f"{text[:start]}{local}@{_joined(domain.group())}{text[domain.end() :]}"
    return text


def _word_start(text: str, end: int) -> int:
    while end and (text[end - 1].isalnum() and text[end - 1].isascii() or text[end - 1] in "._+-"):
        end -= 1
    return end


def _spoken(domain: str) -> bool:
    return bool(re.search(r"点|\bdot\b", domain, re.IGNORECASE))


def _local_part(before: str, *, sure: bool) -> tuple[str, int]:
    """Return what stands before the "at", and where it begins; nothing when it is no address.

    Going left, a word belongs to it when a joint ("dot") ties it on, when it and its neighbour are single letters
    or digits, as in "s o u s a nine nine", or when digits follow it, as in "sousa nine nine".
    """
    taken: list[re.Match[str]] = []
    for word in reversed(list(_WORD.finditer(before[-200:]))):
        if not _belongs(word, taken, before[-200:]):
            break
        taken.append(word)
    while taken and taken[-1].group().lower() in _JOINTS:
        taken.pop()
    if not taken:
        return "", 0
    start = max(0, len(before) - 200) + taken[-1].start()
    plain = all(word.group().isalpha() for word in taken) and len(taken) == 1
    announced = bool(_ANNOUNCED.search(before[:start])) or not before[:start].strip()
    if plain and (taken[0].group().lower() in _NO_LOCAL_PART or not (sure or announced)):
        return "", 0
    if not announced and not _is_piece(taken[-1].group()):
        start = _earlier_words(before, start)
    return _joined(before[start:]), start


def _belongs(word: re.Match[str], taken: list[re.Match[str]], before: str) -> bool:
    said = word.group().lower()
    if not taken:
        return said.isascii() or said in _JOINTS or is_spoken(said)
    after = taken[-1].group().lower()
    if said in _JOINTS or after in _JOINTS:
        tight = before[word.end() : taken[-1].start()] == "" or (said not in ".-" and after not in ".-")
        return tight and (said.isascii() or said in _JOINTS or is_spoken(said))
    if _is_piece(said) and _is_piece(after):
        return True
    numbered = _is_number(after) and said.isascii() and said.isalpha()
    return numbered and said not in _NO_LOCAL_PART


def _earlier_words(before: str, start: int) -> int:
    """Return where the address begins when it was announced and its first words are plain ones."""
    words = list(re.finditer(r"[A-Za-z]+", before[max(0, start - 60) : start]))
    offset = max(0, start - 60)
    for size in range(1, _MOST_WORDS):
        group = words[-size:]
        if len(group) < size or any(word.group().lower() in _NO_LOCAL_PART for word in group):
            break
        begin = offset + group[0].start()
        if _ANNOUNCED.search(before[:begin]) and not before[begin:start].strip(" " + "".join(w.group() for w in group)):
            return begin
    return start


def _is_number(word: str) -> bool:
    return word.isdigit() or ((len(word) > 1 or not word.isascii()) and is_spoken(word))


def _is_piece(word: str) -> bool:
    return (word.isascii() and (len(word) == 1 or word.isdigit())) or is_spoken(word)


def _joined(words: str) -> str:
    spoken = digits(" ".join(_WORD.findall(words)), shortest=1)
    return "".join(_JOINTS.get(word.lower(), word) for word in spoken.split()).lower()
