"""Customers of other languages are served by translation; nothing is lost or agreed to on the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.config import Model, load
from core.generation.chain import Chain, Link
from core.generation.spending import Budget, Purse
from core.generation.translator import Translator
from core.types import ActionStatus, Turn
from perception.writing.fake import ScriptedModel
from tests.core.generation.test_writer import Book
from ui.app import Application, Needs, assemble
from ui.terminal import Terminal


def translator(*script: str) -> Translator:
    model = Chain((Link(name="fake", model=ScriptedModel(script=script)),))
    return Translator(purse=Purse(model=model, budget=Budget(), spending=Book()))


async def translated(script: str, text: str, language: str) -> str | None:
    return await translator(script).translate(text, language, conversation_id="c1")


@pytest.mark.parametrize(
    ("text", "said", "language", "kept"),
    [
        ("Order #W3912701 costs $49.99.", "La commande ⟦0⟧ coûte ⟦1⟧.", "fr", "La commande #W3912701 coûte $49.99."),
        ("Où est ma commande #W1234567 ?", "Where is my order ⟦0⟧?", "en", "Where is my order #W1234567?"),
        ("mail: ana@example.com", "<text>\nCorreo: ⟦0⟧\n</text>", "es", "Correo: ana@example.com"),
    ],
)
async def test_facts_survive_a_translation(text: str, said: str, language: str, kept: str) -> None:
    assert await translated(said, text, language) == kept


@pytest.mark.parametrize(
    ("text", "said", "language"),
    [
        ("It costs $49.99.", "Cela coûte cher, vous avez raison.", "fr"),
        ("It costs $49.99.", "Cela coûte ⟦0⟧ ⟦0⟧ et vous êtes content.", "fr"),
        ("It costs $49.99.", "Cela coûte ⟦0⟧ ou 39 dollars pour vous.", "fr"),
        ("It costs a lot.", "See www.evil.example for the price of it.", "fr"),
        ("Where is my order?", "我的订单在哪里呢？", "fr"),
        ("It costs $5.", "   ", "fr"),
    ],
)
async def test_a_translation_that_loses_or_makes_up_facts_is_none(text: str, said: str, language: str) -> None:
    assert await translated(said, text, language) is None


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ZHANGGUI_DATA_DIR", str(tmp_path))
    return tmp_path


async def talk(app: Application, *messages: str) -> list[Turn]:
    terminal = Terminal(engine=app.engine)
    return [await terminal.say(text) for text in messages]


def settings(*script: str) -> Model:
    return Model(backends=(f"fake:{'|'.join(script)}",), understand=False, word=False)


@pytest.mark.models
async def test_a_customer_is_served_in_french_and_their_yes_is_their_own(data: Path) -> None:
    script = (
        "My e-mail is ⟦0⟧, please cancel order ⟦1⟧, I ordered it by mistake.",
        "Voulez-vous annuler la commande ⟦0⟧",  # loses what it must keep: the English is said
        "Yes, please.",
        "Je ne peux pas vous comprendre.",
    )
    config = load(model=settings(*script).model_dump())
    async with assemble(config, needs=Needs(hearing=False, seeing=False, speaking=False)) as app:
        asked, agreed, pressed = await talk(
            app,
            "Mon adresse est chen.jing@example.com, je veux annuler la commande #W3912702, je me suis trompé",
            "oui, c'est ce que je veux pour ma commande",
            "yes",
        )
    assert asked.understanding.language == "fr" and "#W3912702" in asked.replies[-1].text
    assert agreed.actions == () and 'write "yes"' in agreed.replies[-1].text  # a translated yes is none
    assert [(one.name, one.status) for one in pressed.actions] == [("cancel_pending_order", ActionStatus.DONE)]


@pytest.mark.models
async def test_without_a_translation_the_clerk_says_what_it_speaks(data: Path) -> None:
    config = load(model=Model(backends=("fake?fails=unreachable",)).model_dump())
    async with assemble(config, needs=Needs(hearing=False, seeing=False, speaking=False)) as app:
        (turn,) = await talk(app, "Où est ma commande, je ne la trouve pas dans mon compte")
    assert "Chinese and English" in turn.replies[0].text
    assert turn.outcome == "unknown"


@pytest.mark.models
async def test_no_translation_of_whatever_kind_does_what_needs_a_yes(data: Path) -> None:
    """A lying translation ("Cancel the order.") of a question is no consent, and the question costs nothing."""
    script = ("My e-mail is ⟦0⟧, please cancel order ⟦1⟧, I ordered it by mistake.", "x", "Cancel the order.", "x")
    config = load(model=settings(*script).model_dump())
    async with assemble(config, needs=Needs(hearing=False, seeing=False, speaking=False)) as app:
        _, lied = await talk(
            app,
            "Mon adresse est chen.jing@example.com, je veux annuler la commande #W3912702, je me suis trompé",
            "Est-ce que je peux annuler la commande sans frais pour vous ?",
        )
        order = await app.shop.order("#W3912702")
    assert lied.actions == () and order is not None and order.status == "pending"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Refund $24.99 for order #W1234; fee $5.", "Remboursement ⟦2⟧ pour la commande ⟦1⟧ ; frais ⟦0⟧."),
        ("You have thirty days, it is not free.", "Vous avez cent jours et le retour est gratuit pour vous."),
    ],
)
async def test_facts_that_change_places_or_words_are_refused(text: str, said: str) -> None:
    assert await translated(said, text, "fr") is None
