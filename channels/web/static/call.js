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

/** Call. `signal(sdp)` brings the offer to the clerk; `on.connected()`, `on.ended(code)`, the code "" for a hang-up. */
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
  let over = false;
  let losing = null;

  function end(code = "") {
    if (over) return;
    over = true;
    clearTimeout(losing);
    removeEventListener("pagehide", leave);
    microphone.getTracks().forEach((track) => track.stop());
    speaker.srcObject = null;
    peer.close();
    on.ended(code);
  }
  const leave = () => end();

  microphone.getTracks().forEach((track) => peer.addTrack(track, microphone));
  microphone.getAudioTracks()[0].onended = () => end("unplugged");
  peer.ontrack = (event) => {
    speaker.srcObject = event.streams[0] || new MediaStream([event.track]);
    speaker.play().catch(() => end("silent"));
  };
  peer.onconnectionstatechange = () => {
    clearTimeout(losing);
    if (peer.connectionState === "connected") on.connected();
    if (peer.connectionState === "disconnected") losing = setTimeout(() => end("lost"), LOST_MS);
    if (peer.connectionState === "failed") end("lost");
  };
  keys.onclose = () => end(); // the clerk hung up
  addEventListener("pagehide", leave);
  losing = setTimeout(() => end("unreachable"), CONNECT_MS);

  try {
    await peer.setLocalDescription(await peer.createOffer());
    await gathered(peer);
    await peer.setRemoteDescription({ type: "answer", sdp: await signal(peer.localDescription.sdp) });
  } catch (error) {
    if (!over) {
      over = true;
      clearTimeout(losing);
      removeEventListener("pagehide", leave);
      microphone.getTracks().forEach((track) => track.stop());
      peer.close();
    }
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
