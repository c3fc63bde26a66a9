/* The rows. */

const data = JSON.parse(document.getElementById("data").textContent);
const { words, clusters, count } = data;
const root = document.documentElement;
const at = (id) => document.getElementById(id);
const say = (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
const grouped = (number) => number.toLocaleString("en-US");
const SIDE = 65535;

function make(tag, { text, ...properties } = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  if (text !== undefined) element.textContent = text;
  element.append(...children);
  return element;
}

function unpack({ bytes, data: text }) {
  const binary = atob(text);
  const raw = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  return bytes === 1 ? raw : new (bytes === 2 ? Uint16Array : Uint32Array)(raw.buffer);
}

const maps = data.maps.map((map) => ({ ...map, points: unpack(map) }));
const clusterOf = unpack(data.cluster);
const confidence = data.confidence && unpack(data.confidence);
const rowNumbers = data.rows && unpack(data.rows);
const rowNumber = (i) => (rowNumbers ? rowNumbers[i] : i);
const rowName = (i) => (data.names ? data.names[i] : String(rowNumber(i)));
const rowLabel = (i) => (data.names ? `${data.called} ${data.names[i]}`.trim() : say("row", { row: grouped(rowNumber(i)) }));
const titleOf = (i) => (clusters[clusterOf[i]] ? clusters[clusterOf[i]].title : words.noise);

const columns = data.columns.map((column) => {
  const codes = unpack(column);
  const missing = 2 ** (8 * column.bytes) - 1;
  const scale = 10 ** Math.abs(column.decimals || 0);
  const number = (i) => {
    if (codes[i] === missing) return NaN;
    if (column.coding === "levels") return codes[i];
    const whole = column.offset + codes[i];
    return column.decimals >= 0 ? whole / scale : whole * scale;
  };
  const plain = (i) => {
    if (codes[i] === missing) return "";
    if (column.coding === "levels") return column.levels[codes[i]];
    if (column.coding === "date") return moment(number(i), column);
    return trimmed(number(i).toFixed(Math.max(column.decimals, 0)));
  };
  return { ...column, codes, missing, number, plain, shown: (i) => shownCell(column, number(i), plain(i)) };
});

const trimmed = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);

function moment(value, { seconds, style }) {
  const iso = new Date(value * seconds * 1000).toISOString();
  if (style === "clock") return iso.slice(11, 16);
  return seconds === 86400 ? iso.slice(0, 10) : iso.slice(0, 16).replace("T", " ");
}

function shownCell(column, value, plain) {
  if (plain === "") return words.missing;
  if (column.coding !== "number") return plain;
  if (column.style === "length") {
    const whole = Math.round(Math.abs(value));
    const two = (n) => String(n).padStart(2, "0");
    return `${value < 0 ? "-" : ""}${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  }
  const digits = (plain.split(".")[1] || "").length;
  const text = Math.abs(value) < 10000 ? plain : value.toLocaleString("en-US", { minimumFractionDigits: digits });
  return column.unit ? text + (/^[%‰°]$/.test(column.unit) ? "" : " ") + column.unit : text;
}

/* Points are drawn in random order, so that no cluster covers the others. */
const order = Uint32Array.from({ length: count }, (_, i) => i);
for (let i = count - 1, state = 1; i > 0; i--) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  const j = state % (i + 1);
  [order[i], order[j]] = [order[j], order[i]];
}
