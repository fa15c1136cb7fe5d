// The kernel: one real number field a weight. Typing, dragging sideways, the wheel and the arrow keys all end in onChange.

/** @param {Loom} loom */
function buildKernel(loom) {
  const { props, root } = loom;
  const [K, L] = [props.kernel.length, props.kernel[0].length];
  const grid = find(root, ".weights");
  grid.style.setProperty("--l", L);
  grid.classList.toggle("small", K * L > 25);
  grid.classList.toggle("tiny", L > 7);
  grid.replaceChildren();
  loom.fields = props.names.map((name, n) => {
    const field = make("input", "", { type: "number", step: "any", ariaLabel: `Weight row ${Math.floor(n / L) + 1} column ${(n % L) + 1}` });
    const cell = make("label", "", {}, field, make("span", "", { textContent: name }));
    Object.assign(cell.style, { background: props.colours[n], color: props.inks[n] });
    grid.append(cell);
    listenToField(loom, field, cell, n);
    return field;
  });
  find(root, ".kernel .size").textContent = `${K} × ${L}`;
}

// A field somebody is typing in keeps its text, unless the kernel was replaced from outside.
/**
 * @param {Loom} loom
 * @param {boolean} replaced
 */
function showKernel(loom, replaced) {
  loom.fields.forEach((field, n) => {
    if (replaced || focusedNear(field) !== field) writeField(field, loom.weights[n]);
  });
}

/**
 * @param {HTMLInputElement} field
 * @param {number} value
 */
function writeField(field, value) {
  field.value = String(Number(value.toPrecision(6)));
  field.title = String(value);
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
 * @param {number} value
 */
function isWeight(loom, value) {
  const [low, high] = loom.props.limits.weight;
  return Number.isFinite(value) && value >= low && value <= high;
}

/**
 * @param {Loom} loom
 * @param {HTMLInputElement} field
 * @param {HTMLElement} cell
 * @param {number} n
 */
function listenToField(loom, field, cell, n) {
  let before = loom.weights[n];
  /** @param {number} value @param {boolean} settled */
  const set = (value, settled) => {
    if (!isWeight(loom, value)) return false;
    complain(loom, "");
    loom.setWeight(n, value, settled);
    return true;
  };
  const commit = () => {
    if (field.value === String(Number(loom.weights[n].toPrecision(6)))) return loom.settle();
    if (field.value.trim() === "" || !set(Number(field.value), true)) {
      set(before, true); // not what was read on the way to the number that will not do
      complain(loom, `${loom.props.names[n]} keeps ${figure(before)}: a number from ${loom.props.limits.weight.map(amount).join(" to ")} is needed.`);
    }
    before = loom.weights[n];
    writeField(field, loom.weights[n]);
  };
  field.addEventListener("input", () => field.value.trim() !== "" && set(Number(field.value), false));
  field.addEventListener("beforeinput", (event) => {
    if (event.data === ",") {
      event.preventDefault(); // half of Europe's decimal point, which the browser would drop without a word
      document.execCommand("insertText", false, ".");
    } else if (/[^\d.eE+-]/.test(event.data ?? "")) {
      event.preventDefault();
      complain(loom, `“${event.data.slice(0, 9)}” cannot be part of a weight: write a number like 0.111 or −2.`);
    }
  });
  field.addEventListener("change", commit);
  field.addEventListener("blur", () => {
    commit();
    loom.focusOn(null);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") commit();
    if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault();
      nudge(event.key === "ArrowUp" ? 1 : -1, event.shiftKey, false);
    }
  });
  field.addEventListener("wheel", (event) => {
    if (focusedNear(field) !== field) return; // the page scrolls past fields nobody is in
    event.preventDefault();
    nudge(event.deltaY < 0 ? 1 : -1, event.shiftKey, false);
  }, { passive: false });
  /** @param {number} steps @param {boolean} coarse @param {boolean} settled */
  const nudge = (steps, coarse, settled) => {
    if (set(Math.round((loom.weights[n] + steps * (coarse ? 1 : 0.1)) * 1e6) / 1e6, settled)) writeField(field, loom.weights[n]);
  };
  dragSideways(cell, field, {
    start: () => loom.weights[n],
    move: (from, pixels) => set(Math.round((from + Math.trunc(pixels / 4) * 0.1) * 1e6) / 1e6, false) && writeField(field, loom.weights[n]),
    end: () => loom.settle(),
  });
  cell.addEventListener("pointerenter", () => loom.focusOn({ kind: "weight", n }));
  field.addEventListener("focus", () => {
    before = loom.weights[n];
    loom.focusOn({ kind: "weight", n });
  });
  cell.addEventListener("pointerleave", () => loom.focusOn(null));
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
