"""Be found at a provider, whatever it answers."""

from __future__ import annotations

import asyncio
import logging

import pytest

from channels.phone.sip import register
from tests.channels.doors import nobody
from tests.channels.sip.peers import door
from tests.channels.sip.telephone import Telephone, telephone


def account(provider: Telephone, **more: str) -> dict[str, str]:
    _, port = provider.sip.get_extra_info("sockname")
    return {"sip_register": f"sip:shop@127.0.0.1:{port}", "sip_register_password": "secret"} | more


async def test_a_provider_that_wants_it_for_longer_gets_it_and_is_told_when_we_leave(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register, "_KEEP_ALIVE_S", 0.2)
    async with telephone(9) as provider:
        with caplog.at_level(logging.INFO):
            async with door(nobody, **account(provider)) as opened:
                provider.door = ("127.0.0.1", opened.port)
                first = await provider.hears(method="REGISTER")
                assert (first.uri, first.get_header("Expires")) == ("sip:127.0.0.1", "300")
                provider.reply(first, 423, Min_Expires="900")
                second = await provider.hears(method="REGISTER")
                assert second.get_header("Expires") == "900"
                assert (second.call_id, second.cseq.seq) == (first.call_id, first.cseq.seq + 1)
                provider.reply(second, 200, Expires="900")
                async with asyncio.timeout(10):
                    assert await provider._heard.came.get() == b"\r\n\r\n"
                assert opened.is_registered
                leaving = asyncio.create_task(farewell(provider))
            assert await leaving == "0"
    assert "it wants at least 900 s; again in" in caplog.text
    assert "registered as sip:shop@127.0.0.1 for 900 s" in caplog.text


async def farewell(provider: Telephone) -> str:
    async with asyncio.timeout(10):
        while not (data := await provider._heard.came.get()).strip():
            pass
    provider._heard.came.put_nowait(data)
    request = await provider.hears(method="REGISTER")
    provider.reply(request, 200)
    return str(request.get_header("Expires"))


async def test_a_wrong_password_is_told_with_what_to_set_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    challenge = {"WWW_Authenticate": 'Digest realm="p", nonce="n", algorithm=SHA-256, qop="auth"'}
    async with telephone(9) as provider:
        with caplog.at_level(logging.WARNING):
            async with door(nobody, **account(provider, sip_register_user="u17")) as opened:
                provider.door = ("127.0.0.1", opened.port)
                provider.reply(await provider.hears(method="REGISTER"), 401, **challenge)
                proven = await provider.hears(method="REGISTER")
                assert 'username="u17"' in proven.get_header("Authorization")
                provider.reply(proven, 403)
                provider.reply(await provider.hears(method="REGISTER"), 401, **challenge)
                assert not opened.is_registered
    assert "check phone.sip_register, phone.sip_register_user and ZHANGGUI_PHONE__SIP_REGISTER_PASSWORD" in caplog.text


async def test_a_provider_that_is_not_there_keeps_no_door_from_opening(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        async with door(nobody, sip_register="sip:shop@no-such-host.invalid") as opened:
            async with asyncio.timeout(20):
                while "not registered" not in caplog.text:  # noqa: ASYNC110 - it tells by the log only
                    await asyncio.sleep(0.05)
            assert not opened.is_registered


async def test_calls_of_the_provider_need_no_password_of_ours() -> None:
    async def on_call(line: object) -> None:
        return None

    async with telephone(9) as provider:
        more = {"sip_user": "chen", "sip_password": "other"}
        async with door(on_call, **account(provider, **more)) as opened:
            provider.door = ("127.0.0.1", opened.port)
            provider.reply(await provider.hears(method="REGISTER"), 200)
            await provider.calls()
            await provider.hears(method="BYE")
