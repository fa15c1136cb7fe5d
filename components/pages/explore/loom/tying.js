// From dense to shared: W in four stages, one leading to the next, on a canvas of its own above the matrix.

const HOLD_MS = 3200; // a stage rests: long enough to read its sentence
const TURN_MS = 1500; // and turns into the next
const STAGE_MS = HOLD_MS + TURN_MS;
const END_MS = 3 * STAGE_MS;
const MOST_PLACED = 8; // pictures, by stage and size, whose letters are kept

/**
 * The tiles of the stages: which of the grid's tiles a connection fills, and their colours before and after sharing.
 * @typedef {object} Told
 * @property {number} rows
 * @property {number} cols
 * @property {number[]} at
 * @property {Uint8Array} local
 * @property {Uint8Array} shared
 */

/** @param {LoomProps["tying"]} tying @returns {Told} */
function toldBy({ rows, cols, filled, local, shared }) {
  const mask = bytes(filled);
  const at = [];
  for (let n = 0; n < rows * cols; n++) if (mask[n >> 3] & (128 >> (n & 7))) at.push(n);
  return { rows, cols, at, local: bytes(local), shared: bytes(shared) };
}

// The stages as pictures of one pixel per tile; what locality keeps has in the first the colour it has in the second.
/** @param {Loom} loom @param {Told} told */
function stagePictures(loom, told) {
  const [height, width] = [loom.geo.outH * loom.geo.outW, loom.geo.H * loom.geo.W];
  const inks = new Uint8Array(told.rows * told.cols);
  for (let r = 0; r < told.rows; r++)
    for (let c = 0; c < told.cols; c++)
      inks[r * told.cols + c] = untiedInk(Math.floor((r * height) / told.rows), Math.floor((c * width) / told.cols));
  told.at.forEach((tile, n) => (inks[tile] = told.local[n]));
  /** @param {(pixels: Uint32Array) => void} fill */
  const picture = (fill) => pictureOf(told.cols, told.rows, fill);
  return {
    dense: picture((pixels) => inks.forEach((ink, n) => (pixels[n] = loom.static[ink]))),
    local: picture((pixels) => told.at.forEach((tile, n) => (pixels[tile] = loom.static[told.local[n]]))),
    shared: picture((pixels) => told.at.forEach((tile, n) => (pixels[tile] = loom.colours[told.shared[n]]))),
    inks,
    letters: new Map(), // by stage and size, once they have been placed
  };
}

/**
 * The letters of a stage that rests, before the tiles become the kernel; placed once for each size of the picture.
 * @param {Told} told
 * @param {ReturnType<typeof stagePictures>} pictures
 * @param {number} stage
 * @param {{ width: number, height: number }} box
 * @param {number} largest
 */
function stageLetters(told, pictures, stage, box, largest) {
  const key = `${stage} ${box.width} ${box.height}`;
  const known = pictures.letters.get(key);
  if (known) return known;
  const [wide, high] = [box.width / told.cols, box.height / told.rows];
  const at = stage === 0 ? upTo(pictures.inks.length) : told.at;
  const inks = [pictures.inks, told.local, told.shared][stage];
  const found = spreadLetters(tileMiddles(at, inks, told.cols, { wide, high }), { wide, high }, box, largest);
  if (pictures.letters.size >= MOST_PLACED) pictures.letters.clear();
  pictures.letters.set(key, found);
  return found;
}

// Where the time stands in the story: 1 is the second stage, 1.5 half way from there to the third.
/** @param {number} ms */
function stageAt(ms) {
  const n = Math.floor(ms / STAGE_MS);
  const turned = clamp((ms - n * STAGE_MS - HOLD_MS) / TURN_MS, 0, 1);
  return Math.min(3, n + turned * turned * (3 - 2 * turned));
}

/**
 * @param {Loom} loom
 * @param {HTMLCanvasElement} canvas
 * @param {Told} told
 * @param {ReturnType<typeof stagePictures>} pictures
 * @param {number} stage
 */
function drawStage(loom, canvas, told, pictures, stage) {
  const { ctx, box } = overlay(canvas, 1, 1);
  ctx.imageSmoothingEnabled = false;
  /** @type {(picture: HTMLCanvasElement, alpha: number) => void} */
  const lay = (picture, alpha) => {
    ctx.globalAlpha = alpha;
    ctx.drawImage(picture, 0, 0, box.width, box.height);
    ctx.globalAlpha = 1;
  };
  if (stage > 2) return collapse(loom, ctx, box, told, stage - 2);
  lay(pictures.local, 1);
  if (stage < 1) lay(pictures.dense, 1 - stage);
  if (stage > 1) lay(pictures.shared, stage - 1);
  if (!loom.props.letters || !Number.isInteger(stage)) return;
  const { places, size } = stageLetters(told, pictures, stage, box, enlarged(canvas, "--large"));
  writeLettersAt(loom, ctx, places, size);
}

// Every tile on its way to the square of its weight: at 1 the kernel is all that is left.
/**
 * @param {Loom} loom
 * @param {Context} ctx
 * @param {{ width: number, height: number }} box
 * @param {Told} told
 * @param {number} way
 */
function collapse(loom, ctx, box, told, way) {
  const [K, L] = [loom.props.kernel.length, loom.props.kernel[0].length];
  const side = Math.min(box.width / (L + 2), box.height / (K + 2), 72 * enlarged(ctx.canvas, "--large"));
  const left = (box.width - L * side) / 2;
  const top = (box.height - K * side) / 2;
  const [w, h] = [box.width / told.cols, box.height / told.rows];
  const gap = Math.min(2, side / 10);
  /** @param {number} from @param {number} to */
  const between = (from, to) => from + (to - from) * way;
  told.at.forEach((tile, n) => {
    const weight = told.shared[n];
    const [x, y] = [left + (weight % L) * side, top + Math.floor(weight / L) * side];
    ctx.fillStyle = loom.props.colours[weight];
    ctx.fillRect(between((tile % told.cols) * w, x), between(Math.floor(tile / told.cols) * h, y), between(w, side - gap), between(h, side - gap));
  });
  if (way < 1) return;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  for (let n = 0; n < K * L; n++) {
    const [x, y] = [left + (n % L) * side, top + Math.floor(n / L) * side];
    ctx.fillStyle = loom.props.colours[n]; // a weight that only ever meets padding has no tile
    ctx.fillRect(x, y, side - gap, side - gap);
    if (side < 22) continue;
    ctx.fillStyle = loom.props.inks[n];
    ctx.font = `700 ${side / 3.4}px system-ui, sans-serif`;
    ctx.fillText(figure(loom.weights[n]), x + side / 2, y + side * 0.42, side * 0.9);
    ctx.font = `${side / 5}px system-ui, sans-serif`;
    ctx.fillText(loom.props.letters ? `${loom.props.names[n]} ${letterOf(n)}` : loom.props.names[n], x + side / 2, y + side * 0.75, side * 0.9);
  }
}

// The number of free parameters falls by even factors, not by even steps: half way from 10⁴ to 1 there are 100.
/** @param {LoomProps["tying"]["stages"]} stages @param {number} stage */
function parametersAt(stages, stage) {
  const n = Math.floor(stage);
  const [from, to] = [stages[n].parameters, stages[Math.min(n + 1, 3)].parameters];
  return stage === n ? from : Math.round(from * (to / from) ** (stage - n));
}

// What is said of a moment of the story: a count of free parameters only where a stage has it. Between two stages it runs.
/** @param {LoomProps["tying"]["stages"]} stages @param {number} stage */
function momentOf(stages, stage) {
  const [from, to] = [stages[Math.floor(stage)], stages[Math.ceil(stage)]];
  const free = `${amount(from.parameters)} free parameter${from.parameters === 1 ? "" : "s"}`;
  return {
    name: from === to ? from.name : `${from.name} → ${to.name}`,
    count: from.parameters === to.parameters ? free : `counting: ${amount(parametersAt(stages, stage))}`,
  };
}

/**
 * A stage as a picture that does not move; what is on its canvas is painted once that is on the page.
 * @param {LoomProps["tying"]["stages"][0]} stage
 * @param {number} n
 */
function stillOf({ name, sentence, parameters }, n) {
  return make(
    "figure", "", {},
    make("canvas", "", { role: "img", ariaLabel: `${n + 1} of 4: ${name}` }),
    make("figcaption", "", {}, make("b", "", { textContent: name }), make("span", "", { textContent: amount(parameters) })),
    make("p", "hint", { textContent: sentence }),
  );
}

/** The story: where it stands, what it is told with, and the buttons. */
class Tying {
  /** @param {Loom} loom */
  constructor(loom) {
    const { panel } = loom.matrix;
    this.loom = loom;
    this.panel = panel;
    this.teller = find(panel, ".tell");
    this.slider = find(panel, ".tying input");
    this.canvas = find(panel, "canvas.told");
    this.stills = find(panel, ".stills");
    this.player = new Player(find(panel, ".tying-play"), (ms) => this.advance(ms));
    this.ms = 0;
    /** Of which the tiles, the stage buttons and the sentence on screen are. */
    this.key = "";
    this.listed = "";
    this.said = "";
    /** @type {Told | null} */
    this.told = null;
    /** @type {ReturnType<typeof stagePictures> | null} */
    this.pictures = null;
    this.slider.max = String(END_MS);
    this.listen();
  }

  listen() {
    const { player, slider } = this;
    this.teller.addEventListener("click", () => (this.isOpen ? this.close() : this.tell()));
    player.button.addEventListener("click", () => (player.isPlaying ? player.pause() : this.play()));
    find(this.panel, ".tying-step").addEventListener("click", () => this.stopAt(((Math.floor(this.ms / STAGE_MS) + 1) % 4) * STAGE_MS));
    slider.addEventListener("input", () => this.stopAt(Number(slider.value)));
  }

  get isOpen() {
    return this.panel.classList.contains("telling");
  }

  get stages() {
    return this.loom.props.tying.stages;
  }

  /** The number of the stage that is nearest. */
  get nearest() {
    return Math.round(stageAt(this.ms));
  }

  /** Which weights the story shows now, if it is open and not told in still pictures. @returns {LoomProps["view"] | null} */
  get view() {
    return this.isOpen && this.stills.hidden ? this.stages[this.nearest].view : null;
  }

  open() {
    const still = lessMotion();
    this.loom.tell("tying");
    this.loom.scan.stop();
    this.panel.classList.add("telling");
    this.teller.textContent = "Back to W";
    this.teller.ariaExpanded = "true";
    this.stills.hidden = !still;
    find(this.panel, ".moving").hidden = still;
    this.canvas.hidden = still;
    [this.ms, this.said] = [0, ""];
    this.repaint();
  }

  tell() {
    this.open();
    if (!lessMotion()) this.play();
  }

  close() {
    this.stop();
    this.panel.classList.remove("telling");
    this.teller.textContent = "From dense to shared";
    this.teller.ariaExpanded = "false";
    this.list();
    this.loom.light();
  }

  play() {
    if (this.ms >= END_MS) this.ms = 0;
    this.loom.scan.stop();
    this.player.play();
  }

  stop() {
    this.player.pause();
  }

  /** @param {number} ms */
  stopAt(ms) {
    this.stop();
    this.ms = ms;
    this.repaint();
  }

  /** @param {number} ms */
  advance(ms) {
    this.ms = Math.min(this.ms + ms, END_MS);
    this.repaint();
    return this.ms < END_MS;
  }

  // Takes the stages that came from the server, in the present colours.
  refresh() {
    const key = JSON.stringify(this.loom.props.tying);
    if (key !== this.key) this.told = null;
    [this.key, this.pictures, this.said] = [key, null, ""];
    this.repaint();
  }

  repaint() {
    this.list();
    if (!this.isOpen) return;
    this.told ??= toldBy(this.loom.props.tying);
    this.pictures ??= stagePictures(this.loom, this.told);
    if (this.stills.hidden) this.paintMoment();
    else this.paintStills();
  }

  paintStills() {
    this.stills.replaceChildren(...this.stages.map(stillOf));
    for (const [n, canvas] of this.stills.querySelectorAll("canvas").entries()) drawStage(this.loom, canvas, this.told, this.pictures, n);
  }

  paintMoment() {
    const { loom, panel, stages, nearest } = this;
    const stage = stageAt(this.ms);
    drawStage(loom, this.canvas, this.told, this.pictures, stage);
    const moment = momentOf(stages, stage);
    find(panel, ".told-name").textContent = moment.name;
    find(panel, ".told-count").textContent = moment.count;
    this.slider.value = String(this.ms);
    const { name, sentence } = stages[nearest];
    if (this.said === sentence) return;
    this.said = sentence;
    loom.light(); // the network has the connections of the stage
    this.slider.ariaValueText = this.canvas.ariaLabel = `${nearest + 1} of 4: ${name}`;
    find(panel, ".told-line").textContent = sentence;
  }

  // The stages with their counts, as buttons: they say what the story is about before it is told.
  list() {
    const { stages } = this;
    const chosen = this.isOpen && !lessMotion() ? String(this.nearest) : "";
    const listed = JSON.stringify([chosen, stages]);
    if (listed === this.listed) return;
    this.listed = listed;
    const options = stages.map(({ name, parameters, counted }, n) => {
      const said = [make("b", "", { textContent: counted }), make("span", "", { textContent: name })];
      return { id: String(n), button: make("button", parameters === stages[n - 1]?.parameters ? "as-many" : "", {}, ...said) };
    });
    fillRadioGroup(find(this.panel, ".stages"), options, chosen, (n) => {
      if (!this.isOpen) this.open();
      this.stopAt(Number(n) * STAGE_MS);
    });
  }
}
