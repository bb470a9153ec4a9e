"""One turn of dialogue: commands in, an answer and a changed session out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from core.dialogue.acts import ACTS, CHECKS
from core.dialogue.advice.hear import hear_advice
from core.dialogue.attempts import NO_ATTEMPTS, Attempts
from core.dialogue.callback import begin_callback
from core.dialogue.callers import mind_manners, read_keys
from core.dialogue.checking import check_heard
from core.dialogue.commands import obey, take_slots
from core.dialogue.draft import Desk, Draft
from core.dialogue.expecting import expected
from core.dialogue.hearing import listen, wants_words
from core.dialogue.identity import stay_with_one
from core.dialogue.linking import Links, asks_to_move, go_on_here, new_code, tell_moved
from core.dialogue.load import FOLDER, Words, load_flows
from core.dialogue.looking import note_photos
from core.dialogue.outcome import Outcome
from core.dialogue.own_asking import ask_own_records
from core.dialogue.page_first import know_better
from core.dialogue.photo_orders import note_goods
from core.dialogue.photo_pointing import take_pointing
from core.dialogue.picking import pick
from core.dialogue.read_address import note_address
from core.dialogue.read_orders import note_numbers
from core.dialogue.repair import settle, tell_flags
from core.dialogue.returned_photos import corrects_photo, keep_photos
from core.dialogue.returning import is_back, note_time, offer_paused, pause, resume, welcome_back
from core.dialogue.run import Runner, awaited
from core.dialogue.settling import absorb
from core.dialogue.sight import Sight
from core.dialogue.tickets.collecting import take_facts
from core.dialogue.tickets.noticing import notice
from core.dialogue.unheard import mind_unheard
from core.knowledge.facts import Documents, Facts
from core.knowledge.library import Reranker
from core.packs.pack import Pack
from core.ports import Shop, TextEncoder
from core.shop.records import Picture
from core.types import FlowFrame, Language, Message, Percept, Session, Understanding
from core.wording.templates import load_templates

_SPOKEN = ("zh", "en")


class Dialogue:
    """The clerk in conversation. It keeps nothing of a conversation itself: all of that is the session."""

    def __init__(
        self,
        shop: Shop,
        encoder: TextEncoder | None,
        *,
        identity_attempts: int = 3,
        greeting: str = "",
        handoff_hours: str = "",
        currency: str = "USD",
        cart_url: str = "",
        picture: Callable[[Picture], str] = lambda _: "",
        flows: Path = FOLDER,
        documents: Documents | None = None,
        passage_encoder: TextEncoder | None = None,
        reranker: Reranker | None = None,
        pack: Pack | None = None,
        attempts: Attempts = NO_ATTEMPTS,
        links: Links | None = None,
        code: Callable[[], str] = new_code,
        idle_h: float = 8,
        identity_h: float = 24,
        sight: Sight | None = None,
        reads: bool = False,
    ) -> None:
        """Read flows and sentences and check them against each other, or take those of a `pack`.

        `picture` gives the sha256 of a catalogue picture, "" for none; `reads` says that percepts hold the text of
        photos. Raises `ConfigError` for a
        mistake in a flow or a template.
        """
        templates = pack.templates if pack else load_templates()
        words = Words(acts=frozenset(ACTS), checks=frozenset(CHECKS), has_sentence=templates.has)
        self._runner = Runner(flows=pack.flows if pack else load_flows(flows, words), acts=ACTS, checks=CHECKS)
        self._desk = Desk(
            shop=shop,
            facts=Facts(shop, encoder, documents, passage_encoder, reranker),
            templates=templates,
            picture=picture,
            currency=currency,
            cart_url=cart_url,
            identity_attempts=identity_attempts,
            greeting=greeting,
            handoff_hours=handoff_hours,
            pack=pack if pack and not pack.sells else None,
            attempts=attempts,
            links=links,
            new_code=code,
            idle_h=idle_h,
            identity_h=identity_h,
            sight=sight,
            reads=reads,
        )

    @property
    def facts(self) -> Facts:
        """Return what the clerk knows of the shop."""
        return self._desk.facts

    async def warm(self) -> None:
        """Read the shop and encode its passages now, so that no customer waits for it."""
        await self._desk.facts.refresh()
        await self._desk.facts.library()
        await self._desk.facts.counted()

    async def respond(
        self, message: Message, percept: Percept, understanding: Understanding, session: Session
    ) -> Outcome:
        """Answer a message whose meaning is `understanding`; the shop's effects are returned, not applied."""
        await self._desk.facts.refresh()
        draft = _draft(self._desk, message, percept, understanding, session)
        draft.stack = [waiting for waiting in draft.stack if self._knows(waiting)]
        returns = is_back(draft)
        note_time(draft)
        if understanding.language not in _SPOKEN and not wants_words(draft, self._runner.flows):
            draft.say("other_language")
            draft.outcome = "unknown"
            return draft.outcome_of_turn()
        if returns:
            pause(draft)
        else:
            resume(draft, self._runner)
        await tell_moved(draft)
        if message.event == "transfer_failed":
            begin_callback(draft, self._runner)
            await self._runner.run(draft)
        elif await go_on_here(draft):
            offer_paused(draft, self._runner)
        elif not await self._minded_call(draft):
            await self._answer(draft)
            if returns:
                welcome_back(draft)
            if returns or draft.session.paused:
                offer_paused(draft, self._runner)
        return draft.outcome_of_turn(expected(draft, self._runner))

    async def _minded_call(self, draft: Draft) -> bool:
        """Return whether all there is to a message is about how a call goes: what was heard, and how to speak."""
        read_keys(draft, self._runner)
        return mind_manners(draft) or mind_unheard(draft, self._runner) or await check_heard(draft, self._runner)

    def _knows(self, waiting: FlowFrame) -> bool:
        """Return whether a frame can go on: flows change with a new version, and with another pack."""
        flow = self._runner.flows.get(waiting.flow)
        return flow is not None and waiting.step in flow.steps

    async def _answer(self, draft: Draft) -> None:
        if not self._desk.pack:
            note_photos(draft)
            note_goods(draft)
        tell_flags(draft)
        if self._desk.pack:
            listen(draft, self._desk.pack, self._runner.flows)
        else:
            notice(draft)
            asks_to_move(draft)
            ask_own_records(draft)
            hear_advice(draft)
        await know_better(draft)
        take_slots(draft)
        await take_facts(draft, self._runner)
        await stay_with_one(draft)
        waits_for_order = "order_id" in awaited(draft, self._runner)
        await note_numbers(draft, waits_for_order=waits_for_order)
        note_address(draft)
        take_pointing(draft)
        await pick(draft, waits_for_order=waits_for_order)
        draft.absorbed = not corrects_photo(draft) and absorb(draft)
        await keep_photos(draft)
        if obey(draft, self._runner):
            await self._runner.run(draft)
        await settle(draft)


def _draft(desk: Desk, message: Message, percept: Percept, understanding: Understanding, session: Session) -> Draft:
    return Draft(
        desk=desk,
        message=message,
        percept=percept,
        understanding=understanding,
        session=session,
        language=_language(understanding, session),
        identity=session.identity,
        failed_checks=session.failed_checks,
        handed_off=session.handed_off,
        misses=session.misses,
        slots=dict(session.slots),
        stack=list(session.stack),
    )


def _language(understanding: Understanding, session: Session) -> Language:
    if understanding.language in _SPOKEN:
        return understanding.language
    return session.language or "en"
