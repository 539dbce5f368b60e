// In the audio thread: floats at the context's rate to PCM16 at 16 kHz, 1280 samples at a time.

const PIECE = 1280;

class Pieces extends AudioWorkletProcessor {
  constructor({ processorOptions }) {
    super();
    this.step = sampleRate / processorOptions.rate; // input samples for one of output
    this.piece = new Int16Array(PIECE);
    this.filled = 0;
    this.sum = 0;
    this.weight = 0;
  }

  process([input]) {
    for (const sample of input[0] ?? []) this.take(sample);
    return true;
  }

  /** Each output sample is the mean of the input over its time, which also keeps most of what is too high out. */
  take(sample) {
    let left = 1;
    while (left > 0) {
      const part = Math.min(left, this.step - this.weight);
      this.sum += sample * part;
      this.weight += part;
      left -= part;
      if (this.step - this.weight < 1e-6) {
        this.give(this.sum / this.weight);
        this.sum = this.weight = 0;
        if (left < 1e-6) return;
      }
    }
  }

  give(value) {
    this.piece[this.filled++] = Math.round(Math.max(-1, Math.min(1, value)) * 32767);
    if (this.filled < PIECE) return;
    const whole = this.piece.buffer;
    this.port.postMessage(whole, [whole]);
    this.piece = new Int16Array(PIECE);
    this.filled = 0;
  }
}

registerProcessor("pieces", Pieces);
