// Zooming into the matrix: wheel, pinch, drag, buttons, keyboard. The picture scales at once; the exact tile follows.

const CLOSEST = 6; // cells along the shorter side of the window
const TILE_MS = 160;

/** @param {Loom} loom */
function buildZoom(loom) {
  const { over, panel } = loom.matrix;
  /** @param {number} factor @param {number} y @param {number} x */
  const zoomAt = (factor, y, x) => {
    const { top, bottom, left, right } = loom.window;
    const [rows, cols] = matrixSize(loom);
    const least = Math.max(Math.min(CLOSEST, rows) / (bottom - top), Math.min(CLOSEST, cols) / (right - left));
    const f = Math.max(factor, Math.min(1, least));
    const [h, w] = [Math.min(rows, (bottom - top) * f), Math.min(cols, (right - left) * f)];
    show(top + y * (bottom - top - h), left + x * (right - left - w), h, w);
  };
  /** @param {number} top @param {number} left @param {number} h @param {number} w */
  const show = (top, left, h, w) => {
    const [rows, cols] = matrixSize(loom);
    const [t, l] = [Math.min(Math.max(0, top), rows - h), Math.min(Math.max(0, left), cols - w)];
    loom.window = { top: t, bottom: t + h, left: l, right: l + w };
    loom.schedule("matrix");
    clearTimeout(loom.zoomTimer);
    loom.zoomTimer = setTimeout(() => loom.sendZoom(), TILE_MS);
  };
  const zoomed = () => {
    const [rows, cols] = matrixSize(loom);
    return loom.window.bottom - loom.window.top < rows || loom.window.right - loom.window.left < cols;
  };
  /** @param {number} factor */
  const middle = (factor) => zoomAt(factor, 0.5, 0.5);
  // Towards the row that is marked, while it is in view: its middle weight comes to the middle.
  const closer = () => {
    const at = marked(loom);
    const { top, bottom, left, right } = loom.window;
    middle(0.5);
    if (!at || at.t < top || at.t >= bottom || at.s < left || at.s >= right) return;
    const [h, w] = [loom.window.bottom - loom.window.top, loom.window.right - loom.window.left];
    show(Math.round(at.t + 0.5 - h / 2), Math.round(at.s + 0.5 - w / 2), h, w);
  };
  /** Where the pointer is, as [y, x] from 0 to 1. @param {MouseEvent} event */
  const at = (event) => pointIn(event, over, 1, 1);
  over.addEventListener("wheel", (/** @type {WheelEvent} */ event) => {
    if (event.deltaY > 0 && !zoomed()) return; // nothing to zoom out of: the page scrolls on
    event.preventDefault();
    zoomAt(1.0018 ** Math.max(-240, Math.min(240, event.deltaY)), ...at(event));
  }, { passive: false });
  listenToFingers(loom, over, { at, zoomAt, show, zoomed });
  const buttons = { in: closer, out: () => middle(2), whole: () => middle(Infinity) };
  for (const [name, act] of Object.entries(buttons)) find(panel, `.zoom-${name}`).addEventListener("click", act);
  over.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    /** @type {Record<string, () => void>} */
    const acts = { "+": buttons.in, "=": buttons.in, "-": buttons.out, 0: buttons.whole };
    const act = acts[event.key];
    if (!act || isShortcut(event)) return;
    event.preventDefault();
    act();
  });
  return {
    // Keep a pinned cell that is walked with the arrow keys inside the window.
    /** @param {number} t @param {number} s */
    follow: (t, s) => {
      const { top, bottom, left, right } = loom.window;
      if (t >= top && t + 1 <= bottom && s >= left && s + 1 <= right) return;
      show(t + 0.5 - (bottom - top) / 2, s + 0.5 - (right - left) / 2, bottom - top, right - left);
    },
  };
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

/**
 * @param {Loom} loom
 * @param {HTMLCanvasElement} over
 * @param {{ at: (event: MouseEvent) => [number, number], zoomAt: (factor: number, y: number, x: number) => void, show: (top: number, left: number, h: number, w: number) => void, zoomed: () => boolean }} options
 */
function listenToFingers(loom, over, { at, zoomAt, show, zoomed }) {
  const fingers = new Map();
  /** How far apart two fingers were last. @type {number | null} */
  let last = null;
  over.addEventListener("pointerdown", (event) => {
    fingers.set(event.pointerId, at(event));
    loom.dragged = false;
    last = null;
  });
  over.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId)) return;
    const before = fingers.get(event.pointerId);
    const now = at(event);
    const { top, bottom, left, right } = loom.window;
    if (fingers.size === 1) {
      if (!loom.dragged && Math.hypot((now[0] - before[0]) * over.clientHeight, (now[1] - before[1]) * over.clientWidth) < 4) return;
      loom.dragged = true;
      over.setPointerCapture(event.pointerId);
      if (zoomed()) show(top - (now[0] - before[0]) * (bottom - top), left - (now[1] - before[1]) * (right - left), bottom - top, right - left);
      fingers.set(event.pointerId, now);
      return;
    }
    fingers.set(event.pointerId, now);
    const [a, b] = [...fingers.values()];
    const apart = Math.hypot(a[0] - b[0], a[1] - b[1]);
    if (last) zoomAt(last / Math.max(0.01, apart), (a[0] + b[0]) / 2, (a[1] + b[1]) / 2);
    last = apart;
    loom.dragged = true;
  });
  /** @param {PointerEvent} event */
  const up = (event) => {
    fingers.delete(event.pointerId);
    last = null;
  };
  over.addEventListener("pointerup", up);
  over.addEventListener("pointercancel", up);
  over.addEventListener("pointerleave", up);
}
