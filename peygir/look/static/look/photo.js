// Shrinks photos before they are sent: 1280 px, quality 0.7. A 3 MB photo needs a minute on a slow
// phone network, its 300 KB copy six seconds. The place is read first, because shrinking strips it.
// Whatever cannot be read is sent as it is; the server checks everything again.
const SIDE_MAX = 1280;
const QUALITY = 0.7;
const HEAD_BYTES = 131072; // the place stands in the first 64 KB segments of a JPEG

export async function shrink(file) {
  if (!/^image\/(jpeg|png|webp)$/.test(file.type)) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, SIDE_MAX / Math.max(picture.width, picture.height));
    const canvas = Object.assign(document.createElement("canvas"), {
      width: Math.round(picture.width * scale),
      height: Math.round(picture.height * scale),
    });
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    if (!blob || (scale === 1 && blob.size >= file.size)) return file;
    return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  } catch {
    return file;
  }
}

// {lat, lon} in degrees from a JPEG's EXIF, or null.
export async function place(file) {
  try {
    return gps(new DataView(await file.slice(0, HEAD_BYTES).arrayBuffer()));
  } catch {
    return null; // shortened or broken: as if there were no place
  }
}

export function gps(view) {
  if (view.getUint16(0) !== 0xffd8) return null;
  let at = 2;
  while (at + 10 < view.byteLength && view.getUint8(at) === 0xff) {
    if (view.getUint16(at) === 0xffe1 && view.getUint32(at + 4) === 0x45786966) return tiff(view, at + 10);
    at += 2 + view.getUint16(at + 2);
  }
  return null;
}

function tiff(view, base) {
  const little = view.getUint16(base) === 0x4949;
  const short = (at) => view.getUint16(base + at, little);
  const long = (at) => view.getUint32(base + at, little);
  const entries = (at) => new Map(Array.from({ length: short(at) }, (_, i) => at + 2 + i * 12).map((e) => [short(e), e]));
  const pointer = entries(long(4)).get(0x8825);
  if (!pointer) return null;
  const found = entries(long(pointer + 8));
  const degrees = (tag, reference, negative) => {
    if (!found.has(tag) || !found.has(reference)) return NaN;
    const from = long(found.get(tag) + 8);
    const part = (i) => long(from + i * 8) / long(from + i * 8 + 4);
    const letter = String.fromCharCode(view.getUint8(base + found.get(reference) + 8));
    return (part(0) + part(1) / 60 + part(2) / 3600) * (letter === negative ? -1 : 1);
  };
  const lat = degrees(2, 1, "S");
  const lon = degrees(4, 3, "W");
  const sound = Math.abs(lat) <= 90 && Math.abs(lon) <= 180 && (lat || lon);
  return sound ? { lat, lon } : null;
}

async function take(input) {
  const files = [...input.files];
  const form = input.form;
  form?.setAttribute("aria-busy", "true");
  const spot = (await Promise.all(files.map(place))).find(Boolean);
  const smaller = await Promise.all(files.map(shrink));
  // A newer choice was made meanwhile: that one has its own turn.
  if (files.length !== input.files.length || files.some((file, i) => file !== input.files[i])) return;
  const box = new DataTransfer();
  smaller.forEach((file) => box.items.add(file));
  input.files = box.files;
  for (const [name, value] of [["photo_lat", spot?.lat], ["photo_lon", spot?.lon]]) {
    const field = form?.elements.namedItem(name);
    if (field) field.value = value === undefined ? "" : value.toFixed(6);
  }
  form?.removeAttribute("aria-busy");
  input.dispatchEvent(new CustomEvent("photo-ready", { bubbles: true, detail: { place: spot ?? null } }));
}

const working = new WeakMap();
if (typeof document !== "undefined") {
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!input.matches?.("input[type=file][data-photo]") || !input.files.length) return;
    working.set(input.form ?? input, take(input));
  });
  // Sent while still shrinking: wait, then send. A form that waits says so by aria-busy.
  document.addEventListener("submit", (event) => {
    const wait = working.get(event.target);
    if (!wait || !event.target.hasAttribute("aria-busy")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const submitter = event.submitter;
    wait.finally(() => {
      event.target.removeAttribute("aria-busy");
      event.target.requestSubmit(submitter);
    });
  }, true);
}
