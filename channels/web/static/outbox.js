// Messages on their way: one after the other, each tried again under its own id until it is answered.

import { Refusal, backoff } from "./api.js";

const TRIES_OF_A_BROKEN_SERVER = 4;

/** Send in order. `told.opened()`, `told.answered(item, turn)`, `told.state(item, state, code)`. */
export function outbox(api, locale, told) {
  const waiting = [];
  let busy = false;
  let wake = () => {};

  const pause = (ms) => {
    let timer;
    return new Promise((done) => {
      wake = done;
      timer = setTimeout(done, ms);
    }).finally(() => clearTimeout(timer));
  };
  const hurry = () => wake();
  addEventListener("online", hurry);

  async function once(item) {
    if (!api.isOpen()) await api.open(locale());
    told.opened();
    return api.say(item);
  }

  async function deliver(item) {
    for (let attempt = 0; ; attempt++) {
      told.state(item, "sending");
      try {
        return await once(item);
      } catch (refusal) {
        if (!(refusal instanceof Refusal)) throw refusal;
        const stranger = (refusal.status === 401 || refusal.status === 404) && attempt === 0;
        if (stranger) {
          told.forgotten();
          continue;
        }
        const hopeless = refusal.again_ms === null || (refusal.status >= 500 && attempt >= TRIES_OF_A_BROKEN_SERVER);
        if (hopeless) throw refusal;
        told.state(item, refusal.status === 0 ? "waiting" : "sending", refusal.code);
        await pause(Math.max(refusal.again_ms, backoff(attempt)));
      }
    }
  }

  async function work() {
    busy = true;
    while (waiting.length) {
      const item = waiting[0];
      try {
        told.answered(item, await deliver(item));
      } catch (error) {
        told.state(item, "failed", error.code || "other");
      }
      waiting.shift();
    }
    busy = false;
  }

  return {
    /** Try again at once: the server is there. */
    hurry,
    put(item) {
      waiting.push(item);
      if (!busy) work();
    },
  };
}
