// A signature drawn with finger, pen or mouse; white ground, so that it prints as it was seen.
export function signature(canvas, clear) {
  let drawn = false;
  const pen = canvas.getContext("2d");
  const fit = () => {
    if (drawn || !canvas.clientWidth) return;
    canvas.width = canvas.clientWidth;
    canvas.height = canvas.clientHeight;
    wipe();
  };
  function wipe() {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    Object.assign(pen, { lineWidth: 2.5, lineCap: "round", lineJoin: "round", strokeStyle: "#15202b" });
    drawn = false;
  }
  canvas.addEventListener("pointerdown", (event) => {
    fit();
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(event.offsetX, event.offsetY);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    pen.lineTo(event.offsetX, event.offsetY);
    pen.stroke();
    drawn = true;
  });
  clear.addEventListener("click", wipe);
  addEventListener("resize", fit);
  fit();
  return {
    blob: () => new Promise((resolve) => { if (drawn) canvas.toBlob(resolve, "image/png"); else resolve(null); }),
  };
}
