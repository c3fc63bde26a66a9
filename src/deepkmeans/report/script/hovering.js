/* The row under the pointer. */

let saying = 0;
function announce(text) {
  clearTimeout(saying);
  saying = setTimeout(() => (at("said").textContent = text), 200);
}

function cellsOf(i, most) {
  if (data.texts) return [[words.text, data.texts[i]]];
  return columns.slice(0, most).map((column) => [column.name, column.shown(i)]);
}

function hover(i) {
  if (i === state.hovered) return;
  state.hovered = i;
  const tip = at("tip");
  tip.hidden = i < 0;
  draw();
  if (i < 0) return;
  const sure = confidence ? ` · ${words.confidence} ${confidence[i]}%` : "";
  const head = make("p", { className: "head" }, make("strong", { text: titleOf(i) }), make("span", { text: ` ${rowLabel(i)}${sure}` }));
  tip.replaceChildren(head);
  const cells = data.sheet ? [] : cellsOf(i, 8);
  if (sheet && pictureOf[i] >= 0) tip.append(pictureElement(pictureOf[i]));
  else if (data.texts) tip.append(make("p", { text: data.texts[i] }));
  else tip.append(make("dl", {}, ...cells.flatMap(([name, value]) => [make("dt", { text: name }), make("dd", { text: value })])));
  const [x, y] = [across(state.map.points[2 * i]), down(state.map.points[2 * i + 1])];
  const { offsetWidth: wide, offsetHeight: high } = tip;
  tip.style.left = `${Math.max(4, x + 16 + wide > state.width ? x - wide - 16 : x + 16)}px`;
  tip.style.top = `${Math.max(4, Math.min(state.height - high - 4, y - high / 2))}px`;
  announce(`${titleOf(i)}. ${rowLabel(i)}${sure}. ${cells.map(([name, value]) => `${name}: ${value}`).join(", ")}`);
}

function pictureElement(place) {
  const { width, height, across: inRow } = data.sheet;
  const canvas = make("canvas", { width, height, className: "picture" });
  canvas.getContext("2d").drawImage(sheet, -(place % inRow) * width, -Math.floor(place / inRow) * height);
  return canvas;
}
