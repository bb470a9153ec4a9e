from __future__ import annotations

import pytest

from core.understand.language import detect


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("我的订单到哪了", "zh"),
        ("我的order到哪了", "zh"),
        ("我想买Hiking Backpack", "zh"),
        ("where is my 包裹", "en"),
        ("where is my order", "en"),
        ("¿dónde está mi pedido?", "es"),
        ("wo ist meine Bestellung", "de"),
        ("où est ma commande", "fr"),
        ("私の注文はどこですか", "ja"),
        ("내 주문은 어디에 있나요", "ko"),
        ("где мой заказ", "ru"),
        ("#", None),
        ("42", None),
        ("", None),
        ("Sousa", None),
        ("NEW20", None),
        ("ye", None),
    ],
)
def test_the_words_tell_the_language(text: str, language: str | None) -> None:
    assert detect(text) == language
