/* Names of clusters, the row that is looked at, and the line of a selection, over the points. */

function drawNames() {
  over.setTransform(state.ratio, 0, 0, state.ratio, 0, 0);
  over.clearRect(0, 0, state.width, state.height);
  over.font = NAME_FONT;
  over.textAlign = "center";
  over.textBaseline = "middle";
  over.lineJoin = "round";
  const shown = placedNames().map((name) => {
    const [x, y] = state.map.middles[name.k];
    return { ...name, left: across(x) + name.dx, top: down(y) + name.dy };
  });
  at("names").dataset.places = JSON.stringify(shown.map(({ left, top, wide, high }) => [left, top, wide, high].map(Math.round)));
  for (const name of shown) drawLead(name);
  for (const name of shown) drawName(name);
  over.globalAlpha = 1;
  over.strokeStyle = css(theme.ink);
  over.lineWidth = 1.5;
  if (state.hovered >= 0) {
    const { points } = state.map;
    over.beginPath();
    over.arc(across(points[2 * state.hovered]), down(points[2 * state.hovered + 1]), 8, 0, 7);
    over.stroke();
  }
  if (state.path) {
    over.beginPath();
    state.path.forEach(([x, y]) => over.lineTo(x, y));
    over.closePath();
    over.setLineDash([4, 3]);
    over.stroke();
    over.setLineDash([]);
  }
}

/* In the colour of the cluster, dark enough to be read. */
const inkOf = (k, share) => css(colouring.byCluster ? mixed(theme.clusters[k % 10], theme.ink, share) : theme.ink);
const alphaOf = (k) => (state.nSelected && state.chosen.size && !state.chosen.has(k) ? 0.35 : 1);

function drawLead({ k, left, top, wide, high, end }) {
  if (end < 0) return;
  const { points } = state.map;
  const [x, y] = [across(points[2 * end]), down(points[2 * end + 1])];
  over.globalAlpha = 0.8 * alphaOf(k);
  over.beginPath();
  over.moveTo(Math.min(left + wide - 4, Math.max(left + 4, x)), Math.min(top + high, Math.max(top, y)));
  over.lineTo(x, y);
  over.strokeStyle = inkOf(k, 0.3);
  over.lineWidth = 1.25;
  over.stroke();
}

function drawName({ k, lines, left, top, wide }) {
  over.globalAlpha = alphaOf(k);
  over.strokeStyle = css(theme.page);
  over.lineWidth = 4;
  over.fillStyle = inkOf(k, 0.5);
  lines.forEach((line, place) => {
    const [x, y] = [left + wide / 2, top + 2 + LINE * (place + 0.5)];
    over.strokeText(line, x, y);
    over.fillText(line, x, y);
  });
}
