/* Names of clusters, the row that is looked at, and the line of a selection, over the points. */

function drawNames() {
  over.setTransform(state.ratio, 0, 0, state.ratio, 0, 0);
  over.clearRect(0, 0, state.width, state.height);
  over.font = "600 13px system-ui, sans-serif";
  over.textAlign = "center";
  over.textBaseline = "middle";
  over.lineJoin = "round";
  const placed = [];
  state.map.middles.forEach(([x, y, size], k) => {
    if (!size) return;
    const title = clusters[k].title.length > 44 ? clusters[k].title.slice(0, 43) + "…" : clusters[k].title;
    const half = over.measureText(title).width / 2 + 4;
    const middle = Math.min(state.width - half, Math.max(half, across(x)));
    if (across(x) < 0 || across(x) > state.width || down(y) < 0 || down(y) > state.height) return;
    for (const shift of [0, -18, 18, -36, 36]) {
      const line = down(y) + shift;
      if (placed.some(([px, py, ph]) => Math.abs(px - middle) < ph + half && Math.abs(py - line) < 17)) continue;
      placed.push([middle, line, half]);
      over.globalAlpha = state.nSelected && !state.chosen.has(k) && state.chosen.size ? 0.35 : 1;
      over.strokeStyle = css(theme.page);
      over.lineWidth = 4;
      over.strokeText(title, middle, line);
      over.fillStyle = css(theme.ink);
      over.fillText(title, middle, line);
      break;
    }
  });
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
