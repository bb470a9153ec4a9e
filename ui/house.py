"""Channels around a clerk: what `serve` and `demo` run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from channels.web.channel import WebChannel
from channels.web.house import House as WebHouse
from channels.web.house import Ready, always_ready
from channels.web.tokens import load_key
from core.batching import Queued
from core.call_ports import MediaTransport
from core.config import Settings
from core.delivery import Outbox
from core.errors import ConfigError
from core.journal.logins import StoreLogins
from core.login import Logins
from core.ports import Channel
from core.types import Language
from core.wording.openings import opening, openings
from ui.admin import StoreViews
from ui.app import Application
from ui.call_desk import CallDesk
from ui.calls import operations, outbound, tidy
from ui.language_model import desk_translator
from ui.photo_desk import PhotoDesk
from ui.shop_folder import DEMO_ORIGIN
from ui.warming import WarmUp, steps
from voice.call.conversation import House as CallHouse
from voice.call.phrases import LANGUAGES, Phrasebook
from voice.call.session import CallSession, Operations

if TYPE_CHECKING:
    from channels.phone.lines import PhoneLines

_ANY_NUMBER = "100"
_PAGES = 300
"""Of the shop, of which the beginning is practised by the voices."""

Announce = Callable[[str, str], None]
"""A name ("web", "telegram", ...) and how to reach it."""


async def serve(app: Application, announce: Announce, *, is_demo: bool = False) -> None:
    """Run all configured channels until cancelled; one that fails ends the others with its error.

    The demo takes calls as well, if it can hear and speak, unless the settings say otherwise.
    """
    settings = _with_a_phone(app) if is_demo else app.settings
    channels: list[Channel] = []
    warm_up = WarmUp(steps={"understanding": app.warm, **steps(app.models)}, strict=settings.serving.strict)
    web = await web_channel(app, warm_up.ready) if settings.web.enabled else None
    if web:
        channels.append(web)
    if settings.telegram.enabled:
        from channels.telegram.channel import TelegramChannel  # its library takes most of a second to import

        channels.append(TelegramChannel(settings.telegram, app.engine, app.data))
    phone, calls = _telephone(app, settings, web)
    if phone:
        channels.append(phone)
    if not channels:
        raise ConfigError("no channel is enabled: set web.enabled, telegram.enabled or phone.enabled to true")
    outbox = Outbox(app.journal, channels)
    app.engine.on_commit(outbox.notice)
    async with asyncio.TaskGroup() as group:
        for work in (outbox.run(), *(channel.run() for channel in channels)):
            group.create_task(work)
        group.create_task(warm_up.run())
        if calls:
            group.create_task(_rehearse(app, calls, warm_up))
            group.create_task(tidy(app))
            if phone and phone.reaches(_ANY_NUMBER):
                group.create_task((await outbound(app, calls, phone)).run())
        for name, where in _lines(settings):
            announce(name, where)
        if phone and phone.sip:
            await phone.sip.ready.wait()
            announce("phone", phone.sip.address)
        if web:
            address = await web.address()
            announce("web", address)
            if settings.gradio.enabled:
                group.create_task(_gradio(app, address))
                announce("gradio", f"http://{settings.gradio.host}:{settings.gradio.port}")


async def web_channel(app: Application, ready: Ready = always_ready) -> WebChannel:
    """Return the web channel over a clerk; `ready` answers /readyz."""
    pictures = {
        variant.item_id: app.shop.picture_path(variant.pictures[0])
        for product in await app.shop.products()
        for variant in product.variants.values()
        if variant.pictures
    }
    about = await app.shop.about()
    secret = app.settings.web.login_secret.get_secret_value()
    house = WebHouse(
        settings=app.settings.web,
        clerk=app.engine,
        secret_key=load_key(app.data / "web.key"),
        picture=pictures.get,
        shop=app.shop,
        shop_name=app.pack.titles if not app.pack.sells else about.name if about else {},
        currency=about.currency if about else "USD",
        is_demo=app.pack.sells and about is not None and about.origin == DEMO_ORIGIN,
        calls=CallDesk(app.store, app.shop, app.settings),
        admin=StoreViews(app.store, desk_translator(app.purse, app.store, app.settings)),
        photos=PhotoDesk(shop=app.shop, finder=app.finder, blobs=app.engine.blobs) if app.finder else None,
        ready=ready,
        login=Logins(secret, app.shop, StoreLogins(app.store)).admit if secret else None,
    )
    for purse in (app.purse, app.eyes):
        if purse:
            purse.observe = house.metrics.prompt
    for key, model in app.models.items():
        if isinstance(model, Queued):
            house.metrics.watch(key, model.queue)
    return WebChannel(house)


def _telephone(
    app: Application, settings: Settings, web: WebChannel | None
) -> tuple[PhoneLines | None, CallSession | None]:
    """Return the lines and what holds their calls; each needs the other to put a caller through."""
    if not settings.phone.enabled:
        return None, None
    from channels.phone.lines import PhoneLines  # its libraries take a second to import

    async def hold(line: MediaTransport) -> None:
        await calls.hold(line)

    phone = PhoneLines(settings.phone, on_call=hold)
    dialer = phone if phone.reaches(settings.phone.transfer_to) else None
    seen = web.house.metrics.calls.ended if web else _unseen
    calls = call_session(app, operations(app, dialer, seen))
    if web:
        seats = calls.seats
        web.house.telephone = phone.browser
        web.house.metrics.calls.watch(lambda: seats.taken, lambda: seats.queued)
    return phone, calls


def _with_a_phone(app: Application) -> Settings:
    """Return the settings with a telephone on this machine, on ports that are free."""
    phone = app.settings.phone
    if "enabled" in phone.model_fields_set or app.recognizer is None or app.activity is None or app.speaker is None:
        return app.settings
    from channels.phone.listening import is_free

    changes: dict[str, bool | int] = {"enabled": True}
    for door, host, port in (
        ("audiosocket_port", phone.audiosocket_host, phone.audiosocket_port),
        ("sip_port", phone.sip_host, phone.sip_port),
    ):
        if not is_free(host, port):
            changes[door] = 0
    return app.settings.model_copy(update={"phone": phone.model_copy(update=changes)})


def _lines(settings: Settings) -> Iterator[tuple[str, str]]:
    if settings.telegram.enabled:
        yield "telegram", settings.telegram.mode
    if settings.phone.enabled:
        phone = settings.phone
        if phone.audiosocket_port:
            yield "phone", f"AudioSocket at {phone.audiosocket_host}:{phone.audiosocket_port}"
        if phone.websocket:
            yield "phone", f"chan_websocket at ws://{phone.websocket_host}:{phone.websocket_port}/asterisk"
        if phone.twilio_auth_token.get_secret_value() or phone.twilio_unsigned:
            yield "phone", f"Twilio webhook at http://{phone.twilio_host}:{phone.twilio_port}/twilio/voice"


def _unseen(_call: Mapping[str, Any]) -> None:
    """Count nothing: there is no page that shows it."""


def call_session(app: Application, work: Operations | None = None) -> CallSession:
    """Return what holds the calls; raises `ConfigError` when the clerk cannot hear or speak."""
    return CallSession(call_house(app), max_calls=app.settings.phone.max_calls, operations=work)


async def _rehearse(app: Application, calls: CallSession, warm_up: WarmUp) -> None:
    """Prepare what is said on the telephone; calls are taken meanwhile, and what is not ready is said live."""
    await calls.prepare()
    await warm_up.over.wait()
    if app.finder:
        with suppress(Exception):  # it tells what went wrong; photos are sent sooner than a voice has practised
            await app.finder.ready()
    await calls.practise(await spoken_openings(app))


async def spoken_openings(app: Application) -> list[tuple[str, Language]]:
    """Return how replies begin on the telephone, first in the language that calls begin in."""
    pages = (await app.shop.pages())[:_PAGES]
    told: list[tuple[str, Language]] = []
    for language in sorted(LANGUAGES, key=lambda one: one != app.settings.phone.language):
        fixed = openings(app.pack.templates, language)
        read_out = (opening(page.bodies[language], language) for page in pages if language in page.bodies)
        told += [(text, language) for text in dict.fromkeys((*fixed, *read_out)) if text]
    return told


def call_house(app: Application) -> CallHouse:
    """Return what every call needs; raises `ConfigError` when the clerk cannot hear or speak."""
    if app.recognizer is None or app.activity is None or app.speaker is None:
        raise ConfigError(
            "phone.enabled = true needs hearing and a voice: see the warnings above, and `zhanggui doctor`"
        )
    return CallHouse(
        clerk=app.engine,
        recognizer=app.recognizer,
        activity=app.activity,
        turn_detector=app.turn_detector,
        phrasebook=Phrasebook(app.speaker),
        language=app.settings.phone.language,
        greeting=app.settings.shop.greeting,
        transfer_to=app.settings.phone.transfer_to,
        against_noise=app.settings.phone.noise_suppression,
        hint=app.hint,
    )


async def _gradio(app: Application, api: str) -> None:
    from ui.gradio_page import serve as serve_page  # Gradio takes seconds to import

    await serve_page(api, app.settings.gradio.host, app.settings.gradio.port)
