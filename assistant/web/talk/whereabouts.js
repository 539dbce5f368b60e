// Where this phone is, told to home while the page is open and the switch is on. Off unless it was switched on here.

const KEY = "fondly-whereabouts";
const EVERY_MS = 60_000;

let watch = null;
let told = -Infinity;

export const wanted = () => localStorage.getItem(KEY) === "on";

/** Tells home where this phone is from now on. `refused` is called where the browser does not allow that. */
export function start(refused) {
  localStorage.setItem(KEY, "on");
  if (watch !== null) return;
  if (!navigator.geolocation) return refused();
  watch = navigator.geolocation.watchPosition(tell, (trouble) => {
    if (trouble.code !== trouble.PERMISSION_DENIED) return; // it may be known later
    stop();
    refused();
  }, { maximumAge: EVERY_MS });
}

/** No more, and home forgets where it was. */
export async function forget() {
  stop();
  await fetch("/api/position", { method: "DELETE" }).catch(() => {});
}

function stop() {
  localStorage.removeItem(KEY);
  if (watch !== null) navigator.geolocation.clearWatch(watch);
  watch = null;
  told = -Infinity;
}

async function tell({ coords: { latitude, longitude, accuracy } }) {
  if (performance.now() - told < EVERY_MS) return;
  told = performance.now();
  const body = JSON.stringify({ latitude, longitude, accuracy });
  const answer = await fetch("/api/position", { method: "PUT", headers: { "Content-Type": "application/json" }, body }).catch(() => null);
  if (!answer?.ok) told = -Infinity; // home could not be reached: with the next one
  else if (watch === null) await forget(); // switched off meanwhile
}
