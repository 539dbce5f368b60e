// The one connection to home. What is recorded goes into the outbox first, and from there over the connection, in order;
// when the connection comes back, it goes on where home says that it has it up to.

import * as outbox from "/talk/outbox.js";
import { deliverFiles, deliverStream } from "/talk/memos.js";

const AHEAD = 20 * 32000; // bytes sent before home has listened to them
const LIVE_MS = 20000; // what ended longer ago is delivered as a memo: nobody waits for its reply any more
const PING_MS = 4000;
const AGAIN_MS = [500, 1000, 2000, 5000];
const MEMOS_AGAIN_MS = 20000;

export class Link {
  #told; // called with every message of home's, and with {type: "link", connected}, {type: "memo", what, …}
  #socket = null;
  #tries = 0;
  #live = null; // the stream that is being recorded
  #progress = new Map(); // by stream: {taken}
  #handed = new Set(); // streams that this connection has had
  #waiting = []; // who waits for something new
  #have = null; // resolves with home's answer to "stream"

  constructor(told) {
    this.#told = told;
  }

  async open() {
    // what an earlier page was recording when it ended
    for (const stream of await outbox.streams()) if (!stream.ended) await this.#put({ ...stream, ended: true, endedAt: 0 });
    this.#connect();
    addEventListener("online", () => this.#connect());
    setInterval(() => this.#ping(), PING_MS);
    setInterval(() => this.memos(), MEMOS_AGAIN_MS);
  }

  get connected() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  send(message) {
    if (this.connected) this.#socket.send(JSON.stringify(message));
  }

  /** Begins to record: "hold", "open" or "answer". */
  begin(mode) {
    this.end();
    this.#live = { id: outbox.newId(), mode, total: 0, ended: false, began: Date.now() };
    this.#put(this.#live);
  }

  async take(pcm) {
    const stream = this.#live;
    if (!stream) return;
    const at = stream.total;
    stream.total += pcm.byteLength;
    await outbox.append(stream.id, at, pcm);
    await this.#put(stream);
  }

  end() {
    const stream = this.#live;
    this.#live = null;
    if (stream) this.#put(Object.assign(stream, { ended: true, endedAt: Date.now() }));
  }

  get mode() {
    return this.#live?.mode ?? null;
  }

  /** Delivers what has to go as a whole. */
  async memos() {
    this.#undelivered = true; // also what comes while others are on their way
    if (this.#delivering) return;
    this.#delivering = true;
    while (this.#undelivered) {
      this.#undelivered = false;
      await this.#deliver();
    }
    this.#delivering = false;
  }
  #delivering = false;
  #undelivered = false;

  async #deliver() {
    const say = (what, more) => this.#told({ type: "memo", what, ...more });
    try {
      await deliverFiles(say);
      for (const stream of await outbox.streams()) {
        if (stream.memoFrom === undefined) continue;
        await deliverStream(stream, stream.memoFrom, say);
        await outbox.drop(stream.id);
      }
    } catch {
      say("waits");
    }
  }

  async #put(stream) {
    await outbox.put(stream);
    this.#news();
  }

  #news() {
    this.#waiting.splice(0).forEach((go) => go());
  }

  #something() {
    return new Promise((go) => this.#waiting.push(go));
  }

  // ---- the connection

  #connect() {
    if (this.#socket && this.#socket.readyState <= WebSocket.OPEN) return;
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/talk/socket?client=${client()}`);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#handed.clear();
    this.#progress.clear();
    socket.onopen = () => {
      this.#tries = 0;
      this.#heardAt = Date.now();
      this.#told({ type: "link", connected: true });
      this.#pump(socket);
      this.memos();
    };
    socket.onmessage = ({ data }) => {
      this.#heardAt = Date.now();
      this.#hear(data);
    };
    socket.onclose = () => this.#lost(socket);
  }
  #heardAt = 0;

  #lost(socket) {
    if (socket !== this.#socket) return;
    this.#socket = null;
    this.#have?.(null);
    this.#news();
    this.#told({ type: "link", connected: false });
    setTimeout(() => this.#connect(), AGAIN_MS[Math.min(this.#tries++, AGAIN_MS.length - 1)]);
  }

  /** A connection that a lift has cut looks open for minutes: one that does not answer is left. */
  #ping() {
    const socket = this.#socket;
    if (!this.connected) return;
    if (Date.now() - this.#heardAt > 3 * PING_MS) {
      socket.onclose = null;
      socket.close();
      this.#lost(socket);
    } else this.send({ type: "ping" });
  }

  async #hear(data) {
    if (typeof data !== "string") return this.#told(data);
    const message = JSON.parse(data);
    if (message.type === "have") this.#have?.(message);
    else if (message.type === "took") await this.#took(message);
    else if (message.type === "stop") await this.#stop(message);
    else if (message.type === "unkept") await this.#memo(message.id, 0);
    else if (message.type !== "pong") this.#told(message);
  }

  async #took({ id, bytes, safe }) {
    this.#progress.set(id, bytes);
    this.#news();
    await outbox.forget(id, safe);
    const stream = await this.#known(id);
    if (stream?.ended && stream.memoFrom === undefined && safe >= stream.total) await outbox.drop(id);
  }

  async #stop({ id, bytes }) {
    if (this.#live?.id === id) {
      this.#live.total = bytes; // the rest is not wanted
      this.end();
    }
    this.#told({ type: "stop" });
  }

  async #memo(id, from) {
    const stream = await this.#known(id);
    if (!stream) return;
    if (this.#live?.id === id) this.end();
    await this.#put(Object.assign(stream, { ended: true, memoFrom: from }));
    this.memos();
  }

  async #known(id) {
    return this.#live?.id === id ? this.#live : (await outbox.streams()).find((stream) => stream.id === id);
  }

  // ---- what was recorded, on its way

  async #pump(socket) {
    while (socket === this.#socket) {
      const news = this.#something();
      const waiting = (await outbox.streams()).filter((s) => !this.#handed.has(s.id) && s.memoFrom === undefined);
      if (!waiting.length) await news;
      else await this.#carry(waiting[0].id, socket);
    }
  }

  async #carry(id, socket) {
    this.#handed.add(id);
    let stream = await this.#known(id);
    const [first] = await outbox.chunks(id, 0, 1);
    if (stream.ended && !first) return outbox.drop(id);
    const from = first?.at ?? stream.total;
    const have = new Promise((go) => (this.#have = go));
    const late = stream.mode !== "open" && stream.ended && Date.now() - stream.endedAt > LIVE_MS;
    this.send({ type: "stream", id, mode: stream.mode, from, late });
    const answer = await have;
    if (!answer) return;
    if (!answer.open) return this.#over(stream, answer);
    let sent = answer.bytes;
    this.#progress.set(id, this.#progress.get(id) ?? answer.bytes);
    while (socket === this.#socket) {
      const news = this.#something();
      for (const chunk of await outbox.chunks(id, sent, 50)) {
        while (sent - this.#progress.get(id) > AHEAD && socket === this.#socket) await this.#something();
        if (socket !== this.#socket) return;
        socket.send(chunk.pcm);
        sent = chunk.at + chunk.pcm.byteLength;
      }
      stream = await this.#known(id);
      if (!stream || (stream.ended && sent >= stream.total)) return this.send({ type: "end", id });
      await news;
    }
  }

  /** Home listens to this one no more. What it has and may still lose is waited for: "took" or "unkept" will come. */
  async #over(stream, { bytes, safe }) {
    const current = this.#live?.id === stream.id;
    if (current) this.end();
    if (safe >= stream.total || (stream.mode === "open" && bytes < stream.total)) await outbox.drop(stream.id);
    else if (bytes < stream.total) await this.#memo(stream.id, bytes);
    if (current) this.#told({ type: "stop" }); // begins anew, if it is to
  }
}

function client() {
  let id = localStorage.getItem("client");
  if (!id) localStorage.setItem("client", (id = outbox.newId()));
  return id;
}
