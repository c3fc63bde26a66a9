/* Selection. */

const MOST_LISTED = 100;
state.chosen = new Set();

function select(test, chosen = []) {
  let n = 0;
  for (let i = 0; i < count; i++) n += state.selected[i] = test(i) ? 1 : 0;
  state.nSelected = n;
  state.chosen = new Set(chosen);
  for (const button of document.querySelectorAll("#legend button")) {
    button.setAttribute("aria-pressed", String(state.chosen.has(Number(button.dataset.cluster))));
  }
  listSelection();
  draw();
}

function selectInside(path) {
  const { points } = state.map;
  select((i) => {
    const [x, y] = [points[2 * i], points[2 * i + 1]];
    let inside = false;
    for (let a = 0, b = path.length - 1; a < path.length; b = a++) {
      const [[ax, ay], [bx, by]] = [path[a], path[b]];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
    }
    return inside;
  });
}

function toggleCluster(k) {
  const chosen = new Set(state.chosen);
  if (!chosen.delete(k)) chosen.add(k);
  select((i) => chosen.has(clusterOf[i]), chosen);
}

const chosenRows = () => Array.from({ length: count }, (_, i) => i).filter((i) => state.selected[i]);

function listSelection() {
  at("selection").hidden = !state.nSelected;
  if (!state.nSelected) {
    announce(words.cleared);
    return;
  }
  const counts = new Map();
  const rows = chosenRows();
  for (const i of rows) counts.set(titleOf(i), (counts.get(titleOf(i)) || 0) + 1);
  const parts = [...counts].sort((a, b) => b[1] - a[1]);
  const named = parts.slice(0, 6).map(([name, n]) => say("part", { count: grouped(n), name }));
  if (parts.length > 6) named.push(say("and_more", { count: parts.length - 6 }));
  const key = count < data.total ? "selected_sampled" : "selected";
  const text = say(key, { count: grouped(rows.length), parts: named.join(words.between) });
  at("selection-words").textContent = text;
  announce(text);
  const listed = columns.slice(0, 12);
  const head = [data.called || words.row_heading, words.clusters, ...(confidence ? [words.confidence] : []), ...(data.texts ? [words.text] : []), ...listed.map((c) => c.name)];
  at("selection-head").replaceChildren(make("tr", {}, ...head.map((name) => make("th", { text: name, scope: "col" }))));
  at("selection-rows").replaceChildren(...rows.slice(0, MOST_LISTED).map((i) => {
    const first = make("th", { scope: "row", text: rowName(i) });
    if (sheet && pictureOf[i] >= 0) first.append(pictureElement(pictureOf[i]));
    const cells = [titleOf(i), ...(confidence ? [`${confidence[i]}%`] : []), ...(data.texts ? [data.texts[i]] : []), ...listed.map((c) => c.shown(i))];
    return make("tr", {}, first, ...cells.map((value) => make("td", { text: value })));
  }));
  const notes = rows.length > MOST_LISTED ? [say("first_rows", { shown: MOST_LISTED, count: grouped(rows.length) })] : [];
  if (data.without_room) notes.push(say("without_room", { count: data.without_room }));
  at("selection-note").textContent = notes.join(" ");
}

/* Select the rows with this text in a cell, this cluster or this number. */
function find(text) {
  const wanted = text.trim().toLowerCase();
  const holds = (value) => value.toLowerCase().includes(wanted);
  const isIt = (i) => (data.names ? holds(rowName(i)) : rowName(i) === wanted) || holds(titleOf(i)) || cellsOf(i, columns.length).some(([, value]) => holds(value));
  select(wanted ? isIt : () => false);
  const note = wanted && !state.nSelected ? words.none_found : "";
  at("find-note").textContent = note;
  if (note) announce(note);
}

function saveSelection() {
  /* A text that a spreadsheet would run as a formula begins with an apostrophe. */
  const quoted = (value) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  const text = (value) => quoted(/^[=+\-@\t\r]/.test(value) ? `'${value}` : value);
  const head = [data.called || words.row_column, words.cluster, ...(confidence ? [words.confidence_column] : []), ...(data.texts ? [words.text] : []), ...columns.map((c) => c.name)];
  const lines = [head.map(text).join(",")];
  for (const i of chosenRows()) {
    const cells = [data.names ? text(rowName(i)) : rowName(i), text(titleOf(i)), ...(confidence ? [String(confidence[i] / 100)] : []), ...(data.texts ? [text(data.texts[i])] : [])];
    lines.push([...cells, ...columns.map((c) => (c.coding === "levels" ? text(c.plain(i)) : c.plain(i)))].join(","));
  }
  const csv = lines.join("\r\n") + "\r\n";
  const mark = /[^\x00-\x7f]/.test(csv) ? "\ufeff" : ""; /* or spreadsheets take it for another encoding */
  const address = URL.createObjectURL(new Blob([mark + csv], { type: "text/csv" }));
  make("a", { href: address, download: words.file }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
