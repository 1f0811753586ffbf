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

// Map: nothing of it is loaded before somebody asks for it. Without tiles it is a grid of
// coordinates inside the city's frame, which is still enough to move a pin by a street's width.
const opener = part("data-open-map");
opener.addEventListener("click", async () => {
  const box = document.getElementById("map");
  const shown = box.hidden;
  box.hidden = !shown;
  part("data-map-help").hidden = !shown;
  opener.setAttribute("aria-expanded", String(shown));
  if (shown && !box.dataset.ready) {
    box.dataset.ready = "1";
    await load();
    draw(box);
  }
});
function load() {
  const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: script.dataset.leafletCss });
  const code = Object.assign(document.createElement("script"), { src: script.dataset.leaflet });
  document.head.append(style, code);
  return Promise.all([style, code].map((one) => new Promise((done, fail) => { one.onload = done; one.onerror = fail; })));
}
function draw(box) {
  const L = window.L;
  const start = field("lat").value ? [Number(field("lat").value), Number(field("lon").value)] : form.dataset.centre.split(",").map(Number);
  const map = L.map(box, { attributionControl: false, maxBounds: [[south - 0.1, west - 0.1], [north + 0.1, east + 0.1]] });
  map.setView(start, field("lat").value ? 16 : Number(form.dataset.zoom));
  const tiles = form.dataset.tiles;
  if (tiles) L.tileLayer(tiles, { maxZoom: 19, minZoom: 10 }).addTo(map);
  else grid(L).addTo(map);
  L.rectangle([[south, west], [north, east]], { fill: false, weight: 2, interactive: false }).addTo(map);
  const dot = L.circleMarker(start, { radius: 10, weight: 3, fillOpacity: 0.6, interactive: false });
  pin = (lat, lon) => {
    if (lat === null) dot.remove();
    else { dot.setLatLng([lat, lon]).addTo(map); map.panTo([lat, lon]); }
  };
  if (field("lat").value) pin(...start);
  const place = ({ lat, lng }) => setPlace(lat, lng, said.dataset.wordsFound);
  map.on("click", (event) => place(event.latlng));
  part("data-pin-centre").addEventListener("click", () => place(map.getCenter()));
}
function grid(L) {
  const Grid = L.GridLayer.extend({
    createTile(at) {
      const size = this.getTileSize();
      const tile = Object.assign(document.createElement("canvas"), { width: size.x, height: size.y });
      const corner = this._map.unproject([at.x * size.x, at.y * size.y], at.z);
      const pen = tile.getContext("2d");
      const style = getComputedStyle(document.body);
      pen.strokeStyle = pen.fillStyle = style.color;
      pen.globalAlpha = 0.35;
      pen.strokeRect(0, 0, size.x, size.y);
      pen.globalAlpha = 0.8;
      pen.font = "12px sans-serif";
      pen.direction = "ltr";
      pen.fillText(digits(`${corner.lat.toFixed(4)}, ${corner.lng.toFixed(4)}`), 6, 16);
      return tile;
    },
  });
  return new Grid({ minZoom: 10, maxZoom: 19 });
}
