// What stands beside the matrix: which weights it has, and what they cost.

function radioGroup(loom, group, options, chosen, choose) {
  const had = group.contains(loom.root.getRootNode().activeElement);
  group.replaceChildren(
    ...options.map(({ kind, name }) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", role: "radio", textContent: name, ariaChecked: String(kind === chosen), tabIndex: kind === chosen ? 0 : -1 });
      button.addEventListener("click", () => choose(kind));
      return button;
    }),
  );
  if (had) group.querySelector('[aria-checked="true"]')?.focus();
  group.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const kinds = options.map((option) => option.kind);
    choose(kinds[(kinds.indexOf(chosen) + step + kinds.length) % kinds.length]);
  };
}

function showViews(loom) {
  const { props, root, geo } = loom;
  radioGroup(loom, root.querySelector(".views"), props.views, props.view, (view) => loom.send({ view }));
  const label = root.querySelector(".period");
  label.hidden = props.view !== "tiled";
  const slider = label.querySelector("input");
  slider.max = String(Math.max(geo.outH, geo.outW));
  if (root.getRootNode().activeElement !== slider && !loom.periodTimer) slider.value = String(props.period);
  label.querySelector("output").textContent = `every ${props.period} outputs`;
}

function buildPeriod(loom) {
  const slider = loom.root.querySelector(".period input");
  slider.addEventListener("input", () => {
    // The picture follows the slider where the loom draws the cells itself; tiles follow when it rests.
    loom.props.period = Number(slider.value);
    loom.root.querySelector(".period output").textContent = `every ${slider.value} outputs`;
    loom.schedule("matrix");
    clearTimeout(loom.periodTimer);
    const period = Number(slider.value); // an answer on its way may set the slider back before this is sent
    loom.periodTimer = setTimeout(() => {
      loom.periodTimer = 0;
      loom.send({ period });
    }, SETTLE_MS);
  });
}

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function writeCosts(loom) {
  const { props, root } = loom;
  root.querySelector(".costs ul").replaceChildren(
    ...props.costs.map((row) => {
      const bar = element("span", { className: "bar" });
      bar.style.width = `${Math.max(2, 100 * row.bar)}%`;
      if (row.kind === "conv") bar.style.background = `linear-gradient(90deg, ${props.colours.slice(0, 9).join(",")}, ${props.colours[0]})`;
      return element(
        "li",
        { title: row.exact, className: row.kind === props.view ? "chosen" : "" },
        element("span", { className: "name", textContent: row.name }),
        element("span", { className: "track" }, bar),
        element("b", { textContent: row.parameters }),
        element("span", { className: "rest", textContent: `${row.bytes}${row.saving ? ` · ${row.saving}` : ""}` }),
        element("span", { className: "rest more", textContent: `${row.connections} connections, ${row.multiply_adds} multiply-adds` }),
      );
    }),
  );
  root.querySelector(".saving").textContent = props.cost_line;
}
