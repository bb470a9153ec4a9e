"""The demo takes calls on this machine, where it can hear and speak."""

from __future__ import annotations

import socket
from types import SimpleNamespace
from typing import Any

from core.config import Phone, Settings
from ui.house import _with_a_phone


def demo_phone(phone: Phone, *, can_speak: bool = True) -> Phone:
    app: Any = SimpleNamespace(
        settings=Settings(phone=phone), recognizer="", activity="", speaker="" if can_speak else None
    )
    return _with_a_phone(app).phone


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def test_the_demo_has_a_telephone_unless_it_is_switched_off_or_mute() -> None:
    assert demo_phone(Phone()).enabled
    assert not demo_phone(Phone(enabled=False)).enabled
    assert not demo_phone(Phone(), can_speak=False).enabled


def test_a_port_in_use_is_left_to_whoever_has_it() -> None:
    free = free_port()
    assert demo_phone(Phone(sip_port=free)).sip_port == free
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        assert demo_phone(Phone(sip_port=taken.getsockname()[1])).sip_port == 0
