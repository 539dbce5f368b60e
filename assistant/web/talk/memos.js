// Recordings that are delivered as a whole: files, and what was recorded while the connection was away.

import * as outbox from "/talk/outbox.js";

/** Delivered means: at home, on the disk. Throws when it is not; sent again, it is kept once. */
async function deliver(sound, name, heardAt, say) {
  const form = new FormData();
  form.append("heard_at", new Date(heardAt).toISOString());
  form.append("sound", sound, name);
  const answer = await fetch("/api/memos", { method: "POST", body: form });
  const { detail, heard, reply } = await answer.json().catch(() => ({}));
  if (answer.ok) return say("delivered", { heard, reply });
  const refused = [413, 415, 422].includes(answer.status);
  throw Object.assign(new Error(typeof detail === "string" ? detail : ""), { refused });
}

/** `say` is told "delivered" or "refusedFile", with more about it. Throws when it has to be tried again. */
export async function deliverFiles(say) {
  for (const { id, file, name } of await outbox.files()) {
    try {
      await deliver(file, name, file.lastModified ?? Date.now(), say);
    } catch (trouble) {
      if (!trouble.refused) throw trouble;
      say("refusedFile", { detail: trouble.message });
    }
    await outbox.dropFile(id);
  }
}

/** A recorded stretch from byte `from` on. */
export async function deliverStream(stream, from, say) {
  const pieces = (await outbox.chunks(stream.id, from)).map((chunk) => chunk.pcm);
  const wav = new Blob([header(pieces), ...pieces], { type: "audio/wav" });
  if (pieces.length) await deliver(wav, `${stream.id}.wav`, stream.began, say);
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
