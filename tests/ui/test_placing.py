"""Where models run, and what keeps them from a GPU. The GPU's size is told to the code; no GPU is needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.config import Settings, load
from core.errors import BackendError, ConfigError
from ui import placing
from ui.doctor.placed import check
from ui.placing import Gpu, places, take_places

GIB = 2**30
OFF = {key: "" for key in ("asr", "vad", "turn", "tts_en", "tts_zh", "photos", "ocr", "sentences")}


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be a GPU with 10 of 16 GiB free."""
    pytest.importorskip("torch", reason="torch comes with the extra gpu")
    monkeypatch.setattr(placing, "gpu", lambda: Gpu(name="Card", free=10 * GIB, total=16 * GIB))


def settings(tmp_path: Path, memory: dict[str, float], **backends: str) -> Settings:
    serving = {"strict": True, "memory_gb": memory}
    return load(backends={**OFF, **backends}, serving=serving, models={"folder": str(tmp_path)})


def voice(folder: Path, size: int) -> str:
    """Write what counts as a voice of `size` bytes, without writing them."""
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    with (folder / "model.pth").open("wb") as file:
        file.truncate(size)
    return f"coqui:{folder.name}?device=cuda"


@pytest.fixture
def held(card: None, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the shares of the card that PyTorch is held to from now on."""
    import torch

    shares: list[float] = []
    monkeypatch.setattr(torch.cuda, "set_per_process_memory_fraction", shares.append)
    return shares


def test_without_a_gpu_each_model_that_wants_one_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("TTS", reason="the extra speech-coqui is not installed")
    monkeypatch.setattr(placing, "gpu", lambda: None)
    config = settings(tmp_path, {"tts_en": 2}, tts_en=voice(tmp_path / "ann", 1000), vad="fake")
    found = {place.key: place for place in places(config)}
    assert "check nvidia-smi" in found["tts_en"].fault and not found["vad"].fault
    with pytest.raises(BackendError, match=r"tts_en = 'coqui:ann\?device=cuda': torch finds no CUDA"):
        take_places(config)


@pytest.mark.usefixtures("card")
def test_weights_budgets_and_the_card_are_compared(tmp_path: Path) -> None:
    pytest.importorskip("TTS", reason="the extra speech-coqui is not installed")
    spec = voice(tmp_path / "ann", 2 * GIB)
    [fits] = places(settings(tmp_path, {"tts_en": 3}, tts_en=spec))
    assert (fits.device, fits.weights, fits.budget, fits.fault) == ("cuda", 2 * GIB, 3 * GIB, "")
    with pytest.raises(
        BackendError, match=r"weights take 2\.4 GiB with room to work, serving\.memory_gb gives it 2\.2"
    ):
        take_places(settings(tmp_path, {"tts_en": 2.2}, tts_en=spec))
    with pytest.raises(BackendError, match=r"may take 11\.0 GiB and Card has 10\.0 of 16\.0 GiB are free"):
        take_places(settings(tmp_path, {"tts_en": 11}, tts_en=spec))


@pytest.mark.usefixtures("card")
def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    pytest.importorskip("TTS", reason="the extra speech-coqui is not installed")
    with pytest.raises(BackendError) as told:
        take_places(settings(tmp_path, {}, tts_en="coqui:nobody?device=cuda", vad="silera", tts_zh="coqui:x?colour=1"))
    said = str(told.value)
    assert f"its weights are not in {tmp_path / 'nobody'}" in said
    assert "did you mean 'silero'" in said and "has no option 'colour'" in said


@pytest.mark.usefixtures("card")
def test_models_on_the_cpu_take_nothing_of_the_gpu(tmp_path: Path) -> None:
    [place] = places(settings(tmp_path, {"vad": 100}, vad="fake"))
    assert place.device == "cpu" and place.budget is None
    take_places(settings(tmp_path, {"vad": 100}, vad="fake"))


def sighted(folder: Path, memory: dict[str, float]) -> Settings:
    """Return settings with a model of text and one that sees on the card, of 1 GiB each."""
    pytest.importorskip("transformers", reason="transformers comes with the extra llm-transformers")
    for name in ("words", "eyes"):
        (folder / name).mkdir(exist_ok=True)
        with (folder / name / "model.safetensors").open("wb") as file:
            file.truncate(GIB)
    serving, models = {"strict": True, "memory_gb": memory}, {"folder": str(folder)}
    words, eyes = "transformers:words?device=cuda", "transformers:eyes?device=cuda&vision=true"
    return load(backends=OFF, serving=serving, models=models, model={"backends": [words], "see": [eyes]})


def test_a_model_that_sees_has_a_place_and_a_budget(tmp_path: Path, held: list[float]) -> None:
    config = sighted(tmp_path, {"model": 4, "see": 4})
    assert [(place.key, place.weights, place.budget, place.fault) for place in places(config)] == [
        ("model 1", GIB, 4 * GIB, ""),
        ("see 1", GIB, 4 * GIB, ""),
    ]
    take_places(config)
    assert held == [0.5]  # 8 of 16 GiB
    with pytest.raises(BackendError, match=r"see 1 = .*serving\.memory_gb gives it 1\.1"):
        take_places(sighted(tmp_path, {"model": 4, "see": 1.1}))
    with pytest.raises(BackendError, match=r"may take 11\.0 GiB and Card has 10\.0"):
        take_places(sighted(tmp_path, {"model": 4, "see": 7}))


def test_pytorch_is_held_to_nothing_where_a_model_on_the_card_has_no_budget(tmp_path: Path, held: list[float]) -> None:
    config = sighted(tmp_path, {"model": 4})
    take_places(config)
    assert held == []
    [words, eyes, card] = check(config)
    assert "may take 4.0 GiB" in words.detail and "no budget" in eyes.detail and card.name == "gpu"


def test_the_gpu_profile_lies_below_the_users_own_file(tmp_path: Path) -> None:
    assert load(profile="cpu") == load()
    profile = load(profile="gpu")
    assert "device=cuda" in profile.backends.asr and profile.serving.strict and profile.model.backends
    (tmp_path / "zhanggui.toml").write_text('[backends]\nasr = "fake"\n[serving]\nstrict = false\n')
    own = load(profile="gpu")
    assert own.backends.asr == "fake" and own.backends.photos == profile.backends.photos
    assert not own.serving.strict and own.serving.memory_gb == profile.serving.memory_gb


def test_every_spec_of_the_gpu_profile_is_one_that_its_backend_understands() -> None:
    for library in ("torch", "whisper", "TTS", "open_clip", "transformers"):
        pytest.importorskip(library, reason="the extra gpu is not installed")
    from core import registry

    profile = load(profile="gpu")
    for key, spec in profile.backends:
        if spec:
            registry.options(key.partition("_")[0], spec)
    assert registry.options("language", profile.model.backends[0])["batch"] == 16


def test_a_profile_of_ones_own_is_a_file_and_an_unknown_one_is_told(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[backends]\nasr = "fake"\n')
    assert load(profile=str(tmp_path / "mine.toml")).backends.asr == "fake"
    with pytest.raises(ConfigError, match="no profile 'tpu' .known: cpu, gpu"):
        load(profile="tpu")
    (tmp_path / "bad.toml").write_text("[serving.memory_gb]\nears = 3\n")
    with pytest.raises(ConfigError, match=r"serving\.memory_gb .*ears = 3"):
        load(profile=str(tmp_path / "bad.toml"))
