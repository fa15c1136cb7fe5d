// The magnifier: where the picture's cells have no room for numbers, every weight carries the pixel under it, enlarged,
// for the output that is lit. What is pointed at there, or in the sum, is one product: the connection that makes it.

const WRITTEN = 11; // pixels along a side of a picture: of more, their numbers have no room in it

// The product of tap n of output (i, j), as a focus: its cell of W, or, on padding, where there is none, the output.
/**
 * @param {Loom} loom
 * @param {number} n
 * @returns {Focus}
 */
function productAt(loom, n) {
  const { geo } = loom;
  const [i, j] = centreOf(loom);
  const { real, row, col } = windowOf(geo, i, j)[n];
  return real ? { kind: "cell", t: i * geo.outW + j, s: row * geo.W + col, tap: n } : { kind: "output", i, j, tap: n };
}

/** @param {Loom} loom */
function showMagnifier({ geo, root }) {
  find(root, ".kernel").classList.toggle("magnified", Math.max(geo.H, geo.W) > WRITTEN);
}

// The enlarged pixels, in the cells of the weights that multiply them.
/** @param {Loom} loom */
function paintMagnifier(loom) {
  const { geo, root } = loom;
  if (!find(root, ".kernel.magnified")) return;
  const [i, j] = centreOf(loom);
  for (const [n, tap] of windowOf(geo, i, j).entries()) {
    const { pixel } = loom.fields[tap.weight];
    const colour = pixelAt(loom, tap);
    pixel.style.background = cssColour(colour);
    pixel.style.color = inkOn(colour);
    pixel.textContent = loom.channels === 3 ? "" : short(tap.real ? loom.planes[tap.row * geo.W + tap.col] : 0);
    pixel.dataset.tap = String(n);
  }
  find(root, ".kernel .of").textContent = `at Y[${i + 1},${j + 1}]`;
}

/** @param {Loom} loom @param {Tap} tap */
function pixelAt({ geo, picture, channels }, { real, row, col }) {
  if (!real) return GREY[0];
  const [s, plane] = [row * geo.W + col, geo.H * geo.W];
  return channels === 1 ? GREY[picture[s]] : packed(picture[s], picture[plane + s], picture[2 * plane + s]);
}

// In the sum, too, a product is pointed at.
/** @param {Loom} loom */
function buildMagnifier(loom) {
  const sum = find(loom.root, ".sum");
  sum.addEventListener("pointerover", (/** @type {PointerEvent} */ event) => {
    const { tap } = /** @type {HTMLElement} */ (event.target).dataset;
    if (tap !== undefined) loom.focusOn(productAt(loom, Number(tap)));
  });
  sum.addEventListener("pointerleave", () => loom.focusOn(null));
}
