"""`zhanggui serve` as a process: it answers over HTTP, ends cleanly, and says what keeps it from starting."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
NO_MODELS = {f"ZHANGGUI_BACKENDS__{key}": "" for key in ("ASR", "VAD", "TTS_EN", "TTS_ZH", "PHOTOS", "SENTENCES")}
ADMIN_KEY = "a-key-for-tests-only"


@dataclass(frozen=True, slots=True)
class Clerk:
    """A running server."""

    process: subprocess.Popen[str]
    address: str

    def call(self, path: str, body: object = None, token: str = "") -> Any:
        request = urllib.request.Request(  # noqa: S310 - our own http address
            self.address + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})},
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=30) as response:
            return json.load(response)

    def stop(self, how: signal.Signals) -> str:
        self.process.send_signal(how)
        _, told = self.process.communicate(timeout=30)
        return told


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "ui.cli", "serve", *arguments]


def surroundings(data: Path) -> dict[str, str]:
    return {**os.environ, **NO_MODELS, "ZHANGGUI_DATA_DIR": str(data), "ZHANGGUI_WEB__ADMIN_KEY": ADMIN_KEY}


@contextmanager
def serving(data: Path) -> Iterator[Clerk]:
    with subprocess.Popen(
        command("--port", "0"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=surroundings(data),
        cwd=ROOT,
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("web"), process.stderr.read() if process.stderr else ""
            yield Clerk(process, line.split()[1])
        finally:
            process.kill()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_over_http_and_ends_cleanly(tmp_path: Path, how: signal.Signals) -> None:
    with serving(tmp_path) as clerk:
        opened = clerk.call("/v1/conversations", {"locale": "en"})
        path = f"/v1/conversations/{opened['conversation_id']}/messages"
        turn = clerk.call(path, {"id": "1", "text": "hello"}, opened["token"])
        again = clerk.call(path, {"id": "1", "text": "hello"}, opened["token"])
        assert turn["replies"][0]["language"] == "en"
        assert again["turn_id"] == turn["turn_id"]
        listed = clerk.call("/v1/admin/conversations", token=ADMIN_KEY)
        assert opened["conversation_id"] in json.dumps(listed)
        told = clerk.stop(how)
    assert clerk.process.returncode == 0
    assert "everything accepted is in the record" in told
    assert "Traceback" not in told
    assert "hello" not in told


def test_a_killed_server_starts_again_over_the_same_folder_and_remembers(tmp_path: Path) -> None:
    with serving(tmp_path) as clerk:
        opened = clerk.call("/v1/conversations", {})
        path = f"/v1/conversations/{opened['conversation_id']}/messages"
        turn = clerk.call(path, {"id": "1", "text": "hello"}, opened["token"])
        clerk.stop(signal.SIGKILL)
    with serving(tmp_path) as clerk:
        assert clerk.call(path, {"id": "1", "text": "hello"}, opened["token"])["turn_id"] == turn["turn_id"]
        assert len(clerk.call(path, token=opened["token"])["messages"]) == 1


def test_a_second_server_over_the_same_folder_is_refused(tmp_path: Path) -> None:
    with serving(tmp_path):
        done = refused(tmp_path, "--port", "0")
    assert done.returncode == 1
    assert "serves" in done.stderr
    assert str(tmp_path) in done.stderr


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = refused(tmp_path, "--port", str(port))
    assert done.returncode == 1
    assert f"127.0.0.1:{port}" in done.stderr
    assert "set web.port" in done.stderr


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"ZHANGGUI_WEB__ENABLED": "false"}, "no channel is enabled"),
        ({"ZHANGGUI_PHONE__ENABLED": "true"}, "needs hearing and a voice"),
        ({"ZHANGGUI_TELEGRAM__ENABLED": "true"}, "ZHANGGUI_TELEGRAM__TOKEN"),
        ({"ZHANGGUI_WEB__PORT": "99999"}, "web.port"),
    ],
)
def test_a_configuration_that_cannot_be_served_is_explained(tmp_path: Path, change: dict[str, str], told: str) -> None:
    done = refused(tmp_path, **change)
    assert done.returncode == 2
    assert told in done.stderr


@pytest.mark.parametrize("arguments", [["--port", "70000"], ["--port", "web"], ["--bogus"]])
def test_wrong_usage_leaves_with_2(tmp_path: Path, arguments: list[str]) -> None:
    assert refused(tmp_path, *arguments).returncode == 2


def refused(data: Path, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command(*arguments),
        capture_output=True,
        text=True,
        check=False,
        env=surroundings(data) | changes,
        cwd=ROOT,
        timeout=60,
    )
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    return done
