// Keys and speed for staff pages; each of them works without it.
import { toast } from "../look/app.js";

const GRACE_MS = 10000;
const KEEPALIVE_BYTES = 60000; // browsers let a page that closes send 64 KiB
const $ = (selector, from = document) => from.querySelector(selector);
const typing = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select");

// An answer that says that a draft is done may also show the form again, empty.
for (const done of document.querySelectorAll("[data-draft-done]")) {
  $(`form[data-draft="${CSS.escape(done.dataset.draftDone)}"]`)?.reset();
}

// ── digits pick in the group that has the focus, and only there (WCAG 2.1.4) ────────────────────
document.addEventListener("keydown", (event) => {
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
  const group = event.target.closest?.("[data-pick]");
  if (!digit || !group || typing(event.target) || event.ctrlKey || event.altKey || event.metaKey) return;
  const picked = group.querySelectorAll("input[type=radio], button, a.button")[digit[1] - 1];
  if (!picked) return;
  event.preventDefault();
  picked.focus();
  picked.click();
});

// ── rows of the inbox: e files the result, r refers or returns ──────────────────────────────────
document.addEventListener("keydown", (event) => {
  const wish = { KeyE: "#do", KeyR: "#return" }[event.code];
  const link = $("[data-row].at a");
  if (!wish || !link || typing(event.target) || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.code === "KeyR" && $("#bulk")) return;
  location.href = link.href + wish;
});
function unfold() {
  const wanted = { "#do": ".step", "#return": "#step-return, #step-refer" }[location.hash] ?? (location.hash.startsWith("#step-") ? location.hash : null);
  const step = wanted && $(wanted);
  if (!step) return;
  step.open = true;
  $("textarea, input:not([type=hidden]), select", step)?.focus();
}
// After the browser itself has gone to the place named by the address, which takes the focus away.
addEventListener("load", () => setTimeout(unfold));
addEventListener("hashchange", () => setTimeout(unfold));

// ── deadlines move on: the list is fetched anew every half minute, unless somebody works in it ───
const list = $("[data-refresh]");
async function refresh() {
  if (document.hidden || $(":checked", list) || list.contains(document.activeElement) || $("[data-row].at")) return;
  let answer;
  try { answer = await fetch(location.href); } catch { return; }
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of ["#waiting", ".counts"]) {
    const [old, now] = [$(part), $(part, fresh)];
    if (old && now) old.replaceChildren(...now.childNodes);
  }
}
if (list && !$("#results")) setInterval(refresh, 30000);

// ── a written answer goes into its field, to be changed there ───────────────────────────────────
document.addEventListener("change", (event) => {
  const field = event.target.dataset?.fills && document.getElementById(event.target.dataset.fills);
  if (!field) return;
  const answers = $(`template[data-answers="${CSS.escape(field.id)}"]`);
  const chosen = answers?.content.querySelector(`[data-answer="${CSS.escape(event.target.value)}"]`);
  if (!chosen) return;
  field.value = chosen.textContent;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
});

// ── ten seconds to think again: an act cannot be undone, so it is sent when they are over, or at
// once when it is sent a second time, has pictures, or the page is left ──────────────────────────
let waiting = null;
const sentKey = (form) => `sent:${form.dataset.draft}`;
function followable(form) {
  const data = new FormData(form);
  let bytes = 2000;
  for (const [name, value] of data) {
    if (value instanceof File && value.size) return null;
    if (!(value instanceof File)) bytes += new TextEncoder().encode(name + value).length + 150;
  }
  return bytes < KEEPALIVE_BYTES ? data : null;
}
function stop() {
  clearTimeout(waiting?.timer);
  const form = waiting?.form;
  waiting = null;
  return form;
}
function send() {
  const form = stop();
  if (!form) return;
  form.dataset.go = "1";
  form.requestSubmit();
  delete form.dataset.go;
}
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-grace]") || form.dataset.go || !followable(form)) return;
  if (waiting?.form === form) { stop(); return; } // a second time: now
  event.preventDefault();
  if (waiting) { send(); return; }
  waiting = { form, timer: setTimeout(send, GRACE_MS) };
  toast(form.dataset.graceWords, () => { const kept = stop(); $("textarea, button", kept ?? form)?.focus(); });
});
addEventListener("pagehide", () => {
  const form = stop();
  if (!form) return;
  if (form.dataset.draft) localStorage.setItem(sentKey(form), $("[name=version]", form)?.value ?? "");
  fetch(form.action, { method: "POST", body: new FormData(form), keepalive: true, redirect: "manual" });
});
// What was sent while leaving is no draft any more once the case has moved on.
for (const form of document.querySelectorAll("form[data-grace][data-draft]")) {
  const version = localStorage.getItem(sentKey(form));
  if (version === null || version === $("[name=version]", form)?.value) continue;
  localStorage.removeItem(sentKey(form));
  localStorage.removeItem(`draft:${form.dataset.draft}`);
  if (!$("[aria-invalid]", form)) form.reset();
}

// ── the console ─────────────────────────────────────────────────────────────────────────────────
const desk = $("form#console");
if (desk) {
  const field = (name) => desk.elements.namedItem(name);
  const poke = (name) => field(name)?.dispatchEvent(new Event("look", { bubbles: true }));
  // Enter in a one-line field would send the whole form.
  desk.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input:not([type=checkbox])") && !event.ctrlKey) {
      event.preventDefault();
      if (event.target.name === "phone") poke("phone");
    }
  });
  desk.addEventListener("click", (event) => {
    const place = event.target.closest("[data-place]");
    if (place) {
      event.preventDefault();
      for (const [name, value] of [["address", place.dataset.address], ["district", place.dataset.district], ["lat_e6", place.dataset.lat], ["lon_e6", place.dataset.lon]]) field(name).value = value;
      poke("address");
      field("words").focus();
    }
    const complaint = event.target.closest("summary[data-key]");
    if (complaint) setTimeout(() => { const box = complaint.parentElement; if (box.open) $("textarea, .ends button, button.main", box)?.focus(); });
  });
  // How long the contact took, from the first key on; the exchange knows it better when there is one.
  let began = null;
  desk.addEventListener("input", () => { began ??= performance.now(); });
  desk.addEventListener("submit", () => { field("took_s").value = began === null ? "" : Math.max(1, Math.round((performance.now() - began) / 1000)); });
  desk.addEventListener("input", (event) => {
    if (event.target.name === "address" && event.isTrusted) { field("lat_e6").value = ""; field("lon_e6").value = ""; }
  });
  desk.addEventListener("change", (event) => {
    if (event.target.name === "category") field("category_other").value = "";
    if (event.target.name === "category_other") for (const one of desk.querySelectorAll("input[name=category]")) one.checked = false;
  }, true);
  // The map, loaded when it is unfolded; a typed address or another place moves or takes its pin.
  const tap = $("[data-tap-map]", desk);
  let pin = null;
  const degrees = () => (field("lat_e6").value ? [field("lat_e6").value / 1e6, field("lon_e6").value / 1e6] : null);
  const showPlace = () => {
    const at = degrees();
    const spot = Object.assign(document.createElement("bdi"), { dir: "ltr", textContent: at ? at.map((one) => one.toLocaleString(document.documentElement.lang, { minimumFractionDigits: 5, maximumFractionDigits: 5 })).join(", ") : "" });
    const said = $("[data-tap-said]", tap);
    said.replaceChildren(...(at ? [`${said.dataset.words} `, spot] : []));
    pin?.(...(at ?? [null]));
  };
  const setPlace = (lat, lon) => {
    field("lat_e6").value = lat === null ? "" : Math.round(lat * 1e6);
    field("lon_e6").value = lon === null ? "" : Math.round(lon * 1e6);
    showPlace();
    if (field("words").value) poke("address");
  };
  tap.addEventListener("toggle", async () => {
    if (!tap.open || tap.dataset.ready) return;
    tap.dataset.ready = "1";
    const { tapMap } = await import("../look/map.js");
    const map = await tapMap($("#map"), tap.dataset, degrees(), setPlace);
    pin = map.pin;
    $("[data-tap-middle]", tap).addEventListener("click", map.middle);
  });
  $("[data-tap-none]", tap).addEventListener("click", () => setPlace(null, null));
  for (const kind of ["input", "click"]) desk.addEventListener(kind, () => setTimeout(showPlace));

  // A draft that came back asks again for what belongs to it.
  addEventListener("load", () => {
    if (field("words").value) poke("words");
    if (field("phone").value && !$("#caller .history")) poke("phone");
  });

  // Who rings: told by the live server, asked for every three seconds while that is not there.
  let seen = "";
  function take(part, call) {
    field("phone").value = call.dataset.phone;
    $("#caller").replaceChildren(...part.childNodes);
    window.htmx?.process($("#caller"));
    field("words").focus();
  }
  async function ask() {
    if (document.hidden) return;
    let answer;
    try { answer = await fetch(`${desk.dataset.calls}?seen=${seen}`); } catch { return; }
    if (answer.status !== 200) return;
    const part = new DOMParser().parseFromString(await answer.text(), "text/html").body;
    const call = $("[data-call]", part);
    if (!call) return;
    seen = call.dataset.call;
    if (!field("words").value && !field("phone").value) { take(part, call); return; }
    const offer = Object.assign(document.createElement("button"), { type: "button", className: "button small-button", textContent: call.textContent.trim() });
    offer.addEventListener("click", () => { take(part, call); offer.remove(); });
    $("#line")?.after(offer);
  }
  if (desk.dataset.extension) {
    let timer = setInterval(ask, 3000);
    const stream = new EventSource(desk.dataset.live);
    stream.addEventListener("open", () => { clearInterval(timer); timer = null; ask(); });
    stream.addEventListener("changed", ask);
    stream.addEventListener("resync", ask);
    stream.addEventListener("error", () => { timer ??= setInterval(ask, 3000); });
    document.addEventListener("visibilitychange", ask);
    ask();
  }
}
