// The service worker: the page opens without a connection, and takes what other apps share with it.

import { putFile } from "/talk/outbox.js";

const NAME = "fondly-1";
const FILES = [
  "/talk", "/style.css", "/talk/talk.css", "/talk/talk.js", "/talk/link.js", "/talk/microphone.js", "/talk/worklet.js",
  "/talk/speaker.js", "/talk/whereabouts.js", "/talk/outbox.js", "/talk/memos.js", "/talk/icon.svg", "/talk/manifest.webmanifest",
];

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(FILES)));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  if (event.request.method === "POST" && pathname === "/talk/share") event.respondWith(shared(event.request));
  else if (event.request.method === "GET" && FILES.includes(pathname)) event.respondWith(newest(event.request, pathname));
});

/** From home when it answers, else as it was last. */
async function newest(request, pathname) {
  const cache = await caches.open(NAME);
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await cache.put(pathname, answer.clone());
    return answer;
  } catch (trouble) {
    const kept = await cache.match(pathname);
    if (kept) return kept;
    throw trouble;
  }
}

async function shared(request) {
  const form = await request.formData();
  for (const file of form.getAll("sound")) if (file instanceof File) await putFile(file);
  return Response.redirect("/talk", 303);
}
