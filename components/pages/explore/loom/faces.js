// What stands in the place of W: its transpose, the picture's windows as columns, or all copies of each weight.

const COLUMNS = 1024; // of X_col that are drawn at most; of more, some are left out
const STRIP = 8; // pixels of a weight's colour beside its row of X_col

/**
 * A way to write the layer down that has a column for each output.
 * @typedef {object} MatrixForm
 * @property {string} label
 * @property {string} title
 * @property {(geo: Geometry) => number} rows
 * @property {(loom: Loom) => HTMLCanvasElement} picture
 * @property {(loom: Loom, view: View, picture: HTMLCanvasElement) => void} draw
 * @property {(loom: Loom, view: View) => ReturnType<typeof spreadLetters>} letters Of its colours.
 * @property {(loom: Loom, view: View, link: Link) => void} light What is lit besides an output's column.
 */

/** @type {MatrixForm} */
const transposed = {
  label: "Transposed matrix",
  title: "W turned over: Wᵀ",
  rows: ({ H, W }) => H * W,
  picture: (loom) => stagePictures(loom, toldBy(loom.props.tying)).shared,
  draw(_, { ctx, box }, picture) {
    ctx.save();
    ctx.transform(0, 1, 1, 0, 0, 0); // rows become columns
    ctx.drawImage(picture, 0, 0, box.height, box.width);
    ctx.restore();
  },
  letters({ props }, { ctx, box }) {
    const told = toldBy(props.tying); // whose rows are columns here
    const [wide, high] = [box.width / told.rows, box.height / told.cols];
    const tiles = told.at.map((tile, n) => ({ x: (Math.floor(tile / told.cols) + 0.5) * wide, y: ((tile % told.cols) + 0.5) * high, id: told.shared[n] }));
    return spreadLetters(tiles, { wide, high }, box, enlarged(ctx.canvas, "--large"));
  },
  light({ geo, focus, dark }, view) {
    if (focus?.kind === "input") frameRow(view, focus.r * geo.W + focus.c, dark);
  },
};

/** @type {MatrixForm} */
const im2col = {
  label: "im2col, windows as columns",
  title: "The windows of X as columns",
  rows: ({ taps }) => taps,
  picture: columnsPicture,
  draw({ geo, props }, { ctx, box, ch }, picture) {
    ctx.drawImage(picture, 0, 0, box.width, box.height);
    for (let n = 0; n < geo.taps; n++) {
      ctx.fillStyle = props.colours[weightOfTap(geo, n)];
      ctx.fillRect(0, n * ch, STRIP, ch);
    }
  },
  letters({ geo }, { ctx, box, ch }) {
    const largest = enlarged(ctx.canvas, "--large");
    const rows = upTo(geo.taps).map((n) => ({ x: STRIP + LETTER * largest, y: (n + 0.5) * ch, id: weightOfTap(geo, n) }));
    return spreadLetters(rows, { wide: box.width, high: ch }, box, largest);
  },
  light({ geo, focus, dark }, view, link) {
    /** @param {number} weight */
    const row = (weight) => upTo(geo.taps).find((n) => weightOfTap(geo, n) === weight);
    if (focus?.kind === "weight") frameRow(view, row(focus.n), dark);
    if (focus?.kind !== "input") return;
    // The pixel stands once for every weight that reads it.
    for (const { i, j, weight } of link.outputs) frame(view.ctx, lit(view.cell(row(weight), i * geo.outW + j), 6), dark);
  },
};

/** @param {Geometry} geo @param {number} n */
const weightOfTap = (geo, n) => geo.weight(Math.floor(n / geo.L), n % geo.L);

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

/** @param {View} view @param {number} row @param {boolean} dark */
const frameRow = ({ ctx, box, ch }, row, dark) => frame(ctx, lit([0, row * ch, box.width, ch], 4), dark);

const FORMS = { transposed, im2col };

/** The layer in one of these forms, as it is now: its picture and letters are made once. */
class MatrixFace {
  /** @param {Loom} loom @param {HTMLCanvasElement} canvas @param {keyof typeof FORMS} name */
  constructor(loom, canvas, name) {
    this.loom = loom;
    this.canvas = canvas;
    this.name = name;
    this.form = FORMS[name];
    this.label = this.form.label;
    this.title = this.form.title;
    /** @type {HTMLCanvasElement | null} */
    this.picture = null;
    /** @type {{ width: number, height: number, found: ReturnType<typeof spreadLetters> } | null} For a picture of this size. */
    this.letters = null;
  }

  /** @param {HTMLElement} line */
  say(line) {
    line.textContent = this.loom.props.faces[this.name];
  }

  /** @param {Link} link */
  paint(link) {
    const { loom, form } = this;
    const { geo, dark } = loom;
    const view = overlay(this.canvas, form.rows(geo), geo.outH * geo.outW);
    view.ctx.imageSmoothingEnabled = false;
    this.picture ??= form.picture(loom);
    form.draw(loom, view, this.picture);
    if (loom.props.letters) this.writeLetters(view);
    if (link.outputs.length === 1) {
      const [{ i, j }] = link.outputs;
      const [x, , width] = view.cell(0, i * geo.outW + j);
      frame(view.ctx, lit([x, 0, width, view.box.height], 4), dark);
    }
    form.light(loom, view, link);
  }

  /** @param {View} view */
  writeLetters(view) {
    const { width, height } = view.box;
    if (this.letters?.width !== width || this.letters.height !== height) this.letters = { width, height, found: this.form.letters(this.loom, view) };
    writeLettersAt(this.loom, view.ctx, this.letters.found.places, this.letters.found.size);
  }

  /** @param {MouseEvent} event */
  under(event) {
    const { geo } = this.loom;
    const cell = cellUnder(event, this.canvas, this.form.rows(geo), geo.outH * geo.outW);
    return cell && outputAt(geo, cell[1]);
  }
}

/** The buttons, and the face that one of them has put in the place of W. */
class Faces {
  /** @param {Loom} loom */
  constructor(loom) {
    const { panel } = loom.matrix;
    this.loom = loom;
    this.canvas = find(panel, "canvas.face");
    this.copies = new Copies(loom, this.canvas);
    this.buttons = { transposed: find(panel, ".face-transposed"), im2col: find(panel, ".face-im2col"), copies: find(panel, ".face-copies") };
    /** @type {keyof Faces["buttons"] | null} */
    this.name = null;
    /** @type {MatrixFace | Copies | null} */
    this.face = null;
    this.listen();
  }

  listen() {
    const { buttons, canvas, loom } = this;
    for (const name of /** @type {(keyof Faces["buttons"])[]} */ (Object.keys(buttons)))
      buttons[name].addEventListener("click", () => this.show(name === this.name ? null : name));
    canvas.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => loom.focusOn(this.face.under(event)));
    canvas.addEventListener("pointerleave", () => loom.focusOn(null));
    canvas.addEventListener("click", (/** @type {PointerEvent} */ event) => loom.pin(this.face.under(event)));
    canvas.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.walk(event));
  }

  /** @param {KeyboardEvent} event */
  walk(event) {
    const move = arrow(event);
    if (!move) return;
    event.preventDefault();
    const { geo, pinned } = this.loom;
    const t = pinned?.kind === "output" ? pinned.i * geo.outW + pinned.j : 0;
    this.loom.hovered = null;
    this.loom.pin(outputAt(geo, clamp(t + move[1] + move[0] * geo.outW, 0, geo.outH * geo.outW - 1)));
  }

  /** @param {Faces["name"]} name Null for W itself. */
  show(name) {
    const { loom, canvas, buttons } = this;
    const { panel } = loom.matrix;
    const line = find(panel, ".face-line");
    if (name !== this.name) this.copies.chosen = 0;
    this.name = name;
    this.face = name === "copies" ? this.copies : name && new MatrixFace(loom, canvas, name);
    panel.classList.toggle("faced", Boolean(name));
    panel.classList.toggle("untied-all", name === "copies");
    for (const [one, button] of Object.entries(buttons)) button.ariaPressed = String(one === name);
    buttons.copies.textContent = name === "copies" ? "Back to W" : "Untie all";
    buttons.copies.hidden = loom.props.view !== "conv";
    canvas.ariaLabel = this.face?.label ?? "";
    find(panel, ".shown-as").textContent = this.face?.title ?? "The same layer as one matrix W";
    line.textContent = "";
    this.face?.say(line);
    loom.light();
  }

  close() {
    this.show(null);
  }

  refresh() {
    this.show(this.name);
  }

  /** The stage of the untied copies that is shown, or null. */
  get copiesShown() {
    return this.name === "copies" ? (this.copies.stage ?? null) : null;
  }
}
