// The panel: launcher, header, conversation, composer. It knows the page, not the server.

import { build_bar } from "./callbar.js";
import { iconButton, make, relabel, icon } from "./dom.js";

/** Build the panel into `root`; `on` is told what the customer does. */
export function build(root, words, { title, seal }, on) {
  const log = make("div", { className: "log", role: "log", tabIndex: 0, "aria-live": "polite", "aria-relevant": "additions" });
  const notice = make("div", { className: "notice", role: "status", hidden: true });
  const previews = make("div", { className: "previews", hidden: true });
  const input = make("textarea", { rows: 1, maxLength: 4000, enterKeyHint: "send", autocomplete: "off" });
  const file = make("input", { type: "file", accept: "image/*,video/*", multiple: true, className: "hidden", tabIndex: -1 });
  const photo = iconButton("photo", "", () => file.click(), "quiet");
  const mic = iconButton("mic", "", () => on.record(), "quiet");
  const send = iconButton("send", "", () => on.send(), "send");
  const composer = make("form", { className: "composer" }, photo, mic, input, send, file);

  const clock = make("span", { className: "clock", role: "timer" }, "0:00");
  const level = make("span", { className: "level", "aria-hidden": "true" }, make("i"));
  const discard = iconButton("trash", "", () => on.discard(), "quiet");
  const stop = iconButton("send", "", () => on.finish(), "send");
  const recording = make("div", { className: "recording", role: "group", hidden: true }, discard, make("span", { className: "dot" }), clock, level, stop);

  const language = make("button", { type: "button", className: "icon language", onclick: () => on.language() });
  const phone = iconButton("phone", "", () => on.call());
  phone.hidden = true; // until the shop says that it takes calls
  const bar = build_bar(words, { mute: on.mute, press: on.press, hang_up: on.hang_up });
  const speak = iconButton("mute", "", () => on.speak());
  const close = iconButton("close", "", () => show(false));
  const name = make("h2", { id: "title" }, title);
  const status = make("p", {});
  const header = make("header", {}, make("img", { className: "seal", src: seal, alt: "" }), make("div", { className: "who" }, name, status), phone, language, speak, close);
  const overlay = make("div", { className: "drop", "aria-hidden": "true" });
  const panel = make("section", { className: "panel", id: "panel", role: "dialog", "aria-labelledby": "title", hidden: true },
    header, notice, bar.element, log, previews, composer, recording, overlay);

  const sign = make("span", { className: "sign" }, icon("chat"));
  const badge = make("span", { className: "badge", hidden: true });
  const launcher = make("button", { type: "button", className: "launcher", "aria-expanded": "false", "aria-controls": "panel", onclick: () => show(panel.hidden) },
    sign, badge);
  root.append(panel, launcher);

  const small = matchMedia("(max-width: 480px)");

  /** Open or close the panel; `quietly` leaves the focus where the reader has it. */
  function show(open, quietly = false) {
    panel.hidden = !open;
    launcher.setAttribute("aria-expanded", String(open));
    panel.setAttribute("aria-modal", String(small.matches));
    document.documentElement.style.overflow = open && small.matches ? "hidden" : "";
    sign.replaceChildren(icon(open ? "down" : "chat"));
    if (open) {
      badge.hidden = true;
      on.opened();
      scroll("auto");
      // on a phone the keyboard would hide half of the talk
      if (!quietly) (small.matches ? log : input).focus({ preventScroll: true });
    } else launcher.focus();
    name_launcher();
    on.shown(open && !small.matches);
  }

  function name_launcher() {
    const label = panel.hidden ? words().open : words().close;
    const unread = badge.hidden ? "" : ` (${badge.textContent} ${words().unread})`;
    launcher.setAttribute("aria-label", label + unread);
  }

  // What was shown last stays in sight while pictures above it load, until the reader scrolls elsewhere.
  let held = null;
  log.addEventListener("load", () => held && log.scrollTo({ top: held(), behavior: "auto" }), true);
  for (const sign of ["wheel", "touchmove", "keydown"]) log.addEventListener(sign, () => (held = null), { passive: true });

  function hold(place, behavior) {
    held = place;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    log.scrollTo({ top: place(), behavior: calm ? "auto" : behavior });
  }

  const scroll = (behavior = "smooth") => hold(() => log.scrollHeight, behavior);

  function say_words() {
    const said = words();
    log.setAttribute("aria-label", said.log);
    input.setAttribute("aria-label", said.input);
    input.placeholder = said.placeholder;
    for (const [button, label] of [[photo, said.photo], [mic, said.record], [send, said.send], [discard, said.discard], [stop, said.stop], [close, said.close], [phone, said.call], [language, said.language]]) {
      button.setAttribute("aria-label", label);
      button.title = label;
    }
    language.textContent = said.languageShort;
    recording.setAttribute("aria-label", said.recording);
    status.textContent = said.status;
    overlay.textContent = said.drop;
    bar.say_words();
    name_launcher();
  }

  const grow = () => {
    input.style.height = "auto";
    input.style.height = `${Math.min(input.scrollHeight, 120)}px`;
  };

  input.addEventListener("input", grow);
  input.addEventListener("keydown", (event) => {
    // while an input method composes, Enter picks a word; it must not send half a sentence
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
      event.preventDefault();
      on.send();
    }
  });
  input.addEventListener("paste", (event) => {
    if (event.clipboardData?.files.length) {
      event.preventDefault();
      on.photos([...event.clipboardData.files]);
    }
  });
  file.addEventListener("change", () => {
    on.photos([...file.files]);
    file.value = "";
  });
  composer.addEventListener("submit", (event) => event.preventDefault());
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      recording.hidden ? show(false) : on.discard();
    } else if (event.key === "Tab") keep_focus(event);
  });
  drop_zone(panel, overlay, on);

  function keep_focus(event) {
    const stops = [...panel.querySelectorAll("button, a[href], textarea, [tabindex='0']")].filter(
      (element) => !element.disabled && element.offsetParent !== null,
    );
    const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
    if (root.activeElement !== edge) return;
    event.preventDefault();
    (event.shiftKey ? stops[stops.length - 1] : stops[0]).focus();
  }

  return {
    log, input, previews, show, scroll, grow, say_words,
    isOpen: () => !panel.hidden,
    add(element) {
      log.append(element);
      scroll();
    },
    /** Show an answer from its beginning, which a long one would otherwise push out of sight. */
    reveal(element) {
      hold(() => element.offsetTop - log.offsetTop - 12, "smooth");
    },
    notice(text) {
      notice.textContent = text;
      notice.hidden = !text;
    },
    unread() {
      badge.textContent = String(Number(badge.hidden ? 0 : badge.textContent) + 1);
      badge.hidden = false;
      name_launcher();
    },
    speaking(loud) {
      relabel(speak, loud ? "loud" : "mute", loud ? words().speakOn : words().speakOff);
      speak.setAttribute("aria-pressed", String(loud));
    },
    recording(running) {
      composer.hidden = running;
      recording.hidden = !running;
      (running ? stop : mic).focus();
    },
    /** Offer calls, or not while one goes on. */
    callable(offered) {
      phone.hidden = !offered;
    },
    bar,
    clock(seconds, loudness) {
      clock.textContent = `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
      level.firstChild.style.transform = `scaleX(${loudness})`;
    },
  };
}

function drop_zone(panel, overlay, on) {
  let depth = 0;
  const carries = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
  const mark = (change) => {
    depth = Math.max(0, depth + change);
    overlay.classList.toggle("on", depth > 0);
  };
  panel.addEventListener("dragenter", (event) => carries(event) && mark(1));
  panel.addEventListener("dragleave", (event) => carries(event) && mark(-1));
  panel.addEventListener("dragover", (event) => carries(event) && event.preventDefault());
  panel.addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    mark(-depth);
    on.photos([...event.dataTransfer.files]);
  });
}
