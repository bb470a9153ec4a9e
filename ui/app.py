"""The only place where everything is wired together."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from core import registry
from core.blobs import FolderBlobs
from core.call_ports import TurnDetector, VoiceActivity
from core.config import Backends, Media, Settings
from core.config import Engine as EngineSettings
from core.dialogue.clerk_dialogue import Dialogue
from core.engine import Bounds, Engine, Parts
from core.errors import BackendError, ModelMissingError
from core.generation.chain import Chain
from core.generation.interpreter import Interpreter
from core.generation.sight import ModelSight
from core.generation.spending import Purse
from core.journal.attempts import StoreAttempts
from core.journal.journal import StoreJournal
from core.journal.links import StoreLinks
from core.journal.store import Store
from core.knowledge.library import Reranker
from core.knowledge.remembered import RememberingEncoder
from core.knowledge.shelf import Shelf
from core.packs.branch import Branch
from core.packs.load import load_pack
from core.packs.pack import Pack
from core.photo_ports import PhotoScreen, TextReader
from core.ports import BlobStore, ImageEncoder, Limits, Shop, SpeechRecognizer, SpeechSynthesizer, TextEncoder
from core.resilience import in_worker
from core.shop.barcodes import variants_by_code
from core.shop.local import LocalShop
from core.shop.records import Product
from core.understand.ladder import Understander
from perception.lettering.named import names_of
from perception.lettering.read import Lettering
from perception.media.door import Door, MediaLimits
from perception.media.stored import load_small_jpeg
from perception.perceive import Perceiver
from perception.seeing.catalogue import CataloguePicture
from perception.seeing.learned import learned_file
from ui.catalogue_pictures import INDEXED, catalogue_pictures, memory_of
from ui.gallery import Gallery, open_gallery
from ui.language_model import abroad, interpreter, open_eyes, open_purse, sight, writer
from ui.opening import Opening
from ui.shop_folder import open_shop
from ui.vocabulary import pack_vocabulary, vocabulary
from voice.speaker import Speaker, build_speaker

_LOG = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
"""Catalogue pictures looked at, of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """Which senses to build; a single written question needs none of them."""

    hearing: bool = True
    seeing: bool = True
    speaking: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A clerk at work, with what its channels need beside it."""

    settings: Settings
    data: Path
    """The folder of all state."""
    engine: Engine
    journal: StoreJournal
    store: Store
    shop: LocalShop
    pack: Pack
    """The business that is served."""
    recognizer: SpeechRecognizer | None
    activity: VoiceActivity | None
    turn_detector: TurnDetector | None
    speaker: Speaker | None
    hint: str
    """What customers are likely to say, for recognisers."""
    finder: Opening | None
    """Photos can be matched once it is `ready`."""
    understander: Understander
    dialogue: Dialogue
    purse: Purse | None
    """The language model with its budget, where there is one."""
    eyes: Purse | None
    """The same for the model that sees."""
    models: Mapping[str, Any]
    """Every backend that was built, by its key in [backends], "model 1", "see 1" and so on."""
    resumed: int
    """Messages of an earlier run that are being answered now."""

    async def warm(self) -> None:
        """Load what the first question would wait for; what fails here is told, and tried again with a question."""
        try:
            await self.understander.warm()
            await self.dialogue.warm()
        except Exception:
            _LOG.exception("understanding could not be prepared")


@asynccontextmanager
async def assemble(
    settings: Settings,
    *,
    needs: Needs | None = None,
    progress: Progress | None = None,
    resume: bool = False,
    senses: Senses | None = None,
) -> AsyncIterator[Application]:
    """Build the clerk over the data folder, start it, and close everything at the end.

    With `resume` it takes up what an earlier run left unanswered; only the one process that serves the channels may do
    so. A sense whose model or library is missing is switched off with a warning that says how to get it, and the clerk
    still answers by text. Houses that are given the same `senses` share their models.
    """
    needs = needs or Needs()
    data, backends = settings.data_dir.expanduser(), settings.backends
    async with AsyncExitStack() as closing:
        own = open_senses(settings, strict=settings.serving.strict)
        sense = await closing.enter_async_context(own if senses is None else nullcontext(senses))
        store = Store(data / "zhanggui.db")
        closing.callback(store.close)
        blobs = FolderBlobs(data / "blobs")
        pack = await in_worker(load_pack, settings.pack)
        shop = await open_shop(store, data, policy=settings.shop.policy)
        about, products = await shop.about(), await shop.products()
        gallery = await open_gallery(products, shop.picture_path, blobs)
        sentences: TextEncoder | None = await sense.build("sentences", backends.sentences)
        recognizer, activity, turn_detector = await sense.ears(backends) if needs.hearing else (None, None, None)
        speaker = await sense.speaker(settings) if needs.speaking else None
        sees = needs.seeing and pack.sells
        reader = await sense.build("ocr", backends.ocr if sees else "")
        letters = _lettering(reader, products) if sees else None
        screen = await sense.build("screen", backends.screen if needs.seeing else "")
        encoder = await sense.build("photos", backends.photos if sees else "")
        finder = await _finder(encoder, shop, settings, progress, closing, sentences)
        hint = vocabulary(products) if pack.sells else pack_vocabulary(pack)
        journal = StoreJournal(store)
        served: Shop = shop if pack.sells else Branch(shop, pack)
        purse = await closing.enter_async_context(open_purse(settings, store))
        eyes = await closing.enter_async_context(open_eyes(settings, store, purse))
        understander = _understander(served, pack, sentences, data, interpreter(purse, pack, settings))
        reranker = await sense.build("reranker", backends.reranker)
        looks = sight(eyes, served.products, partial(load_small_jpeg, blobs), settings)
        currency = about.currency if about else "USD"
        dialogue = _dialogue(served, pack, settings, store, sentences, reranker, currency, gallery, looks, reader)
        served_abroad = abroad(purse, understander, dialogue, settings)
        parts = Parts(
            journal=journal,
            perception=_perceiver(blobs, recognizer, finder, letters, screen, hint),
            understander=served_abroad or understander,
            dialogue=served_abroad or dialogue,
            media=Door(blobs, _door_limits(settings.media)),
            blobs=blobs,
            voice=speaker,
            words=writer(purse, dialogue.facts, sentences, settings, currency),
            ear=understander,
        )
        engine = Engine(parts, limits=_limits(settings.media), bounds=_bounds(settings.engine))
        closing.push_async_callback(engine.close)
        yield Application(
            settings=settings,
            data=data,
            engine=engine,
            journal=journal,
            store=store,
            shop=shop,
            pack=pack,
            recognizer=recognizer,
            activity=activity,
            turn_detector=turn_detector,
            speaker=speaker,
            hint=hint,
            finder=finder,
            understander=understander,
            dialogue=dialogue,
            purse=purse,
            eyes=eyes,
            models=_built(sense, speaker, {"model": purse, "see": eyes}),
            resumed=await engine.start() if resume else 0,
        )


@dataclass(frozen=True, slots=True)
class Senses:
    """Builds each backend once; one that cannot be built is told and left out."""

    models: Path
    strict: bool = False
    """Whether one that cannot be built is an error instead."""
    api_key: str = ""
    """Of endpoints."""
    built: dict[tuple[str, str], Any] = field(default_factory=dict)
    voices: list[SpeechSynthesizer] = field(default_factory=list)

    async def build(self, kind: str, spec: str) -> Any:
        """Return the backend of a spec string; None for "" and for one whose model or library is missing."""
        if not spec:
            return None
        if (kind, spec) not in self.built:
            try:
                self.built[kind, spec] = await in_worker(registry.build, kind, spec, self.models, api_key=self.api_key)
            except (ModelMissingError, BackendError) as error:
                if self.strict:
                    raise
                _LOG.warning("%s is off: %s", kind, error)
                self.built[kind, spec] = None
        return self.built[kind, spec]

    async def ears(
        self, backends: Backends
    ) -> tuple[SpeechRecognizer | None, VoiceActivity | None, TurnDetector | None]:
        """Return what recognises speech, what tells that somebody speaks, and that they have finished."""
        specs = (("asr", backends.asr), ("vad", backends.vad), ("turn", backends.turn))
        recognizer, activity, turn_detector = [await self.build(kind, spec) for kind, spec in specs]
        return recognizer, activity, turn_detector

    async def speaker(self, settings: Settings) -> Speaker | None:
        """Return the voices; None where they are missing."""
        try:
            speaker = await in_worker(
                build_speaker, settings.backends, self.models, settings.voice, api_key=self.api_key
            )
            self.voices.extend(speaker.voices.values())
            return speaker
        except (ModelMissingError, BackendError) as error:
            if self.strict:
                raise
            _LOG.warning("speaking is off: %s", error)
            return None

    async def aclose(self) -> None:
        """Close the connections of those at endpoints."""
        for model in (*self.built.values(), *self.voices):
            if hasattr(model, "aclose"):
                await model.aclose()


@asynccontextmanager
async def open_senses(settings: Settings, *, strict: bool = False) -> AsyncIterator[Senses]:
    """Yield what builds the senses that `settings` name; their connections are closed at the end."""
    senses = Senses(
        settings.models.folder.expanduser(), strict=strict, api_key=settings.model.api_key.get_secret_value()
    )
    try:
        yield senses
    finally:
        await senses.aclose()


def _built(sense: Senses, speaker: Speaker | None, purses: Mapping[str, Purse | None]) -> Mapping[str, Any]:
    """Return the backends that there are, voices before ears: they are warmed up in this order."""
    senses = {kind: model for (kind, _), model in sense.built.items() if model is not None}
    first = {key: senses.pop(key) for key in ("sentences",) if key in senses}
    voices = {f"tts_{language}": voice for language, voice in speaker.voices.items()} if speaker else {}
    asked = {
        f"{key} {number}": link.model
        for key, purse in purses.items()
        if purse is not None and isinstance(purse.model, Chain)
        for number, link in enumerate(purse.model.links, start=1)
    }
    return {**first, **voices, **senses, **asked}


def _understander(
    shop: Shop, pack: Pack, sentences: TextEncoder | None, data: Path, third: Interpreter | None
) -> Understander:
    return Understander(
        sentences,
        shop.products,
        intents={intent.name: intent for intent in pack.intents},
        sells=pack.sells,
        weights=pack.weights or data / "packs" / f"{pack.name}.npz",
        keeps=pack.weights is None,
        pages=shop.pages,
        interpreter=third,
    )


def _dialogue(
    shop: Shop,
    pack: Pack,
    settings: Settings,
    store: Store,
    sentences: TextEncoder | None,
    reranker: Reranker | None,
    currency: str,
    gallery: Gallery,
    looks: ModelSight | None,
    reader: TextReader | None,
) -> Dialogue:
    name = settings.backends.sentences
    return Dialogue(
        shop,
        sentences,
        currency=currency,
        cart_url=settings.shop.cart_url,
        identity_attempts=settings.shop.identity_attempts,
        greeting=settings.shop.greeting,
        handoff_hours=settings.shop.handoff_hours,
        picture=gallery.sha256,
        documents=Shelf(store),
        passage_encoder=RememberingEncoder(encoder=sentences, name=name, store=store) if sentences else None,
        reranker=reranker,
        pack=pack,
        attempts=StoreAttempts(store),
        links=StoreLinks(store) if pack.sells else None,
        idle_h=settings.shop.idle_hours,
        identity_h=settings.shop.identity_hours,
        sight=looks,
        reads=reader is not None,
    )


def _bounds(engine: EngineSettings) -> Bounds:
    return Bounds(
        turn_timeout_s=engine.turn_timeout_s,
        mailbox=engine.mailbox,
        concurrent_turns=engine.concurrent_turns,
    )


async def _finder(
    encoder: ImageEncoder | None,
    shop: LocalShop,
    settings: Settings,
    progress: Progress | None,
    closing: AsyncExitStack,
    sentences: TextEncoder | None,
) -> Opening | None:
    if encoder is None:
        return None
    data = settings.data_dir.expanduser()
    learned = learned_file(data, encoder)
    marks = (settings.looks_dir / INDEXED, learned)

    async def pictures() -> list[CataloguePicture]:
        return catalogue_pictures(await shop.products(), shop.picture_path)

    async def mark() -> object:
        changed = await in_worker(lambda: [file.stat().st_mtime_ns if file.exists() else 0 for file in marks])
        return await shop.products(), changed

    finder = Opening(
        pictures,
        mark,
        encoder,
        settings.looks_dir,
        progress,
        memory=memory_of(data),
        learned=learned,
        things=settings.photos.things,
        products_of=shop.products,
        sentences=sentences,
    )
    closing.push_async_callback(finder.close)
    return finder


def _perceiver(
    blobs: BlobStore,
    recognizer: SpeechRecognizer | None,
    finder: Opening | None,
    lettering: Lettering | None,
    screen: PhotoScreen | None,
    hint: str,
) -> Perceiver:
    return Perceiver(blobs=blobs, recognizer=recognizer, finder=finder, lettering=lettering, screen=screen, hint=hint)


def _lettering(reader: TextReader | None, products: Sequence[Product]) -> Lettering:
    return Lettering(reader=reader, sold=variants_by_code(products), names=names_of(products))


def _door_limits(media: Media) -> MediaLimits:
    return MediaLimits(
        image_bytes=int(media.image_mb * 2**20),
        image_pixels=int(media.image_megapixels * 1e6),
        audio_bytes=int(media.audio_mb * 2**20),
        audio_s=media.audio_s,
        video_bytes=int(media.video_mb * 2**20),
        video_s=media.video_s,
    )


def _limits(media: Media) -> Limits:
    return Limits(
        text_chars=media.text_chars,
        attachments=media.attachments,
        image_bytes=int(media.image_mb * 2**20),
        audio_bytes=int(media.audio_mb * 2**20),
        video_bytes=int(media.video_mb * 2**20),
    )
