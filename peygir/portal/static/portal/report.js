// The report page with scripts: subjects and neighbours while typing, "I am here", a map on tap.
const script = document.querySelector("script[data-leaflet]");
const form = document.querySelector("form[data-report]");
const part = (name) => form.querySelector(`[${name}]`);
const field = (name) => form.elements.namedItem(name);
const [south, west, north, east] = form.dataset.bbox.split(",").map(Number);
const HINT_WAIT_MS = 400;
const WORDS_MIN = 4;
const said = part("data-place-said");
const remove = part("data-no-place");
const persian = document.documentElement.lang.startsWith("fa");
const digits = (text) => (persian ? text.replace(/\d/g, (d) => "۰۱۲۳۴۵۶۷۸۹"[d]).replace(/\./g, "٫") : text);

// Subjects and reports nearby: asked for by POST, because words do not belong into an address.
let timer = 0;
let asked = null;
function ask() {
  clearTimeout(timer);
  timer = setTimeout(hint, HINT_WAIT_MS);
}
async function hint() {
  if (field("words").value.trim().length < WORDS_MIN) return;
  asked?.abort();
  asked = new AbortController();
  const body = new FormData(form);
  for (const name of ["photo", "phone", "name", "address"]) body.delete(name);
  try {
    const answer = await fetch(form.dataset.hints, { method: "POST", body, signal: asked.signal });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    fill("suggestions", page);
    fill("near", page);
  } catch { /* offline or overtaken by newer typing: the form works without hints */ }
}
function fill(id, page) {
  const place = document.getElementById(id);
  if (place.contains(document.activeElement)) return; // do not pull a choice from under a finger
  place.replaceChildren(...page.querySelector(`[data-part="${id}"]`).childNodes);
}
form.addEventListener("input", (event) => {
  if (["words", "address"].includes(event.target.name)) ask();
});
form.addEventListener("change", (event) => {
  if (["suggested", "district", "category"].includes(event.target.name)) ask();
});

// Place. What is outside the city's frame is said at once; the server checks again.
let pin = null;
function setPlace(lat, lon, words) {
  if (lat < south || lat > north || lon < west || lon > east) {
    said.textContent = said.dataset.wordsOutside;
    return false;
  }
  field("lat").value = lat.toFixed(6);
  field("lon").value = lon.toFixed(6);
  const spot = Object.assign(document.createElement("bdi"), { dir: "ltr", textContent: digits(`${lat.toFixed(5)}, ${lon.toFixed(5)}`) });
  said.replaceChildren(`${words} `, spot);
  remove.hidden = false;
  pin?.(lat, lon);
  ask();
  return true;
}
part("data-here").addEventListener("click", () => {
  said.textContent = said.dataset.wordsWait;
  const failed = () => { said.textContent = said.dataset.wordsDenied; };
  if (!navigator.geolocation) return failed();
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => setPlace(coords.latitude, coords.longitude, said.dataset.wordsFound),
    failed, { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 });
});
remove.addEventListener("click", () => {
  for (const name of ["lat", "lon", "photo_lon"]) field(name).value = "";
  field("photo_lat").value = "-"; // nor the place inside the photo
  said.textContent = "";
  remove.hidden = true;
  pin?.(null);
});
form.addEventListener("photo-ready", (event) => {
  const place = event.detail.place;
  if (place && !field("lat").value) setPlace(place.lat, place.lon, said.dataset.wordsPhoto);
});
if (field("lat").value) setPlace(Number(field("lat").value), Number(field("lon").value), said.dataset.wordsFound);

// Map: nothing of it is loaded before somebody asks for it.
const opener = part("data-open-map");
opener.addEventListener("click", async () => {
  const box = document.getElementById("map");
  const shown = box.hidden;
  box.hidden = !shown;
  part("data-map-help").hidden = !shown;
  opener.setAttribute("aria-expanded", String(shown));
  if (!shown || box.dataset.ready) return;
  box.dataset.ready = "1";
  const { tapMap } = await import("../look/map.js");
  const at = field("lat").value ? [Number(field("lat").value), Number(field("lon").value)] : null;
  const map = await tapMap(box, { ...form.dataset, ...script.dataset }, at, (lat, lon) => setPlace(lat, lon, said.dataset.wordsFound));
  pin = map.pin;
  part("data-pin-centre").addEventListener("click", map.middle);
});
