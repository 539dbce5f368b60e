// What was recorded and is not known to be kept yet, in IndexedDB: it outlives a lost connection and a closed page.
//
// streams: { id, mode, total (bytes recorded), ended, endedAt }; chunks: { id, at (byte), pcm }; files: { id, file, name }

const opened = new Promise((done, fail) => {
  const request = indexedDB.open("fondly", 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("streams", { keyPath: "id" });
    request.result.createObjectStore("chunks", { keyPath: ["id", "at"] });
    request.result.createObjectStore("files", { keyPath: "id" });
  };
  request.onsuccess = () => done(request.result);
  request.onerror = () => fail(request.error);
});

async function within(store, mode, work) {
  const db = await opened;
  return new Promise((done, fail) => {
    const transaction = db.transaction(store, mode);
    const request = work(transaction.objectStore(store));
    transaction.oncomplete = () => done(request?.result);
    transaction.onerror = transaction.onabort = () => fail(transaction.error);
  });
}

/** randomUUID is for secure pages only; a recording can be sent from any. */
export const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");

const all = (id, from = 0, to = Infinity) => IDBKeyRange.bound([id, from], [id, to]);

export const put = (stream) => within("streams", "readwrite", (store) => store.put({ ...stream }));
export const streams = async () =>
  (await within("streams", "readonly", (store) => store.getAll())).sort((a, b) => a.began - b.began);
export const append = (id, at, pcm) => within("chunks", "readwrite", (store) => store.put({ id, at, pcm }));
export const chunks = (id, from, most) => within("chunks", "readonly", (store) => store.getAll(all(id, from), most));

/** Everything before byte `safe` is kept at home. */
export const forget = (id, safe) =>
  within("chunks", "readwrite", (store) => store.delete(IDBKeyRange.bound([id, 0], [id, safe], false, true)));

export async function drop(id) {
  await within("streams", "readwrite", (store) => store.delete(id));
  await within("chunks", "readwrite", (store) => store.delete(all(id)));
}

export const putFile = (file) =>
  within("files", "readwrite", (store) => store.put({ id: newId(), file, name: file.name }));
export const files = () => within("files", "readonly", (store) => store.getAll());
export const dropFile = (id) => within("files", "readwrite", (store) => store.delete(id));
