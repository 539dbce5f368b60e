// The microphone as 16 kHz mono PCM16 in pieces of 80 ms.

const RATE = 16000;
const STAYS_OPEN_MS = 20000; // after a release, so that the next press is heard from its first word

export class Microphone {
  #take = null;
  #context = null;
  #stream = null;
  #closing = null;
  #worklet = null;

  /** To be called when the page opens: the first press may come when home cannot be reached. */
  async prepare() {
    this.#worklet ??= URL.createObjectURL(await (await fetch("/talk/worklet.js")).blob());
    return this.#worklet;
  }

  /** Gives what is heard to `take` until stop(). Throws what getUserMedia throws. */
  async start(take) {
    clearTimeout(this.#closing);
    this.#take = take;
    if (!this.#stream?.active || this.#context?.state === "closed") await this.#open();
    if (this.#context.state !== "running") await this.#context.resume();
  }

  stop() {
    this.#take = null;
    clearTimeout(this.#closing);
    this.#closing = setTimeout(() => this.#close(), STAYS_OPEN_MS);
  }

  async #open() {
    this.#close();
    const audio = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    this.#stream = await navigator.mediaDevices.getUserMedia({ audio });
    try {
      await this.#listen(new AudioContext({ sampleRate: RATE }));
    } catch {
      await this.#listen(new AudioContext()); // Firefox: the rate has to be the microphone's; resampled below
    }
  }

  async #listen(context) {
    this.#context = context;
    await context.audioWorklet.addModule(await this.prepare());
    const pieces = new AudioWorkletNode(context, "pieces", { numberOfOutputs: 0, processorOptions: { rate: RATE } });
    pieces.port.onmessage = ({ data }) => this.#take?.(data);
    context.createMediaStreamSource(this.#stream).connect(pieces);
  }

  #close() {
    this.#stream?.getTracks().forEach((track) => track.stop());
    if (this.#context && this.#context.state !== "closed") this.#context.close();
    this.#stream = this.#context = null;
  }
}
