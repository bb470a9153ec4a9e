// The HTTP and WebSocket API (/openapi.json). Every failure is a Refusal: to be told, or to be tried again.

import { isFilm } from "./photos.js";

const TIMEOUT_MS = 90_000;
const LONGEST_WAIT_MS = 10_000; // somebody is waiting for an answer

export class Refusal extends Error {
  /** `again_ms`: when to try again with the same id; null when that would not help. */
  constructor(status, code, again_ms) {
    super(code);
    this.status = status;
    this.code = code;
    this.again_ms = again_ms;
  }
}

/** Wait longer after each failure, with some chance in it, so that a thousand pages do not come at once. */
export const backoff = (attempt) => Math.min(LONGEST_WAIT_MS, 1000 * 2 ** attempt) * (0.5 + Math.random() / 2);

async function call(address, options) {
  let response;
  try {
    response = await fetch(address, { ...options, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch {
    throw new Refusal(0, "offline", backoff(1));
  }
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  const after_s = Number(response.headers.get("Retry-After")) || 0;
  // A file that was slow once is tried again by who sent it: by itself it would keep a busy machine busy.
  const again = response.status === 429 || (response.status >= 500 && body.code !== "too_slow");
  throw new Refusal(response.status, body.code || "other", again ? Math.max(after_s * 1000, backoff(1)) : null);
}

/** Return whom a login token names, unchecked: only to tell whether somebody else is logged in now. */
export function customerOf(token) {
  try {
    return JSON.parse(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"))).sub || "";
  } catch {
    return "";
  }
}

/** Talk to the server at `base`; `memory` holds the conversation, `login_token` says who is logged in. */
export function connect(base, memory, login_token) {
  const customer = customerOf(login_token);
  if (memory.get("token") && (memory.get("customer") || "") !== customer) {
    memory.set({ conversation_id: null, token: null }); // somebody else's, or one from before the login
  }
  const at = (path) => new URL(path, base);
  const headers = () => ({ Authorization: `Bearer ${memory.get("token")}` });
  const messages = () => at(`v1/conversations/${memory.get("conversation_id")}/messages`);

  return {
    /** Make the server's addresses whole: the page may live on another site. */
    address: (path) => at(path.replace(/^\//, "")).href,

    isOpen: () => Boolean(memory.get("token")),

    forget: () => memory.set({ conversation_id: null, token: null }),

    async open(locale) {
      const body = JSON.stringify(login_token ? { locale, login_token } : { locale });
      const options = { method: "POST", headers: { "Content-Type": "application/json" }, body };
      memory.set({ ...(await call(at("v1/conversations"), options)), customer });
    },

    history: (after) => call(`${messages()}?after=${encodeURIComponent(after)}`, { headers: headers() }),

    say({ id, text, photos, audio, speak, locale }) {
      if (!photos.length && !audio) {
        const json = { ...headers(), "Content-Type": "application/json" };
        return call(messages(), { method: "POST", headers: json, body: JSON.stringify({ id, text, speak, locale }) });
      }
      const form = new FormData();
      for (const [name, value] of Object.entries({ id, text, speak, locale })) form.append(name, value);
      for (const photo of photos) form.append(isFilm(photo) ? "video" : "image", photo, isFilm(photo) ? "video" : "photo");
      if (audio) form.append("audio", audio, "recording");
      return call(messages(), { method: "POST", headers: headers(), body: form });
    },

    calls: () => call(at("v1/calls"), {}),

    /** Bring the offer of a call to the clerk; return the answer. */
    async call(sdp) {
      const json = { ...headers(), "Content-Type": "application/json" };
      const address = at(`v1/conversations/${memory.get("conversation_id")}/call`);
      return (await call(address, { method: "POST", headers: json, body: JSON.stringify({ sdp }) })).sdp;
    },

    follow: (after, told) => follow(at, memory, after, told),
  };
}

/** Follow the conversation until `stop` is called; lost lines are taken up again where they broke. */
function follow(at, memory, after, told) {
  let socket = null;
  let attempt = 0;
  let timer = null;
  let stopped = false;

  const open = () => {
    const address = at(`v1/conversations/${memory.get("conversation_id")}/stream?after=${encodeURIComponent(after())}`);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    socket = new WebSocket(address, ["zhanggui.v1", `token.${memory.get("token")}`]);
    socket.onopen = () => {
      attempt = 0;
      told.connected(true);
    };
    socket.onmessage = (event) => told.event(JSON.parse(event.data));
    socket.onclose = () => {
      if (stopped) return;
      told.connected(false);
      timer = setTimeout(open, backoff(attempt++));
    };
  };
  const hurry = () => {
    if (stopped || !timer || socket.readyState !== WebSocket.CLOSED) return;
    clearTimeout(timer);
    open();
  };
  addEventListener("online", hurry);
  open();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
      removeEventListener("online", hurry);
      socket.close();
    },
  };
}
