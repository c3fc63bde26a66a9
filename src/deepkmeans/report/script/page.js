/* The page. */

function option(value, text) { return make("option", { value, text }); }

at("colour").append(option("cluster", words.clusters), ...(confidence ? [option("confidence", words.confidence)] : []), ...columns.map((column, place) => option(place, column.name)));
at("layout").append(...maps.map((map, place) => option(place, words[map.method])));
at("layout-label").hidden = maps.length < 2;
at("colour").addEventListener("change", () => { colouring = colourBy(at("colour").value); showScale(); draw(); });
at("density").addEventListener("click", () => {
  state.density = !state.density;
  at("density").setAttribute("aria-pressed", String(state.density));
  draw();
});
at("layout").addEventListener("change", () => { useMap(Number(at("layout").value)); draw(); });
at("closer").addEventListener("click", () => zoomAt(1.5));
at("farther").addEventListener("click", () => zoomAt(1 / 1.5));
at("whole").addEventListener("click", showAll);
at("clear").addEventListener("click", () => { select(() => false); stage.focus(); });
at("find").addEventListener("change", () => find(at("find").value));
at("export").addEventListener("click", saveSelection);
for (const button of document.querySelectorAll("button[data-tool]")) {
  button.addEventListener("click", () => {
    state.tool = stage.dataset.tool = button.dataset.tool;
    for (const other of document.querySelectorAll("button[data-tool]")) other.setAttribute("aria-pressed", String(other === button));
  });
}
for (const button of document.querySelectorAll("#legend button")) {
  button.addEventListener("click", () => toggleCluster(Number(button.dataset.cluster)));
}
for (const button of document.querySelectorAll("button.show")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const k = Number(button.dataset.cluster);
    select((i) => clusterOf[i] === k, [k]);
    at("found").scrollIntoView();
    stage.focus({ preventScroll: true });
  });
}
if (at("first")) {
  at("comparison").hidden = false;
  at("first").addEventListener("change", compare);
  at("second").addEventListener("change", compare);
  compare();
}

const prefersDark = window.matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : prefersDark.matches);
function repaint() {
  at("theme").textContent = isDark() ? words.light : words.dark;
  readTheme();
  draw();
}
at("theme").hidden = at("tools").hidden = at("legend-hint").hidden = at("search").hidden = false;
at("theme").addEventListener("click", () => {
  root.dataset.theme = isDark() ? "light" : "dark";
  repaint();
});
prefersDark.addEventListener("change", repaint);
window.addEventListener("beforeprint", () => { root.dataset.printing = ""; readTheme(); drawNow(); });
window.addEventListener("afterprint", () => { delete root.dataset.printing; repaint(); });

useMap(0);
repaint();
resize();
new ResizeObserver(resize).observe(stage);
