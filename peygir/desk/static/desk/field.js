// The phone's side of field visits: keeps pages, stores visits, sends them when there is a network.
import * as queue from "./field-queue.js";
import { signature } from "./field-sign.js";

const bar = document.querySelector("[data-field]");
const words = bar.dataset;
const paths = { ticket: words.ticket, visits: words.visits };
const staff = Number(words.staff);
const AGAIN_MS = 20000;
const DIGITS = "۰۱۲۳۴۵۶۷۸۹";
const persian = document.documentElement.lang.startsWith("fa");
const number = (value) => (persian ? String(value).replace(/\d/g, (d) => DIGITS[d]).replace(".", "٫") : String(value));
const filled = (text, value) => text.replace("#", number(value));
const $ = (selector, from = document) => from.querySelector(selector);
const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];

function make(name, text, more = {}) {
  return Object.assign(document.createElement(name), { textContent: text, ...more });
}

// What waits, what was sent, and whether there is a network.
async function show(state = "") {
  const waiting = await queue.all();
  const count = $("[data-queue-count]");
  count.textContent = waiting.length ? filled(words.wordsWaiting, waiting.length) : words.wordsNone;
  count.dataset.count = waiting.length;
  const megabytes = (queue.bytes(waiting) / 1048576).toFixed(1);
  $("[data-queue-size]").textContent = waiting.length ? filled(words.wordsSize, megabytes) : "";
  $("[data-queue-card]").hidden = !waiting.length;
  $("[data-queue-list]").replaceChildren(...waiting.map(item));
  $("[data-queue-note]").textContent = state === "stranger" ? words.wordsSignin : "";
  const offline = state === "offline" || !navigator.onLine;
  $("[data-online]").hidden = offline;
  $("[data-offline]").hidden = !offline;
  for (const stop of $$("[data-stop]")) {
    $("[data-waits]", stop).hidden = !waiting.some((one) => one.code === stop.dataset.code);
  }
  await log();
}

function item(record) {
  const line = make("li", "");
  line.append(make("b", record.title), " ", make("bdi", number(record.code), { dir: "ltr", className: "code" }));
  const note = record.problem || (record.staff === staff ? "" : words.wordsOther);
  if (note) line.append(make("p", note, { className: "error" }));
  if (record.problem) {
    const act = (text, work) => {
      const button = make("button", text, { type: "button", className: "button" });
      button.addEventListener("click", async () => { await work(); await sync(); });
      return button;
    };
    line.append(act(words.wordsRetry, () => queue.put({ ...record, problem: "" })), " ");
    if (record.photos.length) line.append(act(words.wordsWithout, () => queue.put({ ...record, problem: "", photos: [] })), " ");
    line.append(act(words.wordsDrop, async () => { if (confirm(words.wordsDropSure)) await queue.remove(record.visit); }));
  }
  return line;
}

async function log() {
  const lines = await queue.said();
  const card = $("[data-log-card]");
  card.hidden = !lines.length;
  $("[data-log]").replaceChildren(...lines.slice(0, 5).map((one) => make("li", `${one.title}: ${one.words || words.wordsSent}`)));
}

async function sync() {
  bar.setAttribute("aria-busy", "true");
  const state = await queue.flush(paths);
  bar.removeAttribute("aria-busy");
  await show(state);
}

// Today's pages and pictures, fetched once so that the worker keeps them; others are forgotten.
async function keepPages() {
  const links = $$("[data-stop] h2 a").map((link) => link.pathname);
  if (!navigator.serviceWorker?.controller || !$("[data-stops]")) return;
  let kept = 0;
  const shown = new Set();
  for (const path of [words.list, ...links]) { // this page came before the worker, so once more
    try {
      const answer = await fetch(path);
      if (!answer.ok || answer.redirected) continue;
      const read = new DOMParser().parseFromString(await answer.text(), "text/html");
      const pictures = $$("img.thumb", read).map((image) => image.getAttribute("src"));
      for (const src of pictures) shown.add(new URL(src, location.href).href);
      await Promise.allSettled(pictures.map((src) => fetch(src)));
      kept += path === words.list ? 0 : 1;
    } catch { return; } // no network: what was kept before stays
  }
  const place = $("[data-kept]");
  place.hidden = !links.length;
  place.textContent = filled(words.wordsKept, kept);
  place.dataset.kept = kept;
  if (kept) await sync(); // there is a network, whatever the phone believes
  const cache = await caches.open("peygir-field-pages-1");
  const stays = new Set([...links, words.list]);
  if (location.search) return; // a part of the round is no reason to forget the rest
  for (const request of await cache.keys()) {
    if (!stays.has(new URL(request.url).pathname)) await cache.delete(request);
  }
  const files = await caches.open("peygir-field-files-1");
  for (const request of await files.keys()) {
    if (request.url.includes("/desk/photos/") && !shown.has(request.url)) await files.delete(request);
  }
}

// Near first: the distances are reckoned on the phone, so its place goes nowhere.
function metres(here, stop) {
  const rad = Math.PI / 180;
  const [lat, lon] = [Number(stop.dataset.lat), Number(stop.dataset.lon)];
  const x = (lon - here.longitude) * rad * Math.cos(((lat + here.latitude) / 2) * rad);
  return 6371000 * Math.hypot(x, (lat - here.latitude) * rad);
}
$("[data-near]")?.addEventListener("click", () => {
  navigator.geolocation?.getCurrentPosition(({ coords }) => {
    const away = new Map($$("[data-stop]").map((stop) => [stop, stop.dataset.lat ? metres(coords, stop) : Infinity]));
    for (const [stop, far] of [...away].sort((one, other) => one[1] - other[1])) {
      stop.parentElement.append(stop);
      if (far === Infinity) continue;
      $("[data-distance]", stop).textContent = "· " + (far < 1000 ? filled(words.wordsMetres, Math.round(far / 10) * 10) : filled(words.wordsKilometres, (far / 1000).toFixed(1)));
    }
  }, () => { alert(words.wordsNoplace); });
});

// The form of a visit.
const form = $("[data-visit]");
if (form) {
  const canvas = signature($("[data-signature]"), $("[data-clear-signature]"));
  const field = (name) => form.elements.namedItem(name);
  field("started_at").value = new Date().toISOString();
  field("visit").value = uuid(); // a page kept from yesterday must not bring yesterday's number
  const place = (asked) => navigator.geolocation?.getCurrentPosition(({ coords }) => {
    field("lat").value = coords.latitude.toFixed(6);
    field("lon").value = coords.longitude.toFixed(6);
    field("accuracy").value = Math.round(coords.accuracy);
    $("[data-place-words]").textContent = "± " + filled(words.wordsMetres, Math.round(coords.accuracy));
  }, () => { if (asked) $("[data-place-words]").textContent = words.wordsNoplace; }, { enableHighAccuracy: true, timeout: 20000, maximumAge: 60000 });
  $("[data-place]").addEventListener("click", () => place(true));
  place(false);
  const choose = () => {
    const chosen = form.querySelector("[name=outcome]:checked")?.value;
    $("[data-when]").hidden = Boolean(chosen) && chosen !== "confirmed";
  };
  form.addEventListener("change", choose);
  choose();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const outcome = form.querySelector("[name=outcome]:checked");
    const finding = form.querySelector("[name=finding]:checked");
    for (const [chosen, name] of [[finding, "finding"], [outcome, "outcome"]]) {
      if (!chosen) { form.querySelector(`[name=${name}]`).focus(); return form.querySelector(`[name=${name}]`).closest("fieldset").scrollIntoView(); }
    }
    const drawn = await canvas.blob();
    if (outcome.value === "confirmed" && !field("otp").value && !drawn) {
      $("[data-place-words]").textContent = words.wordsOtp;
      field("otp").focus();
      return;
    }
    await save(drawn);
  });

  async function save(drawn) {
    const sent = new FormData(form);
    sent.set("saved_at", new Date().toISOString());
    const photos = sent.getAll("photos").filter((file) => file.size);
    for (const name of ["photos", "csrfmiddlewaretoken"]) sent.delete(name);
    const record = { visit: sent.get("visit"), code: form.dataset.code, title: form.dataset.title, staff, made: Date.now(), fields: [...sent], photos, signature: drawn, problem: "" };
    try {
      await queue.put(record);
    } catch {
      $("[data-place-words]").textContent = words.wordsFull;
      return;
    }
    localStorage.removeItem(`draft:${form.dataset.draft}`);
    navigator.storage?.persist?.();
    if (navigator.onLine) await queue.flush(paths);
    const answer = (await queue.said()).find((one) => one.visit === record.visit);
    location.assign(answer?.codeAgain ? location.pathname : words.list); // a wrong code: the page asks for it alone
  }
}

const asks = $("[data-code-form]");
asks?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const told = $("[data-code-words]", asks);
  try {
    const answer = await fetch(asks.action, { method: "POST", body: new FormData(asks), headers: { Accept: "application/json" } });
    told.textContent = (await answer.json()).words;
  } catch { told.textContent = words.wordsSignin; }
});

// Older browsers, and pages without HTTPS, have no randomUUID.
function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte, i) => (i === 6 ? (byte & 15) | 64 : i === 8 ? (byte & 63) | 128 : byte).toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

$("[data-sync]").addEventListener("click", sync);
addEventListener("online", sync);
addEventListener("focus", sync);
setInterval(async () => { if ((await queue.all()).some((one) => !one.problem)) await sync(); }, AGAIN_MS); // some phones never say that they are online again
addEventListener("offline", () => show("offline"));
document.addEventListener("visibilitychange", () => { if (!document.hidden) sync(); });
if (navigator.serviceWorker) {
  const scope = words.list;
  navigator.serviceWorker.register(words.worker, { scope }).then(() => navigator.serviceWorker.ready).then(() => {
    if (navigator.serviceWorker.controller) return keepPages();
    return navigator.serviceWorker.addEventListener("controllerchange", keepPages, { once: true });
  }).catch(() => {}); // no worker: the pages work as long as there is a network
}
await sync();
