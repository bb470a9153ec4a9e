// The chat: what happens between the panel, the microphone and the server.

import { connect } from "./api.js";
import { painter } from "./bubbles.js";
import { iconButton, make } from "./dom.js";
import { remember } from "./memory.js";
import { outbox } from "./outbox.js";
import { build } from "./panel.js";
import { telephone } from "./phone.js";
import { MOST_PHOTOS, isFilm, smaller } from "./photos.js";
import { record } from "./recorder.js";
import { STRINGS, languageOf } from "./strings.js";

const newId = () => [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** Put the widget on the page. `settings` are the data- attributes of the script tag. */
export async function start(base, settings) {
  const memory = remember(`zhanggui ${base.href}`);
  let language = memory.get("language") || languageOf(settings.locale || document.documentElement.lang || navigator.language);
  let aloud = Boolean(memory.get("aloud"));
  let last = "";
  let stream = null;
  let recorder = null;
  let photos = [];
  let line = Promise.resolve();
  let restored = false;
  let reading = false; // what was said before this page was opened
  const said = new Map();
  const words = (other) => STRINGS[other] || STRINGS[language];
  const api = connect(base, memory, settings.loginToken);

  const root = await shadow(base, settings.accent);
  const paint = painter({ words, address: api.address, press: (value) => say({ text: value }), retry: again });
  const panel = build(root, words, { title: settings.title || "掌柜 Zhanggui", seal: new URL("widget/seal.svg", base).href }, {
    send,
    photos: add,
    record: begin,
    discard: () => end(false),
    finish: () => end(true),
    language: turn_language,
    speak: () => speaking(!aloud),
    call: () => phone.ring(),
    mute: (still) => phone.mute(still),
    press: (key) => phone.press(key),
    hang_up: () => phone.hang_up(),
    opened: restore,
    shown: (kept_open) => memory.set({ kept_open }),
  });
  const out = outbox(api, () => language, { opened: follow, state, answered, forgotten });
  const phone = telephone(api, panel, words, () => language, { opened: follow, forgotten });
  let typing = null;
  let cut = false; // from the clerk, and the customer was told

  panel.say_words();
  speaking(aloud);
  phone.offer();
  addEventListener("offline", () => connection(false));
  addEventListener("online", () => connection(true));
  for (const item of memory.get("unsent") || []) say(item);
  if (api.isOpen()) restore();
  if (memory.get("kept_open") ?? settings.open === "true") panel.show(true, true);
  document.addEventListener("click", ask_for_the_page);

  // ---- what the customer does

  function send() {
    const text = panel.input.value.trim();
    if (!text && !photos.length) return;
    const taken = photos;
    photos = [];
    taken.forEach((photo) => photo.preview.remove());
    panel.previews.hidden = true;
    panel.input.value = "";
    panel.grow();
    panel.input.focus();
    // photos may still be shrinking; what is written after them must not overtake them
    line = line.then(async () => say({ text, photos: await Promise.all(taken.map((photo) => photo.blob)) }));
  }

  function say({ id = newId(), text = "", photos = [], audio = null }) {
    const item = { id, text, photos, audio, speak: aloud, locale: language };
    const urls = photos.filter((photo) => !isFilm(photo)).map((photo) => URL.createObjectURL(photo));
    const films = photos.filter(isFilm).map((film) => URL.createObjectURL(film));
    item.handle = paint.said({ text, photos: urls, films, recording: audio && URL.createObjectURL(audio) });
    show(item);
    keep_unsent();
    out.put(item);
  }

  function show(item) {
    said.set(item.id, item);
    panel.log.querySelector(".welcome .choices")?.remove();
    panel.add(item.handle.element);
  }

  /** Any element of the shop's page with data-zhanggui-say opens the chat and says its words. */
  function ask_for_the_page(event) {
    const element = event.target.closest?.("[data-zhanggui-say]");
    if (!element) return;
    event.preventDefault();
    if (!panel.isOpen()) panel.show(true);
    say({ text: element.dataset.zhangguiSay });
  }

  function again(element) {
    const item = [...said.values()].find((one) => one.handle.element === element);
    panel.add(element);
    out.put(item);
  }

  function add(files) {
    const pictures = files.filter((file) => file.type.startsWith("image/") || isFilm(file));
    panel.notice(pictures.length < files.length ? words().notPhoto : "");
    for (const file of pictures) {
      if (photos.length >= MOST_PHOTOS) return panel.notice(words().tooMany);
      const photo = { blob: smaller(file) };
      const remove = () => {
        photos = photos.filter((other) => other !== photo);
        photo.preview.remove();
        panel.previews.hidden = !photos.length;
        panel.input.focus();
      };
      const image = isFilm(file) ? make("video", { muted: true, playsInline: true }) : make("img", { alt: file.name });
      photo.blob.then((blob) => (image.src = URL.createObjectURL(blob)));
      photo.preview = make("div", { className: "preview" }, image, iconButton("close", words().remove, remove));
      photos.push(photo);
      panel.previews.append(photo.preview);
      panel.previews.hidden = false;
    }
    panel.input.focus();
  }

  async function begin() {
    if (recorder) return;
    const began = performance.now();
    try {
      recorder = await record({ level: (loudness) => panel.clock((performance.now() - began) / 1000, loudness), full: () => end(true) });
    } catch {
      return panel.notice(words().noMicrophone);
    }
    panel.notice("");
    panel.clock(0, 0);
    panel.recording(true);
  }

  async function end(keep) {
    if (!recorder) return;
    const running = recorder;
    recorder = null;
    panel.recording(false);
    if (!keep) return running.cancel();
    const audio = await running.finish();
    if (audio) say({ audio });
    else panel.notice(words().tooShort);
  }

  function turn_language() {
    language = language === "zh" ? "en" : "zh";
    memory.set({ language });
    panel.say_words();
    speaking(aloud);
    greet();
  }

  function speaking(on) {
    aloud = on;
    memory.set({ aloud });
    panel.speaking(on);
  }

  // ---- what the server says

  async function restore() {
    if (restored) return;
    restored = true;
    if (api.isOpen()) {
      try {
        const history = await api.history("");
        reading = true;
        history.messages.forEach(exchange);
        reading = false;
        follow();
      } catch (refusal) {
        if (refusal.status === 401 || refusal.status === 404) forgotten();
        else restored = false; // the network is away: the next opening tries again
      }
    }
    greet();
    panel.scroll("auto");
  }

  /** Every talk begins with the greeting; what may be asked stands below it until something was. */
  function greet() {
    panel.log.querySelector(".welcome")?.remove();
    panel.log.prepend(paint.welcome(!said.size));
  }

  /** Tell that the connection is gone, until it is back; another notice (all lines are busy) stays. */
  function connection(up) {
    if (!up) panel.notice(navigator.onLine ? words().reconnecting : words().offline);
    else if (cut) panel.notice("");
    cut = !up;
  }

  function follow() {
    stream ??= api.follow(() => last, {
      connected(up) {
        connection(up);
        if (up) out.hurry();
      },
      event(event) {
        if (event.type === "typing") show_typing(true);
        if (event.type === "words") show_typing(true, event.words);
        if (event.type === "turn") exchange(event);
      },
    });
  }

  function exchange({ message, turn }) {
    const known = said.get(message.id);
    if (known) return answered(known, turn);
    const first = (item, at, all) => !item.video || all.findIndex((other) => other.video === item.video) === at; // of a video's frames
    const files = (kind) => message.attachments.filter((item) => item.kind === kind).filter(first).map((item) => api.address(item.url));
    const item = { id: message.id, elsewhere: true, handle: paint.said({ text: message.text, photos: files("image"), recording: files("audio")[0] }) };
    show(item);
    answered(item, turn);
  }

  function answered(item, turn) {
    if (item.turn) return; // the answer came by both ways, the request and the stream
    item.turn = turn;
    last = turn.turn_id;
    keep_unsent();
    item.handle.state("sent");
    item.handle.heard(turn.transcript);
    show_typing(false);
    item.handle.element.after(paint.answered(turn, item.speak && !item.elsewhere));
    if (!reading) panel.reveal(item.handle.element);
    if (!reading && !panel.isOpen()) panel.unread();
    if (!reading) follow();
  }

  function state(item, state, code = "") {
    if (item.turn) return;
    const problems = words().problems;
    item.failed = state === "failed";
    if (item.failed) keep_unsent();
    item.handle.state(state, item.failed ? problems[code] || problems.other : "");
    show_typing(state === "sending");
  }

  function forgotten() {
    stream?.stop();
    stream = null;
    last = "";
    api.forget();
  }

  function show_typing(on, sure = "") {
    typing?.remove();
    typing = on ? paint.typing(sure) : null;
    if (on) panel.add(typing);
  }

  function keep_unsent() {
    const words_only = [...said.values()].filter((item) => !item.turn && !item.failed && !item.elsewhere && item.text && !item.photos.length);
    memory.set({ unsent: words_only.map(({ id, text }) => ({ id, text })) });
  }
}

async function shadow(base, accent) {
  const host = make("div", { id: "zhanggui" });
  const root = host.attachShadow({ mode: "open" });
  if (accent) host.style.setProperty("--accent", accent);
  const style = make("link", { rel: "stylesheet", href: new URL("widget.css", base).href });
  const styled = new Promise((done) => (style.onload = style.onerror = done));
  root.append(style);
  document.body.append(host);
  await styled;
  return root;
}
