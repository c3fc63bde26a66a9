/* Two clusters side by side. */

function compare() {
  const pair = [Number(at("first").value), Number(at("second").value)];
  const box = at("compared");
  if (pair[0] === pair[1]) {
    box.replaceChildren(make("p", { text: words.same }));
    return;
  }
  const apart = (chart) => chart.inside[pair[0]].reduce((sum, share, b) => sum + Math.abs(share - chart.inside[pair[1]][b]), 0) / 2;
  const charts = [...data.charts].sort((a, b) => apart(b) - apart(a)).slice(0, 10);
  const head = make("tr", {}, make("th", { text: "", scope: "col" }), ...pair.map((k) => make("th", { scope: "col", text: clusters[k].title, className: `k${k % 10}` })));
  head.firstChild.replaceWith(make("td"));
  const rows = charts.map((chart) => make("tr", {}, make("th", { scope: "row", text: chart.name }), ...pair.map((k) => comparedCell(chart, k, pair))));
  if (clusters.some((cluster) => cluster.words.length)) {
    rows.unshift(make("tr", {}, make("th", { scope: "row", text: words.words }), ...pair.map((k) => make("td", { text: clusters[k].words.join(words.between) }))));
  }
  const table = make("table", { className: "pair" }, make("thead", {}, head), make("tbody", {}, ...rows));
  const cards = make("div", { className: "halves" }, ...pair.map((k) => halfCard(k)));
  const names = charts.slice(0, 3).map((chart) => chart.name).join(words.between);
  box.replaceChildren(...(names ? [make("p", { text: say("differ", { columns: names }) })] : []), ...(rows.length ? [table] : []), ...(data.kind === "table" || data.kind === "inputs" ? [] : [cards]));
}

/* Pictures, lines and texts of a cluster, as its card has them. */
function halfCard(k) {
  const shown = at(`cluster-${k}`).querySelectorAll(":is(.mean, .series, .pictures, .lines, .texts):not(.salient)");
  return make("div", {}, make("h3", { text: clusters[k].title }), ...[...shown].slice(0, 2).map((element) => element.cloneNode(true)));
}

const svgSpace = document.querySelector("svg").namespaceURI;
function drawn(tag, attributes, ...children) {
  const element = document.createElementNS(svgSpace, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function comparedCell(chart, k, pair) {
  const shares = chart.inside[k];
  const top = Math.max(...pair.flatMap((one) => chart.inside[one])) || 1;
  const wide = 200 / shares.length;
  const gap = chart.numeric ? 0 : 3;
  const bars = shares.map((share, b) => drawn("rect", { class: "inside", x: b * wide + gap, width: wide - 2 * gap, y: 36 - (36 * share) / top, height: (36 * share) / top }));
  const picture = drawn("svg", { viewBox: "0 0 200 37", preserveAspectRatio: "none", "aria-hidden": "true", class: "histogram" }, drawn("rect", { class: "floor", x: 0, y: 36, width: 200, height: 1 }), ...bars);
  const ends = chart.numeric ? [chart.labels[0], chart.labels.at(-1)] : chart.labels.map((label) => (label === "…" ? words.others : label));
  const under = make("span", { className: chart.numeric ? "ends" : "ends each" }, ...ends.map((text) => make("span", { text })));
  under.setAttribute("aria-hidden", "true");
  return make("td", { className: `k${k % 10}` }, make("strong", { text: chart.typical[k] }), picture, under);
}
