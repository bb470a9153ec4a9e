"""Which channels and backends are configured, and whether they have what they need. Secrets are never shown."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from pydantic import SecretStr

from core import registry
from core.config import PREFIX, Settings
from core.errors import ZhangguiError
from ui.doctor import Finding, State


def check(settings: Settings, file: Path | None) -> Iterator[Finding]:
    """Yield the configuration file, the channels with their secrets, and the backends."""
    yield _file(file)
    yield from _web(settings)
    yield from _telegram(settings)
    yield from _phone(settings)
    yield from _any_channel(settings)
    for key, spec in settings.backends:
        yield _backend(
            f"backends.{key}", key.partition("_")[0], spec, settings
        )  # tts_en and tts_zh are of the kind tts
    for number, spec in enumerate(settings.model.backends or ("",), start=1):
        yield _backend(f"model.backends {number}", "language", spec, settings)
    for number, spec in enumerate(settings.model.see or ("",), start=1):
        yield _backend(f"model.see {number}", "language", spec, settings)


def _file(file: Path | None) -> Finding:
    path = file or Path(os.environ.get(f"{PREFIX}CONFIG", "zhanggui.toml"))
    if path.is_file():
        return Finding(name="file", state=State.OK, detail=str(path))
    remedy = f"copy zhanggui.example.toml to {path} to change anything"
    return Finding(name="file", state=State.OPTIONAL, detail=f"no {path}: defaults and environment", remedy=remedy)


def _web(settings: Settings) -> Iterator[Finding]:
    web, gradio = settings.web, settings.gradio
    yield _channel("web", web.enabled, f"http://{web.host}:{web.port}")
    if web.enabled:
        yield _secret("web.admin_key", web.admin_key, State.OPTIONAL, "without it /v1/admin stays shut")
    yield _channel("gradio", gradio.enabled, f"http://{gradio.host}:{gradio.port}", in_demo=True)


def _telegram(settings: Settings) -> Iterator[Finding]:
    telegram = settings.telegram
    yield _channel("telegram", telegram.enabled, telegram.mode)
    if not telegram.enabled:
        return
    yield _secret("telegram.token", telegram.token, State.MISSING, "the bot's token, from @BotFather")
    if telegram.mode == "webhook":
        what = "lets only Telegram in"
        yield _secret("telegram.webhook_secret", telegram.webhook_secret, State.MISSING, what)
        if not telegram.webhook_url:
            remedy = "set telegram.webhook_url to the public https address"
            yield Finding(name="telegram.webhook_url", state=State.MISSING, detail="not set", remedy=remedy)


def _phone(settings: Settings) -> Iterator[Finding]:
    phone = settings.phone
    audiosocket = f"AudioSocket {phone.audiosocket_host}:{phone.audiosocket_port}"
    sip = f"SIP {phone.sip_host}:{phone.sip_port}, " if phone.sip_enabled else ""
    doors = f"{audiosocket}, {sip}Twilio {phone.twilio_host}:{phone.twilio_port}"
    in_demo = "enabled" not in phone.model_fields_set and not any(_call_needs(settings))
    yield _channel("phone", phone.enabled, doors, in_demo=in_demo)
    if phone.enabled:
        yield from _call_needs(settings)
        what = "without it Twilio's signatures cannot be checked"
        yield _secret("phone.twilio_auth_token", phone.twilio_auth_token, State.WARNING, what)
        if phone.sip_enabled and phone.sip_user:
            yield _secret("phone.sip_password", phone.sip_password, State.MISSING, "callers prove themselves with it")
        if phone.sip_enabled and phone.sip_register:
            what = "the provider asks for it"
            yield _secret("phone.sip_register_password", phone.sip_register_password, State.WARNING, what)


def _call_needs(settings: Settings) -> Iterator[Finding]:
    """Yield what `zhanggui serve` refuses to open the phone without."""
    backends = settings.backends
    needs = {"backends.asr": backends.asr, "backends.vad": backends.vad}
    needs["backends.tts_en or backends.tts_zh"] = backends.tts_en or backends.tts_zh
    for key, spec in needs.items():
        if not spec:
            remedy = f"set {key}, or phone.enabled = false"
            yield Finding(name="phone", state=State.MISSING, detail=f"{key} is switched off", remedy=remedy)


def _any_channel(settings: Settings) -> Iterator[Finding]:
    if not (settings.web.enabled or settings.telegram.enabled or settings.phone.enabled):
        remedy = "set web.enabled, telegram.enabled or phone.enabled to true"
        yield Finding(name="channels", state=State.MISSING, detail="none is enabled", remedy=remedy)


def _channel(name: str, enabled: bool, detail: str, *, in_demo: bool = False) -> Finding:
    """Tell whether `zhanggui serve` runs a channel; the demo runs some that are not asked for."""
    if enabled:
        return Finding(name=name, state=State.OK, detail=detail)
    off = "switched off; `zhanggui demo` runs it all the same" if in_demo else "switched off"
    remedy = f"set {name}.enabled = true to use it" + (" with `zhanggui serve`" if in_demo else "")
    return Finding(name=name, state=State.OPTIONAL, detail=off, remedy=remedy)


def _secret(key: str, value: SecretStr, when_unset: State, purpose: str) -> Finding:
    if value.get_secret_value():
        return Finding(name=key, state=State.OK, detail="set")
    variable = PREFIX + key.replace(".", "__").upper()
    return Finding(name=key, state=when_unset, detail="not set", remedy=f"set {variable} ({purpose})")


def _backend(name: str, kind: str, spec: str, settings: Settings) -> Finding:
    """Build the backend: the one honest way to know that its library, model and options fit."""
    if not spec:
        remedy = f"set {name} to one of: {', '.join(registry.names(kind))}"
        return Finding(name=name, state=State.OPTIONAL, detail="switched off", remedy=remedy)
    try:
        key = settings.model.api_key.get_secret_value()
        registry.build(kind, spec, settings.models.folder.expanduser(), api_key=key)
    except ZhangguiError as error:
        return Finding(name=name, state=State.MISSING, detail=spec, remedy=str(error))
    except Exception as error:  # a third party's backend may fail in any way, and the other lines still matter
        remedy = f"it failed with {type(error).__name__}: {error}"
        return Finding(name=name, state=State.MISSING, detail=spec, remedy=remedy)
    return Finding(name=name, state=State.OK, detail=spec)
