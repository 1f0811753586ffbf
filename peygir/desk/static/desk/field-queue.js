// Visits that wait on this phone, in IndexedDB, pictures included. A visit leaves only once the server
// has said that it keeps it (2xx), or that it already does (409). No Background Sync: iOS has none.
const NAME = "peygir-field";
const LOG_MAX = 20;

function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("visits", { keyPath: "visit" });
      asked.result.createObjectStore("log", { autoIncrement: true });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function run(store, mode, work) {
  const db = await open();
  try {
    const turn = db.transaction(store, mode);
    const asked = work(turn.objectStore(store));
    await new Promise((resolve, reject) => {
      turn.oncomplete = resolve;
      turn.onerror = turn.onabort = () => reject(turn.error);
    });
    return asked?.result;
  } finally {
    db.close();
  }
}

export const put = (record) => run("visits", "readwrite", (store) => store.put(record));
export const remove = (visit) => run("visits", "readwrite", (store) => store.delete(visit));

// Oldest first: the order in which they were made is the order in which they are sent.
export async function all() {
  const found = await run("visits", "readonly", (store) => store.getAll());
  return found.sort((one, other) => one.made - other.made);
}

export async function said() {
  const found = await run("log", "readonly", (store) => store.getAll());
  return found.reverse().slice(0, LOG_MAX);
}
const say = (line) => run("log", "readwrite", (store) => store.add(line));

export function bytes(records) {
  const files = records.flatMap((one) => [...one.photos, one.signature].filter(Boolean));
  return files.reduce((sum, file) => sum + file.size, 0);
}

function body(record) {
  const form = new FormData();
  for (const [name, value] of record.fields) form.append(name, value);
  record.photos.forEach((blob, i) => form.append("photos", blob, `visit-${i}.jpg`));
  if (record.signature) form.append("signature", record.signature, "signature.png");
  return form;
}

async function send(record, where, token) {
  const headers = { Accept: "application/json", "X-CSRFToken": token };
  const answer = await fetch(where, { method: "POST", body: body(record), headers, redirect: "error" });
  const told = await answer.json().catch(() => ({}));
  if (answer.status === 201 || answer.status === 200 || answer.status === 409) {
    await remove(record.visit);
    await say({ title: record.title, code: record.code, words: told.words ?? "", moved: Boolean(told.moved), visit: record.visit, codeAgain: Boolean(told.code_again), at: Date.now() });
    return "kept";
  }
  if (answer.status === 422) {
    await put({ ...record, problem: told.words ?? "422" });
    return "refused";
  }
  return answer.status === 401 || answer.status === 403 ? "stranger" : "later";
}

let flushing = null;

// Send everything that may be sent. Gives "done", "offline", "stranger" (nobody, or somebody else, is
// signed in) or "later" (the server is in trouble). One flush at a time, over all windows.
export function flush(paths) {
  flushing ??= locked(() => _flush(paths)).finally(() => { flushing = null; });
  return flushing;
}

const locked = (work) =>
  navigator.locks ? navigator.locks.request(`${NAME}-flush`, work) : work();

async function _flush({ ticket, visits }) {
  const waiting = await all();
  if (!waiting.length) return "done";
  let pass;
  try {
    const answer = await fetch(ticket, { headers: { Accept: "application/json" }, redirect: "manual", cache: "no-store" });
    if (!answer.ok) return answer.type === "opaqueredirect" || answer.status < 500 ? "stranger" : "later";
    pass = await answer.json();
  } catch {
    return "offline";
  }
  const stopped = new Set(); // a later visit of a case does not overtake one that was refused
  for (const record of waiting) {
    if (record.staff !== pass.staff || record.problem || stopped.has(record.code)) {
      stopped.add(record.code);
      continue;
    }
    try {
      const outcome = await send(record, visits, pass.token);
      if (outcome === "stranger" || outcome === "later") return outcome;
      if (outcome === "refused") stopped.add(record.code);
    } catch {
      return "offline";
    }
  }
  return "done";
}
