"""Coming back after hours, going on in another channel, and guesses that outlive a conversation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.dialogue.clerk_dialogue import Dialogue
from core.dialogue.linking import new_code, typed_code, wants_to_move
from core.journal.attempts import StoreAttempts
from core.journal.codec import decode, encode
from core.journal.journal import StoreJournal
from core.journal.links import StoreLinks
from core.journal.store import Store
from core.types import Identity, Percept, Session, Turn
from core.understand.ladder import Understander
from tests.core.dialogue.conftest import MemoryShop, Talk

if TYPE_CHECKING:
    from core.types import Message

CHEN = "chen.jing@example.com"
CHENS_NUMBER = "+86 120 5550 0100"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "z.db")
    yield store
    store.close()


class Places:
    """Several conversations with one clerk over one store."""

    def __init__(self, read: Understander, shop: MemoryShop, store: Store) -> None:
        self._read, self._shop, self.store = read, shop, store
        self.dialogue = Dialogue(
            shop, None, currency="CNY", attempts=StoreAttempts(store), links=StoreLinks(store), code=lambda: "ABCD2345"
        )

    def talk(self, conversation_id: str, *, channel: str = "web", sender: str = "") -> Talk:
        session = Session(conversation_id=conversation_id, channel=channel)
        return Talk(self._read, self.dialogue, self._shop, session, sender=sender or conversation_id)

    async def keep(self, talk: Talk) -> None:
        """Commit the session as the engine does."""
        journal = StoreJournal(self.store)
        await journal.open(talk.session.conversation_id, channel=talk.session.channel)
        assert talk.understanding and talk.outcome
        message = self._message(talk)
        await journal.accept(message)
        turn = Turn(
            id=f"t{talk.session.conversation_id}{talk.session.version}",
            message=message,
            percept=Percept(message_id=message.id),
            understanding=talk.understanding,
            actions=(),
            replies=(),
            timings={},
            outcome="answered",
        )
        kept = replace(talk.session, version=(await journal.session(talk.session.conversation_id)).version + 1)
        await journal.commit(turn, kept, ())

    @staticmethod
    def _message(talk: Talk) -> Message:
        from core.types import Message

        name = f"{talk.session.conversation_id}{talk.session.version}"
        return Message(
            id=name,
            channel=talk.session.channel,
            external_id=name,
            conversation_id=talk.session.conversation_id,
            sender_id=talk.sender,
            received_at=talk.now,
            trace_id="t",
        )


@pytest.fixture
def places(read: Understander, shop: MemoryShop, store: Store) -> Places:
    return Places(read, shop, store)


async def test_the_next_day_what_was_open_is_offered_again(talk: Talk) -> None:
    await talk(f"我要开发票，订单W3912688，{CHEN}")
    talk.now += timedelta(hours=20)
    said = await talk("你好")
    assert "欢迎回来" in said and "开发票" in said and talk.session.stack == ()
    assert "个人还是公司" in await talk("好的")
    await talk("个人")
    assert talk.shop.actions[-1].arguments["topic"] == "invoice"


async def test_a_yes_of_the_next_day_confirms_nothing(talk: Talk) -> None:
    await talk(f"取消订单W3912702，不需要了，{CHEN}")
    talk.now += timedelta(hours=20)
    said = await talk("好的")
    assert [action for action in talk.shop.actions if action.name == "cancel_pending_order"] == []
    assert "要继续吗" in said


async def test_other_business_after_the_return_is_done_first(talk: Talk) -> None:
    await talk(f"我要开发票，订单W3912688，{CHEN}")
    talk.now += timedelta(hours=20)
    said = await talk("保温杯多少钱")
    assert "¥" in said and "要继续吗" in said
    await talk("不用了")
    assert talk.session.paused == () and talk.session.stack == ()


async def test_a_short_pause_is_no_return(talk: Talk) -> None:
    await talk(f"我要开发票，订单W3912688，{CHEN}")
    talk.now += timedelta(hours=1)
    assert "欢迎回来" not in await talk("个人")


async def test_proof_runs_out_and_is_asked_for_anew(talk: Talk) -> None:
    await talk(f"订单W3912701到哪了，{CHEN}")
    talk.now += timedelta(hours=30)
    assert "邮箱" in await talk("订单W3912701到哪了")
    assert talk.session.identity is None


async def test_a_session_of_before_is_still_read() -> None:
    old = encode(Session(conversation_id="c"))
    for name in ("last_at", "verified_at", "paused"):
        assert name in old
    assert decode('{"conversation_id": "c", "version": 3}', Session).paused == ()


async def test_the_code_brings_identity_and_open_business_over(places: Places) -> None:
    web = places.talk("web1")
    await web(f"我要开发票，订单W3912688，{CHEN}")
    assert "ABCD-2345" in await web("我想换到手机上继续聊")
    await places.keep(web)
    phone = places.talk("tg1", channel="telegram")
    said = await phone("ABCD-2345")
    assert "接上了" in said and "开发票" in said
    assert phone.session.identity == Identity(customer_id="jing_chen_2040", proved_by="email")
    assert "个人还是公司" in await phone("好的")
    assert "Telegram" in await web("在吗")


async def test_a_code_works_once_and_not_for_ever(places: Places) -> None:
    web = places.talk("web1")
    await web(f"continue on my phone, {CHEN}")
    await places.keep(web)
    late = places.talk("late", channel="telegram")
    late.now = web.now + timedelta(minutes=11)
    await late("ABCD2345")
    assert late.session.identity is None
    first, second = places.talk("a", channel="telegram"), places.talk("b", channel="telegram")
    await first("ABCD2345")
    await second("ABCD2345")
    assert first.session.identity is not None and second.session.identity is None


async def test_nobody_gets_a_code_without_proof(places: Places) -> None:
    web = places.talk("web1")
    said = await web("continue on my phone")
    assert "ABCD" not in said and "e-mail" in said


async def test_codes_are_limited(places: Places, store: Store) -> None:
    links = StoreLinks(store)
    made = [await links.make(new_code(), "c", 1000.0 + n) for n in range(4)]
    assert made == [True, True, True, False]


async def test_wrong_codes_are_counted(places: Places) -> None:
    guesser = places.talk("g", channel="telegram")
    for _ in range(5):
        assert "isn't right" in await guesser("WXYZ2345") or guesser.session.language == "zh"
    said = await guesser("WXYZ2345")
    assert "too often" in said or "太多" in said


@pytest.mark.parametrize(
    "words", ["继续在 Telegram 上聊", "换到手机上继续聊吧", "can we continue on my phone", "move this to telegram"]
)
def test_wanting_to_move_is_heard(words: str) -> None:
    assert wants_to_move(words)


@pytest.mark.parametrize(
    "words", ["我的手机壳到哪了", "I ordered a phone case", "继续", "does the lamp go on by itself"]
)
def test_other_words_are_no_wish_to_move(words: str) -> None:
    assert not wants_to_move(words)


def test_a_code_is_no_word_and_no_coupon_with_a_zero() -> None:
    code = new_code()
    assert typed_code(code) == code == typed_code(f"{code[:4]}-{code[4:]}".lower())
    assert typed_code("TELEGRAM") == "" and typed_code("SAVE2024") == "" and typed_code("12345678") == ""


async def test_guesses_go_on_counting_in_a_new_conversation(places: Places) -> None:
    for number in range(3):
        guesser = places.talk(f"w{number}")
        await guesser("where is my order")
        await guesser("my name is Jing Chen, zip code 99999")
    honest = places.talk("w9")
    await honest("where is my order")
    assert "couldn't confirm" in await honest("my name is Jing Chen, zip code 200040")
    assert honest.session.identity is None


async def test_the_lock_opens_after_a_time_and_the_email_still_works(places: Places) -> None:
    for number in range(3):
        guesser = places.talk(f"w{number}")
        await guesser("where is my order")
        await guesser("my name is Jing Chen, zip code 99999")
    assert "found you" in await places.talk("w5")(f"where is my order, {CHEN}")
    later = places.talk("w6")
    later.now += timedelta(hours=2)
    await later("where is my order")
    assert "found you" in await later("my name is Jing Chen, zip code 200040")


async def test_a_sender_who_guesses_is_locked_in_every_conversation(places: Places) -> None:
    for number in range(3):
        talk = places.talk(f"t{number}", channel="telegram", sender="777")
        await talk("where is my order")
        await talk(f"nobody{number}@example.com")
    fresh = places.talk("t9", channel="telegram", sender="777")
    assert "couldn't confirm" in await fresh(f"where is my order, {CHEN}")


async def test_the_callers_own_number_and_the_zip_prove_who_it_is(places: Places) -> None:
    call = places.talk("call", channel="phone", sender=CHENS_NUMBER)
    await call("我的订单到哪了")
    assert "核对好了" in await call("邮编200040")
    assert call.session.identity == Identity(customer_id="jing_chen_2040", proved_by="caller")


@pytest.mark.parametrize(("sender", "told"), [(CHENS_NUMBER, True), ("", False), ("anonymous", False)])
async def test_only_who_calls_from_a_number_is_told_what_it_proves(places: Places, sender: str, told: bool) -> None:
    for words, hint in (("我的订单到哪了", "下单的电话"), ("where is my order", "your own telephone")):
        call = places.talk(words, channel="phone", sender=sender)
        assert (hint in await call(words)) is told


async def test_the_callers_own_order_number_is_enough(places: Places) -> None:
    call = places.talk("call", channel="phone", sender=CHENS_NUMBER)
    assert "运输中" in await call("订单W3912701到哪了")


async def test_the_callers_own_order_number_is_enough_when_it_is_asked_for(places: Places) -> None:
    call = places.talk("call", channel="phone", sender=CHENS_NUMBER)
    await call("我的订单到哪了")
    assert "运输中" in await call("我的订单号是W3912701")


async def test_a_spoofed_number_gets_three_order_numbers_in_all(places: Places) -> None:
    call = places.talk("call", channel="phone", sender=CHENS_NUMBER)
    await call("我的订单到哪了")
    for guess in ("W3912798", "W3912799"):
        await call(f"我的订单号是{guess}")
    assert "运输中" in await call("我的订单号是W3912701"), "a wrong number counts once"
    other = places.talk("other", channel="phone", sender=CHENS_NUMBER)
    await other("我的订单到哪了")
    for guess in ("W3912797", "W3912798", "W3912799", "W3912701"):
        await other(f"我的订单号是{guess}")
    assert other.session.identity is None


async def test_a_foreign_number_and_a_wrong_zip_get_the_same_words(places: Places) -> None:
    known = places.talk("a", channel="phone", sender=CHENS_NUMBER)
    foreign = places.talk("b", channel="phone", sender="+86 120 5550 9999")
    for call in (known, foreign):
        await call("我的订单到哪了")
        await call("邮编999999")
    assert known.session.last_reply == foreign.session.last_reply and known.session.identity is None


async def test_a_spoofed_number_gets_three_guesses_in_all(places: Places) -> None:
    for number in range(3):
        call = places.talk(f"c{number}", channel="phone", sender=CHENS_NUMBER)
        await call("我的订单到哪了")
        await call("邮编999999")
    call = places.talk("c9", channel="phone", sender=CHENS_NUMBER)
    await call("我的订单到哪了")
    await call("邮编200040")
    assert call.session.identity is None


async def test_a_number_proves_nothing_by_itself_or_on_the_web(places: Places) -> None:
    call = places.talk("c", channel="phone", sender=CHENS_NUMBER)
    await call("我的订单到哪了")
    web = places.talk("w", channel="web", sender=CHENS_NUMBER)
    await web("我的订单到哪了")
    await web("邮编200040")
    assert call.session.identity is None and web.session.identity is None
