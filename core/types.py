"""The words everyone speaks: one message and all that becomes of it.

Only the standard library is imported here. Bytes never travel inline, except in a prompt: an
`Attachment` names them by content address and a `BlobStore` keeps them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Literal, TypeAlias

from core.chat import ChatMessage as ChatMessage
from core.chat import Chunk as Chunk
from core.chat import Usage as Usage
from core.sights import MatchDecision as MatchDecision
from core.sights import ProductMatch as ProductMatch
from core.sights import Screening as Screening
from core.sights import SeenCode as SeenCode
from core.sights import SeenText as SeenText

Language: TypeAlias = str
"""A BCP 47 primary tag: "zh" (simplified script), "en", or another two-letter code."""

Expect: TypeAlias = Literal["", "id", "digits", "email", "phone", "yes_no", "choice", "name", "address", "listening"]
"""What a customer was asked for last, as far as it helps to hear the answer; "" where anything may come.

"listening": who speaks into our speech was asked for nothing, and mostly only says that they listen.
"""

Manner: TypeAlias = Literal["", "slower", "faster", "louder", "softer"]
"""How a caller asks to be spoken to from now on; "" where nothing is asked."""
Event: TypeAlias = Literal["", "transfer_failed"]
"""What happened on a call that nobody said: "transfer_failed", nobody answered where it was put through to."""


class AttachmentKind(StrEnum):
    """What a customer sent beside words."""

    IMAGE = "image"
    AUDIO = "audio"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A checked, re-encoded piece of media, named by the hash of its bytes."""

    id: str
    kind: AttachmentKind
    media_type: str
    """What the bytes are after re-encoding, such as "image/jpeg" or "audio/wav"."""
    size_bytes: int
    sha256: str
    width: int | None = None
    """Pixels, of an image."""
    height: int | None = None
    duration_s: float | None = None
    video: str = ""
    """Names the video of which it is a frame or the sound; attachments of one video show the same things."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one customer said at one moment. `(channel, external_id)` is the dedupe key."""

    id: str
    channel: str
    """"web", "telegram", "phone", "terminal", ..."""
    external_id: str
    """The channel's own id of the message; a repetition of it is the same message."""
    conversation_id: str
    sender_id: str
    """Who the channel says is speaking; never a proof of identity."""
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    locale: Language | None = None
    """What the channel believes the customer reads; the words themselves weigh more."""
    transcript: Transcript | None = None
    """What a call heard, where `text` was spoken and not typed: how sure the recogniser was of which word."""
    event: Event = ""
    """What the channel tells in place of the customer; `text` is empty then."""
    wants_speech: bool = False
    """Whether the reply should be spoken as well as written."""
    received_at: datetime
    trace_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One recognised word with its place in the recording."""

    text: str
    start_s: float
    end_s: float
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """What a recogniser heard; empty text means that nobody spoke."""

    text: str
    language: Language
    confidence: float
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Percept:
    """What was heard and seen in a message. Untrusted, as the message itself is."""

    message_id: str
    transcript: Transcript | None = None
    matches: tuple[ProductMatch, ...] = ()
    texts: tuple[SeenText, ...] = ()
    """What is written in the photos."""
    codes: tuple[SeenCode, ...] = ()
    """Barcodes and QR codes in the photos."""
    screenings: tuple[Screening, ...] = ()
    """What the house's check for pictures that must not be shown to people said, of each photo it looked at."""
    flags: tuple[str, ...] = ()
    """What went wrong or was noticed: "silence", "not_speech", "unreadable_photo", ..."""


Source: TypeAlias = Literal["rules", "classifier", "model", "photo", "flow", "channel"]
"""Which part proposed a command: the rungs of the ladder, the photo index, a flow, a button."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartFlow:
    """Begin a flow, such as "order_status"."""

    flow: str
    source: Source = "rules"
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSlot:
    """Fill a slot with a normalised value."""

    slot: str
    value: str
    source: Source = "rules"
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectSlot:
    """Replace a slot's value: "no, the other one"."""

    slot: str
    value: str
    source: Source = "rules"
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelFlow:
    """Give up what is going on."""

    source: Source = "rules"
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Affirm:
    """Yes."""

    source: Source = "rules"
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Deny:
    """No."""

    source: Source = "rules"
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AskKnowledge:
    """Answer a question from the catalogue or the shop's pages."""

    question: str
    source: Source = "rules"
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Clarify:
    """Ask which of several readings was meant."""

    options: tuple[str, ...]
    """Names of flows, most likely first."""
    source: Source = "rules"
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """Say the last reply again."""

    source: Source = "rules"
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoff:
    """Fetch a person."""

    reason: str
    source: Source = "rules"
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChitChat:
    """Small talk: a greeting, thanks, a goodbye, "who are you"."""

    topic: str
    """"greeting", "thanks_bye" or "chitchat"."""
    source: Source = "rules"
    confidence: float = 1.0


Command: TypeAlias = (
    StartFlow
    | SetSlot
    | CorrectSlot
    | CancelFlow
    | Affirm
    | Deny
    | AskKnowledge
    | Clarify
    | Repeat
    | Handoff
    | ChitChat
)
"""The closed list of what understanding may propose; only the flow engine acts on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentScore:
    """One intent and how probable it is, calibrated."""

    name: str
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A thing named in the text, normalised."""

    kind: str
    """"order_id", "email", "name", "zip", "phone", "product", "ordinal", "amount", ..."""
    value: str
    text: str
    """The words as they stood in the normalised text."""
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """What a message was taken to mean, and which rung decided."""

    commands: tuple[Command, ...]
    intents: tuple[IntentScore, ...] = ()
    """Most probable first."""
    entities: tuple[Entity, ...] = ()
    sentiment: float = 0.0
    """-1 (angry) to 1 (pleased)."""
    language: Language = "en"
    rung: Source = "rules"


class ActionStatus(StrEnum):
    """How far an action came."""

    PROPOSED = "proposed"
    DONE = "done"
    DENIED = "denied"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something asked of the shop. The same idempotency key never acts twice."""

    name: str
    arguments: Mapping[str, object]
    idempotency_key: str
    clause: str = ""
    """The policy clause that allowed or denied it."""
    confirmation: str = ""
    """The `confirmation_of` what the customer said yes to; empty before they did."""
    status: ActionStatus = ActionStatus.PROPOSED

    @property
    def confirmed(self) -> bool:
        """Return whether the customer said yes to exactly this: name and arguments."""
        return self.confirmation == confirmation_of(self.name, self.arguments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A choice the customer can press; pressing it says `value`."""

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPart:
    """Words to read (or to be spoken)."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPart:
    """A product or an order, shown as a card."""

    title: str
    subtitle: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    """Label and value, in the reply's language."""
    image_sha256: str = ""
    """Content address of a picture; empty for none."""
    sku: str = ""
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonsPart:
    """Choices below the words."""

    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagePart:
    """A picture."""

    attachment: Attachment
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechPart:
    """The reply's words, spoken."""

    attachment: Attachment


Part: TypeAlias = TextPart | CardPart | ButtonsPart | ImagePart | SpeechPart


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Where a fact in a reply comes from."""

    source: str
    """"order:#W1", "product:123", "page:returns", ..."""
    quote: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One bubble of the answer to a turn."""

    id: str
    turn_id: str
    seq: int
    """0, 1, ... within the turn."""
    parts: tuple[Part, ...]
    language: Language
    citations: tuple[Citation, ...] = ()
    final: bool = True

    @property
    def text(self) -> str:
        """Return the words of all text parts, a line each."""
        return "\n".join(part.text for part in self.parts if isinstance(part, TextPart))


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A capability for one customer's data, given by a successful identity check only."""

    customer_id: str
    proved_by: str
    """"email", "name_zip", "token" or "caller"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowFrame:
    """A flow that is going on, with the step it waits at and its own slots."""

    flow: str
    step: str
    slots: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What a conversation remembers between two turns."""

    conversation_id: str
    channel: str = ""
    identity: Identity | None = None
    failed_checks: int = 0
    """Identity checks failed in a row; at the limit the check is locked."""
    slots: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """What the customer told us that outlives one flow (order id, product, zip, ...)."""
    stack: tuple[FlowFrame, ...] = ()
    """The innermost flow last."""
    language: Language | None = None
    """The language of the last reply; before the first turn that of the channel's page, or None."""
    consent: bool = False
    handed_off: bool = False
    """Whether a person was asked to take over."""
    misses: int = 0
    """Turns in a row that were not understood."""
    last_reply: str = ""
    heard: str | None = None
    """What of `last_reply` was heard, where the caller interrupted the rest; None for all of it."""
    last_at: str = ""
    """ISO 8601 moment of the customer's last message; empty before the first."""
    verified_at: str = ""
    """ISO 8601 moment at which they proved who they are; empty when they did not."""
    paused: tuple[FlowFrame, ...] = ()
    """What was open when they went away, to be offered again."""
    version: int = 0
    """Number of turns committed; a stale writer is refused by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One message answered: everything that happened, for the record and the trace."""

    id: str
    message: Message
    percept: Percept
    understanding: Understanding
    actions: tuple[Action, ...]
    replies: tuple[Reply, ...]
    timings: Mapping[str, float]
    """Milliseconds by stage, in order: queue, perceive, understand, dialogue, word (with a language model), speak."""
    outcome: str
    """"answered", "asked", "handed_off", "unknown" or "failed"."""
    steps: tuple[str, ...] = ()
    """The steps that the flow engine took, in order: "identify.check"."""
    stack: tuple[FlowFrame, ...] = ()
    """The flows that went on afterwards, the innermost last."""
    expects: Expect = ""
    """What the customer was asked for at the end of it."""
    manner: Manner = ""
    heard: str | None = None
    """What of the replies was heard, where the caller interrupted the rest; None for all of it."""


def confirmation_of(name: str, arguments: Mapping[str, object]) -> str:
    """Return the hash that binds a yes to what was read out: one changed argument and it no longer fits."""
    exact = json.dumps([name, dict(arguments)], ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(exact.encode()).hexdigest()


def spoken_text(message: Message, percept: Percept) -> str:
    """Return what the customer said: the typed words, then the heard ones; a call's text is what it heard."""
    heard = percept.transcript.text if percept.transcript and message.transcript is None else ""
    return "\n".join(part for part in (message.text.strip(), heard.strip()) if part)
