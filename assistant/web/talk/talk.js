// The page: one big button, captions, and what goes on said in words. All wording is in talk.html.

import { Link } from "/talk/link.js";
import { Microphone } from "/talk/microphone.js";
import * as outbox from "/talk/outbox.js";
import { Speaker } from "/talk/speaker.js";
import * as whereabouts from "/talk/whereabouts.js";

const RELEASE_MS = 300; // the end of the last word comes after the finger
const MOST_CAPTIONS = 40;

const element = (id) => document.getElementById(id);
const words = new Map([...document.querySelectorAll("#words dt")].map((dt) => [dt.textContent, dt.nextElementSibling.textContent]));
const [hold, hands, where, file, captions] = ["hold", "hands", "where", "file", "captions"].map(element);

const microphone = new Microphone();
const speaker = new Speaker();
const link = new Link(told);
let held = false;
let releasing = null;

// ---- what home tells

function told(message) {
  if (message instanceof ArrayBuffer) return speaker.add(message);
  switch (message.type) {
    case "link": return connected(message.connected);
    case "state": return state(message.state === "ready" ? resting() : message.state);
    case "heard":
    case "answer": return caption(message.type, message.text);
    case "memo":
      caption("told", [words.get(message.what), message.detail].filter(Boolean).join(" "));
      caption("heard", message.heard);
      return caption("answer", message.reply);
    case "speak":
      speaker.begin(message.id, message.rate, (heard) => {
        link.send({ type: heard ? "played" : "unheard", id: message.id });
        state(resting());
      });
      return state("speaking");
    case "spoken": return speaker.complete(message.id);
    case "hush": return speaker.hush();
    case "listen": return listen("answer", "answering");
    case "stop": return rest();
  }
}

function connected(is) {
  element("link").textContent = is ? "" : words.get("away");
  document.body.dataset.connected = is;
  if (!is) speaker.hush();
  if (!is && link.mode) state("recording");
  else state(resting());
}

// ---- what is done here

/** Begins to record; says in words why it cannot. */
async function listen(mode, doing) {
  speaker.unlock();
  state("opening");
  try {
    if (!window.isSecureContext || !navigator.mediaDevices) throw new DOMException("", "SecurityError");
    link.begin(mode);
    await microphone.start((pcm) => link.take(pcm));
    if (link.mode === mode) state(link.connected ? doing : "recording"); // else it was released meanwhile
    return true;
  } catch (trouble) {
    link.end();
    const why = { NotAllowedError: "refused", SecurityError: "insecure" }[trouble.name] ?? "missing";
    caption("told", words.get(why));
    hands.checked = false;
    state("ready");
    return false;
  }
}

/** Back to what it does when nothing is held: hands-free, or nothing. */
function rest() {
  if (hands.checked) return listen("open", "waking");
  link.end();
  microphone.stop();
  state("ready");
}

async function press() {
  if (held) return;
  held = true;
  clearTimeout(releasing);
  speaker.hush();
  hold.setAttribute("aria-pressed", "true");
  hold.textContent = words.get("holding");
  await listen("hold", "listening");
}

function release() {
  if (!held) return;
  held = false;
  hold.setAttribute("aria-pressed", "false");
  hold.textContent = words.get("hold");
  releasing = setTimeout(() => {
    rest();
    if (!link.connected) state("kept");
  }, RELEASE_MS);
}

// ---- what is shown

function resting() {
  if (link.mode === "hold") return "listening";
  if (link.mode === "answer") return "answering";
  return link.mode === "open" ? "waking" : "ready";
}

function state(name) {
  document.body.dataset.state = name;
  element("state").textContent = words.get(name) ?? "";
}

function caption(kind, text) {
  if (!text || (kind === "told" && captions.lastElementChild?.textContent === text)) return;
  element("hint")?.remove();
  const line = document.createElement("p");
  line.className = kind;
  line.textContent = text;
  captions.append(line);
  while (captions.childElementCount > MOST_CAPTIONS) captions.firstElementChild.remove();
  line.scrollIntoView({ block: "end" });
}

// ---- where this phone is

function tellWhere() {
  whereabouts.start(() => {
    where.checked = false;
    caption("told", words.get("nowhere"));
  });
}

where.checked = whereabouts.wanted();
if (where.checked) tellWhere();
where.addEventListener("change", () => (where.checked ? tellWhere() : whereabouts.forget()));

// ---- hands and files

hold.addEventListener("pointerdown", (event) => {
  hold.setPointerCapture(event.pointerId);
  press();
});
for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) hold.addEventListener(end, release);
hold.addEventListener("contextmenu", (event) => event.preventDefault());
hold.addEventListener("keydown", (event) => {
  if (event.key !== " " && event.key !== "Enter") return;
  event.preventDefault();
  if (!event.repeat) press();
});
hold.addEventListener("keyup", release);
hold.addEventListener("blur", release);
hands.addEventListener("change", rest);
file.addEventListener("change", async () => {
  const [chosen] = file.files;
  file.value = "";
  if (!chosen) return;
  caption("told", words.get("sending"));
  await outbox.putFile(chosen);
  link.memos();
});

hold.setAttribute("aria-pressed", "false");
if (!window.isSecureContext) {
  hold.disabled = hands.disabled = true;
  caption("told", words.get("insecure"));
}
navigator.serviceWorker?.register("/talk/worker.js", { scope: "/talk", type: "module" }).catch(() => {});
navigator.storage?.persist?.().catch(() => {});
microphone.prepare().catch(() => {}).finally(() => link.open());
