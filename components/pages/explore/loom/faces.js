// Two further ways to write the layer down, in the place of W: its transpose, and the picture's windows as columns.

const COLUMNS = 1024; // of X_col that are drawn at most; of more, some are left out

/** @typedef {"transposed" | "im2col"} Face */

// The picture's windows as columns: a row for each weight. With three colours they are drawn as one.
/** @param {Loom} loom */
function columnsPicture(loom) {
  const { geo, picture, channels } = loom;
  const outputs = geo.outH * geo.outW;
  const width = Math.min(outputs, COLUMNS);
  const plane = geo.H * geo.W;
  return pictureOf(width, geo.K * geo.L, (pixels) => {
    for (let c = 0; c < width; c++) {
      const t = Math.floor((c * outputs) / width);
      const [i, j] = [Math.floor(t / geo.outW), t % geo.outW];
      for (let k = 0; k < geo.K; k++)
        for (let l = 0; l < geo.L; l++) {
          const [row, col] = [geo.down.reads[k][i], geo.across.reads[l][j]];
          const s = row * geo.W + col;
          const real = row !== PADDING && col !== PADDING;
          const at = (k * geo.L + l) * width + c;
          if (!real) pixels[at] = GREY[0];
          else if (channels === 1) pixels[at] = GREY[picture[s]];
          else pixels[at] = (0xff000000 | (picture[2 * plane + s] << 16) | (picture[plane + s] << 8) | picture[s]) >>> 0;
        }
    }
  });
}

/** @param {Loom} loom */
function buildFaces(loom) {
  const { panel } = loom.matrix;
  const canvas = find(panel, "canvas.face");
  /** @type {Record<Face, HTMLElement>} */
  const buttons = { transposed: find(panel, ".face-transposed"), im2col: find(panel, ".face-im2col") };
  /** @type {Face | null} */
  let face = null;
  /** @type {HTMLCanvasElement | null} */
  let picture = null;

  const outputs = () => loom.geo.outH * loom.geo.outW;
  const rows = () => (face === "im2col" ? loom.geo.K * loom.geo.L : loom.geo.H * loom.geo.W);
  /** @param {number} t @returns {Focus} */
  const output = (t) => ({ kind: "output", i: Math.floor(t / loom.geo.outW), j: t % loom.geo.outW });

  /** @param {Link} link */
  const paint = (link) => {
    if (!face) return;
    picture ??= face === "im2col" ? columnsPicture(loom) : stagePictures(loom, toldBy(loom.props.tying)).shared;
    const view = overlay(canvas, rows(), outputs());
    const { ctx, box } = view;
    ctx.imageSmoothingEnabled = false;
    if (face === "im2col") {
      ctx.drawImage(picture, 0, 0, box.width, box.height);
      for (let n = 0; n < rows(); n++) {
        ctx.fillStyle = loom.props.colours[loom.geo.weight(Math.floor(n / loom.geo.L), n % loom.geo.L)];
        ctx.fillRect(0, n * view.ch, 8, view.ch);
      }
    } else {
      ctx.save();
      ctx.transform(0, 1, 1, 0, 0, 0); // rows become columns
      ctx.drawImage(picture, 0, 0, box.height, box.width);
      ctx.restore();
    }
    light(view, link);
  };

  /** @param {View} view @param {Link} link */
  const light = (view, link) => {
    const { geo, focus } = loom;
    /** @param {{ i: number, j: number }} at */
    const column = ({ i, j }) => i * geo.outW + j;
    for (const at of link.outputs) {
      const [x, , w] = view.cell(0, column(at));
      if (link.outputs.length === 1) frame(view.ctx, lit([x, 0, w, view.box.height], 4), loom.dark);
    }
    if (focus?.kind === "weight" && face === "im2col") {
      const tap = Array.from({ length: rows() }, (_, n) => n).find((n) => geo.weight(Math.floor(n / geo.L), n % geo.L) === focus.n);
      frame(view.ctx, lit([0, tap * view.ch, view.box.width, view.ch], 4), loom.dark);
    }
    if (focus?.kind !== "input") return;
    // The pixel is one row of Wᵀ, and stands once in X_col for every weight that reads it.
    if (face === "transposed") frame(view.ctx, lit([0, (focus.r * geo.W + focus.c) * view.ch, view.box.width, view.ch], 4), loom.dark);
    else
      for (const at of link.outputs)
        for (let n = 0; n < rows(); n++)
          if (geo.weight(Math.floor(n / geo.L), n % geo.L) === at.weight) frame(view.ctx, lit(view.cell(n, column(at)), 6), loom.dark);
  };

  /** @param {Face | null} chosen */
  const show = (chosen) => {
    face = chosen;
    picture = null;
    panel.classList.toggle("faced", Boolean(face));
    for (const [name, one] of Object.entries(buttons)) one.ariaPressed = String(name === face);
    canvas.ariaLabel = face === "im2col" ? "im2col, windows as columns" : "Transposed matrix";
    find(panel, ".face-line").textContent = face ? loom.props.faces[face] : "";
    loom.light();
  };

  for (const [name, one] of Object.entries(buttons)) one.addEventListener("click", () => show(face === name ? null : /** @type {Face} */ (name)));
  /** @param {PointerEvent} event */
  const under = (event) => {
    const cell = cellUnder(event, canvas, rows(), outputs(), 0, 0);
    return cell && output(cell[1]);
  };
  canvas.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => loom.focusOn(under(event)));
  canvas.addEventListener("pointerleave", () => loom.focusOn(null));
  canvas.addEventListener("click", (/** @type {PointerEvent} */ event) => loom.pin(under(event)));
  canvas.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    const move = arrow(event);
    if (!move) return;
    event.preventDefault();
    const t = loom.pinned?.kind === "output" ? loom.pinned.i * loom.geo.outW + loom.pinned.j : 0;
    loom.hovered = null;
    loom.pin(output(clamp(t + move[1] + move[0] * loom.geo.outW, 0, outputs() - 1)));
  });
  return { paint, close: () => show(null), refresh: () => show(face) };
}
