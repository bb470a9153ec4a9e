import io
import logging
import wave
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.blobs import FolderBlobs
from core.errors import BackendError
from core.photo_ports import ProductFinder
from core.ports import Capabilities, Pcm, Picture, SpeechRecognizer
from core.registry import build
from core.types import Attachment, AttachmentKind, MatchDecision, Message, ProductMatch, Screening, Transcript
from perception.hearing.fake import FakeRecognizer
from perception.media import Door
from perception.perceive import Perceiver
from tests.perception.films import BLUE, PER_S, RED, film, scene

RATE = 16_000
EARS = FakeRecognizer(text="我的订单到哪了", language="zh", confidence=0.8)


class Eyes:
    """Find one product in every photo: the colour of its first pixel."""

    async def find(self, photo: Picture, *, attachment_id: str) -> tuple[ProductMatch, ...]:
        red = int(photo[0, 0, 0])
        match = ProductMatch(
            attachment_id=attachment_id, sku=f"red-{red}", product_id="p", score=0.9, decision=MatchDecision.MATCH
        )
        return (match,)


EYES = Eyes()


class Broken:
    """Fail, as a model does that ran out of memory."""

    capabilities = Capabilities()

    async def find(self, photo: Picture, *, attachment_id: str) -> tuple[ProductMatch, ...]:
        raise RuntimeError("out of memory")

    async def transcribe(
        self, speech: Pcm, *, language: str | None = None, hint: str = "", expect: str = ""
    ) -> Transcript:
        raise RuntimeError("out of memory")


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    return FolderBlobs(tmp_path)


@pytest.fixture
def door(blobs: FolderBlobs) -> Door:
    return Door(blobs)


async def recording(door: Door, loudness: float = 0.3) -> Attachment:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((loudness * 32767 * np.sin(np.arange(RATE) / 10)).astype("<i2").tobytes())
    return await door.admit(out.getvalue(), kind=AttachmentKind.AUDIO)


async def photo(door: Door, red: int = 200) -> Attachment:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (red, 0, 0)).save(out, "PNG")
    return await door.admit(out.getvalue(), kind=AttachmentKind.IMAGE)


def gone(kind: AttachmentKind) -> Attachment:
    return Attachment(id="gone", kind=kind, media_type="?", size_bytes=1, sha256="0" * 64)


def message(*attachments: Attachment) -> Message:
    return Message(
        id="m1",
        channel="web",
        external_id="1",
        conversation_id="c1",
        sender_id="s1",
        attachments=attachments,
        received_at=datetime.now(UTC),
        trace_id="t1",
    )


def perceiver(blobs: FolderBlobs, ears: SpeechRecognizer | None = EARS, eyes: ProductFinder | None = EYES) -> Perceiver:
    return Perceiver(blobs=blobs, recognizer=ears, finder=eyes)


async def test_a_message_without_media_is_perceived_at_once(blobs: FolderBlobs) -> None:
    percept = await perceiver(blobs).perceive(message())
    assert (percept.message_id, percept.transcript, percept.matches, percept.flags) == ("m1", None, (), ())


async def test_a_recording_is_heard_and_a_photo_is_seen(blobs: FolderBlobs, door: Door) -> None:
    picture = await photo(door)
    perceived = await perceiver(blobs).observe(message(await recording(door), picture))
    percept = perceived.percept
    assert percept.transcript and percept.transcript.text == "我的订单到哪了"
    assert percept.transcript.language == "zh"
    assert [match.attachment_id for match in percept.matches] == [picture.id]
    assert percept.flags == ()
    assert perceived.hear_ms > 0 and perceived.see_ms > 0


async def test_several_recordings_are_joined_and_several_photos_kept_in_order(blobs: FolderBlobs, door: Door) -> None:
    photos = [await photo(door, red) for red in (250, 0)]
    percept = await perceiver(blobs).perceive(message(await recording(door), await recording(door, 0.2), *photos))
    assert percept.transcript and percept.transcript.text == "我的订单到哪了\n我的订单到哪了"
    assert [match.attachment_id for match in percept.matches] == [one.id for one in photos]
    assert [match.sku for match in percept.matches][1] == "red-0"


async def test_silence_is_flagged_and_what_else_was_said_is_heard(blobs: FolderBlobs, door: Door) -> None:
    percept = await perceiver(blobs).perceive(message(await recording(door, 0.0), await recording(door)))
    assert percept.flags == ("silence",)
    assert percept.transcript and percept.transcript.text == "我的订单到哪了"


async def test_sound_without_words_is_not_speech(blobs: FolderBlobs, door: Door) -> None:
    deaf = FakeRecognizer(text="", language="en")
    percept = await perceiver(blobs, deaf).perceive(message(await recording(door)))
    assert percept.flags == ("not_speech",) and percept.transcript is None


async def test_a_language_that_is_neither_is_reported_honestly(blobs: FolderBlobs, door: Door) -> None:
    french = FakeRecognizer(text="où est ma commande", language="fr")
    percept = await perceiver(blobs, french).perceive(message(await recording(door)))
    assert percept.flags == ("other_language",)
    assert percept.transcript and percept.transcript.language == "fr"


async def test_media_that_is_gone_is_unreadable(blobs: FolderBlobs) -> None:
    percept = await perceiver(blobs).perceive(message(gone(AttachmentKind.AUDIO), gone(AttachmentKind.IMAGE)))
    assert percept.flags == ("unreadable_audio", "unreadable_photo")


async def test_media_that_is_not_what_the_door_stores_is_unreadable(blobs: FolderBlobs) -> None:
    address = await blobs.put(b"neither a photo nor a recording")
    both = [
        Attachment(id=kind, kind=kind, media_type="?", size_bytes=31, sha256=address)
        for kind in (AttachmentKind.AUDIO, AttachmentKind.IMAGE)
    ]
    percept = await perceiver(blobs).perceive(message(*both))
    assert percept.flags == ("unreadable_audio", "unreadable_photo")


async def test_parts_that_are_switched_off_are_flagged(blobs: FolderBlobs, door: Door) -> None:
    both = message(await recording(door), await photo(door))
    assert (await perceiver(blobs, None, None).perceive(both)).flags == ("hearing_off", "seeing_off")


async def test_a_broken_model_costs_its_answer_and_not_the_turn(
    blobs: FolderBlobs, door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    both = message(await recording(door), await photo(door))
    with caplog.at_level(logging.ERROR):
        percept = await perceiver(blobs, Broken(), Broken()).perceive(both)
    assert percept.flags == ("hearing_failed", "seeing_failed")
    assert "out of memory" in caplog.text


async def test_a_film_is_heard_and_each_product_in_it_is_told_once(blobs: FolderBlobs, door: Door) -> None:
    scenes = [scene(RED)] * PER_S + [scene(BLUE)] * PER_S
    parts = await door.admit_video(film(scenes, sound=0.3 * np.sin(np.arange(2 * RATE) / 10)))

    class OnlyBlue:
        async def find(self, photo: Picture, *, attachment_id: str) -> tuple[ProductMatch, ...]:
            known = bool(np.median(photo[..., 2]) > np.median(photo[..., 0]))
            decision = MatchDecision.MATCH if known else MatchDecision.UNKNOWN
            return (ProductMatch(attachment_id=attachment_id, sku="b", product_id="p", score=0.9, decision=decision),)

    percept = await perceiver(blobs, eyes=OnlyBlue()).perceive(message(*parts))
    assert percept.transcript and percept.transcript.text == "我的订单到哪了"
    assert [(one.sku, one.decision) for one in percept.matches] == [("b", MatchDecision.MATCH)]
    assert not percept.flags


async def test_a_film_without_words_is_looked_at_and_nothing_is_complained_of(blobs: FolderBlobs, door: Door) -> None:
    parts = await door.admit_video(film([scene(RED)] * PER_S, sound=np.zeros(RATE)))
    percept = await perceiver(blobs).perceive(message(*parts))
    assert percept.flags == () and percept.transcript is None and percept.matches


async def test_a_video_counts_as_one_photo_and_keeps_all_its_frames(blobs: FolderBlobs, door: Door) -> None:
    parts = await door.admit_video(film([scene(RED)] * PER_S + [scene(BLUE)] * PER_S))
    photos = [await photo(door)] * 9
    assert "too_many_photos" not in (await perceiver(blobs).perceive(message(*parts, *photos))).flags
    assert "too_many_photos" in (await perceiver(blobs).perceive(message(*parts, *photos, photos[0]))).flags


async def test_what_is_bad_to_look_at_is_withheld_with_the_reason_and_still_looked_up(
    blobs: FolderBlobs, door: Door
) -> None:
    sent = message(await photo(door, red=250), await photo(door, red=0))
    percept = await replace(perceiver(blobs), screen=build("screen", "fake", Path())).perceive(sent)
    bad, harmless = percept.screenings
    assert (bad.label, bad.is_withheld, bad.attachment_id) == ("offensive", True, sent.attachments[0].id)
    assert (harmless.label, harmless.is_withheld) == ("", False)
    assert len(percept.matches) == 2


async def test_what_cannot_be_checked_is_withheld_and_the_turn_goes_on(blobs: FolderBlobs, door: Door) -> None:
    class Down:
        capabilities = Capabilities()

        async def screen(self, picture: Picture, *, attachment_id: str) -> Screening:
            raise BackendError("the endpoint is down")

    percept = await replace(perceiver(blobs), screen=Down()).perceive(message(await photo(door)))
    (decision,) = percept.screenings
    assert (decision.label, decision.by, decision.is_withheld) == ("unchecked", "BackendError", True)
    assert percept.matches and not percept.flags


async def test_without_a_check_nothing_is_decided(blobs: FolderBlobs, door: Door) -> None:
    assert (await perceiver(blobs).perceive(message(await photo(door, red=250)))).screenings == ()


async def test_too_many_are_flagged_and_the_first_are_perceived(blobs: FolderBlobs, door: Door) -> None:
    many = [await recording(door)] * 4 + [await photo(door)] * 11
    percept = await perceiver(blobs).perceive(message(*many))
    assert percept.flags == ("too_many_recordings", "too_many_photos")
    assert percept.transcript and percept.transcript.text.count("\n") == 2
    assert len(percept.matches) == 10
