// The kernel: one number field a weight. Typing, dragging sideways, the wheel and the arrow keys all change it.

/** @param {Loom} loom */
function buildKernel(loom) {
  const { props, root } = loom;
  const [K, L] = [props.kernel.length, props.kernel[0].length];
  const grid = find(root, ".weights");
  const { style } = find(root, ".kernel");
  style.setProperty("--k", String(K));
  style.setProperty("--l", String(L));
  find(root, ".top").style.setProperty("--kernel", `${clamp(0.18 * L, 0.45, 1.1)}fr`);
  grid.classList.toggle("small", K * L > 25);
  grid.classList.toggle("tiny", L > 7);
  grid.replaceChildren();
  loom.fields = props.names.map((name, n) => {
    const input = make("input", "", { ariaLabel: `Weight row ${Math.floor(n / L) + 1} column ${(n % L) + 1}` });
    const cell = make("label", "", {}, input, make("span", "", { textContent: name }));
    Object.assign(cell.style, { background: props.colours[n], color: props.inks[n] });
    grid.append(cell);
    return weightField(loom, input, cell, n);
  });
  find(root, ".kernel .size").textContent = `${K} × ${L}`;
}

// What is being typed is in the weights already, as a preview: a field comes to its number when the typing ends, or the
// kernel was replaced from outside.
/**
 * @param {Loom} loom
 * @param {boolean} replaced
 */
function showKernel(loom, replaced) {
  loom.fields.forEach((field, n) => {
    if (replaced || !field.typing) field.replace(loom.weights[n]);
  });
}

/**
 * @param {Loom} loom
 * @param {string} sentence
 */
function complain(loom, sentence) {
  find(loom.root, ".complaint").textContent = sentence;
}

/**
 * @param {Loom} loom
 * @returns {NumberLimits}
 */
function weightLimits(loom) {
  const [low, high] = loom.props.limits.weight;
  return { low, high, whole: false };
}

/**
 * @param {Loom} loom
 * @param {HTMLInputElement} input
 * @param {HTMLElement} cell
 * @param {number} n
 */
function weightField(loom, input, cell, n) {
  const field = new NumberField(input, {
    limits: () => weightLimits(loom),
    name: () => loom.props.names[n],
    preview: (value) => loom.setWeight(n, value, false),
    commit: (value) => loom.setWeight(n, value, true),
    complain: (sentence) => complain(loom, sentence),
  });
  /** @param {number} steps @param {boolean} coarse */
  const nudge = (steps, coarse) => {
    field.step(steps * (coarse ? 1 : 0.1));
    loom.setWeight(n, field.value, false);
  };
  input.addEventListener("blur", () => loom.focusOn(null));
  input.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    event.preventDefault();
    nudge(event.key === "ArrowUp" ? 1 : -1, event.shiftKey);
  });
  input.addEventListener("wheel", (event) => {
    if (focusedNear(input) !== input) return; // the page scrolls past fields nobody is in
    event.preventDefault();
    nudge(event.deltaY < 0 ? 1 : -1, event.shiftKey);
  }, { passive: false });
  dragSideways(cell, input, {
    start: () => loom.weights[n],
    move: (from, pixels) => {
      const { low, high } = weightLimits(loom);
      field.replace(clamp(Math.round((from + Math.trunc(pixels / 4) * 0.1) * 1e6) / 1e6, low, high));
      loom.setWeight(n, field.value, false);
    },
    end: () => loom.settle(),
  });
  cell.addEventListener("pointerenter", () => loom.focusOn({ kind: "weight", n }));
  input.addEventListener("focus", () => loom.focusOn({ kind: "weight", n }));
  cell.addEventListener("pointerleave", () => loom.focusOn(null));
  return field;
}

/**
 * @param {HTMLElement} cell
 * @param {HTMLInputElement} field
 * @param {{ start: () => number, move: (from: number, pixels: number) => void, end: () => void }} on
 */
function dragSideways(cell, field, on) {
  /** @type {{ x: number, from: number, moving: boolean } | null} */
  let drag = null;
  cell.addEventListener("pointerdown", (event) => {
    if (event.button === 0) drag = { x: event.clientX, from: on.start(), moving: false };
  });
  cell.addEventListener("pointermove", (event) => {
    if (!drag) return;
    if (!drag.moving && Math.abs(event.clientX - drag.x) > 4) {
      drag.moving = true;
      cell.setPointerCapture(event.pointerId);
      field.blur();
      cell.classList.add("dragging");
    }
    if (drag.moving) on.move(drag.from, event.clientX - drag.x);
  });
  const stop = () => {
    if (drag?.moving) on.end();
    cell.classList.remove("dragging");
    drag = null;
  };
  cell.addEventListener("pointerup", stop);
  cell.addEventListener("pointercancel", stop);
}
