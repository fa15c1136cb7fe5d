// Two further ways to write the layer down, in the place of W: its transpose, and the picture's windows as columns.

const COLUMNS = 1024; // of X_col that are drawn at most; of more, some are left out
const STRIP = 8; // pixels of a weight's colour beside its row of X_col

/** @typedef {"transposed" | "im2col" | "copies"} Face */

// The picture's windows as columns: a row for each weight. With three colours they are drawn as one.
/** @param {Loom} loom */
function columnsPicture(loom) {
  const { geo } = loom;
  const outputs = geo.outH * geo.outW;
  const width = Math.min(outputs, COLUMNS);
  return pictureOf(width, geo.K * geo.L, (pixels) => {
    for (let c = 0; c < width; c++) {
      const t = Math.floor((c * outputs) / width);
      windowOf(geo, Math.floor(t / geo.outW), t % geo.outW).forEach((tap, n) => (pixels[n * width + c] = pixelAt(loom, tap)));
    }
  });
}

// The maps of all copies, one for each weight of the window, where it lies in the window.
/**
 * @param {Loom} loom
 * @param {View} view A cell for each weight.
 * @param {LoomProps["copies"]["stages"][0]} stage
 */
function drawCopies(loom, view, stage) {
  const { geo, props } = loom;
  const { ctx, cw, ch } = view;
  ctx.imageSmoothingEnabled = false;
  const levels = bytes(stage.maps);
  const outputs = geo.outH * geo.outW;
  const text = copyText(ctx.canvas, ch);
  for (let n = 0; n < geo.K * geo.L; n++) {
    const [x, y] = view.cell(Math.floor(n / geo.L), n % geo.L);
    const map = pictureOf(geo.outW, geo.outH, (pixels) => {
      for (let t = 0; t < outputs; t++) pixels[t] = levels[n * outputs + t] ? loom.diverging[levels[n * outputs + t]] : 0;
    });
    const weight = geo.weight(Math.floor(n / geo.L), n % geo.L);
    ctx.fillStyle = props.colours[weight];
    ctx.fillRect(x + 1, y + 1, cw - 2, text * 1.5);
    ctx.drawImage(map, ...copyBox(ctx.canvas, view, n, geo.L));
    ctx.fillStyle = props.inks[weight];
    ctx.font = `600 ${text}px system-ui, sans-serif`;
    ctx.textBaseline = "middle";
    ctx.fillText(`${props.names[weight]}  ${stage.notes[n]}`, x + 5, y + 1 + text * 0.8, cw - 10);
  }
}

/** The height of a weight's name above the map of its copies. @param {HTMLCanvasElement} canvas @param {number} ch */
const copyText = (canvas, ch) => Math.min(13 * enlarged(canvas, "--large"), ch / 4);

// Where the map of weight n of the window lies: below its name.
/**
 * @param {HTMLCanvasElement} canvas
 * @param {{ cw: number, ch: number }} cell One for each weight.
 * @param {number} n
 * @param {number} L
 * @returns {[number, number, number, number]}
 */
function copyBox(canvas, { cw, ch }, n, L) {
  const name = 1.5 * copyText(canvas, ch);
  return [(n % L) * cw + 1, Math.floor(n / L) * ch + 1 + name, cw - 2, Math.max(1, ch - 2 - name)];
}

/**
 * The letters of a face's colours: of Wᵀ on its tiles, of im2col on the row of each weight.
 * @param {Loom} loom
 * @param {View} view
 * @param {"transposed" | "im2col"} face
 */
function faceLetters(loom, { ctx, box, ch }, face) {
  const { geo } = loom;
  const largest = enlarged(ctx.canvas, "--large");
  if (face === "im2col") {
    const rows = upTo(geo.K * geo.L).map((n) => ({ x: STRIP + LETTER * largest, y: (n + 0.5) * ch, id: geo.weight(Math.floor(n / geo.L), n % geo.L) }));
    return spreadLetters(rows, { wide: box.width, high: ch }, box, largest);
  }
  const told = toldBy(loom.props.tying); // whose rows are columns here
  const [wide, high] = [box.width / told.rows, box.height / told.cols];
  const tiles = told.at.map((tile, n) => ({ x: (Math.floor(tile / told.cols) + 0.5) * wide, y: ((tile % told.cols) + 0.5) * high, id: told.shared[n] }));
  return spreadLetters(tiles, { wide, high }, box, largest);
}

/** @param {Loom} loom */
function buildFaces(loom) {
  const { panel } = loom.matrix;
  const canvas = find(panel, "canvas.face");
  /** @type {Record<Face, HTMLElement>} */
  const buttons = { transposed: find(panel, ".face-transposed"), im2col: find(panel, ".face-im2col"), copies: find(panel, ".face-copies") };
  let stage = 0;
  /** @type {Face | null} */
  let face = null;
  /** @type {HTMLCanvasElement | null} */
  let picture = null;
  /** @type {{ width: number, height: number, found: ReturnType<typeof spreadLetters> } | null} For a picture of this size. */
  let letters = null;

  const outputs = () => loom.geo.outH * loom.geo.outW;
  const rows = () => (face === "im2col" ? loom.geo.K * loom.geo.L : loom.geo.H * loom.geo.W);
  /** @param {number} t @returns {Focus} */
  const output = (t) => ({ kind: "output", i: Math.floor(t / loom.geo.outW), j: t % loom.geo.outW });

  /** @param {Link} link */
  const paint = (link) => {
    if (!face) return;
    if (face === "copies") return paintCopies();
    picture ??= face === "im2col" ? columnsPicture(loom) : stagePictures(loom, toldBy(loom.props.tying)).shared;
    const view = overlay(canvas, rows(), outputs());
    const { ctx, box } = view;
    ctx.imageSmoothingEnabled = false;
    if (face === "im2col") {
      ctx.drawImage(picture, 0, 0, box.width, box.height);
      for (let n = 0; n < rows(); n++) {
        ctx.fillStyle = loom.props.colours[loom.geo.weight(Math.floor(n / loom.geo.L), n % loom.geo.L)];
        ctx.fillRect(0, n * view.ch, STRIP, view.ch);
      }
    } else {
      ctx.save();
      ctx.transform(0, 1, 1, 0, 0, 0); // rows become columns
      ctx.drawImage(picture, 0, 0, box.height, box.width);
      ctx.restore();
    }
    if (loom.props.letters) {
      if (letters?.width !== box.width || letters.height !== box.height) letters = { ...box, found: faceLetters(loom, view, face) };
      writeLettersAt(loom, ctx, letters.found.places, letters.found.size);
    }
    light(view, link);
  };

  const copiesView = () => overlay(canvas, loom.geo.K, loom.geo.L);

  const paintCopies = () => {
    const { geo, focus, props } = loom;
    const view = copiesView();
    if (!props.copies.stages.length) return;
    drawCopies(loom, view, props.copies.stages[stage]);
    if (focus?.kind !== "output") return;
    for (let n = 0; n < geo.K * geo.L; n++) {
      const [x, y, w, h] = copyBox(view.ctx.canvas, view, n, geo.L);
      frame(view.ctx, lit([x + (focus.j * w) / geo.outW, y + (focus.i * h) / geo.outH, w / geo.outW, h / geo.outH], 4), loom.dark);
    }
  };

  const showCopies = () => {
    const { refused, stages } = loom.props.copies;
    const options = stages.map(({ name }, n) => ({ id: String(n), button: make("button", "", { textContent: name }) }));
    fillRadioGroup(find(panel, ".copy-stages"), options, String(stage), (chosen) => {
      stage = Number(chosen);
      show("copies");
    });
    const { sentence, parameters } = stages[stage] ?? { sentence: refused, parameters: 0 };
    const count = parameters ? [make("b", "", { textContent: `${amount(parameters)} free parameters. ` })] : [];
    find(panel, ".face-line").replaceChildren(...count, document.createTextNode(sentence));
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
    [picture, letters] = [null, null];
    panel.classList.toggle("faced", Boolean(face));
    panel.classList.toggle("untied-all", face === "copies");
    for (const [name, one] of Object.entries(buttons)) one.ariaPressed = String(name === face);
    buttons.copies.hidden = loom.props.view !== "conv";
    canvas.ariaLabel = { transposed: "Transposed matrix", im2col: "im2col, windows as columns", copies: "Copies of each weight" }[face ?? "transposed"];
    if (face === "copies") showCopies();
    else find(panel, ".face-line").textContent = face ? loom.props.faces[face] : "";
    loom.light();
  };

  for (const [name, one] of Object.entries(buttons)) one.addEventListener("click", () => {
    stage = 0;
    show(face === name ? null : /** @type {Face} */ (name));
  });
  /** @param {PointerEvent} event @returns {Focus | null} */
  const copyUnder = (event) => {
    const { geo } = loom;
    const [y, x] = pointIn(event, canvas, geo.K, geo.L);
    if (y < 0 || x < 0 || y >= geo.K || x >= geo.L) return null;
    const { width, height } = canvas.getBoundingClientRect();
    const cell = { cw: width / geo.L, ch: height / geo.K };
    const [left, top, wide, high] = copyBox(canvas, cell, Math.floor(y) * geo.L + Math.floor(x), geo.L);
    const [i, j] = [(y * cell.ch - top) / high, (x * cell.cw - left) / wide];
    return i >= 0 && i < 1 && j >= 0 && j < 1 ? { kind: "output", i: Math.floor(i * geo.outH), j: Math.floor(j * geo.outW) } : null;
  };
  /** @param {PointerEvent} event */
  const under = (event) => {
    if (face === "copies") return copyUnder(event);
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
  /** The stage of the untied copies that is shown, or null. */
  const copies = () => (face === "copies" ? (loom.props.copies.stages[stage] ?? null) : null);
  return { copies, paint, close: () => show(null), refresh: () => show(face) };
}
