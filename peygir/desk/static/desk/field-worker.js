// Keeps the pages of field visits for work without a network. The server puts ASSETS in front.
// Pages come from the network first, so that nobody reads an old one while there is a newer one.
const PAGES = "peygir-field-pages-1";
const FILES = "peygir-field-files-1";
const PATIENCE_MS = 6000; // a network that takes longer is no network for somebody on the street
const scope = new URL(self.registration.scope).pathname;

self.addEventListener("install", (event) => {
  const keep = async () => {
    const cache = await caches.open(FILES);
    await Promise.allSettled(ASSETS.map((path) => cache.add(path)));
    await self.skipWaiting();
  };
  event.waitUntil(keep());
});

self.addEventListener("activate", (event) => {
  const tidy = async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith("peygir-field-") && ![PAGES, FILES].includes(name));
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.endsWith("/ticket/") || url.pathname.endsWith("/worker.js")) return;
  if (url.pathname.includes("/desk/photos/") || url.pathname.startsWith("/static/")) event.respondWith(file(request, event));
  else if (url.pathname.startsWith(scope)) event.respondWith(page(request, url));
});

// The key of a page is its path: a list filtered by district is the same list without a network.
async function page(request, url) {
  const cache = await caches.open(PAGES);
  try {
    const answer = await Promise.race([fetch(request), late()]);
    // Sent away means signed out: then citizens' names and numbers do not stay on the phone.
    if (answer.redirected || answer.type === "opaqueredirect") await caches.delete(PAGES);
    else if (answer.ok) await cache.put(url.pathname, answer.clone());
    return answer;
  } catch (error) {
    const kept = (await cache.match(url.pathname)) ?? (await cache.match(scope));
    if (kept) return kept;
    throw error;
  }
}

async function file(request, event) {
  const cache = await caches.open(FILES);
  const kept = await cache.match(request.url);
  const fresh = fetch(request).then(async (answer) => {
    if (answer.ok && !answer.redirected) await cache.put(request.url, answer.clone());
    return answer;
  });
  if (!kept) return fresh;
  event.waitUntil(fresh.catch(() => {}));
  return kept;
}

const late = () => new Promise((_, reject) => { setTimeout(() => reject(new Error("too slow")), PATIENCE_MS); });
