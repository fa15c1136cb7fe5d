// The kernel: one number field a weight. Typing, dragging, the wheel and the arrow keys all change it.

/** @param {Loom} loom */
function buildKernel(loom) {
  const { props, root } = loom;
  const [K, L] = [props.kernel.length, props.kernel[0].length];
  const grid = find(root, ".weights");
  find(root, ".top").style.setProperty("--kernel", `${clamp(0.18 * L, 0.5, 1.1)}fr`);
  const { style } = find(root, ".kernel");
  style.setProperty("--k", String(K));
  style.setProperty("--l", String(L));
  grid.classList.toggle("small", K * L > 25);
  grid.classList.toggle("tiny", L > 7);
  grid.replaceChildren();
  loom.fields = props.names.map((name, n) => {
    const input = make("input", "", { ariaLabel: `Weight row ${Math.floor(n / L) + 1} column ${(n % L) + 1}` });
    const pixel = make("i", "pixel", { ariaHidden: "true" });
    const cell = make("label", "", {}, pixel, input, make("span", "", { textContent: name }));
    Object.assign(cell.style, { background: props.colours[n], color: props.inks[n] });
    grid.append(cell);
    pointAtWeight(loom, cell, pixel, n);
    return Object.assign(weightField(loom, input, cell, n), { pixel });
  });
  find(root, ".kernel .size").textContent = `${K} × ${L}`;
}

// With letters on the colours, each weight has its own here; where nothing is shared W has other colours than the kernel.
/** @param {Loom} loom */
function showLetters(loom) {
  const { letters, names } = loom.props;
  find(loom.root, "button.letters").ariaPressed = String(letters);
  find(loom.root, ".weights").querySelectorAll("label > span").forEach((/** @type {HTMLElement} */ span, /** @type {number} */ n) => {
    span.textContent = letters && isShared(loom) ? `${names[n]} ${letterOf(n)}` : names[n];
  });
}

// What is being typed is in the weights already, as a preview: a field comes to its number when the typing ends, or the
// kernel was replaced from outside.
/** @param {Loom} loom @param {boolean} replaced */
function showKernel(loom, replaced) {
  loom.fields.forEach((field, n) => {
    if (replaced || !field.typing) field.replace(loom.weights[n]);
  });
}

/** @param {Loom} loom @param {Link} link */
function lightKernel(loom, link) {
  const isLit = Boolean(loom.focus) && loom.focus.kind !== "output";
  loom.fields.forEach((field, n) => field.input.parentElement.classList.toggle("lit", isLit && link.weights.includes(n)));
  find(loom.root, ".weights").classList.toggle("focused", isLit);
}

/** @param {Loom} loom @param {string} sentence */
function complain(loom, sentence) {
  find(loom.root, ".complaint").textContent = sentence;
}

/** @param {Loom} loom @returns {NumberLimits} */
function weightLimits(loom) {
  const [low, high] = loom.props.limits.weight;
  return { low, high, whole: false };
}

/** @param {Loom} loom @param {HTMLInputElement} input @param {HTMLElement} cell @param {number} n */
function weightField(loom, input, cell, n) {
  const field = new NumberField(input, {
    limits: () => weightLimits(loom),
    name: () => loom.props.names[n],
    preview: (value) => loom.setWeight(n, value),
    commit: (value) => {
      loom.setWeight(n, value);
      loom.settle();
    },
    stepped: (value) => loom.setWeight(n, value),
    complain: (sentence) => complain(loom, sentence),
  });
  input.addEventListener("blur", () => loom.focusOn(null));
  input.addEventListener("wheel", (event) => {
    if (focusedNear(input) !== input) return; // the page scrolls past fields nobody is in
    event.preventDefault();
    field.step((event.deltaY < 0 ? 1 : -1) * (event.shiftKey ? COARSE : 1));
  }, { passive: false });
  dragValue(cell, input, {
    start: () => loom.weights[n],
    move: (from, pixels) => {
      const { low, high } = weightLimits(loom);
      field.replace(clamp(Math.round((from + Math.trunc(pixels / 4) * 0.1) * 1e6) / 1e6, low, high));
      loom.setWeight(n, field.value);
    },
    end: () => loom.settle(),
  });
  input.addEventListener("focus", () => loom.focusOn({ kind: "weight", n }));
  return field;
}

// A weight is all its uses; the enlarged pixel on it is the one that makes the output that is lit.
/** @param {Loom} loom @param {HTMLElement} cell @param {HTMLElement} pixel @param {number} n */
function pointAtWeight(loom, cell, pixel, n) {
  cell.addEventListener("pointermove", (event) => loom.focusOn(event.target === pixel ? productAt(loom, Number(pixel.dataset.tap)) : { kind: "weight", n }));
  cell.addEventListener("pointerleave", () => {
    if (!cell.classList.contains("dragging")) loom.focusOn(null);
  });
}

// To the right or up is more. A finger that moves up or down scrolls the page.
/**
 * @param {HTMLElement} cell
 * @param {HTMLInputElement} field
 * @param {{ start: () => number, move: (from: number, pixels: number) => void, end: () => void }} on
 */
function dragValue(cell, field, on) {
  cell.addEventListener("dragstart", (event) => event.preventDefault()); // of the number, if it is selected
  cell.addEventListener("pointerdown", ({ button, clientX, clientY, pointerId }) => {
    if (button !== 0) return;
    const from = on.start();
    const held = new AbortController();
    let moving = false;
    const stop = () => {
      held.abort();
      setTimeout(() => cell.classList.remove("dragging")); // let go above another weight, this one stays lit
      if (moving) on.end();
    };
    /** @param {PointerEvent} event */
    const move = (event) => {
      if (event.pointerId !== pointerId) return;
      if (!event.buttons || !cell.isConnected) return stop(); // let go where nobody told us, or the kernel was replaced
      const up = event.pointerType === "touch" ? 0 : clientY - event.clientY;
      const moved = event.clientX - clientX + up;
      if (!moving && Math.abs(moved) > 4) {
        moving = true;
        cell.setPointerCapture(pointerId);
        field.blur();
        cell.classList.add("dragging");
      }
      if (moving) on.move(from, moved);
    };
    // On the window: the first move of a quick hand already ends beside the cell.
    addEventListener("pointermove", move, { signal: held.signal });
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, stop, { signal: held.signal });
  });
}
