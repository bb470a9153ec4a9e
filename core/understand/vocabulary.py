"""Words the shop's customers use, to mend what was misspelled or misheard.

Recognisers write "保温被" for 保温杯, hurried people "wher is my ordr", and some type pinyin. A word that
nobody uses is read as the known word that sounds or looks like it; known words are never touched.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from core.knowledge.lexicon import Lexicon
from core.knowledge.option_words import said_of_goods
from core.shop.records import Page, Product
from core.understand.everyday import EVERYDAY
from core.understand.rehearing import Rehearing, build_rehearing
from core.understand.sentences import Intent

_HAN_RUN = re.compile(r"[\u4e00-\u9fff]{2,}")
_HAN_ONLY = re.compile(r"[\u4e00-\u9fff]+")
_WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")
_SYLLABLE = re.compile(
    r"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])"
    r"(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|ei|ui|ao|ou|iu|ie|ue|an|en|in|un|ia|ua|uo|a|o|e|i|u|v)"
    r"|ang|eng|ai|ei|ao|ou|an|en|er|a|o|e"
)
_LONGEST = 6
"""Characters of a word that may have been misheard."""
_TELLING = 3
"""Characters from which a word is known by its syllables alone; a shorter one needs the tones as well."""
_OFTEN = 2
"""Times that a string of characters must stand in the training sentences to count as a word."""
_LONG = 9
"""Letters of an English word from which it may hold two slips of the finger; a shorter one holds one."""
_SHORT = 4
"""Letters up to which only a letter left out is mended: there are too many short words."""
_ENDINGS = ("s", "es", "ies", "d", "ed", "ied", "ing", "er", "ers", "ly")
_PINYIN_SHARE = 0.7
"""Part of the syllables that must be words we know before Latin letters are taken for pinyin."""
_PERSON = ("转人工", "人工")
"""What no catalogue holds and every customer may say."""
_MISHEARD_KINDS = frozenset({"thing", "feature", "attribute", "aspect", "topic", "material", "option"})


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Known words, by letters and by sound."""

    english: Mapping[str, int]
    """Words with how often they stand in what was read."""
    written: frozenset[str]
    """Chinese strings that stand in training sentences or in the catalogue."""
    toneless: Mapping[tuple[str, ...], str]
    toned: Mapping[tuple[str, ...], str]
    spelled: Mapping[tuple[str, ...], str]
    """Syllables -> the words that pinyin stands for."""
    lexicon: Lexicon
    rehearing: Rehearing
    """For what was heard with doubt; nothing that was typed is taken for another word of its own."""

    def mended(self, text: str) -> str:
        """Return the text with misspelled, misheard and pinyin words put right."""
        spelled_out = self._from_pinyin(text)
        if spelled_out is not None:
            return spelled_out
        text = _WORD.sub(self._respelled, text)
        return _HAN_RUN.sub(lambda run: self._reheard(run.group()), text)

    def _respelled(self, found: re.Match[str]) -> str:
        word = found.group()
        lower = word.lower()
        named = word[1:] != lower[1:] or (word[0].isupper() and found.start() > 0)
        if named or len(word) < _SHORT - 1 or self._is_known(lower):
            return word
        slips = 1 if len(word) < _LONG else 2
        alike = [known for known in self.english if known[0] == lower[0] and abs(len(known) - len(word)) <= slips]
        if len(word) <= _SHORT:
            alike = [known for known in alike if len(known) > len(word)]
        near = process.extract(lower, sorted(alike), scorer=OSA.distance, score_cutoff=slips, limit=10)
        return min(near, key=lambda found: (found[1], -self.english[found[0]]))[0] if near else word

    def _is_known(self, word: str) -> bool:
        """Return whether a word is known, or is a known one with an ending: "happens", "stopped", "making"."""
        if word in self.english:
            return True
        for ending in _ENDINGS:
            stem = word.removesuffix(ending)
            if stem != word and len(stem) >= _SHORT - 1:
                doubled = stem[-1] == stem[-2] and stem[:-1] in self.english
                if doubled or stem in self.english or f"{stem}e" in self.english or f"{stem}y" in self.english:
                    return True
        return False

    def _reheard(self, run: str) -> str:
        unknown = {at for span in self.lexicon.read(run) if not span.kind for at in range(span.start, span.end)}
        if not unknown:
            return run
        sounds, tones = syllables(run), syllables(run, tones=True)
        if len(sounds) != len(run):
            return run
        mended, at = "", 0
        while at < len(run):
            word, length = self._word_at(run, at, unknown, sounds, tones)
            mended += word
            at += length
        return mended

    def _word_at(
        self, run: str, at: int, unknown: set[int], sounds: Sequence[str], tones: Sequence[str]
    ) -> tuple[str, int]:
        for length in range(min(_LONGEST, len(run) - at), 1, -1):
            stretch = run[at : at + length]
            if stretch in self.written:
                break
            if not unknown & set(range(at, at + length)):
                continue
            known = self.toned.get(tuple(tones[at : at + length]))
            if known is None and length >= _TELLING:
                known = self.toneless.get(tuple(sounds[at : at + length]))
            if known is not None:
                return known, length
        return run[at], 1

    def _from_pinyin(self, text: str) -> str | None:
        words = _WORD.findall(text)
        if not words or _HAN_ONLY.search(text) or any(character.isdigit() for character in text):
            return None
        if sum(word.lower() in self.english for word in words) * 2 >= len(words):
            return None
        parted = [_parted(word.lower()) for word in words]
        if not all(parted):
            return None
        heard = [_plain(piece) for pieces in parted for piece in pieces]
        spelled, known, at = "", 0, 0
        while at < len(heard):
            for length in range(min(_LONGEST, len(heard) - at), 0, -1):
                phrase = self.spelled.get(tuple(heard[at : at + length]))
                if phrase:
                    spelled, known, at = spelled + phrase, known + length, at + length
                    break
            else:
                spelled, at = spelled + heard[at], at + 1
        return spelled if known >= _PINYIN_SHARE * len(heard) else None


def build_vocabulary(
    lexicon: Lexicon, intents: Iterable[Intent], products: Iterable[Product], pages: Iterable[Page] = ()
) -> Vocabulary:
    """Collect the words of the training sentences, the lexicon, the catalogue and the pages (about half a second)."""
    products, pages = tuple(products), tuple(pages)
    sentences = [(language, text) for intent in intents for language, own in intent.sentences.items() for text in own]
    names = [(kind, name) for (kind, _), own in lexicon.names.items() for name in own]
    records = [text for product in products for text in _texts(product)]
    options = said_of_goods()
    read = [*(text for _, text in sentences), *(name for _, name in names), *records, *options]
    english = Counter(word.lower() for text in read for word in _WORD.findall(text))
    english.update(EVERYDAY)
    spoken = Counter(piece for language, text in sentences if language == "zh" for piece in _pieces(text))
    words = [name for kind, name in names if kind in _MISHEARD_KINDS and _HAN_ONLY.fullmatch(name) and len(name) > 1]
    words += [run for product in products for name in product.names.values() for run in _HAN_RUN.findall(name)]
    words += _PERSON
    written = {piece for piece, times in spoken.items() if times >= _OFTEN}
    written |= {piece for text in records for piece in _pieces(text)}
    written |= {word for word in options if _HAN_ONLY.fullmatch(word)}
    told = [text for page in pages for texts in (page.titles, page.bodies) for text in texts.values()]
    told += [text for page in pages for texts in page.questions.values() for text in texts]
    return Vocabulary(
        english=english,
        written=frozenset(written | set(words)),
        toneless=_by_sound([word for word in words if len(word) >= _TELLING]),
        toned=_by_sound([word for word in words if len(word) < _TELLING], tones=True),
        spelled=_by_sound(_phrases(names, spoken)),
        lexicon=lexicon,
        rehearing=build_rehearing([*read, *told]),
    )


def _phrases(names: Iterable[tuple[str, str]], spoken: Counter[str]) -> list[str]:
    """Return what pinyin may stand for; of two that sound alike the first one wins."""
    named = sorted(
        ((kind == "noise", name) for kind, name in names if _HAN_ONLY.fullmatch(name)), key=lambda pair: pair[0]
    )
    often = [piece for piece, times in spoken.most_common() if times >= _OFTEN]
    return [*_PERSON, *(name for _, name in named if len(name) > 1), *often, *(name for _, name in named)]


def _parted(word: str) -> list[str]:
    """Return the syllables of a pinyin word, the longest that leave no rest; none when it is no pinyin."""
    if not word:
        return []
    for size in range(min(_LONGEST, len(word)), 0, -1):
        if _SYLLABLE.fullmatch(word, 0, size):
            rest = _parted(word[size:])
            if rest or size == len(word):
                return [word[:size], *rest]
    return []


def _texts(product: Product) -> list[str]:
    facts = [text for texts in product.attributes.values() for text in texts.values()]
    return [*product.names.values(), *product.category_names.values(), *product.descriptions.values(), *facts]


def _pieces(text: str) -> Iterable[str]:
    for run in _HAN_ONLY.findall(text):
        for size in (1, 2, 3, 4):
            yield from (run[at : at + size] for at in range(len(run) - size + 1))


def _by_sound(words: Iterable[str], *, tones: bool = False) -> dict[tuple[str, ...], str]:
    found: dict[tuple[str, ...], str] = {}
    for word in words:
        found.setdefault(syllables(word, tones=tones), word)
    return found


def syllables(text: str, *, tones: bool = False) -> tuple[str, ...]:
    """Return the pinyin of Chinese characters; without tones also without what accents confuse (zh/z, ng/n)."""
    from pypinyin import Style, lazy_pinyin  # its dictionaries take a tenth of a second to load

    if tones:
        return tuple(lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True))
    return tuple(_plain(piece) for piece in lazy_pinyin(text))


def _plain(syllable: str) -> str:
    for retroflex, flat in (("zh", "z"), ("ch", "c"), ("sh", "s")):
        if syllable.startswith(retroflex):
            syllable = flat + syllable[2:]
    return syllable[:-1] if syllable.endswith("ng") else syllable
