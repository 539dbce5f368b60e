// Recordings that are delivered as a whole: files, and what was recorded while the connection was away.

import * as outbox from "/talk/outbox.js";

/** Delivered means: at home, on the disk. Throws when it is not; sent again, it is kept once. */
export async function deliver(sound, name) {
  const form = new FormData();
  form.append("sound", sound, name);
  const answer = await fetch("/api/memos", { method: "POST", body: form });
  if (answer.ok) return;
  const { detail } = await answer.json().catch(() => ({}));
  throw Object.assign(new Error(typeof detail === "string" ? detail : answer.statusText), {
    refused: answer.status === 413 || answer.status === 415 || answer.status === 422,
  });
}

export async function deliverFiles(say) {
  for (const { id, file, name } of await outbox.files()) {
    try {
      await deliver(file, name);
      say("delivered");
    } catch (trouble) {
      if (!trouble.refused) throw trouble;
      say("refusedFile", trouble.message);
    }
    await outbox.dropFile(id);
  }
}

/** A recorded stretch from byte `from` on. */
export async function deliverStream(stream, from) {
  const pieces = (await outbox.chunks(stream.id, from)).map((chunk) => chunk.pcm);
  if (pieces.length) await deliver(new Blob([header(pieces), ...pieces], { type: "audio/wav" }), `${stream.id}.wav`);
}

function header(pieces) {
  const bytes = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
  const view = new DataView(new ArrayBuffer(44));
  const text = (at, letters) => [...letters].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, 36 + bytes, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // mono
  view.setUint32(24, 16000, true);
  view.setUint32(28, 32000, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, bytes, true);
  return view.buffer;
}
