// The microphone: one recording at a time, in whatever the browser records well.

const KINDS = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];
const LONGEST_MS = 120_000;
const SHORTEST_MS = 400;

/** Start recording. `level` is told the loudness (0 to 1) about 15 times a second, `full` when time is up. */
export async function record({ level, full }) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } });
  const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
  const recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: 32_000 });
  const chunks = [];
  recorder.ondataavailable = (event) => chunks.push(event.data);
  const ended = new Promise((done) => (recorder.onstop = done));
  const began = performance.now();
  const meter = listen(stream, level);
  const clock = setTimeout(full, LONGEST_MS);
  recorder.start();

  const end = async () => {
    clearTimeout(clock);
    if (recorder.state !== "inactive") recorder.stop();
    await ended;
    meter.stop();
    stream.getTracks().forEach((track) => track.stop());
  };
  return {
    /** Return the recording, or null when it was too short to hold a word. */
    async finish() {
      const lasted = performance.now() - began;
      await end();
      return lasted < SHORTEST_MS ? null : new Blob(chunks, { type: recorder.mimeType.split(";")[0] });
    },
    cancel: end,
  };
}

function listen(stream, level) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 512;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    level(Math.min(1, Math.sqrt(power) * 6));
  }, 66);
  return {
    stop() {
      clearInterval(timer);
      context.close();
    },
  };
}
