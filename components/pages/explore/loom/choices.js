// What stands beside the matrix: which weights it has, and what they cost.

const AREA = 33; // pixels along the largest area, about
const DOT = 2; // pixels along the smallest that is drawn

// What signs and terms mean: shown where they are pointed at or have the keyboard.
/** @param {Loom} loom */
function showHelps({ root, props }) {
  for (const one of root.querySelectorAll("[data-help]")) {
    one.dataset.tip = props.helps[one.dataset.help];
    one.setAttribute("aria-description", one.dataset.tip);
  }
}

/** @param {Loom} loom */
function showViews(loom) {
  const { props, root, geo } = loom;
  const options = props.views.map(({ kind, name }) => ({ id: kind, button: make("button", "", { textContent: name }) }));
  fillRadioGroup(find(root, ".views"), options, props.view, (view) => {
    loom.faces.close();
    loom.send({ view });
  });
  const label = find(root, ".period");
  label.hidden = props.view !== "tiled";
  const slider = find(label, "input");
  slider.max = String(Math.max(geo.outH, geo.outW));
  if (focusedNear(slider) !== slider && !loom.periodTimer) slider.value = String(props.period);
  find(label, "output").textContent = `every ${props.period} outputs`;
}

/** @param {Loom} loom */
function buildPeriod(loom) {
  const slider = find(loom.root, ".period input");
  slider.addEventListener("input", () => {
    // The picture follows the slider where the loom draws the cells itself; tiles follow when it rests.
    Object.assign(loom.props, { period: Number(slider.value), repeats: "" }); // how many weights there are is known later
    find(loom.root, ".period output").textContent = `every ${slider.value} outputs`;
    loom.schedule("matrix");
    clearTimeout(loom.periodTimer);
    const period = Number(slider.value); // an answer on its way may set the slider back before this is sent
    loom.periodTimer = setTimeout(() => {
      loom.periodTimer = 0;
      loom.send({ period });
    }, SETTLE_MS);
  });
}

// Marks whose weights are shown: those of W, of the stage that is told, or of the copies.
/** @param {Loom} loom */
function markCosts(loom) {
  const shown = loom.faces.copiesShown?.free ? "local" : wiredAs(loom);
  for (const item of loom.root.querySelectorAll(".costs li")) item.classList.toggle("chosen", item.dataset.kind === shown);
}

/** @param {Loom} loom */
function writeCosts(loom) {
  const { props, root } = loom;
  find(root, ".costs ul").replaceChildren(
    ...props.costs.map((row) => {
      const area = make("span", "area");
      area.style.setProperty("--side", String(row.side));
      if (row.kind === "conv") area.style.background = props.colours[0];
      const item = make(
        "li", "", { title: row.exact },
        make("span", "whole", {}, area),
        make("div", "", {}, make("span", "name", { textContent: row.name }), make("b", "", { textContent: row.parameters }), make("span", "rest", { textContent: row.why })),
      );
      item.dataset.kind = row.kind;
      return item;
    }),
  );
  const list = find(root, ".costs ul");
  list.style.setProperty("--n", String(props.costs.length));
  list.classList.toggle("four", props.costs.length === 4);
  find(root, ".saving").textContent = props.total;
  find(root, ".why").textContent = props.why;
  const smallest = Math.min(...props.costs.map((row) => row.side));
  find(root, ".scale").textContent = smallest * AREA < DOT ? "to scale, or a dot" : "areas to scale";
}
