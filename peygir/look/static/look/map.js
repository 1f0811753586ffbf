// A map to tap a place on. Nothing of it is loaded before somebody asks for it. Without tiles it is
// a grid of coordinates inside the city's frame, still enough to move a pin by a street's width.
const persian = document.documentElement.lang.startsWith("fa");
export const digits = (text) => (persian ? text.replace(/\d/g, (d) => "۰۱۲۳۴۵۶۷۸۹"[d]).replace(/\./g, "٫") : text);

function load({ leaflet, leafletCss }) {
  if (window.L) return Promise.resolve();
  const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: leafletCss });
  const code = Object.assign(document.createElement("script"), { src: leaflet });
  document.head.append(style, code);
  return Promise.all([style, code].map((one) => new Promise((done, fail) => { one.onload = done; one.onerror = fail; })));
}

// `about`: dataset with bbox "south,west,north,east", centre "lat,lon", zoom, tiles, leaflet,
// leafletCss. `at`: [lat, lon] or null. `picked(lat, lon)` is told of a tap. Gives pin(lat, lon),
// which moves the pin or, with null, takes it away; and middle(), which picks the map's centre.
export async function tapMap(box, about, at, picked) {
  await load(about);
  const L = window.L;
  const [south, west, north, east] = about.bbox.split(",").map(Number);
  const start = at ?? about.centre.split(",").map(Number);
  const map = L.map(box, { attributionControl: false, maxBounds: [[south - 0.1, west - 0.1], [north + 0.1, east + 0.1]] });
  map.setView(start, at ? 16 : Number(about.zoom));
  if (about.tiles) L.tileLayer(about.tiles, { maxZoom: 19, minZoom: 10 }).addTo(map);
  else grid(L).addTo(map);
  L.rectangle([[south, west], [north, east]], { fill: false, weight: 2, interactive: false }).addTo(map);
  const dot = L.circleMarker(start, { radius: 10, weight: 3, fillOpacity: 0.6, interactive: false });
  const pin = (lat, lon) => {
    if (lat === null) dot.remove();
    else { dot.setLatLng([lat, lon]).addTo(map); map.panTo([lat, lon]); }
  };
  if (at) pin(...at);
  map.on("click", ({ latlng }) => picked(latlng.lat, latlng.lng));
  return { pin, middle: () => { const { lat, lng } = map.getCenter(); picked(lat, lng); } };
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
