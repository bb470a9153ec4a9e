"""The bodies of the API, from which /openapi.json is made."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _printable(value: str) -> str:
    if not value.isprintable():
        raise ValueError("must not hold control characters")
    return value


def _storable(value: str) -> str:
    """Refuse lone surrogates, which JSON can write and UTF-8, the record's encoding, cannot."""
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValueError("must be valid Unicode without lone surrogates") from error
    return value


ClientId = Annotated[str, Field(min_length=1, max_length=128), AfterValidator(_printable)]
Locale = Annotated[str, Field(max_length=35, pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*$")]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewConversation(_Request):
    """Begin a conversation."""

    channel: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")] = "web"
    """Where the customer is, as the shop calls it; a label for the record."""
    locale: Locale | None = None
    """What the customer reads, as BCP 47: "zh-CN", "en"."""
    login_token: Annotated[str, Field(max_length=4000)] = ""
    """Who is logged in at the shop's site, signed by it; one that proves nobody opens a conversation with nobody."""


class NewMessage(_Request):
    """Say something. As a form, files are added as `image`, `video` (several) and `audio`."""

    id: ClientId
    """The client's own id; sending it again returns the same answer and does nothing twice."""
    text: Annotated[str, AfterValidator(_storable)] = ""
    speak: bool = False
    """Whether the replies shall be spoken as well (`audio_url`)."""
    locale: Locale | None = None


class CallOffer(_Request):
    """Call the clerk."""

    sdp: Annotated[str, Field(min_length=1, max_length=32_000)]
    """The browser's offer (RFC 8866) with its addresses: one audio stream, and a data channel for keys."""


class _Response(BaseModel):
    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


class Conversation(_Response):
    """A new conversation and the token that opens it."""

    conversation_id: str
    token: str


class Calls(_Response):
    """Whether and how the shop can be called from the browser."""

    available: bool
    stun: list[str]
    """Addresses of STUN servers, "stun:stun.example.com:3478"."""


class CallAnswer(_Response):
    """The clerk picks up."""

    type: Literal["answer"]
    sdp: str


class HeardWord(_Response):
    """One recognised word."""

    text: str
    start_s: float
    end_s: float
    confidence: float


class Heard(_Response):
    """What the clerk heard in a recording."""

    text: str
    language: str
    confidence: float
    words: list[HeardWord]


class Match(_Response):
    """A product that a photo may show."""

    attachment_id: str
    sku: str
    product_id: str
    score: float
    decision: Literal["match", "ask", "unknown"]
    """About the thing, the same on all of its rows: on "match" it is the first row's product."""
    thing: int
    """The number of the thing in its photo, the most prominent 0."""
    region: list[float]
    """Where the thing is: left, top, right, bottom, as shares of the photo."""


class Intent(_Response):
    """An intent and its probability."""

    name: str
    probability: float


class EntityFound(_Response):
    """A thing named in the text."""

    kind: str
    value: str
    text: str
    start: int
    end: int


class Understood(_Response):
    """What the message was taken to mean."""

    language: str
    rung: str
    sentiment: float
    commands: list[dict[str, Any]]
    intents: list[Intent]
    entities: list[EntityFound]


class ActionTaken(_Response):
    """Something asked of the shop."""

    name: str
    arguments: dict[str, Any]
    status: Literal["proposed", "done", "denied", "failed"]
    policy: str


class Choice(_Response):
    """A button; pressing it says `value`."""

    label: str
    value: str


class CardField(_Response):
    """A line of a card."""

    label: str
    value: str


class Card(_Response):
    """A product or an order."""

    title: str
    subtitle: str
    fields: list[CardField]
    image_url: str | None
    sku: str | None
    buttons: list[Choice]


class Image(_Response):
    """A picture in a reply."""

    url: str
    caption: str


class Cited(_Response):
    """Where a fact comes from."""

    source: str
    quote: str


class ReplyBubble(_Response):
    """One bubble of the answer."""

    id: str
    text: str
    language: str
    buttons: list[Choice]
    cards: list[Card]
    images: list[Image]
    citations: list[Cited]
    audio_url: str | None = None


class PersonCalled(_Response):
    """That a person was asked to take over."""

    status: str
    summary: str


class Trace(_Response):
    """Which rung decided, and the milliseconds of each stage."""

    id: str
    rung: str
    expects: str
    """What the customer was asked for at the end, such as id, email or yes_no; "" for nothing."""
    timings_ms: dict[str, float]


class TurnAnswered(_Response):
    """The answer to a message."""

    turn_id: str
    message_id: str
    """The client's own id of the message."""
    conversation_id: str
    transcript: Heard | None = None
    matches: list[Match] | None = None
    understanding: Understood
    actions: list[ActionTaken]
    replies: list[ReplyBubble]
    handoff: PersonCalled | None = None
    outcome: str
    flags: list[str]
    trace: Trace


class Sent(_Response):
    """A file that the customer sent."""

    kind: Literal["image", "audio", "file"]
    media_type: str
    url: str
    video: str | None = None
    """Names the video of which it is a frame or the sound."""


class Said(_Response):
    """What the customer said."""

    id: str
    text: str
    received_at: datetime
    attachments: list[Sent]


class Exchange(_Response):
    """A message and its answer."""

    message: Said
    turn: TurnAnswered


class History(_Response):
    """The conversation so far, oldest first; ask again with `after` for what is new."""

    messages: list[Exchange]
    after: str
    """The last turn's id; empty when there is none."""


class StreamEvent(_Response):
    """What /stream sends: "ready" once, "typing" while a turn is worked on, "words", then the "turn"."""

    type: Literal["ready", "typing", "words", "turn"]
    message_id: str | None = None
    words: str | None = None
    """What of the reply is sure so far, from its beginning; the turn has the whole, which may differ."""
    message: Said | None = None
    turn: TurnAnswered | None = None


class Health(_Response):
    """Whether the server lives, and whether its parts are up."""

    status: Literal["ok", "starting"]
    checks: dict[str, bool] = {}


class Translated(_Response):
    """A text in the language of who reads it."""

    language: str
    text: str | None
    """None where there is none; `reason` says why."""
    reason: str
    """"" for none; "empty", "not_needed", "no_model", "spent" (the budget), "timeout", "unreachable", "malformed"
    (a number was lost), ..."""


class Screened(_Response):
    """What the house's check said of a photo."""

    attachment_id: str
    label: str
    """What it may be; "" for nothing, "unchecked" where the check did not look."""
    score: float
    by: str
    is_withheld: bool


class DeskSent(Sent):
    """A file that the customer sent, for the desk."""

    screening: Screened | None = None
    withheld: str | None = None
    """Where the photo may be asked for; `url` is empty then."""


class DeskSaid(Said):
    """What the customer said, for the desk."""

    attachments: list[DeskSent]  # type: ignore[assignment]  # narrower, which only matters to who writes to it
    translation: Translated | None = None
    """Where a language was asked for; of a recording, of what was heard."""


class DeskBubble(ReplyBubble):
    """One bubble of the answer, for the desk."""

    translation: Translated | None = None


class DeskTurn(TurnAnswered):
    """A message with its answer, for the desk."""

    message: DeskSaid
    replies: list[DeskBubble]  # type: ignore[assignment]  # narrower, which only matters to who writes to it


class DeskConversation(_Response):
    """A conversation for the desk, oldest turn first."""

    id: str
    channel: str
    opened_at: datetime
    turns: list[DeskTurn]


class DeskPhoto(_Response):
    """A photo of a ticket."""

    url: str
    screening: Screened | None = None
    withheld: str | None = None
    """Where the photo may be asked for; `url` is empty then, also where its conversation is no longer on record."""


class DeskTicket(_Response):
    """A ticket for the desk."""

    number: str
    kind: str
    summary: str
    customer_id: str | None
    at: datetime
    order_id: str
    """"" for no order."""
    conversation_id: str
    """"" where no conversation wrote it."""
    facts: dict[str, str]
    """What was asked for or noted, such as "day", "amount", and "seen": what its photos seem to show, unchecked."""
    photos: list[DeskPhoto]


class DeskTickets(_Response):
    """The latest tickets for the desk, newest first."""

    items: list[DeskTicket]


class NewCall(_Request):
    """Have somebody called: with `text`, or with the `notice` of an `order`."""

    id: Annotated[str, Field(max_length=128), AfterValidator(_printable)] = ""
    """The client's own id: the same call again calls nobody twice. Without one, the same words to the same number on
    the same day, and the same notice of the same order, are one call."""
    number: Annotated[str, Field(max_length=64), AfterValidator(_printable)] = ""
    """Empty: the number that the order's customer has on file."""
    text: Annotated[str, Field(max_length=1000), AfterValidator(_storable)] = ""
    """Said only to who confirmed to be the right person."""
    order: Annotated[str, Field(max_length=64), AfterValidator(_printable)] = ""
    notice: Annotated[str, Field(max_length=32), AfterValidator(_printable)] = ""
    """"shipped", "delivery", "pickup" or "delayed"."""
    language: Literal["zh", "en", ""] = ""
    """Empty: the first of the phone's greeting."""


class OutgoingCall(_Response):
    """A call to be made."""

    key: str
    number: str
    language: str
    words: str
    state: str
    """"waiting", "calling", "telling", "done", "given_up" or "refused" (the owner of the number wants no calls)."""
    attempts: int
    due_at: datetime
    outcome: str


class Rows(_Response):
    """A list for the desk."""

    items: list[dict[str, Any]]


class DeskThing(_Response):
    """A thing in a photo, and the products that it may be."""

    thing: int
    region: list[float]
    """Left, top, right, bottom, as shares of the photo."""
    decision: Literal["match", "ask", "unknown"]
    products: list[dict[str, Any]]
    """Best first: product_id, sku, name, options, price, available, stock, score, picture, orders."""


class SeenByDesk(_Response):
    """What a photo shows."""

    photo: str
    things: list[DeskThing]


class Problem(_Response):
    """An error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    """Stable, for programs: "empty_message", "not_an_image", "rate_limited", ..."""
    trace_id: str
