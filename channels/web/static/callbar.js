// The bar of a call: how long it lasts, mute, keys, hang up.

import { iconButton, make, relabel } from "./dom.js";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];

/** Build the bar; `on` is told what the customer does: `mute(still)`, `press(key)`, `hang_up()`. */
export function build_bar(words, on) {
  const clock = make("span", { className: "clock" }, "");
  const mute = iconButton("mic", "", () => still(!muted), "quiet");
  const pad = iconButton("keys", "", () => keypad(keys.hidden), "quiet");
  const stop = iconButton("hangup", "", () => on.hang_up(), "hangup");
  const pressed = (key) => () => on.press(key);
  const keys = make("div", { className: "keys", role: "group", hidden: true },
    ...KEYS.map((key) => make("button", { type: "button", onclick: pressed(key) }, key)));
  const line = make("div", { className: "line" }, make("span", { className: "dot" }), clock, mute, pad, stop);
  const element = make("div", { className: "call", role: "group", hidden: true }, line, keys);
  let muted = false;
  let timer = null;
  let began = 0;

  function still(on_now) {
    muted = on_now;
    relabel(mute, muted ? "micOff" : "mic", muted ? words().unmute : words().mute);
    mute.setAttribute("aria-pressed", String(muted));
    on.mute(muted);
  }

  function keypad(shown) {
    keys.hidden = !shown;
    pad.setAttribute("aria-expanded", String(shown));
  }

  function tick() {
    const seconds = Math.floor((performance.now() - began) / 1000);
    clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }

  return {
    element,
    say_words() {
      element.setAttribute("aria-label", words().call);
      keys.setAttribute("aria-label", words().keys);
      relabel(pad, "keys", words().keys);
      relabel(stop, "hangup", words().hangUp);
      relabel(mute, muted ? "micOff" : "mic", muted ? words().unmute : words().mute);
      if (!timer) clock.textContent = words().calling;
    },
    calling() {
      element.hidden = false;
      clock.textContent = words().calling;
      still(false);
      keypad(false);
      stop.focus();
    },
    connected() {
      if (timer) return;
      began = performance.now();
      timer = setInterval(tick, 1000);
      tick();
    },
    /** Hide the bar; return how long the call lasted, "" where it never began. */
    ended() {
      const lasted = timer ? clock.textContent : "";
      clearInterval(timer);
      timer = null;
      element.hidden = true;
      return lasted;
    },
  };
}
