// All copies of each weight, in the place of W: untied, after a training step, and tied to their mean.

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

/** A map for each weight of the window, with a pixel for each output that uses it. */
class Copies {
  /** @param {Loom} loom @param {HTMLCanvasElement} canvas */
  constructor(loom, canvas) {
    this.loom = loom;
    this.canvas = canvas;
    this.label = "Copies of each weight";
    this.title = "A copy of each weight for every output";
    this.chosen = 0;
  }

  /** What is shown of them; nothing where there are too many. */
  get stage() {
    return this.loom.props.copies.stages[this.chosen];
  }

  paint() {
    const { geo, focus, dark } = this.loom;
    const view = overlay(this.canvas, geo.K, geo.L);
    if (!this.stage) return;
    drawCopies(this.loom, view, this.stage);
    if (focus?.kind !== "output") return;
    for (let n = 0; n < geo.K * geo.L; n++) {
      const [x, y, w, h] = copyBox(this.canvas, view, n, geo.L);
      frame(view.ctx, lit([x + (focus.j * w) / geo.outW, y + (focus.i * h) / geo.outH, w / geo.outW, h / geo.outH], 4), dark);
    }
  }

  /** @param {HTMLElement} line */
  say(line) {
    const { refused, stages } = this.loom.props.copies;
    const options = stages.map(({ name }, n) => ({ id: String(n), button: make("button", "", { textContent: name }) }));
    fillRadioGroup(find(this.loom.matrix.panel, ".copy-stages"), options, String(this.chosen), (chosen) => {
      this.chosen = Number(chosen);
      this.loom.faces.refresh();
    });
    const { sentence, parameters } = this.stage ?? { sentence: refused, parameters: 0 };
    const count = parameters ? [make("b", "", { textContent: `${amount(parameters)} free parameters. ` })] : [];
    line.replaceChildren(...count, document.createTextNode(sentence));
  }

  /** @param {MouseEvent} event @returns {Focus | null} */
  under(event) {
    const { geo } = this.loom;
    const at = cellUnder(event, this.canvas, geo.K, geo.L);
    if (!at) return null;
    const cell = { cw: this.canvas.clientWidth / geo.L, ch: this.canvas.clientHeight / geo.K };
    const [left, top, width, height] = copyBox(this.canvas, cell, at[0] * geo.L + at[1], geo.L);
    const [y, x] = pointIn(event, this.canvas, this.canvas.clientHeight, this.canvas.clientWidth);
    const [i, j] = [Math.floor(((y - top) / height) * geo.outH), Math.floor(((x - left) / width) * geo.outW)];
    return i >= 0 && i < geo.outH && j >= 0 && j < geo.outW ? { kind: "output", i, j } : null;
  }
}
