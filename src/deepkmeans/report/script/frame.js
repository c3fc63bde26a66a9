/* One drawing a frame. */

let asked = false;
function draw() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(drawNow);
}
function drawNow() {
  asked = false;
  if (state.density) drawDensity();
  else drawPoints();
  drawNames();
}

function resize() {
  const box = stage.getBoundingClientRect();
  if (!box.width || !box.height) return;
  state.ratio = Math.min(2, window.devicePixelRatio || 1);
  [state.width, state.height] = [box.width, box.height];
  for (const canvas of [at("points"), at("names")]) {
    canvas.width = Math.round(box.width * state.ratio);
    canvas.height = Math.round(box.height * state.ratio);
  }
  image = base.createImageData(at("points").width, at("points").height);
  pixels = new Uint32Array(image.data.buffer);
  drawNow();
}
