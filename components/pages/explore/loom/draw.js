// Drawing an input of one's own: press and move, or walk with the arrow keys and paint with the space bar.

class Pencil {
  /** @param {Loom} loom */
  constructor(loom) {
    this.loom = loom;
    this.over = loom.input.over;
    this.tools = find(loom.input.panel, ".tools");
    this.level = find(this.tools, "input");
    this.strokes = new Strokes();
    /** The pixel it was on last, while it is down. @type {[number, number] | null} */
    this.last = null;
    this.listen();
  }

  listen() {
    const { over, tools } = this;
    over.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => this.press(event));
    over.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"]) over.addEventListener(end, () => this.lift());
    over.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.key(event));
    find(tools, ".clear").addEventListener("click", () => this.clear());
    find(tools, ".undo").addEventListener("click", () => this.undo());
  }

  show() {
    const { drawing } = this.loom.props;
    this.tools.hidden = !drawing;
    Object.assign(this.over.style, { touchAction: drawing ? "none" : "", cursor: drawing ? "cell" : "" });
  }

  /** @param {PointerEvent} event */
  cellOf(event) {
    return cellUnder(event, this.over, this.loom.geo.H, this.loom.geo.W);
  }

  /** @param {PointerEvent} event */
  press(event) {
    const cell = this.cellOf(event);
    if (!this.loom.props.drawing || !cell || event.button) return;
    this.keep();
    this.last = cell;
    this.over.setPointerCapture(event.pointerId);
    this.paint(...cell);
  }

  /** A quick hand skips pixels between two events: the line between them is drawn too. @param {PointerEvent} event */
  move(event) {
    const cell = this.last && this.cellOf(event);
    if (!cell) return;
    const [r, c] = this.last;
    const [dr, dc] = [cell[0] - r, cell[1] - c];
    const steps = Math.max(1, Math.abs(dr), Math.abs(dc));
    for (let n = 1; n <= steps; n++) this.paint(Math.round(r + (dr * n) / steps), Math.round(c + (dc * n) / steps));
    this.last = cell;
  }

  lift() {
    if (this.last) this.loom.send();
    this.last = null;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { props, pinned } = this.loom;
    if (event.key !== " " || isShortcut(event) || !props.drawing || pinned?.kind !== "input") return;
    event.preventDefault();
    if (event.repeat) return; // a key that is held down paints once
    this.keep();
    this.paint(pinned.r, pinned.c);
    this.loom.send();
  }

  clear() {
    this.keep();
    this.put(new Uint8Array(this.loom.picture.length));
    this.loom.send();
  }

  undo() {
    const { loom } = this;
    const text = this.strokes.undo();
    if (text?.split("-").length !== loom.geo.H) return;
    const grey = drawnLevels(text).map((level) => 17 * level);
    this.put(Uint8Array.from(Array.from({ length: loom.channels }, () => grey).flat()));
    loom.send();
  }

  // Keeps what is there, to come back to.
  keep() {
    this.strokes.keep(this.written(this.loom.picture));
  }

  /** @param {number} r @param {number} c */
  paint(r, c) {
    const { channels, geo, picture } = this.loom;
    const next = picture.slice();
    for (let ch = 0; ch < channels; ch++) next[(ch * geo.H + r) * geo.W + c] = 17 * Number(this.level.value);
    this.put(next);
  }

  /** @param {Uint8Array} levels */
  put(levels) {
    this.loom.setPicture(levels, this.written(levels));
  }

  /** @param {Uint8Array} levels Of all channels: they are alike. */
  written(levels) {
    const { H, W } = this.loom.geo;
    return drawingText(Array.from(levels.subarray(0, H * W), (level) => Math.round(level / 17)), W);
  }
}
