/* State and colours. */

const stage = at("stage");
const base = at("points").getContext("2d", { alpha: false });
const over = at("names").getContext("2d");
const state = {
  map: null, centerX: SIDE / 2, centerY: SIDE / 2, zoom: 1, width: 1, height: 1, ratio: 1, tool: "pan", density: false,
  hovered: -1, selected: new Uint8Array(count), nSelected: 0, path: null, byKeyboard: false,
};
/* Pixels of the page per step of the coordinates. */
const unit = () => 0.9 * state.zoom * Math.min(state.width / state.map.extent[0], state.height / state.map.extent[1]);
const across = (x) => (x - state.centerX) * unit() + state.width / 2;
const down = (y) => (y - state.centerY) * unit() + state.height / 2;
const mapX = (left) => (left - state.width / 2) / unit() + state.centerX;
const mapY = (top) => (top - state.height / 2) / unit() + state.centerY;

const probe = make("span", { hidden: true });
document.body.append(probe);
function rgb(variable) {
  probe.style.color = `var(${variable})`;
  return getComputedStyle(probe).color.match(/[\d.]+/g).slice(0, 3).map(Number);
}
const mixed = (a, b, share) => a.map((value, i) => Math.round(value + (b[i] - value) * share));
const packedColour = ([red, green, blue]) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
const css = (colour) => `rgb(${colour.join(",")})`;

let theme;
let colouring; /* for each point the place of its colour in a list, and the list */

function readTheme() {
  theme = {
    page: rgb("--page"), ink: rgb("--ink"), none: rgb("--none"),
    clusters: Array.from({ length: 10 }, (_, i) => rgb(`--c${i}`)), low: rgb("--low"), middle: rgb("--middle"), high: rgb("--high"),
  };
  colouring = colourBy(at("colour").value);
  showScale();
}

function ramp(share) {
  return share < 0.5 ? mixed(theme.low, theme.middle, 2 * share) : mixed(theme.middle, theme.high, 2 * share - 1);
}

function colourBy(choice) {
  const places = new Uint8Array(count);
  if (choice === "cluster") {
    for (let i = 0; i < count; i++) places[i] = clusters[clusterOf[i]] ? clusterOf[i] % 10 : 10;
    return { places, colours: [...theme.clusters, theme.none], scale: null, byCluster: true };
  }
  const column = choice === "confidence"
    ? { coding: "number", number: (i) => confidence[i], missing: -1, shownNumber: (value) => `${Math.round(value)}%` }
    : columns[Number(choice)];
  if (column.coding === "levels") {
    const counts = column.levels.map(() => 0);
    for (const code of column.codes) if (code !== column.missing) counts[code]++;
    const frequent = counts.map((n, level) => [n, level]).sort((a, b) => b[0] - a[0]).slice(0, 9).map(([, level]) => level).sort((a, b) => a - b);
    const place = new Map(frequent.map((level, i) => [level, i]));
    for (let i = 0; i < count; i++) places[i] = place.has(column.codes[i]) ? place.get(column.codes[i]) : 9;
    const labels = frequent.map((level) => column.levels[level]);
    return { places, colours: [...theme.clusters.slice(0, 9), theme.none], scale: { labels, others: counts.length > 9 } };
  }
  const known = Float64Array.from({ length: count }, (_, i) => column.number(i)).filter((value) => !Number.isNaN(value)).sort();
  const low = known[Math.floor(0.02 * (known.length - 1))];
  const high = known[Math.ceil(0.98 * (known.length - 1))];
  for (let i = 0; i < count; i++) {
    const value = column.number(i);
    places[i] = Number.isNaN(value) ? 64 : Math.round(63 * Math.min(1, Math.max(0, (value - low) / (high - low || 1))));
  }
  const shown = (value) => {
    if (column.shownNumber) return column.shownNumber(value);
    if (column.coding === "date") return moment(value, column);
    return shownCell(column, value, trimmed(value.toFixed(Math.max(column.decimals, 0))));
  };
  const colours = Array.from({ length: 64 }, (_, i) => ramp(i / 63));
  return { places, colours: [...colours, theme.none], scale: { low: shown(low), high: shown(high) } };
}

function showScale() {
  const { scale, colours } = colouring;
  const box = at("scale");
  box.hidden = !scale;
  box.replaceChildren();
  if (!scale) return;
  const sign = (colour) => {
    const element = make("span", { className: "swatch" });
    element.style.background = css(colour);
    return element;
  };
  if (scale.labels) {
    const lines = scale.labels.map((label, i) => make("p", {}, sign(colours[i]), make("span", { text: label })));
    if (scale.others) lines.push(make("p", {}, sign(theme.none), make("span", { text: words.others })));
    box.append(...lines);
  } else {
    const band = make("span", { className: "band" });
    band.style.background = `linear-gradient(to right, ${css(theme.low)}, ${css(theme.middle)}, ${css(theme.high)})`;
    box.append(make("p", {}, make("span", { text: scale.low }), band, make("span", { text: scale.high })));
  }
}
