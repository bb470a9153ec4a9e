"""`zhanggui ask` and `zhanggui chat` as a person uses them, with models switched off (rules understand enough)."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
NO_MODELS = {f"ZHANGGUI_BACKENDS__{key}": "" for key in ("ASR", "VAD", "TTS_EN", "TTS_ZH", "PHOTOS", "SENTENCES")}


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return {**os.environ, **NO_MODELS, "ZHANGGUI_DATA_DIR": str(tmp_path_factory.mktemp("data"))}


def run(surroundings: dict[str, str], *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ui.cli", *arguments]
    return subprocess.run(
        command, input=typed, capture_output=True, text=True, check=False, env=surroundings, cwd=ROOT, timeout=100
    )


def asked(surroundings: dict[str, str], *arguments: str) -> Any:
    done = run(surroundings, "ask", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_question_is_answered_in_its_language(surroundings: dict[str, str]) -> None:
    done = run(surroundings, "ask", "你好")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search("[一-鿿]{4}", done.stdout)
    done = run(surroundings, "ask", "hello")
    assert (done.returncode, done.stderr) == (0, "")
    assert not re.search("[一-鿿]", done.stdout)


def test_json_is_what_the_http_call_returns(surroundings: dict[str, str]) -> None:
    turn = asked(surroundings, "hello")
    assert {"turn_id", "understanding", "actions", "replies"} <= set(turn)
    assert {"id", "text", "language", "buttons", "cards", "citations"} <= set(turn["replies"][0])
    assert set(turn["trace"]["timings_ms"]) == {"queue", "perceive", "understand", "dialogue", "speak"}


def test_a_conversation_goes_on_under_its_id(surroundings: dict[str, str]) -> None:
    first = asked(surroundings, "hello", "--conversation", "mine", "--locale", "en")
    second = asked(surroundings, "你好", "--conversation", "mine")
    assert first["conversation_id"] == second["conversation_id"] == "mine"


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        ([], 2, "say something"),
        (["   "], 2, "say something"),
        (["hi", "--image", "no-such-file.jpg"], 2, "does not exist"),
        (["hi", "--audio", "."], 2, "is a directory"),
        (["hi", "--bogus"], 2, "No such option"),
        (["hi", "--locale", "fr"], 2, "zh"),
        (["hi", "--speak", "no-such-folder/out.wav"], 2, "there is no folder"),
        (["hi", "--image", "pyproject.toml"], 1, "not an image"),
        (["hi", "--audio", "pyproject.toml"], 1, "not a recording"),
        (["a" * 4001], 1, "4000 characters at most"),
    ],
)
def test_bad_input_is_told_in_words(surroundings: dict[str, str], arguments: list[str], code: int, told: str) -> None:
    done = run(surroundings, "ask", *arguments)
    assert done.returncode == code
    assert done.stdout == ""
    assert told in re.sub(r"[\s│]+", " ", done.stderr)
    assert "Traceback" not in done.stderr


def test_a_refused_file_is_an_object_with_json(surroundings: dict[str, str]) -> None:
    done = run(surroundings, "ask", "hi", "--image", "pyproject.toml", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["type"] == "MediaError"


def test_a_failed_turn_apologises_and_leaves_with_1(surroundings: dict[str, str]) -> None:
    done = run({**surroundings, "ZHANGGUI_ENGINE__TURN_TIMEOUT_S": "0.000001"}, "ask", "hello there")
    assert done.returncode == 1
    assert "Sorry" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_spoken_reply_without_a_voice_is_explained(surroundings: dict[str, str], tmp_path: Path) -> None:
    done = run(surroundings, "ask", "hello", "--speak", str(tmp_path / "out.wav"))
    assert done.returncode == 0
    assert "no voice" in done.stderr
    assert not (tmp_path / "out.wav").exists()


def test_a_question_leaves_the_messages_of_a_running_clerk_alone(surroundings: dict[str, str], tmp_path: Path) -> None:
    own = {**surroundings, "ZHANGGUI_DATA_DIR": str(tmp_path)}
    accept = """
import asyncio, sys
from pathlib import Path
from core.journal.journal import StoreJournal
from core.journal.store import Store
from tests.core.conftest import message
store = Store(Path(sys.argv[1]) / "zhanggui.db")
journal = StoreJournal(store)
if sys.argv[2] == "accept":
    asyncio.run(journal.accept(message("hello", external_id="theirs")))
print(*(one.external_id for one in asyncio.run(journal.pending())))
store.close()
"""
    for step in ("accept", "look"):
        command = [sys.executable, "-c", accept, str(tmp_path), step]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
        assert done.stdout.strip() == "theirs"
        assert run(own, "ask", "hello").returncode == 0


def test_a_chat_ends_with_its_input_and_survives_bad_files(surroundings: dict[str, str]) -> None:
    done = run(surroundings, "chat", typed="hello\n\n/image\n/image pyproject.toml what is this\n你好")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert "! the file is not an image" in done.stdout
    assert re.search("您好|你好", done.stdout)


def test_quit_ends_a_chat(surroundings: dict[str, str]) -> None:
    done = run(surroundings, "chat", typed="/quit\nhello\n")
    assert done.returncode == 0
    assert done.stdout.count("> ") == 1


@pytest.fixture
def hears_ctrl_c() -> Iterator[None]:
    """Undo a shell's `&`, which makes all that it starts deaf to Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("hears_ctrl_c")
def test_ctrl_c_ends_a_chat_at_once(surroundings: dict[str, str]) -> None:
    ours, theirs = pty.openpty()
    chat = subprocess.Popen(
        [sys.executable, "-m", "ui.cli", "chat"],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=surroundings,
        cwd=ROOT,
    )
    os.close(theirs)
    try:
        assert chat.stdout is not None
        assert b"/quit" in chat.stdout.readline()
        time.sleep(0.5)  # it waits for a line now
        chat.send_signal(signal.SIGINT)
        _, told = chat.communicate(timeout=90)
    finally:
        chat.kill()
        chat.communicate()
        os.close(ours)
    assert (chat.returncode, told) == (0, b"")
