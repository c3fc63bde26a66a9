/* Density: each point spread over its neighbourhood in a coarse grid, the colours of clusters mixed by their shares. */
const COARSE = 4;
const KERNEL = [-3, -2, -1, 0, 1, 2, 3].map((d) => Math.exp(-(d * d) / 4.5));
function drawDensity() {
  const wide = Math.ceil(state.width / COARSE);
  const high = Math.ceil(state.height / COARSE);
  const sums = new Float32Array(4 * wide * high);
  const { points } = state.map;
  const step = unit();
  for (let i = 0; i < count; i++) {
    if (state.nSelected && !state.selected[i]) continue;
    const x = Math.round(across(points[2 * i]) / COARSE);
    const y = Math.round(down(points[2 * i + 1]) / COARSE);
    if (x < 3 || y < 3 || x >= wide - 3 || y >= high - 3) continue;
    const [red, green, blue] = colouring.colours[colouring.places[i]];
    for (let dy = -3; dy <= 3; dy++) {
      for (let dx = -3; dx <= 3; dx++) {
        const weight = KERNEL[dx + 3] * KERNEL[dy + 3];
        const place = 4 * ((y + dy) * wide + x + dx);
        sums[place] += red * weight;
        sums[place + 1] += green * weight;
        sums[place + 2] += blue * weight;
        sums[place + 3] += weight;
      }
    }
  }
  const coarse = new OffscreenCanvas(wide, high);
  const context = coarse.getContext("2d");
  const picture = context.createImageData(wide, high);
  const area = state.map.extent[0] * state.map.extent[1] * step * step;
  const usual = (14 * 4 * count * COARSE * COARSE) / area; /* four times what a cell would hold if points lay evenly */
  for (let place = 0; place < sums.length; place += 4) {
    const weight = sums[place + 3];
    if (!weight) continue;
    for (let k = 0; k < 3; k++) picture.data[place + k] = sums[place + k] / weight;
    picture.data[place + 3] = 255 * (1 - Math.exp((-1.6 * weight) / usual));
  }
  context.putImageData(picture, 0, 0);
  base.fillStyle = css(theme.page);
  base.fillRect(0, 0, image.width, image.height);
  base.imageSmoothingEnabled = true;
  base.drawImage(coarse, 0, 0, wide * COARSE * state.ratio, high * COARSE * state.ratio);
}
