// A call to the clerk (WebRTC): the microphone goes out, the clerk's voice comes in, keys go by a data channel.

const GATHER_MS = 3000; // addresses that take longer to find are done without
const CONNECT_MS = 20_000;
const LOST_MS = 8_000; // a connection that comes back sooner was not lost

/** Why there is no call; `code` is a word of `strings.js`. */
export class NoCall extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

const REFUSALS = { NotAllowedError: "refused", SecurityError: "refused", NotFoundError: "noMicrophone", NotReadableError: "taken" };

/**
 * Call; return the call, or null where it ended meanwhile. `signal(sdp)` brings the offer to the clerk and returns the
 * answer; `on.connected()`; `on.ended(code)`, once, with "" for a hang-up. Throws where it never began.
 */
export async function dial(signal, stun, on) {
  if (!isSecureContext) throw new NoCall("insecure");
  if (!navigator.mediaDevices?.getUserMedia || !window.RTCPeerConnection) throw new NoCall("unsupported");
  const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  const microphone = await navigator.mediaDevices.getUserMedia({ audio }).catch((error) => {
    throw new NoCall(REFUSALS[error.name] || "noMicrophone");
  });
  const peer = new RTCPeerConnection({ iceServers: stun.length ? [{ urls: stun }] : [] });
  const keys = peer.createDataChannel("keys");
  const speaker = new Audio();
  let begun = false;
  let over = false;
  let losing = null;

  function end(code = "") {
    if (over) return;
    close();
    on.ended(code);
  }
  function close() {
    over = true;
    clearTimeout(losing);
    removeEventListener("pagehide", leave);
    microphone.getTracks().forEach((track) => track.stop());
    speaker.srcObject = null;
    peer.close();
  }
  const leave = () => end();

  microphone.getTracks().forEach((track) => peer.addTrack(track, microphone));
  microphone.getAudioTracks()[0].onended = () => end("unplugged");
  peer.ontrack = (event) => {
    speaker.srcObject = event.streams[0] || new MediaStream([event.track]);
    speaker.play().catch(() => end("silent"));
  };
  peer.onconnectionstatechange = () => {
    if (peer.connectionState === "connected") {
      clearTimeout(losing);
      begun = true;
      on.connected();
    }
    if (peer.connectionState === "disconnected") losing = setTimeout(() => end("lost"), LOST_MS);
    if (peer.connectionState === "failed") end(begun ? "lost" : "unreachable");
  };
  keys.onclose = () => end(); // the clerk hung up
  addEventListener("pagehide", leave);
  losing = setTimeout(() => end("unreachable"), CONNECT_MS);

  try {
    await peer.setLocalDescription(await peer.createOffer());
    await gathered(peer);
    await peer.setRemoteDescription({ type: "answer", sdp: await signal(peer.localDescription.sdp) });
  } catch (error) {
    if (over) return null; // what kept it from beginning was told
    close();
    throw error;
  }
  return {
    hang_up: () => end(),
    mute: (still) => microphone.getAudioTracks().forEach((track) => (track.enabled = !still)),
    press: (key) => keys.readyState === "open" && keys.send(key),
  };
}

function gathered(peer) {
  if (peer.iceGatheringState === "complete") return Promise.resolve();
  return new Promise((done) => {
    setTimeout(done, GATHER_MS);
    peer.onicegatheringstatechange = () => peer.iceGatheringState === "complete" && done();
  });
}
