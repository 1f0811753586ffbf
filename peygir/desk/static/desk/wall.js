// The operations wall. The server tells of a change, the board is fetched, and only rows that changed
// are put in place: a wall stays open for twelve hours and more. Works without this file too.
const wall = document.getElementById("wall");
const $ = (selector, from = document) => from.querySelector(selector);
const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];

const OLD_MS = 10000; // after that the page says that its data is old
const POLL_MS = 3000; // while nobody tells of changes
const CHECK_MS = 60000; // and even while somebody does
const BACKOFF_MS = [1000, 2000, 4000, 8000, 15000, 30000];
const NEAR = 0.25; // of the time allowed, as everywhere

const persian = document.documentElement.lang.startsWith("fa");
const digits = (text) => (persian ? String(text).replace(/\d/g, (d) => "۰۱۲۳۴۵۶۷۸۹"[d]) : String(text));
const two = (n) => String(n).padStart(2, "0");
const word = (name, values = {}) => Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), wall.dataset[`word${name}`]);

let offset = Date.parse($("#board").dataset.now) - Date.now(); // the server's clock, not the screen's
let heardAt = performance.now();
let signedOut = false;
export const serverNow = () => Date.now() + offset;

// 1:59:07, 12:04, 2 d 03:15
export function span(ms) {
  const s = Math.floor(Math.abs(ms) / 1000);
  const [days, hours, minutes] = [Math.floor(s / 86400), Math.floor(s / 3600), Math.floor(s / 60) % 60];
  if (days) return `${word("Day", { n: digits(days) })} ${digits(`${hours % 24}:${two(minutes)}`)}`;
  return digits(hours ? `${hours}:${two(minutes)}:${two(s % 60)}` : `${two(minutes)}:${two(s % 60)}`);
}

// ── every second ────────────────────────────────────────────────────────────────────────────────
export function tick() {
  const now = serverNow();
  for (const place of $$("[data-up]", wall)) place.textContent = span(now - Date.parse(place.dataset.up));
  for (const item of $$("#items > li")) {
    let worst = "";
    for (const face of $$("[data-due]", item)) {
      const [due, start] = [Date.parse(face.dataset.due), Date.parse(face.dataset.start)];
      const left = due - now;
      const tone = left <= 0 ? "over" : left <= (due - start) * NEAR ? "near" : "";
      face.classList.toggle("over", tone === "over");
      face.classList.toggle("near", tone === "near");
      const shown = $("[data-left]", face);
      shown.textContent = span(left);
      shown.classList.toggle("long", shown.textContent.length > 8); // days and hours are smaller
      $("[data-over]", face).hidden = left > 0;
      if (tone === "over" || !worst) worst = tone || worst;
    }
    item.classList.toggle("over", worst === "over");
    item.classList.toggle("near", worst === "near");
  }
  age();
}

// Old data says so, plainly.
function age() {
  const silent = performance.now() - heardAt;
  const old = $("#old");
  const text = signedOut ? word("Out") : silent > OLD_MS ? word("Old", { age: span(silent) }) : "";
  wall.toggleAttribute("data-old", Boolean(text));
  if (!text) { old.hidden = true; return; }
  if (old.hidden) old.hidden = false;
  if (signedOut && !$("a", old)) {
    old.replaceChildren(Object.assign(document.createElement("a"), { href: `${wall.dataset.signIn}?next=${encodeURIComponent(location.pathname)}`, textContent: text }));
  } else if (!signedOut) old.textContent = text;
}
function heard() {
  heardAt = performance.now();
  const fresh = $("#fresh");
  const at = new Date(serverNow());
  fresh.textContent = word("Fresh", { time: digits(`${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`) });
}

// ── putting a fetched board in place ────────────────────────────────────────────────────────────
const busy = (item) => item.contains(document.activeElement) && document.activeElement.matches("textarea, input:not([type=hidden]), select")
  || $$("textarea", item).some((box) => box.value !== box.defaultValue);

function place(old, fresh) {
  if (old.dataset.event === fresh.dataset.event || "kept" in fresh.dataset) return old;
  if (busy(old)) { // somebody writes here: what is known is renewed, what is written stays
    $(".about", old).replaceWith($(".about", fresh));
    $(".faces", old).replaceWith($(".faces", fresh));
    old.className = fresh.className + (old.classList.contains("at") ? " at" : "");
    return old; // its number stays old, so that the acts follow once nobody writes any more
  }
  const held = old.contains(document.activeElement) ? document.activeElement : null;
  if (old.classList.contains("at")) fresh.classList.add("at");
  old.replaceWith(fresh);
  if (held) (($$("a, button, summary", fresh).find((one) => one.textContent === held.textContent)) ?? $("h2 a", fresh))?.focus({ preventScroll: true });
  return fresh;
}

// `have`: the newest event that is on the page; the server only names what has none newer.
let have = 0;
let again = false; // a row was missing, or something came meanwhile: ask once more
const newest = () => Math.max(0, ...$$("#items > li").map((item) => Number(item.dataset.event)));

export function apply(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("board");
  if (!fresh) return false;
  const board = $("#board");
  offset = Date.parse(fresh.dataset.now) - Date.now();
  Object.assign(board.dataset, { now: fresh.dataset.now, live: fresh.dataset.live });
  const list = $("#items");
  const known = new Map($$(":scope > li", list).map((item) => [item.dataset.item, item]));
  const wanted = $$("#items > li", fresh);
  const came = [];
  let missing = false;
  let before = null;
  for (const item of wanted) {
    const old = known.get(item.dataset.item);
    known.delete(item.dataset.item);
    if ("kept" in item.dataset && old?.dataset.event !== item.dataset.event) { missing = true; if (!old) continue; }
    const now = old ? place(old, item) : document.adoptNode(item);
    if (!old) { now.classList.add("fresh"); came.push(now); }
    const next = before ? before.nextElementSibling : list.firstElementChild;
    if (next !== now && !(old && busy(now))) list.insertBefore(now, next);
    before = now;
  }
  for (const gone of known.values()) {
    if (busy(gone)) gone.classList.add("away"); // its words may still be copied; the act is refused
    else gone.remove();
  }
  for (const id of ["figures", "more"]) $(`#${id}`)?.replaceWith($(`#${id}`, fresh));
  $("#calm").hidden = wanted.length > 0;
  // A row with a number of its own (busy, or just acted upon) is asked for whole.
  again ||= missing;
  have = !missing && wanted.every((item, n) => list.children[n]?.dataset.event === item.dataset.event) ? newest() : 0;
  heard();
  tick();
  if (came.length) alarm(came);
  const unseen = $$(".unseen", list).length;
  document.title = document.title.replace(/^\([^)]*\) /, "");
  if (unseen) document.title = `(${digits(unseen)}) ${document.title}`;
  return true;
}

// ── something new ───────────────────────────────────────────────────────────────────────────────
const KEY = "wall-sound";
let sound = null;
function alarm(items) {
  $("#told").textContent = word("New", { title: $("h2", items[0]).textContent.trim() });
  setTimeout(() => { for (const item of items) item.classList.remove("fresh"); }, 7000);
  if ($("#sound").getAttribute("aria-pressed") === "true") ring();
}
function ring() {
  if (!sound || sound.state !== "running") return;
  for (const [n, hertz] of [[0, 880], [1, 660], [2, 880]]) {
    const [tone, volume] = [sound.createOscillator(), sound.createGain()];
    const at = sound.currentTime + n * 0.25;
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0.3, at);
    volume.gain.exponentialRampToValueAtTime(0.001, at + 0.22);
    tone.connect(volume).connect(sound.destination);
    tone.start(at);
    tone.stop(at + 0.23);
    tone.onended = () => { tone.disconnect(); volume.disconnect(); };
  }
}
function hear(on) {
  $("#sound").setAttribute("aria-pressed", String(on));
  $("#sound").classList.toggle("main", on);
  try { localStorage.setItem(KEY, on ? "1" : ""); } catch { /* private mode: asked for again next time */ }
  if (!on) return;
  sound ??= new AudioContext();
  sound.resume();
}

// ── fetching ────────────────────────────────────────────────────────────────────────────────────
let asking = false;
export async function refresh() {
  if (asking) { again = true; return; }
  asking = true;
  try {
    const answer = await fetch(`${wall.dataset.board}?have=${have}`, { cache: "no-store", signal: AbortSignal.timeout(8000) });
    signedOut = answer.redirected || answer.status === 401 || answer.status === 403;
    if (answer.ok && !answer.redirected) apply(await answer.text());
  } catch { /* the age of the data tells; the next poll tries again */ }
  asking = false;
  if (again) { again = false; refresh(); }
}

let stream = null;
let tries = 0;
let listening = false;
function listen() {
  stream?.close();
  stream = new EventSource($("#board").dataset.live);
  stream.addEventListener("open", () => { tries = 0; listening = true; refresh(); });
  for (const name of ["changed", "resync"]) stream.addEventListener(name, refresh);
  stream.addEventListener("beat", () => { if (!signedOut) heard(); });
  stream.addEventListener("error", () => {
    listening = false;
    if (stream.readyState !== EventSource.CLOSED) return; // the browser comes back by itself
    const wait = BACKOFF_MS[Math.min(tries++, BACKOFF_MS.length - 1)];
    setTimeout(async () => { await refresh(); listen(); }, wait); // with the token of the last board
  });
}

// ── acts, sent without leaving the wall ─────────────────────────────────────────────────────────
async function send(form, button) {
  const item = form.closest("li");
  button.disabled = true;
  let answer;
  try {
    answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-Wall": "1" }, redirect: "error" });
  } catch {
    button.disabled = false;
    say(form, word("Lost"));
    return;
  }
  if (answer.status === 204) {
    for (const box of $$("textarea", item)) box.value = box.defaultValue;
    document.activeElement?.blur();
    item.dataset.event = ""; // whatever comes is newer
    refresh();
    return;
  }
  button.disabled = false;
  const fresh = new DOMParser().parseFromString(`<ol>${await answer.text()}</ol>`, "text/html").querySelector("li[data-item]");
  if (!fresh) { say(form, word("Gone")); return; }
  fresh.classList.toggle("at", item.classList.contains("at"));
  item.replaceWith(fresh);
  tick();
  ($("[aria-invalid]", fresh) ?? $("[data-focus]", fresh))?.focus();
}
function say(form, text) {
  const old = $(".error[data-said]", form);
  const line = old ?? Object.assign(document.createElement("p"), { className: "error" });
  line.setAttribute("role", "alert");
  line.dataset.said = "1";
  line.textContent = text;
  if (!old) form.prepend(line);
}

if (wall) {
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-act]")) return;
    event.preventDefault();
    send(event.target, event.submitter ?? $("button", event.target));
  });
  document.addEventListener("keydown", (event) => {
    if (event.code !== "KeyA" || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (event.target.closest("textarea, input, select") || document.body.dataset.keys === "off") return;
    const act = $("#items > .at .acts :is(button, summary, a)") ?? $("#items > .unseen .acts :is(button, summary, a)");
    if (!act) return;
    event.preventDefault();
    act.click();
    if (act.matches("summary")) setTimeout(() => $("textarea", act.parentElement)?.focus());
  });
  $("#sound").addEventListener("click", () => hear($("#sound").getAttribute("aria-pressed") !== "true"));
  $("#big").addEventListener("click", () => {
    const on = document.body.classList.toggle("kiosk");
    if (on) document.documentElement.requestFullscreen?.().catch(() => {});
    else if (document.fullscreenElement) document.exitFullscreen();
  });
  document.addEventListener("fullscreenchange", () => { if (!document.fullscreenElement) document.body.classList.remove("kiosk"); });
  // A browser lets a page sound only after it was touched: the wish is kept, and granted then.
  if (localStorage.getItem(KEY)) addEventListener("pointerdown", (event) => { if (!event.target.closest("#sound")) hear(true); }, { once: true });
  setInterval(tick, 1000);
  let polled = performance.now();
  setInterval(() => {
    if (performance.now() - polled < (listening ? CHECK_MS : POLL_MS)) return;
    polled = performance.now();
    refresh();
  }, 1000);
  addEventListener("online", refresh);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
  heard();
  tick();
  listen();
}
