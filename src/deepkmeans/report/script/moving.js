/* Moving about. */

function move(dx, dy) {
  state.centerX = Math.min(SIDE, Math.max(0, state.centerX - dx / unit()));
  state.centerY = Math.min(SIDE, Math.max(0, state.centerY - dy / unit()));
  draw();
}
function zoomAt(factor, x = state.width / 2, y = state.height / 2) {
  const [fixedX, fixedY] = [mapX(x), mapY(y)];
  state.zoom = Math.min(80, Math.max(0.5, state.zoom * factor));
  state.centerX += fixedX - mapX(x);
  state.centerY += fixedY - mapY(y);
  draw();
}
function showAll() {
  Object.assign(state, { centerX: SIDE / 2, centerY: SIDE / 2, zoom: 1 });
  draw();
}
const inStage = (event) => {
  const box = stage.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
};

const pointers = new Map();
let moved = 0;
stage.addEventListener("pointerdown", (event) => {
  stage.setPointerCapture(event.pointerId);
  pointers.set(event.pointerId, inStage(event));
  moved = 0;
  const tool = event.shiftKey ? "box" : state.tool;
  state.path = tool === "pan" || pointers.size > 1 ? null : [inStage(event)];
  state.isBox = tool === "box";
});
stage.addEventListener("pointermove", (event) => {
  const [x, y] = inStage(event);
  const before = pointers.get(event.pointerId);
  if (!before) {
    hover(nearest(mapX(x), mapY(y), 12 / unit()));
    return;
  }
  const others = [...pointers].filter(([id]) => id !== event.pointerId);
  if (others.length) {
    const [ox, oy] = others[0][1];
    zoomAt(Math.hypot(x - ox, y - oy) / Math.max(1, Math.hypot(before[0] - ox, before[1] - oy)), (x + ox) / 2, (y + oy) / 2);
    move((x - before[0]) / 2, (y - before[1]) / 2);
  } else if (state.path) {
    if (state.isBox) {
      const [fromX, fromY] = state.path[0];
      state.path = [[fromX, fromY], [x, fromY], [x, y], [fromX, y]];
    } else state.path.push([x, y]);
    draw();
  } else {
    hover(-1);
    move(x - before[0], y - before[1]);
  }
  moved += Math.hypot(x - before[0], y - before[1]);
  pointers.set(event.pointerId, [x, y]);
});
function lift(event) {
  if (!pointers.delete(event.pointerId)) return;
  const path = state.path;
  state.path = null;
  if (path && path.length > 2) selectInside(path.map(([x, y]) => [mapX(x), mapY(y)]));
  else if (moved < 6 && event.type === "pointerup") {
    const [x, y] = inStage(event);
    hover(nearest(mapX(x), mapY(y), 24 / unit()));
  }
  draw();
}
stage.addEventListener("pointerup", lift);
stage.addEventListener("pointercancel", lift);
stage.addEventListener("pointerleave", () => pointers.size || hover(-1));
stage.addEventListener("dblclick", (event) => zoomAt(2, ...inStage(event)));
stage.addEventListener("wheel", (event) => {
  event.preventDefault();
  zoomAt(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.002)), ...inStage(event));
}, { passive: false });

const keys = {
  ArrowLeft: () => move(40, 0), ArrowRight: () => move(-40, 0), ArrowUp: () => move(0, 40), ArrowDown: () => move(0, -40),
  "+": () => zoomAt(1.4), "=": () => zoomAt(1.4), "-": () => zoomAt(1 / 1.4), 0: showAll,
};
stage.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (keys[event.key]) {
    keys[event.key]();
    let found = -1;
    for (let radius = SIDE / 64; found < 0 && radius < 2 * SIDE; radius *= 2) found = nearest(state.centerX, state.centerY, radius);
    hover(found);
  } else if (event.key === "Enter") {
    const [right, bottom] = [mapX(state.width), mapY(state.height)];
    selectInside([[mapX(0), mapY(0)], [right, mapY(0)], [right, bottom], [mapX(0), bottom]]);
  } else if (event.key === "Escape") {
    hover(-1);
    select(() => false);
  } else return;
  event.preventDefault();
});
