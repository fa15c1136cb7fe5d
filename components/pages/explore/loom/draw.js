// Drawing an input of one's own: press and move, or walk with the arrow keys and paint with the space bar.

/** @param {Loom} loom */
function buildDraw(loom) {
  const { over, panel } = loom.input;
  const tools = find(panel, ".tools");
  const level = find(tools, "input");
  const strokes = new Strokes();
  /** The pixel the pencil was on last. @type {[number, number] | null} */
  let drawing = null;
  /** @param {Uint8Array} levels Of all channels: they are alike. */
  const written = (levels) => drawingText(Array.from(levels.subarray(0, loom.geo.H * loom.geo.W), (level) => Math.round(level / 17)), loom.geo.W);
  const remember = () => strokes.keep(written(loom.picture));
  /** @param {string} text */
  const put = (text) => {
    const grey = drawnLevels(text).map((level) => 17 * level);
    loom.setPicture(Uint8Array.from(Array.from({ length: loom.channels }, () => grey).flat()), text);
  };
  /** @param {number} r @param {number} c */
  const paint = (r, c) => {
    const next = loom.picture.slice();
    for (let ch = 0; ch < loom.channels; ch++) next[(ch * loom.geo.H + r) * loom.geo.W + c] = 17 * Number(level.value);
    loom.setPicture(next, written(next));
  };
  over.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => {
    const cell = cellUnder(event, over, loom.geo.H, loom.geo.W);
    if (!loom.props.drawing || !cell || event.button) return;
    remember();
    drawing = cell;
    over.setPointerCapture(event.pointerId);
    paint(...cell);
  });
  // A quick hand skips pixels between two events: the line between them is drawn too.
  over.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
    const cell = drawing && cellUnder(event, over, loom.geo.H, loom.geo.W);
    if (!cell) return;
    const [dr, dc] = [cell[0] - drawing[0], cell[1] - drawing[1]];
    const steps = Math.max(1, Math.abs(dr), Math.abs(dc));
    for (let n = 1; n <= steps; n++) paint(Math.round(drawing[0] + (dr * n) / steps), Math.round(drawing[1] + (dc * n) / steps));
    drawing = cell;
  });
  for (const name of ["pointerup", "pointercancel"])
    over.addEventListener(name, () => {
      if (drawing) loom.send();
      drawing = null;
    });
  over.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== " " || isShortcut(event) || !loom.props.drawing || loom.pinned?.kind !== "input") return;
    event.preventDefault();
    if (event.repeat) return; // a key that is held down paints once
    remember();
    paint(loom.pinned.r, loom.pinned.c);
    loom.send();
  });
  find(tools, ".clear").addEventListener("click", () => {
    remember();
    const blank = new Uint8Array(loom.picture.length);
    loom.setPicture(blank, written(blank));
    loom.send();
  });
  find(tools, ".undo").addEventListener("click", () => {
    const text = strokes.undo();
    if (text?.split("-").length !== loom.geo.H) return;
    put(text);
    loom.send();
  });
  return () => {
    tools.hidden = !loom.props.drawing;
    over.style.touchAction = loom.props.drawing ? "none" : "";
    over.style.cursor = loom.props.drawing ? "cell" : "";
  };
}
