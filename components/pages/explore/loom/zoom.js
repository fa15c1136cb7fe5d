// Zooming into the matrix: wheel, pinch, drag, buttons, keyboard. The picture scales at once; the exact tile follows.

const CLOSEST = 6; // cells along the shorter side of the window
const TILE_MS = 160;

class Zoom {
  /** @param {Loom} loom */
  constructor(loom) {
    this.loom = loom;
    this.over = loom.matrix.over;
    /** Where each finger was last, by its number. @type {Map<number, [number, number]>} */
    this.fingers = new Map();
    /** How far apart two of them were. @type {number | null} */
    this.apart = null;
    this.listen();
    this.listenToFingers();
  }

  listen() {
    const { over, loom } = this;
    const acts = { in: () => this.closer(), out: () => this.by(2), whole: () => this.by(Infinity) };
    for (const [name, act] of Object.entries(acts)) find(loom.matrix.panel, `.zoom-${name}`).addEventListener("click", act);
    /** @type {Record<string, () => void>} */
    const keys = { "+": acts.in, "=": acts.in, "-": acts.out, 0: acts.whole };
    over.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (!keys[event.key] || isShortcut(event)) return;
      event.preventDefault();
      keys[event.key]();
    });
    over.addEventListener("wheel", (/** @type {WheelEvent} */ event) => {
      if (event.deltaY > 0 && !this.isCloser) return; // nothing to zoom out of: the page scrolls on
      event.preventDefault();
      this.at(pointIn(event, over, 1, 1), 1.0018 ** clamp(event.deltaY, -240, 240));
    }, { passive: false });
  }

  listenToFingers() {
    const { over, fingers } = this;
    over.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => {
      fingers.set(event.pointerId, pointIn(event, over, 1, 1));
      this.loom.dragged = false;
      this.apart = null;
    });
    over.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
      if (!fingers.has(event.pointerId)) return;
      if (fingers.size === 1) this.drag(event);
      else this.pinch(event);
    });
    for (const end of ["pointerup", "pointercancel", "pointerleave"])
      over.addEventListener(end, (/** @type {PointerEvent} */ event) => {
        fingers.delete(event.pointerId);
        this.apart = null;
      });
  }

  get isCloser() {
    const { top, bottom, left, right } = this.loom.window;
    const [rows, cols] = matrixSize(this.loom);
    return bottom - top < rows || right - left < cols;
  }

  /** @param {PointerEvent} event */
  drag(event) {
    const { loom, over } = this;
    const [y0, x0] = this.fingers.get(event.pointerId);
    const [y, x] = pointIn(event, over, 1, 1);
    if (!loom.dragged && Math.hypot((y - y0) * over.clientHeight, (x - x0) * over.clientWidth) < 4) return;
    loom.dragged = true;
    over.setPointerCapture(event.pointerId);
    const { top, bottom, left, right } = loom.window;
    const [h, w] = [bottom - top, right - left];
    if (this.isCloser) this.show(top - (y - y0) * h, left - (x - x0) * w, h, w);
    this.fingers.set(event.pointerId, [y, x]);
  }

  /** @param {PointerEvent} event */
  pinch(event) {
    this.fingers.set(event.pointerId, pointIn(event, this.over, 1, 1));
    const [[y0, x0], [y1, x1]] = this.fingers.values();
    const apart = Math.hypot(y0 - y1, x0 - x1);
    if (this.apart) this.at([(y0 + y1) / 2, (x0 + x1) / 2], this.apart / Math.max(0.01, apart));
    this.apart = apart;
    this.loom.dragged = true;
  }

  // The window, so many times as large; what is at this point of it, from 0 to 1, stays there.
  /** @param {[number, number]} point @param {number} factor */
  at([y, x], factor) {
    const { top, bottom, left, right } = this.loom.window;
    const [rows, cols] = matrixSize(this.loom);
    const least = Math.max(Math.min(CLOSEST, rows) / (bottom - top), Math.min(CLOSEST, cols) / (right - left));
    const f = Math.max(factor, Math.min(1, least));
    const [h, w] = [Math.min(rows, (bottom - top) * f), Math.min(cols, (right - left) * f)];
    this.show(top + y * (bottom - top - h), left + x * (right - left - w), h, w);
  }

  /** @param {number} factor */
  by(factor) {
    this.at([0.5, 0.5], factor);
  }

  // Towards the row that is marked, while it is in view: its middle weight comes to the middle.
  closer() {
    const at = marked(this.loom);
    const { top, bottom, left, right } = this.loom.window;
    this.by(0.5);
    if (!at || at.t < top || at.t >= bottom || at.s < left || at.s >= right) return;
    const [h, w] = [this.loom.window.bottom - this.loom.window.top, this.loom.window.right - this.loom.window.left];
    this.show(Math.round(at.t + 0.5 - h / 2), Math.round(at.s + 0.5 - w / 2), h, w);
  }

  /** Keep a pinned cell that is walked with the arrow keys inside the window. @param {number} t @param {number} s */
  follow(t, s) {
    const { top, bottom, left, right } = this.loom.window;
    if (t >= top && t + 1 <= bottom && s >= left && s + 1 <= right) return;
    this.show(t + 0.5 - (bottom - top) / 2, s + 0.5 - (right - left) / 2, bottom - top, right - left);
  }

  /** @param {number} top @param {number} left @param {number} h @param {number} w */
  show(top, left, h, w) {
    const { loom } = this;
    const [rows, cols] = matrixSize(loom);
    const [t, l] = [Math.min(Math.max(0, top), rows - h), Math.min(Math.max(0, left), cols - w)];
    loom.window = { top: t, bottom: t + h, left: l, right: l + w };
    loom.schedule("matrix");
    clearTimeout(loom.zoomTimer);
    loom.zoomTimer = setTimeout(() => loom.sendZoom(), TILE_MS);
  }
}

// The cell of W in which the pinned output meets the middle of its window; null where no output is pinned.
/** @param {Loom} loom */
function marked({ geo, pinned }) {
  if (pinned?.kind !== "output") return null;
  const { i, j } = pinned;
  const taps = windowOf(geo, i, j).filter(({ real }) => real);
  if (!taps.length) return null;
  const { row, col } = taps[taps.length >> 1];
  return { t: i * geo.outW + j, s: row * geo.W + col };
}
