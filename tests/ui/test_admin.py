"""What the staff's API reads from the record."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from channels.web.schemas import DeskConversation, DeskTicket
from core.dialogue.outcome import Bubble, Outcome
from core.engine import Engine, Parts
from core.generation.chain import Chain, Link
from core.generation.desk import DeskTranslator
from core.generation.spending import Budget, Purse
from core.generation.translator import Translator
from core.journal.journal import StoreJournal
from core.journal.spending import StoreSpending
from core.journal.store import Store
from core.journal.translations import StoreTranslations
from core.ports import Effect
from core.shop.local import LocalShop
from core.types import Action, Attachment, AttachmentKind, Message, Percept, Screening, Session, TextPart
from perception.writing.fake import ScriptedModel
from tests.core.conftest import Blind, Echo, Plain, message
from ui.admin import StoreViews

ACTIONS = {
    "person": Action(
        name="transfer_to_human_agents",
        arguments={"summary": "wants a person"},
        idempotency_key="key-1",
    ),
    "ticket": Action(
        name="create_ticket",
        arguments={"kind": "refund", "topic": "refund", "summary": "money back"},
        idempotency_key="key-2",
    ),
}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = Store(tmp_path / "zhanggui.db")
    yield opened
    opened.close()


@pytest.fixture
def views(store: Store) -> StoreViews:
    return StoreViews(store)


@pytest.fixture
async def engine(store: Store, tmp_path: Path) -> AsyncIterator[Engine]:
    shop = LocalShop(store, tmp_path / "shop")
    effects = {word: await shop.propose(action, identity=None) for word, action in ACTIONS.items()}

    def make(said: Message, session: Session) -> Outcome:
        wanted: tuple[Effect, ...] = (effects[said.text],) if said.text in effects else ()
        bubble = Bubble(parts=(TextPart(text=f"you said {said.text}"),))
        return Outcome(session=session, bubbles=(bubble,), language="en", effects=wanted, outcome="answered")

    parts = Parts(
        journal=StoreJournal(store),
        perception=Blind(),
        understander=Plain(),
        dialogue=Echo(make=make),
        media=None,  # type: ignore[arg-type]  # no files here
        blobs=None,  # type: ignore[arg-type]  # as above
    )
    made = Engine(parts)
    yield made
    await made.close()


async def test_an_empty_record_shows_nothing(views: StoreViews) -> None:
    assert await views.conversations(limit=10) == []
    assert await views.tickets(limit=10) == []
    assert await views.handoffs(limit=10) == []
    assert await views.conversation("none") is None


async def test_conversations_come_newest_first_with_their_turns_counted(engine: Engine, views: StoreViews) -> None:
    for conversation, texts in (("old", ("1", "2")), ("new", ("3",))):
        for text in texts:
            await engine.answer(message(text, conversation=conversation))
            await asyncio.sleep(0.002)
    await engine.open("empty", channel="telegram")
    shown = await views.conversations(limit=10)
    assert [(row["id"], row["turns"]) for row in shown] == [("empty", None), ("new", 1), ("old", 2)]
    assert [row["channel"] for row in shown] == ["telegram", "web", "web"]
    assert datetime.fromisoformat(shown[1]["last_turn_at"]).tzinfo is not None
    assert len(await views.conversations(limit=1)) == 1


async def test_a_conversation_is_shown_with_what_was_said_and_answered(engine: Engine, views: StoreViews) -> None:
    await engine.answer(replace(message("一 hello", conversation="c1"), external_id="client-id"))
    await engine.answer(message("two", conversation="c1"))
    shown = await views.conversation("c1")
    assert shown is not None
    said = [(turn["message"]["text"], turn["replies"][0]["text"]) for turn in shown["turns"]]
    assert said == [("一 hello", "you said 一 hello"), ("two", "you said two")]
    assert shown["turns"][0]["message"]["id"] == "client-id"
    assert json.dumps(shown)


async def test_a_photo_that_is_withheld_is_told_of_with_the_reason_and_where_to_ask_for_it(
    store: Store, views: StoreViews
) -> None:
    def decided(attachment_id: str, label: str) -> Screening:
        return Screening(attachment_id=attachment_id, label=label, score=0.9, by="check-1", is_withheld=bool(label))

    class Screens:
        async def perceive(self, said: Message) -> Percept:
            return Percept(message_id=said.id, screenings=(decided("bad", "violence"), decided("good", "")))

    photos = tuple(
        Attachment(id=name, kind=AttachmentKind.IMAGE, media_type="image/jpeg", size_bytes=1, sha256=digit * 64)
        for name, digit in (("bad", "a"), ("good", "b"))
    )
    parts = Parts(
        journal=StoreJournal(store), perception=Screens(), understander=Plain(), dialogue=Echo(),
        media=None, blobs=None,  # type: ignore[arg-type]  # no files here
    )  # fmt: skip
    engine = Engine(parts)
    turn = await engine.answer(replace(message("look", conversation="c1"), attachments=photos))
    await engine.close()
    assert turn.replies[0].text == "you said look", "the conversation goes on"
    shown = await views.conversation("c1")
    assert shown is not None
    DeskConversation.model_validate(shown)
    bad, good = shown["turns"][0]["message"]["attachments"]
    assert bad["url"] == "" and bad["withheld"] == f"/v1/admin/media/{'a' * 64}"
    assert (bad["screening"]["label"], bad["screening"]["by"]) == ("violence", "check-1")
    assert good["url"] and "withheld" not in good


async def test_tickets_and_calls_for_a_person_are_listed(engine: Engine, views: StoreViews) -> None:
    for text in ("person", "ticket", "person"):  # the same key twice: one call for a person
        await engine.answer(message(text, conversation="c1"))
    (ticket,) = await views.tickets(limit=10)
    assert (ticket["kind"], ticket["summary"]) == ("refund", "money back")
    (call,) = await views.handoffs(limit=10)
    assert call["summary"] == "wants a person"
    assert datetime.fromisoformat(call["at"]).tzinfo is not None


async def test_a_ticket_tells_its_facts_its_order_its_conversation_and_where_its_photos_are(
    store: Store, tmp_path: Path, views: StoreViews
) -> None:
    bad, good, gone = ("a" * 64, "b" * 64, "c" * 64)
    ticket = Action(
        name="create_ticket",
        arguments={
            "topic": "return", "summary": "wrong colour", "conversation_id": "c1", "order_id": "#W1",
            "facts": {"seen": "It seems to show the Mug (blue)."}, "photos": [bad, good, gone],
        },
        idempotency_key="key-3",
    )  # fmt: skip
    effect = await LocalShop(store, tmp_path / "shop").propose(ticket, identity=None)

    class Screens:
        async def perceive(self, said: Message) -> Percept:
            return Percept(
                message_id=said.id,
                screenings=tuple(
                    Screening(
                        attachment_id=part.id, label="violence", score=0.9, by="check-1", is_withheld=part.id == "bad"
                    )
                    for part in said.attachments
                ),
            )

    def make(said: Message, session: Session) -> Outcome:
        bubble = Bubble(parts=(TextPart(text="noted"),))
        effects = (effect,) if said.attachments and session.conversation_id == "c1" else ()
        return Outcome(session=session, bubbles=(bubble,), language="en", effects=effects, outcome="answered")

    def sent(name: str, sha256: str) -> Attachment:
        return Attachment(id=name, kind=AttachmentKind.IMAGE, media_type="image/jpeg", size_bytes=1, sha256=sha256)

    parts = Parts(
        journal=StoreJournal(store), perception=Screens(), understander=Plain(), dialogue=Echo(make=make),
        media=None, blobs=None,  # type: ignore[arg-type]  # no files here
    )  # fmt: skip
    engine = Engine(parts)
    photos = (sent("bad", bad), sent("good", good))
    await engine.answer(replace(message("wrong colour", conversation="c1"), attachments=photos))
    await engine.answer(replace(message("the same bytes", conversation="c1"), attachments=(sent("again", bad),)))
    await engine.answer(replace(message("another's", conversation="c2"), attachments=(sent("other", gone),)))
    await engine.close()
    (told,) = await views.tickets(limit=10)
    DeskTicket.model_validate(told)
    assert json.dumps(told) and "body" not in told
    assert (told["conversation_id"], told["order_id"]) == ("c1", "#W1")
    assert told["facts"] == {"seen": "It seems to show the Mug (blue)."}
    withheld, shown, unknown = told["photos"]
    assert withheld["url"] == "" and withheld["withheld"] == f"/v1/admin/media/{bad}"
    assert withheld["screening"]["label"] == "violence"
    assert shown["url"] == f"sha256:{good}" and "withheld" not in shown
    assert unknown == {"url": "", "withheld": f"/v1/admin/media/{gone}"}, "nobody knows what the check said of it"


async def test_a_ticket_without_photos_or_facts_says_so(engine: Engine, views: StoreViews) -> None:
    await engine.answer(message("ticket", conversation="c1"))
    (told,) = await views.tickets(limit=10)
    DeskTicket.model_validate(told)
    assert (told["facts"], told["photos"], told["order_id"], told["conversation_id"]) == ({}, [], "", "")


async def test_a_conversation_is_read_in_the_language_of_the_desk(engine: Engine, store: Store) -> None:
    await engine.answer(message("你们几点开门？", conversation="c1"))
    script = ScriptedModel(script=("When do you open?",))
    purse = Purse(model=Chain((Link(name="fake", model=script),)), budget=Budget(), spending=StoreSpending(store))
    views = StoreViews(store, DeskTranslator(translator=Translator(purse=purse), kept=StoreTranslations(store)))
    as_said = await views.conversation("c1")
    assert as_said is not None and "translation" not in as_said["turns"][0]["message"]
    for _ in range(2):
        shown = await views.conversation("c1", language="en")
        assert shown is not None
        DeskConversation.model_validate(shown)
        (turn,) = shown["turns"]
        assert turn["message"]["text"] == "你们几点开门？"
        assert turn["message"]["translation"] == {"language": "en", "text": "When do you open?", "reason": ""}
        assert "translation" in turn["replies"][0]
    assert (
        len([asked for asked in script.asked if "开门" in asked[-1].content and "you said" not in asked[-1].content])
        == 1
    )


async def test_without_a_model_the_desk_is_told_why_nothing_is_translated(engine: Engine, store: Store) -> None:
    await engine.answer(message("你们几点开门？", conversation="c1"))
    views = StoreViews(store, DeskTranslator(translator=None, kept=StoreTranslations(store)))
    shown = await views.conversation("c1", language="en")
    assert shown is not None
    told = shown["turns"][0]["message"]["translation"]
    assert told == {"language": "en", "text": None, "reason": "no_model"}
