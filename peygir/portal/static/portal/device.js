// A secret that this device makes for a report. Only its hash is sent; the secret follows with the
// citizen's «it is fixed», so that nobody else can have said it from here. Without it all works too.
const PENDING = "device:pending";
const kept = (code) => `device:${code}`;
const spell = (bytes) => btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const bytesOf = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const hash = async (secret) => spell(new Uint8Array(await crypto.subtle.digest("SHA-256", bytesOf(secret))));

// One secret for each form: two reports must not show that they came from one device.
function pending(form) {
  const known = JSON.parse(sessionStorage.getItem(PENDING));
  if (known?.form === form) return known.secret;
  const secret = spell(crypto.getRandomValues(new Uint8Array(32)));
  sessionStorage.setItem(PENDING, JSON.stringify({ form, secret }));
  return secret;
}
async function begin(field) {
  field.value = await hash(pending(field.form.elements.namedItem("once").value.split(":")[0]));
}
async function keep(code, wanted) {
  const known = JSON.parse(sessionStorage.getItem(PENDING));
  if (!known || !wanted || (await hash(known.secret)) !== wanted) return;
  localStorage.setItem(kept(code), known.secret);
  sessionStorage.removeItem(PENDING);
}

try {
  const form = document.querySelector("[data-device]");
  if (form) await begin(form);
  const done = document.querySelector("[data-device-done]");
  if (done) await keep(done.dataset.deviceDone, done.dataset.deviceHash);
  for (const field of document.querySelectorAll("[data-device-of]")) {
    field.value = localStorage.getItem(kept(field.dataset.deviceOf)) ?? "";
  }
} catch { /* no store or no secure page: the report and the answer count without it */ }
