/* Where the names of clusters stand: near their points, and over as few points as can be. */

const CELL = 8; /* pixels of the page */
const LINE = 16;
const NAME_FONT = "600 13px system-ui, sans-serif";
/* More of a name than this may not lie on points, but for names of the first few clusters. */
const mostCovered = () => (state.width < 500 ? 0.1 : 0.2);

/* Sums over the cells that hold a point, so that any rectangle is looked up at once. */
function takenCells() {
  const wide = Math.ceil(state.width / CELL);
  const high = Math.ceil(state.height / CELL);
  const taken = new Uint8Array(wide * high);
  const { points } = state.map;
  for (let i = 0; i < count; i++) {
    const x = Math.floor(across(points[2 * i]) / CELL);
    const y = Math.floor(down(points[2 * i + 1]) / CELL);
    if (x >= 0 && y >= 0 && x < wide && y < high) taken[y * wide + x] = 1;
  }
  const sums = new Int32Array((wide + 1) * (high + 1));
  for (let y = 0; y < high; y++) {
    for (let x = 0, row = 0; x < wide; x++) {
      row += taken[y * wide + x];
      sums[(y + 1) * (wide + 1) + x + 1] = sums[y * (wide + 1) + x + 1] + row;
    }
  }
  return (left, top, right, bottom) => {
    const [x, y] = [Math.max(0, Math.floor(left / CELL)), Math.max(0, Math.floor(top / CELL))];
    const [u, v] = [Math.min(wide, Math.ceil(right / CELL)), Math.min(high, Math.ceil(bottom / CELL))];
    const at = (column, row) => sums[row * (wide + 1) + column];
    return (at(u, v) - at(x, v) - at(u, y) + at(x, y)) / Math.max(1, (u - x) * (v - y));
  };
}

/* A title in lines that are not too wide; what has no room ends in an ellipsis. */
function linesOf(title) {
  const widest = Math.min(200, 0.38 * state.width);
  const fits = (text) => over.measureText(text).width <= widest;
  const lines = [""];
  const parts = title.match(/[^\s，、]+[\s，、]*|[\s，、]+/g) || [title];
  for (const part of parts) {
    if (lines.at(-1) && !fits((lines.at(-1) + part).trimEnd())) lines.push("");
    lines[lines.length - 1] += part;
  }
  const kept = lines.slice(0, 2).map((line) => line.trim());
  if (lines.length > 2) kept[1] += "…";
  return kept.map((line) => {
    let letters = [...line];
    if (fits(line)) return line;
    while (letters.length > 1 && !fits(`${letters.join("")}…`)) letters = letters.slice(0, -1);
    return `${letters.join("").trimEnd()}…`;
  });
}

function placeNames() {
  over.font = NAME_FONT;
  const covered = takenCells();
  const names = new Map();
  const asked = [];
  state.map.middles.forEach(([x, y, size], k) => {
    const [midX, midY] = [across(x), down(y)];
    if (!size || midX < 0 || midX > state.width || midY < 0 || midY > state.height) return;
    const lines = linesOf(clusters[k].title);
    const wide = Math.max(...lines.map((line) => over.measureText(line).width)) + 8;
    asked.push({ k, lines, midX, midY, wide, high: lines.length * LINE + 4 });
  });
  for (let pass = 0; pass < 3; pass++) { /* later ones make room for the first, and the first go where they have left it */
    for (const name of asked) {
      names.delete(name.k);
      const best = bestPlace(name, covered, [...names.values()]);
      if (best && (best.share <= mostCovered() || name.k < state.width / 160)) names.set(name.k, { ...name, ...best });
    }
  }
  for (const name of names.values()) {
    [name.dx, name.dy] = [name.left - name.midX, name.top - name.midY];
    name.end = nearestOwn(name);
  }
  return [...names.values()];
}

/* The place that costs least: points under the name, and its way from the middle of the cluster. */
function bestPlace({ midX, midY, wide, high }, covered, others) {
  const farthest = Math.min(140, 0.16 * state.width);
  let best = null;
  for (let far = 0; far <= farthest; far += 10) {
    if (best && best.cost <= far / 150) break;
    for (let turn = 0; turn < (far ? 24 : 1); turn++) {
      const angle = (turn * Math.PI) / 12 - Math.PI / 2;
      const left = midX - wide / 2 + (far && Math.cos(angle) * (far + wide / 2));
      const top = midY - high / 2 + (far && Math.sin(angle) * (far + high / 2));
      if (left < 2 || top < 2 || left + wide > state.width - 2 || top + high > state.height - 2) continue;
      const meets = (name) => left < name.left + name.wide + 4 && name.left < left + wide + 4 && top < name.top + name.high && name.top < top + high;
      if (others.some(meets)) continue;
      const share = covered(left - 3, top - 1, left + wide + 3, top + high + 1);
      const cost = 6 * share + far / 150;
      if (!best || cost < best.cost) best = { left, top, share, cost };
    }
  }
  return best;
}

/* The point of the cluster that is nearest to its name, if it is far enough away for a line between them. */
function nearestOwn({ k, left, top, wide, high }) {
  const { points } = state.map;
  let [end, least] = [-1, Infinity];
  for (let i = 0; i < count; i++) {
    if (clusterOf[i] !== k) continue;
    const [x, y] = [across(points[2 * i]), down(points[2 * i + 1])];
    const distance = Math.hypot(Math.max(left - x, 0, x - left - wide), Math.max(top - y, 0, y - top - high));
    if (distance < least) [end, least] = [i, distance];
  }
  return least > 12 ? end : -1;
}

/* Names stay beside their clusters while the map moves, and are placed anew when it rests. */
let placing = 0;
function placedNames() {
  const key = [maps.indexOf(state.map), state.width, state.height].join();
  const view = [state.zoom, state.centerX, state.centerY].join();
  if (state.namesKey !== key) {
    Object.assign(state, { names: placeNames(), namesKey: key, namesView: view });
  } else if (state.namesView !== view) {
    clearTimeout(placing);
    placing = setTimeout(() => { state.namesKey = null; draw(); }, 140);
  }
  return state.names;
}
