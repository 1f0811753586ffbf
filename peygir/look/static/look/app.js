// Makes pages faster to use; every page works without it. No dependency.
const root = document.documentElement;
const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
const LATIN = (text) => text.replace(/[۰-۹٠-٩]/g, (d) => d.charCodeAt(0) & 15);
const TOAST_MS = 10000;

// Theme: the same cookie as the form without JavaScript; cached pages learn it here.
const kept = /(?:^|; )theme=(light|dark)/.exec(document.cookie);
if (kept) root.dataset.theme = kept[1];
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-theme-toggle]")) return;
  event.preventDefault();
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
});

// Digits are sent Latin whatever the keyboard; what the person sees stays as typed.
document.addEventListener("formdata", (event) => {
  for (const input of $$("[data-digits][name]", event.target)) {
    if (!input.disabled && event.formData.has(input.name)) event.formData.set(input.name, LATIN(input.value));
  }
});

// Keys: data-key holds event.code, never event.key, so that a Persian layout works alike.
// F keys and Ctrl/Alt chords also work inside inputs; single keys only outside, and can be
// switched off by data-keys="off" on the body.
function chord(event) {
  return (event.ctrlKey || event.metaKey ? "Ctrl+" : "") + (event.altKey ? "Alt+" : "") +
    (event.shiftKey ? "Shift+" : "") + (event.code === "NumpadEnter" ? "Enter" : event.code);
}
document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.repeat) return;
  const pressed = chord(event);
  const typing = event.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  const global = /^F\d+$/.test(event.code) || event.ctrlKey || event.altKey || event.metaKey;
  if (!global && (typing || document.body.dataset.keys === "off")) return;
  const open = document.querySelector("dialog[open]");
  const target = $$(`[data-key="${CSS.escape(pressed)}"]`, open || document)
    .find((one) => !one.disabled && one.getClientRects().length);
  if (!target) return;
  event.preventDefault();
  if (target.matches("input:not([type=submit]), textarea, select")) {
    target.focus();
    if (target.select) target.select();
  } else if (target.matches("summary") && target.parentElement.open) { // a key opens, it never shuts
    target.parentElement.querySelector("textarea, input:not([type=hidden]), select, button")?.focus();
  } else target.click();
});
// Rows: j/k by physical key move, x selects, Enter opens.
document.addEventListener("keydown", (event) => {
  if (!["KeyJ", "KeyK", "KeyX"].includes(event.code) || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select") || document.body.dataset.keys === "off") return;
  const rows = $$("[data-row]");
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.classList.contains("at"));
  if (event.code === "KeyX") { rows[at]?.querySelector("[type=checkbox]")?.click(); return; }
  const next = rows[Math.min(rows.length - 1, Math.max(0, at + (event.code === "KeyJ" ? 1 : -1)))];
  rows[at]?.classList.remove("at");
  next.classList.add("at");
  next.querySelector("a")?.focus();
});

// Toasts: from the server's messages, or an HX-Trigger {"toast": {"text": …, "undo": "/path"}}.
function expire(toast) {
  let timer = setTimeout(() => toast.remove(), TOAST_MS);
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("focusin", () => clearTimeout(timer));
  toast.addEventListener("pointerleave", () => { timer = setTimeout(() => toast.remove(), TOAST_MS); });
}
export function toast(text, undo) {
  const place = document.getElementById("toasts");
  const box = Object.assign(document.createElement("div"), { className: "toast" });
  box.append(Object.assign(document.createElement("p"), { textContent: text }));
  if (undo) {
    const button = Object.assign(document.createElement("button"), { className: "plain", type: "button", textContent: place.dataset.undoWord });
    button.dataset.key = "Ctrl+KeyZ";
    button.addEventListener("click", () => {
      box.remove();
      if (typeof undo === "function") undo();
      else window.htmx?.ajax("POST", undo, { swap: "none" });
    });
    box.append(button);
  }
  place.append(box);
  expire(box);
}
document.addEventListener("toast", (event) => toast(event.detail.text ?? event.detail.value, event.detail.undo));

// Drafts: a form with data-draft="name" survives a crash; an answer that says data-draft-done="name"
// (or the same form shown empty after success) clears it. Passwords, codes and files are never kept.
const draftKey = (form) => `draft:${form.dataset.draft}`;
const keepable = (input) => input.name && !/^(password|file|hidden|submit)$/.test(input.type) && input.autocomplete !== "one-time-code";
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.dataset.draft) return;
  const saved = [...form.elements].filter((one) => keepable(one) && (!/radio|checkbox/.test(one.type) || one.checked)).map((one) => [one.name, one.value]);
  try { localStorage.setItem(draftKey(form), JSON.stringify(saved)); } catch { /* private mode or full: the page still works */ }
});
function restore(form) {
  let saved = null;
  try { saved = JSON.parse(localStorage.getItem(draftKey(form))); } catch { /* unreadable: as if there were none */ }
  if (!saved || form.querySelector("[aria-invalid]")) return;
  for (const input of [...form.elements].filter(keepable)) {
    const values = saved.filter(([name]) => name === input.name).map(([, value]) => value);
    if (/radio|checkbox/.test(input.type)) input.checked = values.length ? values.includes(input.value) : input.checked;
    else if (values.length && !input.value) input.value = values[0];
  }
}

// A page that answers a POST is a refused form, or one shown again. Browsers would send it once more
// on Back or reload, after a warning that nobody understands. So its place in the history becomes
// the page on which the form stands, with what was typed kept beside it in this tab's history.
const filled = (form) => [...form.elements]
  .filter((one) => one.name && !one.dataset.own && one.name !== "csrfmiddlewaretoken" && !/^(password|file|submit)$/.test(one.type) && one.autocomplete !== "one-time-code" && (!/radio|checkbox/.test(one.type) || one.checked))
  .map((one) => [one.name, one.value]);
function standIn() {
  const stands = document.body.dataset.posted || document.referrer; // the page itself, or where the form was
  const from = stands && new URL(stands, location.href);
  if (!from || from.origin !== location.origin) return;
  const keep = () => {
    const forms = $$("form").filter((form) => form.method === "post").map((form) => [new URL(form.action).pathname, filled(form)]);
    try { history.replaceState({ forms }, "", from.href); } catch { history.replaceState(null, "", from.href); }
  };
  keep();
  addEventListener("pagehide", keep);
}
function bringBack() {
  for (const [path, values] of history.state?.forms ?? []) {
    const form = $$("form").find((one) => new URL(one.action).pathname === path);
    for (const input of form?.elements ?? []) {
      const own = values.filter(([name]) => name === input.name).map(([, value]) => value);
      if (input.dataset.own) continue;
      if (/radio|checkbox/.test(input.type)) input.checked = own.includes(input.value);
      else if (own.length && !/^(password|file|submit)$/.test(input.type)) input.value = own.shift();
    }
  }
}
if (document.body.hasAttribute("data-posted")) standIn();

// Countdown: data-countdown holds an ISO instant (counts down) or "up:" and one (counts up).
function tick() {
  const persian = root.lang.startsWith("fa");
  for (const place of $$("[data-countdown]")) {
    const up = place.dataset.countdown.startsWith("up:");
    const at = Date.parse(place.dataset.countdown.replace("up:", ""));
    const s = Math.max(0, Math.round((up ? Date.now() - at : at - Date.now()) / 1000));
    const two = (n) => String(n).padStart(2, "0");
    const text = (s >= 3600 ? `${two(Math.floor(s / 3600))}:` : "") + `${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
    place.textContent = persian ? text.replace(/\d/g, (d) => "۰۱۲۳۴۵۶۷۸۹"[d]) : text;
    if (!s && !up && !place.dataset.over) {
      place.dataset.over = "1";
      place.dispatchEvent(new CustomEvent("countdown-over", { bubbles: true }));
      for (const freed of $$(place.dataset.enables || "[hidden=never]")) freed.disabled = false;
    }
  }
}
setInterval(tick, 1000);

// Chosen files are listed before they are sent.
document.addEventListener("change", (event) => {
  const list = event.target.dataset?.preview && document.getElementById(event.target.dataset.preview);
  if (!list) return;
  list.replaceChildren(...[...event.target.files].map((file) => {
    const item = document.createElement("li");
    if (file.type.startsWith("image/")) {
      const img = Object.assign(document.createElement("img"), { alt: "", src: URL.createObjectURL(file) });
      img.onload = () => URL.revokeObjectURL(img.src);
      item.append(img);
    }
    item.append(Object.assign(document.createElement("bdi"), { className: "meta", textContent: file.name }));
    return item;
  }));
});

// After a swap the person stays where she was; a part that failed to arrive is told.
let focused = null;
document.addEventListener("htmx:beforeSwap", () => { focused = document.activeElement?.id; });
document.addEventListener("htmx:afterSettle", (event) => {
  if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus({ preventScroll: true });
  ready(event.target);
});
// A form refused with 422 comes back with its errors and is shown like any other answer.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr?.status === 422) { event.detail.shouldSwap = true; event.detail.isError = false; }
});

function ready(part) {
  for (const form of $$("form[data-draft]", part)) restore(form);
  for (const done of $$("[data-draft-done]", part)) localStorage.removeItem(`draft:${done.dataset.draftDone}`);
  for (const shown of $$("[data-script-only]", part)) shown.hidden = false;
  for (const box of $$("[data-toast]", part)) { document.getElementById("toasts")?.append(box); expire(box); }
  $$("[data-focus]", part)[0]?.focus();
  tick();
}
ready(document);
if (!document.body.hasAttribute("data-posted")) bringBack();
