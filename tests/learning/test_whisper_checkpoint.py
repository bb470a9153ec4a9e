import wave
from pathlib import Path

import numpy as np
import pytest

from core.errors import ModelMissingError

pytest.importorskip("torch")
from core.registry import build
from learning.models.whisper_checkpoint import convert


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # openai-whisper's tokenizer.py leaves one open
@pytest.mark.models
async def test_the_converted_default_model_is_heard_through_the_other_library(
    models: Path, shared_data: Path, tmp_path: Path
) -> None:
    file = convert(models / "whisper-base", tmp_path / "base.pt")
    ears = build("asr", f"openai-whisper:{file}?beam=1", models)
    with wave.open(str(shared_data / "speech/en/harvard-spk1_snt5.wav")) as source:
        speech = np.frombuffer(source.readframes(source.getnframes()), "<i2").astype(np.float32) / np.float32(32768)
    heard = await ears.transcribe(speech)
    assert heard.text.strip(".") == "Sunday is the best part of the week"
    assert heard.language == "en" and heard.confidence > 0.5
    assert not file.with_suffix(".part").is_file()


def test_a_folder_without_a_model_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError, match="zhanggui models pull whisper-base"):
        convert(tmp_path, tmp_path / "out.pt")


@pytest.mark.parametrize("data", [b"", b"\x06\x00\x00\x00", b"\x06\x00\x00\x00\x08\x00LlamaSp\x00\x01\x00\x00\x00"])
def test_a_file_of_another_kind_is_named(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "model.bin").write_bytes(data)
    with pytest.raises(ModelMissingError, match="model.bin"):
        convert(tmp_path, tmp_path / "out.pt")
    assert not (tmp_path / "out.pt").exists()
