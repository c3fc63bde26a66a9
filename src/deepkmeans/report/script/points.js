/* Points, and pictures in their place where there is room. */

let image = null;
let pixels = null;
let sheet = null; /* the small pictures, when they are there */
const pictureOf = new Int32Array(count).fill(-1);
if (data.sheet) {
  unpack(data.sheet.of).forEach((i, place) => (pictureOf[i] = place));
  const picture = new Image();
  picture.onload = () => { sheet = picture; draw(); };
  picture.src = data.sheet.picture;
}

/* Offsets of the pixels of a point, a disc, a square, or a diamond, and their coverage (0 to 256): less at the rim, so
   that points which touch can be told apart. */
const stamps = new Map();
function stampOf(shape, radius) {
  const key = `${shape}/${radius}`;
  if (stamps.has(key)) return stamps.get(key);
  const reach = Math.ceil(radius);
  const stamp = [];
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) {
      const far = [Math.hypot(x, y), Math.max(Math.abs(x), Math.abs(y)) * 1.15, (Math.abs(x) + Math.abs(y)) * 0.8][shape];
      const covered = Math.round(256 * Math.min(1, Math.max(0, radius + 0.5 - far)));
      if (covered) stamp.push(x, y, radius >= 3 && far > radius - 1 ? Math.round(0.62 * covered) : covered);
    }
  }
  const made = Int16Array.from(stamp);
  stamps.set(key, made);
  return made;
}

function drawPoints() {
  const width = image.width;
  const height = image.height;
  const { points } = state.map;
  const { places, colours, byCluster } = colouring;
  const step = unit() * state.ratio;
  const left = width / 2 - state.centerX * step;
  const top = height / 2 - state.centerY * step;
  const size = Math.min(9, Math.max(1.4, 190 / Math.sqrt(count + 900)) * Math.min(3, state.zoom ** 0.4));
  const radius = Math.round(size * state.ratio * 2) / 2;
  const reach = Math.ceil(radius) + 1;
  const strong = Uint32Array.from(colours, packedColour);
  const faint = Uint32Array.from(colours, (colour) => packedColour(mixed(colour, theme.page, 0.8)));
  const shapes = [0, 1, 2].map((shape) => stampOf(shape, radius));
  pixels.fill(packedColour(theme.page));
  const inView = [];
  for (let pass = state.nSelected ? 0 : 1; pass < 2; pass++) {
    for (let place = 0; place < count; place++) {
      const i = order[place];
      if (state.nSelected && state.selected[i] !== pass) continue;
      const x = Math.round(points[2 * i] * step + left);
      const y = Math.round(points[2 * i + 1] * step + top);
      if (x < -reach || y < -reach || x >= width + reach || y >= height + reach) continue;
      const colour = (pass ? strong : faint)[places[i]];
      const stamp = shapes[byCluster && clusters[clusterOf[i]] ? Math.floor(clusterOf[i] / 10) % 3 : 0];
      if (sheet && pictureOf[i] >= 0 && inView.length <= MOST_PICTURES) inView.push(i, x, y);
      stampAt(stamp, x, y, colour, width, height);
    }
  }
  base.putImageData(image, 0, 0);
  if (sheet && inView.length / 3 <= MOST_PICTURES / 3 && state.zoom > 1.5) drawPictures(inView);
}

function stampAt(stamp, x, y, colour, width, height) {
  const red = colour & 255;
  const green = (colour >> 8) & 255;
  const blue = (colour >> 16) & 255;
  for (let k = 0; k < stamp.length; k += 3) {
    const column = x + stamp[k];
    const row = y + stamp[k + 1];
    if (column < 0 || row < 0 || column >= width || row >= height) continue;
    const place = row * width + column;
    const share = stamp[k + 2];
    if (share === 256) {
      pixels[place] = colour;
    } else {
      const under = pixels[place];
      const rest = 256 - share;
      const mix = (value, shift) => (value * share + ((under >> shift) & 255) * rest) >> 8;
      pixels[place] = (255 << 24) | (mix(blue, 16) << 16) | (mix(green, 8) << 8) | mix(red, 0);
    }
  }
}

/* So many pictures, thrice, are drawn instead of points. */
const MOST_PICTURES = 3 * 400;

function drawPictures(inView) {
  const { width, height, across: inRow } = data.sheet;
  const size = (Math.min(44, 15 * state.zoom ** 0.5) * state.ratio) / Math.max(width, height);
  base.imageSmoothingEnabled = false;
  for (let k = 0; k < inView.length; k += 3) {
    const [i, x, y] = inView.slice(k, k + 3);
    const place = pictureOf[i];
    const [wide, high] = [width * size, height * size];
    const faded = state.nSelected && !state.selected[i];
    base.globalAlpha = faded ? 0.15 : 1;
    base.fillStyle = css(colouring.colours[colouring.places[i]]);
    base.fillRect(x - wide / 2 - 2, y - high / 2 - 2, wide + 4, high + 4);
    base.drawImage(sheet, (place % inRow) * width, Math.floor(place / inRow) * height, width, height, x - wide / 2, y - high / 2, wide, high);
  }
  base.globalAlpha = 1;
}
