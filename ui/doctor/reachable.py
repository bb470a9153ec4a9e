"""Whether ports are free and servers answer."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
from huggingface_hub import constants

from core.config import Settings
from learning.models.sources.download import client
from learning.models.sources.pip_settings import PipSettings
from learning.models.sources.pip_settings import read as read_pip_settings
from ui.doctor import Finding, State
from ui.doctor.present import lacks_models

_TIMEOUT_S = 3.0
_Check = Callable[[], Finding]


def check(settings: Settings) -> Iterator[Finding]:
    """Yield the ports of enabled channels, the sources of models and the Telegram API, asked side by side."""
    pip = read_pip_settings()
    with client(pip.cert) as http, ThreadPoolExecutor(max_workers=8) as askers:
        http.timeout = httpx.Timeout(_TIMEOUT_S)
        checks = [*_ports(settings, http), *_model_sources(settings, pip, http)]
        if settings.telegram.enabled and settings.telegram.token.get_secret_value():
            checks.append(lambda: _telegram(settings, http))
        yield from askers.map(lambda ask: ask(), checks)


def _ports(settings: Settings, http: httpx.Client) -> Iterator[_Check]:
    web, gradio, telegram, phone = settings.web, settings.gradio, settings.telegram, settings.phone
    webhook = telegram.enabled and telegram.mode == "webhook"
    for key, enabled, host, port in (
        ("web.port", web.enabled, web.host, web.port),
        ("gradio.port", gradio.enabled, gradio.host, gradio.port),
        ("telegram.webhook_port", webhook, telegram.webhook_host, telegram.webhook_port),
        ("phone.audiosocket_port", phone.enabled, phone.audiosocket_host, phone.audiosocket_port),
        ("phone.sip_port", phone.enabled and phone.sip_enabled, phone.sip_host, phone.sip_port),
        ("phone.websocket_port", phone.enabled and phone.websocket, phone.websocket_host, phone.websocket_port),
        ("phone.twilio_port", phone.enabled, phone.twilio_host, phone.twilio_port),
    ):
        if enabled:
            yield lambda key=key, host=host, port=port: _port(key, host, port, settings, http)  # type: ignore[misc]  # mypy cannot type a lambda's defaults


def _port(key: str, host: str, port: int, settings: Settings, http: httpx.Client) -> Finding:
    if port == 0:
        return Finding(name=key, state=State.OK, detail="0: a free one is taken at the start")
    fault = _cannot_bind(host, port)
    if fault is None:
        return Finding(name=key, state=State.OK, detail=f"{host}:{port} is free")
    if fault == errno.EADDRINUSE:
        if _is_running(settings, http):
            return Finding(name=key, state=State.OK, detail=f"{host}:{port} is in use by the running clerk")
        remedy = f"stop what listens there, or set {key} to another port"
        return Finding(
            name=key, state=State.MISSING, detail=f"{host}:{port} is in use by another program", remedy=remedy
        )
    remedy = f"set {key} above 1023 and its host to an address of this machine"
    detail = f"{host}:{port} cannot be used ({errno.errorcode.get(fault, fault)})"
    return Finding(name=key, state=State.MISSING, detail=detail, remedy=remedy)


def _cannot_bind(host: str, port: int) -> int | None:
    """Return the errno that serving there would meet, None when it would work."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return error.errno or errno.EADDRNOTAVAIL
    return None


def _is_running(settings: Settings, http: httpx.Client) -> bool:
    """Return whether a Zhanggui answers at the web channel's address."""
    host = settings.web.host if settings.web.host not in {"0.0.0.0", "::"} else "127.0.0.1"  # noqa: S104 - compared, not bound
    try:
        described = http.get(f"http://{host}:{settings.web.port}/openapi.json").json()
        return "zhanggui" in str(described["info"]["title"]).lower()
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return False


def _model_sources(settings: Settings, pip: PipSettings, http: httpx.Client) -> Iterator[_Check]:
    remedy = "set models.local to a folder with model files, or mend the network" if lacks_models(settings) else ""
    if "hub" in settings.models.sources and not constants.HF_HUB_OFFLINE:
        yield lambda: _answers("model hub", constants.ENDPOINT, http, remedy)
    if "packages" in settings.models.sources:
        for index in pip.indexes:
            plain = str(httpx.URL(index).copy_with(username=None, password=None)).rstrip("/")
            yield lambda plain=plain: _answers(f"package index {plain}", f"{plain}/pip/", http, remedy)  # type: ignore[misc]  # as above


def _answers(name: str, url: str, http: httpx.Client, remedy: str) -> Finding:
    try:
        status = http.head(url).status_code
    except httpx.HTTPError as error:
        state = State.WARNING if remedy else State.OPTIONAL
        needless = "" if remedy else "; all configured models are here"
        return Finding(name=name, state=state, detail=f"no answer ({type(error).__name__}){needless}", remedy=remedy)
    return Finding(name=name, state=State.OK, detail=f"answers ({status})")


def _telegram(settings: Settings, http: httpx.Client) -> Finding:
    name, base = "Telegram API", settings.telegram.api_base.rstrip("/")
    try:
        answer = http.get(f"{base}/bot{settings.telegram.token.get_secret_value()}/getMe")
    except httpx.HTTPError as error:
        detail = f"{base} does not answer ({type(error).__name__})"
        return Finding(
            name=name, state=State.MISSING, detail=detail, remedy="mend the network, or set telegram.api_base"
        )
    if answer.is_success:
        return Finding(name=name, state=State.OK, detail=f"{base} knows the bot")
    detail = f"{base} refused the token ({answer.status_code})"
    return Finding(name=name, state=State.MISSING, detail=detail, remedy="get a new token from @BotFather")
