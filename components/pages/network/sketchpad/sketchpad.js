// A sketchpad of n × n grey levels, 0 to 15. A round pen about two pixels wide; the drawing is sent while one draws, at
// most once every SEND_MS, and once more when the pen is lifted.

const SEND_MS = 180;
const PEN = 1.35; // a pixel whose middle is this far from the pen's stays black

class Sketchpad {
  /**
   * @param {HTMLElement} parent
   * @param {(drawing: string) => void} send
   */
  constructor(parent, send) {
    this.root = /** @type {HTMLElement} */ (parent.querySelector(".sketchpad"));
    this.canvas = /** @type {HTMLCanvasElement} */ (parent.querySelector("canvas"));
    this.n = 0;
    /** @type {number[]} */
    this.levels = [];
    this.strokes = new Strokes();
    /** Where the pen is pressed down. @type {[number, number] | null} */
    this.pen = null;
    /** The pixel that the arrow keys are at. @type {[number, number] | null} */
    this.at = null;
    this.drawing = new Unconfirmed({
      send,
      adopt: (/** @type {string} */ drawing) => this.adopt(drawing),
      confirms: Object.is,
      settle: SEND_MS,
      throttled: true,
    });
    this.listenToPen();
    this.listenToKeys();
  }

  /** @param {{ drawing: string }} data */
  update({ drawing }) {
    this.drawing.answer(drawing);
  }

  /** @param {string} drawing Rows of hexadecimal digits. */
  adopt(drawing) {
    const rows = drawing.split("-");
    if (rows.length !== this.n) this.strokes = new Strokes();
    this.n = rows.length;
    this.levels = drawnLevels(drawing);
    this.draw();
  }

  text() {
    return drawingText(this.levels, this.n);
  }

  draw() {
    const { canvas, n, at } = this;
    Object.assign(canvas, { width: n, height: n });
    const ctx = canvas.getContext("2d");
    const image = ctx.createImageData(n, n);
    this.levels.forEach((level, p) => image.data.set([17 * level, 17 * level, 17 * level, 255], 4 * p));
    if (at) image.data.set([230, 60, 50, 255], 4 * (at[0] * n + at[1]));
    ctx.putImageData(image, 0, 0);
  }

  /**
   * @param {number} r
   * @param {number} c
   */
  paint(r, c) {
    const { n, levels } = this;
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        const ink = Math.round(15 * Math.min(1, Math.max(0, PEN - Math.hypot(i + 0.5 - r, j + 0.5 - c)) / 0.7));
        levels[i * n + j] = Math.max(levels[i * n + j], ink);
      }
  }

  sendNow() {
    this.drawing.change(this.text());
    this.drawing.flush();
  }

  /** @param {number[]} levels */
  replace(levels) {
    this.levels = levels;
    this.draw();
    this.sendNow();
  }

  listenToPen() {
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button || !event.isPrimary) return;
      this.strokes.keep(this.text());
      canvas.setPointerCapture(event.pointerId);
      Object.assign(this, { pen: pointIn(event, canvas, this.n, this.n), at: null });
      this.drawing.held = true;
      this.paint(...this.pen);
      this.draw();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!this.pen) return;
      const [from, to] = [this.pen, pointIn(event, canvas, this.n, this.n)];
      const steps = Math.max(1, Math.ceil(2 * Math.hypot(to[0] - from[0], to[1] - from[1]))); // a quick hand skips pixels
      for (let k = 1; k <= steps; k++) this.paint(from[0] + ((to[0] - from[0]) * k) / steps, from[1] + ((to[1] - from[1]) * k) / steps);
      this.pen = to;
      this.draw();
      this.drawing.change(this.text());
    });
    const lift = () => {
      if (!this.pen) return;
      this.pen = null;
      this.drawing.held = false;
      this.sendNow();
    };
    canvas.addEventListener("pointerup", lift);
    canvas.addEventListener("pointercancel", lift);
    /** @type {HTMLElement} */ (this.root.querySelector(".clear")).addEventListener("click", () => {
      this.strokes.keep(this.text());
      this.replace(this.levels.map(() => 0));
    });
    /** @type {HTMLElement} */ (this.root.querySelector(".undo")).addEventListener("click", () => {
      const drawing = this.strokes.undo();
      if (drawing) this.replace(drawnLevels(drawing));
    });
  }

  listenToKeys() {
    const { canvas } = this;
    canvas.addEventListener("keydown", (event) => {
      const isPainting = event.key === " " && !isShortcut(event);
      const move = isPainting ? [0, 0] : arrow(event);
      if (!move) return;
      event.preventDefault();
      if (isPainting && event.repeat) return; // a key that is held down paints once
      const [r, c] = this.at ?? [this.n >> 1, this.n >> 1];
      this.at = [clamp(r + move[0], 0, this.n - 1), clamp(c + move[1], 0, this.n - 1)];
      if (isPainting) {
        this.strokes.keep(this.text());
        this.paint(this.at[0] + 0.5, this.at[1] + 0.5);
        this.sendNow();
      }
      this.draw();
    });
    canvas.addEventListener("blur", () => {
      this.at = null;
      this.draw();
    });
  }

  destroy() {
    this.drawing.forget();
  }
}

export default component((parent, send) => new Sketchpad(parent, (drawing) => send("drawing", drawing)));
