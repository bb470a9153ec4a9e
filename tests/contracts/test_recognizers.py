"""What every recogniser promises, whatever library hears for it."""

import asyncio
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.errors import BackendError, ConfigError, MediaError, ModelMissingError
from core.ports import SpeechRecognizer
from core.registry import build

RATE = 16_000
# openai-whisper leaves its vocabulary file open (tokenizer.py) and sorts tensors with numpy (decoding.py).
library_leaks = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
library_sorts = pytest.mark.filterwarnings("ignore:__array_wrap__:DeprecationWarning")
NOISES = {
    "nothing": np.zeros(0, np.float32),
    "one sample": np.zeros(1, np.float32),
    "silence": np.zeros(3 * RATE, np.float32),
    "a hiss": (0.0005 * np.random.default_rng(1).standard_normal(3 * RATE)).astype(np.float32),
}
LOUD = {
    "white noise": (0.1 * np.random.default_rng(2).standard_normal(3 * RATE)).astype(np.float32),
    "very loud noise": np.clip(0.5 * np.random.default_rng(3).standard_normal(5 * RATE), -1, 1).astype(np.float32),
    "a dial tone": (0.3 * np.sin(np.arange(3 * RATE) * 2 * np.pi * 440 / RATE)).astype(np.float32),
    "mains hum": (0.3 * np.sin(np.arange(3 * RATE) * 2 * np.pi * 50 / RATE)).astype(np.float32),
}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a checkpoint of the right shape with random weights: it hears nonsense, quickly."""
    torch = pytest.importorskip("torch")
    library = pytest.importorskip("whisper.model")
    torch.manual_seed(0)
    dims = {"n_mels": 80, "n_audio_ctx": 1500, "n_audio_state": 16, "n_audio_head": 1, "n_audio_layer": 1}
    dims |= {"n_vocab": 51865, "n_text_ctx": 448, "n_text_state": 16, "n_text_head": 1, "n_text_layer": 1}
    file = tmp_path_factory.mktemp("whisper") / "tiny.pt"
    # The library leaves its position embeddings uninitialised, so every weight is drawn here.
    empty = library.Whisper(library.ModelDimensions(**dims)).state_dict()
    state = {name: 0.02 * torch.randn(weight.shape) for name, weight in empty.items()}
    torch.save({"dims": dims, "model_state_dict": state}, file)
    return file


@pytest.fixture(
    params=[
        pytest.param("fake:where is my order", id="fake"),
        pytest.param("faster-whisper:whisper-base", id="faster-whisper", marks=pytest.mark.models),
        pytest.param("openai-whisper:{tiny}", id="openai-whisper"),
    ]
)
def recognizer(request: pytest.FixtureRequest, recognizers: Callable[..., SpeechRecognizer]) -> object:
    spec: str = request.param
    return recognizers(spec.format(tiny=request.getfixturevalue("tiny")) if "{tiny}" in spec else spec)


@pytest.fixture(scope="module")
def recognizers(models: Path) -> Callable[..., SpeechRecognizer]:
    """Return a builder that loads each model once for all tests."""
    loaded: dict[str, SpeechRecognizer] = {}

    def get(spec: str) -> SpeechRecognizer:
        if spec not in loaded:
            loaded[spec] = build("asr", spec, models)
        return loaded[spec]

    return get


def test_it_says_where_it_runs_and_what_it_hears(recognizer: SpeechRecognizer) -> None:
    said = recognizer.capabilities
    assert said.sample_rate == RATE and said.device == "cpu"
    assert {"zh", "en"} <= set(said.languages)


@pytest.mark.parametrize("noise", NOISES)
async def test_silence_has_no_words(recognizer: SpeechRecognizer, noise: str) -> None:
    heard = await recognizer.transcribe(NOISES[noise])
    assert heard.text == "" and heard.words == () and heard.confidence == 0


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
async def test_samples_that_are_not_numbers_are_refused(recognizer: SpeechRecognizer, wrong: float) -> None:
    speech = np.zeros(RATE, np.float32)
    speech[100] = wrong
    with pytest.raises(MediaError) as refused:
        await recognizer.transcribe(speech)
    assert refused.value.code == "damaged"
    assert (await recognizer.transcribe(np.zeros(RATE, np.float32))).text == "", "the next recording is heard"


@pytest.mark.parametrize("shape", [(2, RATE), (RATE, 1), ()])
async def test_speech_of_another_shape_is_refused(recognizer: SpeechRecognizer, shape: tuple[int, ...]) -> None:
    with pytest.raises(MediaError, match="mono"):
        await recognizer.transcribe(np.zeros(shape, np.float32))


async def test_it_hears_samples_of_other_number_types(recognizer: SpeechRecognizer) -> None:
    assert (await recognizer.transcribe(np.zeros(RATE, np.float64))).text == ""  # type: ignore[arg-type]  # on purpose


async def test_a_fixed_language_is_kept(recognizer: SpeechRecognizer) -> None:
    assert (await recognizer.transcribe(np.zeros(RATE, np.float32), language="zh")).language == "zh"


@library_leaks
@library_sorts
async def test_callers_at_once_each_get_their_own_words(recognizer: SpeechRecognizer, shared_data: Path) -> None:
    with wave.open(str(shared_data / "speech/en/harvard-spk1_snt5.wav")) as source:
        speech = np.frombuffer(source.readframes(source.getnframes()), "<i2").astype(np.float32) / np.float32(32768)
    alone = await recognizer.transcribe(speech)
    together = await asyncio.gather(*(recognizer.transcribe(speech) for _ in range(3)))
    assert list(together) == [alone] * 3


async def test_a_caller_who_gives_up_does_not_stop_the_others(recognizer: SpeechRecognizer) -> None:
    speech = np.zeros(RATE, np.float32)
    given_up = asyncio.create_task(recognizer.transcribe(speech))
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.gather(given_up, return_exceptions=True)
    assert (await recognizer.transcribe(speech)).text == ""


@pytest.mark.models
@pytest.mark.parametrize("noise", LOUD)
async def test_noise_has_no_words(recognizers: Callable[..., SpeechRecognizer], noise: str) -> None:
    assert (await recognizers("faster-whisper:whisper-base").transcribe(LOUD[noise])).text == ""


@pytest.mark.parametrize("backend", ["faster-whisper", "openai-whisper"])
def test_a_missing_model_says_how_to_get_it(backend: str, tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError, match=r"zhanggui models pull no-such-model|no-such-model.*convert"):
        build("asr", f"{backend}:no-such-model", tmp_path)


@pytest.mark.parametrize("backend", ["faster-whisper", "openai-whisper", "fake"])
def test_an_unknown_option_is_named_with_the_known_ones(backend: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="colour"):
        build("asr", f"{backend}:x?colour=red", tmp_path)


def test_a_checkpoint_cannot_run_code(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")

    class Trap:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (Path.touch, (tmp_path / "sprung",))  # type: ignore[return-value]  # pickle takes any arguments

    torch.save({"dims": Trap(), "model_state_dict": {}}, tmp_path / "trap.pt")
    with pytest.raises(BackendError, match="trap"):
        build("asr", f"openai-whisper:{tmp_path / 'trap.pt'}", tmp_path)
    assert not (tmp_path / "sprung").exists()
