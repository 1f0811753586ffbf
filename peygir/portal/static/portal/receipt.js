// A QR code leads here with the signed promise behind the mark, which no server is told: fill it in.
const field = document.querySelector("[data-receipt]");
const word = location.hash.slice(1);
if (field && !field.value && /^[\w-]{100,200}$/.test(word)) {
  field.value = word;
}
