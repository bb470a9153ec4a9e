"""Guess how an unknown English word sounds, with the small network of g2p-en (Apache-2.0).

The package itself downloads corpora at import, so that only its weights are used: two GRU layers of
128 numbers, letters in, ARPAbet out (https://github.com/Kyubyong/g2p).
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelMissingError
from core.models import locate
from voice.phonemes.english import Guess
from voice.phonemes.lexicon import spell

_FILE = "checkpoint20.npz"
_MOST_SOUNDS = 20
_LETTERS = {letter: 3 + at for at, letter in enumerate("abcdefghijklmnopqrstuvwxyz")}
_UNKNOWN_LETTER, _WORD_END = 1, 2
_START, _STOP = 2, 3

_SOUNDS = (
    "AA0 AA1 AA2 AE0 AE1 AE2 AH0 AH1 AH2 AO0 AO1 AO2 AW0 AW1 AW2 AY0 AY1 AY2 B CH D DH EH0 EH1 EH2 ER0 ER1 ER2 "
    "EY0 EY1 EY2 F G HH IH0 IH1 IH2 IY0 IY1 IY2 JH K L M N NG OW0 OW1 OW2 OY0 OY1 OY2 P R S SH T TH UH0 UH1 UH2 "
    "UW UW0 UW1 UW2 V W Y Z ZH"
).split()
"""The network's outputs from the fourth on."""

_MISAKI = dict(
    pair.split("=")
    for pair in (
        "AA=ɑ AE=æ AH=ʌ AO=ɔ AW=W AY=I B=b CH=ʧ D=d DH=ð EH=ɛ ER=ɜɹ EY=A F=f G=ɡ HH=h IH=ɪ IY=i JH=ʤ K=k L=l M=m "
        "N=n NG=ŋ OW=O OY=Y P=p R=ɹ S=s SH=ʃ T=t TH=θ UH=ʊ UW=u V=v W=w Y=j Z=z ZH=ʒ"
    ).split()
)
_WEAK = {"AH0": "ə", "ER0": "əɹ"}
_STRESS = {"1": "ˈ", "2": "ˌ"}


def guesser(models: Path) -> Guess:
    """Return the network where its weights are among the models, else the spelling of letters."""
    try:
        folder = locate("g2p-en", models, _FILE)
    except ModelMissingError:
        return spell
    with np.load(folder / _FILE) as stored:
        network = _Network({name: stored[name].astype(np.float32) for name in stored})
    return lru_cache(maxsize=2000)(network.guess)


class _Network:
    """An encoder that reads letters and a decoder that says sounds."""

    def __init__(self, weights: dict[str, NDArray[np.float32]]) -> None:
        self._weights = weights

    def guess(self, word: str) -> str:
        """Return the phonemes of a lower-case word; one without a vowel is spelled."""
        sounds = self._sounds(word)
        if not any(sound[-1].isdigit() for sound in sounds) or not set(word) & set("aeiouy"):
            return spell(word)
        return "".join(_as_misaki(sound) for sound in sounds)

    def _sounds(self, word: str) -> list[str]:
        memory = np.zeros(self._weights["enc_w_hh"].shape[1], dtype=np.float32)
        for letter in [*(_LETTERS.get(letter, _UNKNOWN_LETTER) for letter in word), _WORD_END]:
            memory = self._step("enc", letter, memory)
        sounds: list[str] = []
        last = _START
        for _ in range(_MOST_SOUNDS):
            memory = self._step("dec", last, memory)
            last = int(np.argmax(self._weights["fc_w"] @ memory + self._weights["fc_b"]))
            if last <= _STOP:
                break
            sounds.append(_SOUNDS[last - 4])
        return sounds

    def _step(self, side: str, symbol: int, memory: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take one step of a gated recurrent unit (Cho et al. 2014, arXiv:1406.1078)."""
        weights = self._weights
        heard = weights[f"{side}_w_ih"] @ weights[f"{side}_emb"][symbol] + weights[f"{side}_b_ih"]
        kept = weights[f"{side}_w_hh"] @ memory + weights[f"{side}_b_hh"]
        reset_in, update_in, new_in = np.split(heard, 3)
        reset_kept, update_kept, new_kept = np.split(kept, 3)
        reset = 1 / (1 + np.exp(-(reset_in + reset_kept)))
        update = 1 / (1 + np.exp(-(update_in + update_kept)))
        new = np.tanh(new_in + reset * new_kept)
        return np.asarray((1 - update) * new + update * memory, dtype=np.float32)


def _as_misaki(sound: str) -> str:
    plain, stress = (sound[:-1], sound[-1]) if sound[-1].isdigit() else (sound, "")
    return _STRESS.get(stress, "") + _WEAK.get(sound, _MISAKI[plain])
