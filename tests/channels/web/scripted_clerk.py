"""A clerk that follows a script: the real door for media, made-up answers, no models."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from core.blobs import FolderBlobs
from core.errors import BusyError
from core.ports import Activity, Limits
from core.types import (
    Action,
    ActionStatus,
    Attachment,
    AttachmentKind,
    Button,
    ButtonsPart,
    CardPart,
    Citation,
    Entity,
    Identity,
    IntentScore,
    MatchDecision,
    Message,
    Part,
    Percept,
    ProductMatch,
    Reply,
    SetSlot,
    SpeechPart,
    StartFlow,
    TextPart,
    Transcript,
    Turn,
    Understanding,
    Word,
)
from perception.media.door import Door, MediaLimits


@dataclass(slots=True)
class ScriptedClerk:
    """Implements `core.ports.Clerk`; answers by simple rules on the words."""

    folder: Path
    limits: Limits = field(default_factory=Limits)
    busy: bool = False
    broken: bool = False
    pace_s: float = 0.0
    """How long a turn takes, and each stretch of `sure` before it."""
    sure: tuple[str, ...] = ()
    """What is told of a reply while it is being made."""
    picture: str = ""
    """The sha256 of the picture that cards show."""
    spoken: str = ""
    """The sha256 of the recording that spoken replies carry."""
    asked: list[Message] = field(default_factory=list)
    conversations: dict[str, list[Turn]] = field(default_factory=dict)
    opened_for: list[Identity | None] = field(default_factory=list)
    watchers: list[tuple[str, asyncio.Queue[Activity]]] = field(default_factory=list)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a watcher goes."""

    @property
    def blobs(self) -> FolderBlobs:
        return FolderBlobs(self.folder)

    @property
    def media(self) -> Door:
        limits = MediaLimits(image_bytes=self.limits.image_bytes, audio_bytes=self.limits.audio_bytes)
        return Door(self.blobs, limits)

    async def open(
        self, conversation_id: str, *, channel: str, locale: str | None = None, identity: Identity | None = None
    ) -> None:
        self.conversations.setdefault(conversation_id, [])
        self.opened_for.append(identity)

    async def is_open(self, conversation_id: str) -> bool:
        return conversation_id in self.conversations

    async def receive(self, message: Message) -> bool:
        known = self._known(message) is not None
        await self.answer(message)
        return not known

    async def answer(self, message: Message) -> Turn:
        if self.broken:
            raise RuntimeError("the secret words of a customer")
        if self.busy:
            raise BusyError("the mailbox is full")
        known = self._known(message)
        if known is not None:
            return known
        self.asked.append(message)
        self._tell(message, None)
        await asyncio.sleep(self.pace_s)
        for words in self.sure:
            self._tell_activity(message, Activity(kind="words", message_id=message.external_id, words=words))
            await asyncio.sleep(self.pace_s)
        turn = self._turn(message)
        self.conversations[message.conversation_id].append(turn)
        self._tell(message, turn)
        return turn

    async def turns(self, conversation_id: str, *, after: str = "") -> tuple[Turn, ...]:
        turns = self.conversations[conversation_id]
        ids = [turn.id for turn in turns]
        return tuple(turns[ids.index(after) + 1 :] if after in ids else turns)

    async def watch(self, conversation_id: str) -> AsyncIterator[Activity]:
        mine: asyncio.Queue[Activity] = asyncio.Queue()
        self.watchers.append((conversation_id, mine))
        try:
            while True:
                yield await mine.get()
        finally:
            self.watchers.remove((conversation_id, mine))
            self.left.set()

    def _known(self, message: Message) -> Turn | None:
        turns = self.conversations.get(message.conversation_id, [])
        return next((turn for turn in turns if turn.message.external_id == message.external_id), None)

    def _tell(self, message: Message, turn: Turn | None) -> None:
        kind = "turn" if turn else "typing"
        self._tell_activity(message, Activity(kind=kind, message_id=message.external_id, turn=turn))

    def _tell_activity(self, message: Message, activity: Activity) -> None:
        for conversation_id, queue in self.watchers:
            if conversation_id == message.conversation_id:
                queue.put_nowait(activity)

    def _turn(self, message: Message) -> Turn:
        turn_id = f"t{sum(map(len, self.conversations.values()))}"
        percept = _percept(message)
        heard = percept.transcript.text if percept.transcript else ""
        words = message.text or heard
        language = "zh" if any("\u4e00" <= char <= "\u9fff" for char in words) else "en"
        reply = Reply(
            id=f"{turn_id}.0",
            turn_id=turn_id,
            seq=0,
            parts=tuple(self._parts(message, words, language)),
            language=language,
            citations=(Citation(source="order:#W1001", quote="shipped"),) if "order" in words else (),
        )
        wants_person = "person" in words
        return Turn(
            id=turn_id,
            message=message,
            percept=percept,
            understanding=Understanding(
                commands=(StartFlow(flow="order_status"), SetSlot(slot="order_id", value="#W1001")),
                intents=(IntentScore(name="logistics_query", probability=0.93),),
                entities=(Entity(kind="order_id", value="#W1001", text="W1001", start=0, end=5),),
                language=language,
            ),
            actions=(
                Action(
                    name="transfer_to_human_agents",
                    arguments={"summary": "asked for a person"},
                    idempotency_key=turn_id,
                    clause="on_request",
                    status=ActionStatus.DONE,
                ),
            )
            if wants_person
            else (),
            replies=(reply,),
            timings={"queue": 0.2, "perceive": 1.5, "understand": 3.0, "dialogue": 1.0, "speak": 0.0},
            outcome="handed_off" if wants_person else "answered",
        )

    def _parts(self, message: Message, words: str, language: str) -> list[Part]:
        parts: list[Part] = [TextPart(text=_words(message, words, language))]
        if "which" in words and message.attachments:
            named = {"flask": "Steel vacuum flask, 500 ml", "kettle": "Celadon electric kettle (white)"}
            parts += [
                CardPart(
                    title=title,
                    subtitle="Kitchen",
                    fields=(("Price", "¥129.00"), ("Stock", "In stock")),
                    image_sha256=self.picture,
                    buttons=(Button(label="This one", value=f"product:{key}"),),
                )
                for key, title in named.items()
            ]
        elif any(item.kind is AttachmentKind.IMAGE for item in message.attachments):
            parts.append(
                CardPart(
                    title="不锈钢保温杯 500 ml" if language == "zh" else "Steel vacuum flask, 500 ml",
                    subtitle="SKU-1001",
                    fields=(("价格" if language == "zh" else "Price", "129.00"), ("Color", "blue")),
                    image_sha256=self.picture,
                    sku="SKU-1001",
                    buttons=(Button(label="Is it in stock?", value="stock:SKU-1001"),),
                )
            )
        if "order" in words or "订单" in words:
            labels = ("看物流", "找人工") if language == "zh" else ("Track it", "Get a person")
            parts.append(ButtonsPart(buttons=tuple(Button(label=label, value=label) for label in labels)))
        if message.wants_speech and self.spoken:
            parts.append(SpeechPart(attachment=_recording(self.spoken)))
        return parts


def _percept(message: Message) -> Percept:
    photos = [item for item in message.attachments if item.kind is AttachmentKind.IMAGE]
    sounds = [item for item in message.attachments if item.kind is AttachmentKind.AUDIO]
    heard = Transcript(
        text="where is my order",
        language="en",
        confidence=0.91,
        words=(Word(text="where", start_s=0.1, end_s=0.3, confidence=0.9),),
    )
    return Percept(
        message_id=message.id,
        transcript=heard if sounds else None,
        matches=tuple(
            ProductMatch(
                attachment_id=photo.id, sku="SKU-1001", product_id="1001", score=0.87, decision=MatchDecision.MATCH
            )
            for photo in photos
        ),
    )


def _words(message: Message, words: str, language: str) -> str:
    if message.attachments and any(item.kind is AttachmentKind.IMAGE for item in message.attachments):
        return "这是我们的保温杯。" if language == "zh" else "That is our vacuum flask."
    if "订单" in words:
        return "您的订单 #W1001 已经发货，预计 9 月 3 日送达。"
    if "order" in words:
        return "Your order #W1001 has shipped and should arrive on 3 September."
    return f"您说：{words}" if language == "zh" else f"You said: {words}"


def _recording(sha256: str) -> Attachment:
    return Attachment(id="spoken", kind=AttachmentKind.AUDIO, media_type="audio/wav", size_bytes=1, sha256=sha256)
