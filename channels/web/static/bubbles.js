// Bubbles: what the customer said and what the clerk answered.

import { icon, iconButton, make, relabel } from "./dom.js";

const MOST_NAMES = 2; // of one kind below an answer; more would be longer than the answer
const MARKS = /^(order|product|page):(.+)$/;

/**
 * Draw bubbles. `words(language)` gives the strings of a language, of the reader's own without one;
 * `address` makes server paths whole.
 */
export function painter({ words, address, press, retry }) {
  let playing = null;
  const labels = new Map(); // what a button says for the customer -> what stood on it

  const hidden = (text) => make("span", { className: "hidden" }, `${text}: `);

  function speech(url, label) {
    const audio = new Audio(url);
    const button = iconButton("play", label, () => (audio.paused ? play() : audio.pause()), "play");
    const play = () => {
      playing?.pause();
      playing = audio;
      return audio.play().catch(() => {}); // a browser may forbid sound before the first click
    };
    audio.onplay = () => relabel(button, "pause", words().pause);
    audio.onpause = audio.onended = () => relabel(button, "play", label);
    return { button, play };
  }

  /** Draw choices; `about` names what they choose where several stand side by side with the same words. */
  function buttons(choices, about = "") {
    const row = make("div", { className: "choices" });
    for (const { label, value } of choices) {
      const full = about ? `${label}${words().comma}${about}` : label;
      labels.set(value, full);
      const onclick = () => {
        row.querySelectorAll("button").forEach((other) => (other.disabled = true));
        press(value);
      };
      row.append(make("button", { type: "button", className: "choice", onclick, ariaLabel: full }, label));
    }
    return row;
  }

  function card(shown) {
    const picture = shown.image_url || (shown.sku ? `/v1/products/${encodeURIComponent(shown.sku)}/picture` : "");
    const image = picture ? make("img", { src: address(picture), alt: shown.title, loading: "lazy" }) : null;
    image?.addEventListener("error", () => image.remove());
    const facts = shown.fields.flatMap(({ label, value }) => [make("dt", {}, label), make("dd", {}, value)]);
    return make(
      "article",
      { className: "card" },
      image,
      make("div", { className: "card-title" }, shown.title),
      shown.subtitle ? make("div", { className: "card-subtitle" }, shown.subtitle) : null,
      facts.length ? make("dl", {}, ...facts) : null,
      shown.buttons.length ? buttons(shown.buttons, shown.title) : null,
    );
  }

  /** Draw what an answer rests on, in words that a customer knows: an order's number, a product's name. */
  function citations(cited, said) {
    const named = { order: new Set(), product: new Set(), page: new Set() };
    for (const { source, quote } of cited) {
      const [, kind, id] = MARKS.exec(source) || [];
      if (kind) named[kind].add(kind === "product" ? quote || id : id);
    }
    const told = Object.entries(named).filter(([, names]) => names.size).map(([kind, names]) => {
      if (kind === "page") return said.page;
      return `${said[kind]} ${names.size > MOST_NAMES ? `× ${names.size}` : [...names].join(said.comma)}`;
    });
    return told.length ? make("p", { className: "basis" }, said.basis + told.join(said.comma)) : "";
  }

  function reply(shown, aloud) {
    const spoken = shown.audio_url ? speech(address(shown.audio_url), words().play) : null;
    const bubble = make("div", { className: "bubble clerk", lang: shown.language }, hidden(words().clerk));
    if (shown.text) bubble.append(make("p", {}, shown.text));
    if (spoken) bubble.append(spoken.button);
    if (shown.citations.length) bubble.append(citations(shown.citations, words(shown.language)));
    const group = make("div", { className: "reply", "data-reply": shown.id });
    if (shown.text || spoken) group.append(bubble);
    for (const { url, caption } of shown.images) group.append(photo(address(url), caption));
    if (shown.cards.length) group.append(make("div", { className: "cards" }, ...shown.cards.map(card)));
    if (shown.buttons.length) group.append(buttons(shown.buttons));
    if (spoken && aloud) spoken.play();
    return group;
  }

  function photo(url, alt) {
    const link = make("a", { href: url, target: "_blank", rel: "noopener", className: "photo" });
    link.append(make("img", { src: url, alt }));
    return link;
  }

  return {
    /** Draw what the customer says; the returned handle shows how it fares. */
    said({ text, photos, films = [], recording }) {
      const bubble = make("div", { className: "bubble customer" }, hidden(words().you));
      if (photos.length) bubble.append(make("div", { className: "photos" }, ...photos.map((url) => photo(url, words().yourPhoto))));
      for (const src of films) bubble.append(make("video", { src, controls: true, muted: true, className: "film", ariaLabel: words().yourVideo }));
      if (recording) {
        const voice = speech(recording, words().yourVoice);
        bubble.append(make("div", { className: "voice" }, voice.button, make("span", {}, words().yourVoice)));
      }
      if (text) bubble.append(make("p", {}, labels.get(text) || text));
      const note = make("div", { className: "note" });
      const element = make("div", { className: "said" }, bubble, note);
      return {
        element,
        state(state, detail = "") {
          element.dataset.state = state;
          const shown = { waiting: words().waiting, failed: detail || words().failed, sending: "", sent: "" }[state];
          note.replaceChildren(shown);
          if (state === "failed") {
            note.append(make("button", { type: "button", className: "again", onclick: () => retry(element) }, icon("retry"), words().retry));
          }
        },
        heard(transcript) {
          if (transcript?.text && transcript.text !== text) bubble.append(make("p", { className: "heard", lang: transcript.language }, words().heard + transcript.text));
        },
      };
    },

    /** Draw the clerk's answer; `aloud` plays it when it was spoken. */
    answered(turn, aloud) {
      const group = make("div", { className: "answer", "data-turn": turn.turn_id });
      group.append(...turn.replies.map((shown, index) => reply(shown, aloud && index === turn.replies.length - 1)));
      if (turn.handoff && turn.handoff.status === "done") {
        const said = words(turn.replies.at(-1)?.language); // beside an English answer in English
        group.append(make("p", { className: "handoff" }, icon("person"), said.handoff));
      }
      return group;
    },

    /** Draw the welcome, with things to ask where nothing was asked yet. */
    welcome(fresh) {
      const ideas = words().ideas.map((idea) => ({ label: idea, value: idea }));
      const bubble = make("div", { className: "bubble clerk" }, hidden(words().clerk), make("p", {}, words().welcome));
      return make("div", { className: "reply welcome" }, bubble, fresh ? buttons(ideas) : null);
    },

    /** Draw the dots of somebody typing, behind what is sure of the reply so far. */
    typing(sure = "") {
      const dots = make("span", { className: "dots", "aria-hidden": "true" }, make("i"), make("i"), make("i"));
      return make("div", { className: "bubble clerk typing" }, make("span", { className: "hidden" }, words().typing), sure ? make("p", {}, sure) : "", dots);
    },
  };
}
