// The telephone of the widget: whether the shop takes calls, and one call at a time in this conversation.

import { Refusal } from "./api.js";
import { NoCall, dial } from "./call.js";

/** Offer calls in the panel. `told.opened()` and `told.forgotten()` as of the outbox. */
export function telephone(api, panel, words, locale, told) {
  let stun = [];
  let call = null;
  let given_up = false; // hung up before there was a call

  /** Bring the offer of a call to the clerk, in this conversation or, where it is forgotten there, in a new one. */
  async function signal(sdp) {
    for (let again = false; ; again = true) {
      if (!api.isOpen()) await api.open(locale());
      told.opened();
      try {
        return await api.call(sdp);
      } catch (refusal) {
        if (again || (refusal.status !== 401 && refusal.status !== 404)) throw refusal;
        told.forgotten();
      }
    }
  }

  function ended(code) {
    call = null;
    const lasted = panel.bar.ended();
    panel.callable(true);
    const { noCall, callEnded } = words();
    if (code) panel.notice(noCall[code] || noCall.other);
    else if (lasted) panel.notice(`${callEnded} ${lasted}`);
  }

  return {
    async offer() {
      const calls = await api.calls().catch(() => ({ available: false }));
      stun = calls.stun;
      panel.callable(calls.available);
    },
    async ring() {
      panel.notice("");
      panel.callable(false);
      panel.bar.calling();
      given_up = false;
      try {
        call = await dial(signal, stun, { connected: panel.bar.connected, ended });
        if (given_up) call?.hang_up();
      } catch (error) {
        ended(error.code || "other");
        if (!(error instanceof NoCall || error instanceof Refusal)) console.error("The call failed:", error);
      }
    },
    mute: (still) => call?.mute(still),
    press: (key) => call?.press(key),
    hang_up() {
      given_up = true;
      call?.hang_up();
    },
  };
}
