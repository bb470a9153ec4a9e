"""The seams: a Protocol for all that can be swapped.

Only the standard library is imported at run time. Arrays are numpy's:

- `Pcm`: float32 mono, shape (samples,), within -1..1, at the stated rate;
- `Picture`: uint8 RGB, shape (height, width, 3);
- `Vectors`: float32, shape (n, dimension), each row of unit length.

One spec string in the configuration names a backend ("faster-whisper:base?device=cpu"); see
`core.registry`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from core.shop.records import Customer, Order, Page, Product, Ticket
    from core.shop.ruling import Ruling
    from core.types import (
        Action,
        Attachment,
        AttachmentKind,
        ChatMessage,
        Chunk,
        Expect,
        Identity,
        Language,
        Message,
        Percept,
        Reply,
        Session,
        Transcript,
        Turn,
    )

    Pcm: TypeAlias = NDArray[np.float32]
    Picture: TypeAlias = NDArray[np.uint8]
    Vectors: TypeAlias = NDArray[np.float32]
else:
    Pcm = Picture = Vectors = object


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a backend can do, and where it does it."""

    device: str = "cpu"
    languages: tuple[str, ...] = ("*",)
    """Languages it is good at; "*" for any."""
    sample_rate: int | None = None
    """Hertz, of what it hears or speaks."""
    dimension: int | None = None
    """Length of its vectors."""
    limit: str = ""
    """Its bound in words: "30 s of speech", "512 tokens"."""
    context: int | None = None
    """Tokens of prompt and answer together, of a language model."""
    sees: bool = False
    """Whether a language model looks at the pictures of a prompt; one that does not refuses them."""


class SpeechRecognizer(Protocol):
    """Speech to text."""

    @property
    def capabilities(self) -> Capabilities:
        """Say the device, the languages and the sampling rate."""
        ...

    async def transcribe(
        self, speech: Pcm, *, language: Language | None = None, hint: str = "", expect: Expect = ""
    ) -> Transcript:
        """Return the words of `speech` (16 kHz), Chinese in simplified script.

        `language` fixes the language, None lets the model decide. `hint` holds names the speaker
        may say, separated by commas, in any language, and `expect` says what was asked for; both
        bias, neither forces. An empty transcript means that nobody spoke.

        Raises `MediaError` when `speech` is not finite or not one-dimensional.
        """
        ...


class SpeechSynthesizer(Protocol):
    """Text to speech."""

    @property
    def capabilities(self) -> Capabilities:
        """Say the languages and the sampling rate of what `speak` yields."""
        ...

    def speak(self, text: str, *, language: Language, speed: float = 1.0) -> AsyncIterator[Pcm]:
        """Yield the speech of `text` piece by piece, the first as early as possible."""
        ...


class ImageEncoder(Protocol):
    """Pictures to vectors."""

    @property
    def capabilities(self) -> Capabilities:
        """Say the device and the dimension."""
        ...

    async def encode(self, pictures: Sequence[Picture]) -> Vectors:
        """Return one unit vector per picture."""
        ...


class TextEncoder(Protocol):
    """Sentences to vectors, the same meaning near in every language."""

    @property
    def capabilities(self) -> Capabilities:
        """Say the device, the languages and the dimension."""
        ...

    async def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector per text."""
        ...


class VectorIndex(Protocol):
    """Nearest vectors by inner product."""

    def add(self, keys: Sequence[str], vectors: Vectors) -> None:
        """Add or replace vectors; raises `ValueError` when the dimension differs."""
        ...

    def search(
        self, vectors: Vectors, k: int, *, among: Collection[str] | None = None
    ) -> list[list[tuple[str, float]]]:
        """Return for each row its `k` nearest keys with their scores, best first.

        `among` are the only keys that may be found (those of a category, those in stock); unknown ones are ignored.
        """
        ...

    def rows(self, keys: Sequence[str]) -> Vectors:
        """Return the vectors of the keys, a row each; raises `KeyError` for one that is not here."""
        ...

    def __len__(self) -> int:
        """Return the number of vectors."""
        ...


class LanguageModel(Protocol):
    """Text from text, and from pictures where it can see."""

    @property
    def capabilities(self) -> Capabilities:
        """Say the device, the context length and whether it sees."""
        ...

    def generate(
        self,
        messages: Sequence[ChatMessage],
        *,
        schema: Mapping[str, Any] | None = None,
        max_tokens: int = 512,
        deadline_s: float = 30,
    ) -> AsyncIterator[Chunk]:
        """Yield the answer to a prompt as it comes; one JSON object that fits the JSON Schema `schema`, if given.

        What all prompts share stands first, so that it is read once and remembered. The answer is cut at
        `max_tokens`. `deadline_s` is passed down to whatever works on it. A consumer that stops early stops
        the work. Raises `ModelError` with a code that says what failed.
        """
        ...


class BlobStore(Protocol):
    """Bytes by content address."""

    async def put(self, data: bytes) -> str:
        """Keep the bytes durably and return their sha256 in hex."""
        ...

    async def get(self, sha256: str) -> bytes:
        """Return the bytes; raises `KeyError` when they are not here."""
        ...

    def path(self, sha256: str) -> Path:
        """Return where the bytes lie on disk (they may not)."""
        ...


class MediaDoor(Protocol):
    """The only way in for media: checks, re-encodes, strips, stores."""

    async def admit_video(self, data: bytes) -> tuple[Attachment, ...]:
        """Return the stored key frames of a video or animation, and its sound where it has any.

        Raises `MediaError` with a stable code.
        """
        ...

    async def admit(self, data: bytes, *, kind: AttachmentKind) -> Attachment:
        """Return the stored attachment: images as JPEG or PNG without metadata, audio as 16 kHz mono WAV.

        The type is judged by content, never by name. Raises `MediaError` with a stable code.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A change that must share the turn's transaction."""

    action: Action
    apply: Callable[[Any], None]
    """Called with the open database connection. Raises `ConflictError` when the records moved on meanwhile."""
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """What it does, or why not: {"refund": "158.90", "method": "paypal_1", "days": "5-7"}, {"ticket": "T012..."}."""


class Shop(Protocol):
    """The shop's records, and the only door for changing them."""

    async def customer(self, customer_id: str) -> Customer | None:
        """Return one customer."""
        ...

    async def customer_by_email(self, email: str) -> Customer | None:
        """Return the customer with this e-mail address, letter case aside."""
        ...

    async def customers_by_name_zip(self, name: str, zip_code: str) -> tuple[Customer, ...]:
        """Return those whose full name (either order, letter case aside) and zip fit."""
        ...

    async def order(self, order_id: str) -> Order | None:
        """Return one order; a missing "#" or letter case is forgiven."""
        ...

    async def orders_of(self, identity: Identity) -> tuple[Order, ...]:
        """Return the orders of the verified customer, newest first."""
        ...

    async def customers_by_phone(self, phone: str) -> tuple[Customer, ...]:
        """Return those with this telephone number, signs and the country's code aside; none for a short one."""
        ...

    async def tickets_of(self, identity: Identity) -> tuple[Ticket, ...]:
        """Return the tickets of the verified customer, newest first."""
        ...

    async def products(self) -> tuple[Product, ...]:
        """Return the catalogue."""
        ...

    async def product(self, product_id: str) -> Product | None:
        """Return one product."""
        ...

    async def baskets(self) -> tuple[frozenset[str], ...]:
        """Return the ids of the products of each customer's orders, cancelled ones aside: not whose, nor when."""
        ...

    async def pages(self) -> tuple[Page, ...]:
        """Return the shop's questions and policies."""
        ...

    async def review(self, action: Action, *, identity: Identity | None, after: Sequence[Action] = ()) -> Ruling:
        """Judge an action as if the customer had said yes to it; arguments may lack, nothing is written.

        `after` are the actions that the same yes would do before this one: what they spend and change counts.
        """
        ...

    async def propose(self, action: Action, *, identity: Identity | None, after: Sequence[Effect] = ()) -> Effect:
        """Check an action against the policies and return its effect, its action marked done or denied.

        A write to orders or customers is denied without the customer's yes to exactly these arguments. `after` are
        the effects that this turn has already: what they spend and change counts.
        """
        ...


class Journal(Protocol):
    """The durable record: conversations, inbox, sessions, turns, outbox."""

    async def open(
        self, conversation_id: str, *, channel: str, locale: Language | None = None, identity: Identity | None = None
    ) -> None:
        """Record a conversation, for the customer who is logged in if any; nothing happens when it is already here."""
        ...

    async def is_open(self, conversation_id: str) -> bool:
        """Return whether the conversation is known."""
        ...

    async def turns(self, conversation_id: str, *, after: str = "") -> tuple[Turn, ...]:
        """Return the turns of a conversation, oldest first, those after turn `after` only."""
        ...

    async def accept(self, message: Message) -> bool:
        """Commit a message before it is acknowledged; False when its dedupe key is already here."""
        ...

    async def find(self, channel: str, external_id: str) -> Message | None:
        """Return the message with this dedupe key."""
        ...

    async def pending(self) -> tuple[Message, ...]:
        """Return accepted messages without a turn, oldest first (after a restart)."""
        ...

    async def session(self, conversation_id: str) -> Session:
        """Return the session as of the last committed turn (a fresh one for a new conversation)."""
        ...

    async def commit(self, turn: Turn, session: Session, effects: Sequence[Effect]) -> None:
        """Write turn, session, effects and outbox in one transaction; all of it or nothing."""
        ...

    async def played(self, turn_id: str, words: str) -> None:
        """Note that of a turn's replies only `words` were heard: on the turn, and on the session where it is the last.

        Nothing happens for a turn that is not here.
        """
        ...

    async def turn_of(self, message_id: str) -> Turn | None:
        """Return the turn that answered a message."""
        ...

    async def awaiting(self, channel: str) -> tuple[str, ...]:
        """Return the conversations with replies that the channel has not delivered, the longest waiting first."""
        ...

    async def undelivered(
        self, channel: str, *, conversation_id: str = "", limit: int = 500
    ) -> tuple[tuple[Turn, Reply], ...]:
        """Return at most `limit` replies that the channel has not delivered, oldest first.

        With `conversation_id` only that conversation's.
        """
        ...

    async def delivered(self, reply_id: str) -> None:
        """Mark a reply as delivered."""
        ...


class Perception(Protocol):
    """Hearing and seeing a whole message."""

    async def perceive(self, message: Message) -> Percept:
        """Return what was heard and seen; never raises for bad media, it sets flags instead."""
        ...


class Clerk(Protocol):
    """What a channel needs of the house (core.engine has the real one)."""

    @property
    def media(self) -> MediaDoor:
        """Return the door for photos and recordings."""
        ...

    @property
    def blobs(self) -> BlobStore:
        """Return where their bytes lie afterwards."""
        ...

    @property
    def limits(self) -> Limits:
        """Return the bounds that a channel enforces before it accepts."""
        ...

    async def open(
        self, conversation_id: str, *, channel: str, locale: Language | None = None, identity: Identity | None = None
    ) -> None:
        """Record a conversation, for the customer who is logged in if any; nothing happens when it is already here."""
        ...

    async def is_open(self, conversation_id: str) -> bool:
        """Return whether the conversation is known."""
        ...

    async def receive(self, message: Message) -> bool:
        """Commit a message durably and queue it; False for a repetition (which is not queued again).

        After it returned the channel may acknowledge. Opens the conversation when it is new. Raises
        `BusyError` when the mailbox is full; nothing was accepted then.
        """
        ...

    async def answer(self, message: Message) -> Turn:
        """`receive` a message and wait for its turn; a repetition returns the turn it already has."""
        ...

    async def turns(self, conversation_id: str, *, after: str = "") -> tuple[Turn, ...]:
        """Return the turns of a conversation, oldest first, those after turn `after` only."""
        ...

    async def played(self, turn: Turn, words: str) -> None:
        """Record that of a turn's replies only `words` were heard, for the caller interrupted the rest.

        Without it a turn counts as heard whole. What was not heard was not asked, offered or read out.
        """
        ...

    def watch(self, conversation_id: str) -> AsyncIterator[Activity]:
        """Yield what happens in a conversation from now on (for typing indicators and live replies)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds that a channel enforces before it accepts a message."""

    text_chars: int = 4000
    attachments: int = 50
    """Files; of photos and videos the first ten are looked at, and all are kept."""
    image_bytes: int = 15 * 2**20
    audio_bytes: int = 25 * 2**20
    video_bytes: int = 25 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """Something happening in a conversation: "typing" while a turn is worked on, "words", then the "turn"."""

    kind: str
    message_id: str
    turn: Turn | None = None
    words: str = ""
    """What of the reply is sure so far, from its beginning; the turn that follows may say it otherwise."""


class Channel(Protocol):
    """A world that customers live in. `run` brings messages in, `deliver` takes replies out."""

    @property
    def name(self) -> str:
        """Return the channel's name in messages: "web", "telegram", ..."""
        ...

    async def run(self) -> None:
        """Serve until cancelled; cleans up after itself."""
        ...

    async def deliver(self, turn: Turn, reply: Reply) -> None:
        """Hand one reply to the customer; raises when it did not arrive, then it is tried again.

        Raises `UndeliverableError` when trying again is pointless (the customer blocked the bot).
        """
        ...
