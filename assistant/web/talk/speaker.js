// Plays a reply as its pieces arrive, and tells when it has been heard.

export class Speaker {
  #context = null;
  #reply = null;

  /** To be called in a tap: browsers let no page make a sound before one. */
  unlock() {
    this.#context ??= new AudioContext();
    if (this.#context.state !== "running") this.#context.resume().catch(() => {});
  }

  get speaking() {
    return this.#reply !== null;
  }

  /** `over` is called once: true when all of it was heard, false when sound cannot be played now. */
  begin(id, rate, over) {
    this.hush();
    this.unlock();
    this.#reply = { id, rate, over, at: 0, playing: new Set(), complete: false };
  }

  add(pcm) {
    const reply = this.#reply;
    if (!reply) return;
    const whole = new Int16Array(pcm);
    if (!whole.length) return;
    const buffer = this.#context.createBuffer(1, whole.length, reply.rate);
    const samples = buffer.getChannelData(0);
    for (let i = 0; i < whole.length; i++) samples[i] = whole[i] / 32768;
    const source = new AudioBufferSourceNode(this.#context, { buffer });
    source.connect(this.#context.destination);
    reply.at = Math.max(reply.at, this.#context.currentTime + 0.05);
    source.start(reply.at);
    reply.at += buffer.duration;
    reply.playing.add(source);
    source.onended = () => {
      reply.playing.delete(source);
      this.#ended(reply);
    };
  }

  async complete(id) {
    const reply = this.#reply;
    if (reply?.id !== id) return;
    reply.complete = true;
    if (this.#context.state !== "running") await Promise.race([this.#context.resume(), later(1000)]).catch(() => {});
    if (this.#context.state !== "running" && this.#reply === reply) {
      this.hush();
      reply.over(false);
    } else this.#ended(reply);
  }

  /** Silent at once; nobody is told. */
  hush() {
    const reply = this.#reply;
    this.#reply = null;
    reply?.playing.forEach((source) => source.stop());
  }

  #ended(reply) {
    if (this.#reply !== reply || !reply.complete || reply.playing.size) return;
    this.#reply = null;
    reply.over(true);
  }
}

const later = (ms) => new Promise((done) => setTimeout(done, ms));
