/* The layouts of the points: a grid of cells, for the nearest one; where names stand. */

const CELLS = 96;
const cell = (value) => Math.min(CELLS - 1, Math.max(0, Math.floor((value * CELLS) / (SIDE + 1))));

function gridOf(points) {
  const starts = new Uint32Array(CELLS * CELLS + 1);
  const cells = new Uint16Array(count);
  for (let i = 0; i < count; i++) {
    cells[i] = cell(points[2 * i + 1]) * CELLS + cell(points[2 * i]);
    starts[cells[i] + 1]++;
  }
  for (let c = 0; c < CELLS * CELLS; c++) starts[c + 1] += starts[c];
  const next = starts.slice();
  const members = new Uint32Array(count);
  for (let i = 0; i < count; i++) members[next[cells[i]]++] = i;
  return { starts, members };
}

function nearest(x, y, radius) {
  const { points, grid } = state.map;
  let best = -1;
  let least = radius * radius;
  for (let row = cell(y - radius); row <= cell(y + radius); row++) {
    const from = row * CELLS + cell(x - radius);
    const to = row * CELLS + cell(x + radius);
    for (let place = grid.starts[from]; place < grid.starts[to + 1]; place++) {
      const i = grid.members[place];
      const distance = (points[2 * i] - x) ** 2 + (points[2 * i + 1] - y) ** 2;
      if (distance < least) [least, best] = [distance, i];
    }
  }
  return best;
}

/* Where the name of each cluster stands, and its rows on the map: the middle of the cell of a coarse grid that holds
   most of it, not its mean, which may lie between two groups. */
function middlesOf(points) {
  const wide = 10;
  const sums = clusters.map(() => new Float64Array(3 * wide * wide));
  const sizes = clusters.map(() => 0);
  for (let i = 0; i < count; i++) {
    if (!clusters[clusterOf[i]]) continue;
    const [x, y] = [points[2 * i], points[2 * i + 1]];
    const place = 3 * (Math.floor((y * wide) / (SIDE + 1)) * wide + Math.floor((x * wide) / (SIDE + 1)));
    const own = sums[clusterOf[i]];
    sizes[clusterOf[i]]++;
    own[place]++;
    own[place + 1] += x;
    own[place + 2] += y;
  }
  return sums.map((own, k) => {
    let best = 0;
    for (let place = 3; place < own.length; place += 3) if (own[place] > own[best]) best = place;
    return [own[best + 1] / own[best], own[best + 2] / own[best], sizes[k]];
  });
}

/* Points lie in the middle of a square; how wide and how high they lie in it. */
function extentOf(points) {
  const [low, high] = [[SIDE, SIDE], [0, 0]];
  for (let i = 0; i < 2 * count; i++) {
    low[i % 2] = Math.min(low[i % 2], points[i]);
    high[i % 2] = Math.max(high[i % 2], points[i]);
  }
  return [Math.max(1, high[0] - low[0]), Math.max(1, high[1] - low[1])];
}

function useMap(place) {
  const map = maps[place];
  if (!map.grid) {
    map.grid = gridOf(map.points);
    map.middles = middlesOf(map.points);
    map.extent = extentOf(map.points);
  }
  state.map = map;
  const notes = [words[`${map.space}_note`], words[`${map.method}_note`], say("trust_note", { trust: `${Math.round(map.trust * 100)}%` })];
  at("layout-note").textContent = notes.join(" ");
  hover(-1);
}
