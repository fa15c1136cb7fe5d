// From dense to shared: W in four stages, one leading to the next, on a canvas of its own above the matrix.

const HOLD_MS = 2200; // a stage rests
const TURN_MS = 1500; // and turns into the next
const STAGE_MS = HOLD_MS + TURN_MS;
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

/**
 * @param {LoomProps["tying"]} tying
 * @returns {Told}
 */
function toldBy({ rows, cols, filled, local, shared }) {
  const mask = bytes(filled);
  const at = [];
  for (let n = 0; n < rows * cols; n++) if (mask[n >> 3] & (128 >> (n & 7))) at.push(n);
  return { rows, cols, at, local: bytes(local), shared: bytes(shared) };
}

// The stages as pictures of one pixel per tile; what locality keeps has in the first the colour it has in the second.
/**
 * @param {Loom} loom
 * @param {Told} told
 */
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
  /** @type {(tile: number, id: number) => LetterPlace} */
  const place = (tile, id) => ({ x: ((tile % told.cols) + 0.5) * wide, y: (Math.floor(tile / told.cols) + 0.5) * high, id });
  const places = stage === 0 ? [...pictures.inks].map((id, tile) => place(tile, id)) : told.at.map((tile, n) => place(tile, (stage === 1 ? told.local : told.shared)[n]));
  const found = spreadLetters(places, { wide, high }, box, largest);
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
/**
 * @param {LoomProps["tying"]["stages"]} stages
 * @param {number} stage
 */
function parametersAt(stages, stage) {
  const n = Math.floor(stage);
  const [from, to] = [stages[n].parameters, stages[Math.min(n + 1, 3)].parameters];
  return stage === n ? from : Math.round(from * (to / from) ** (stage - n));
}

// What is said of a moment of the story: a count of free parameters only where a stage has it. Between two stages it runs.
/**
 * @param {LoomProps["tying"]["stages"]} stages
 * @param {number} stage
 */
function momentOf(stages, stage) {
  const [from, to] = [stages[Math.floor(stage)], stages[Math.ceil(stage)]];
  const free = `${amount(from.parameters)} free parameter${from.parameters === 1 ? "" : "s"}`;
  return {
    name: from === to ? from.name : `${from.name} → ${to.name}`,
    count: from.parameters === to.parameters ? free : `counting: ${amount(parametersAt(stages, stage))}`,
  };
}

/** @param {Loom} loom */
function buildTying(loom) {
  const { panel } = loom.matrix;
  const [tell, play, step] = [find(panel, ".tell"), find(panel, ".tying-play"), find(panel, ".tying-step")];
  const [slider, canvas, stills] = [find(panel, ".tying input"), find(panel, "canvas.told"), find(panel, ".stills")];
  let ms = 0;
  let timer = 0;
  let before = 0;
  let key = "";
  let said = "";
  /** @type {Told | null} */
  let told = null;
  /** @type {ReturnType<typeof stagePictures> | null} */
  let pictures = null;
  const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  const open = () => panel.classList.contains("telling");
  slider.max = String(3 * STAGE_MS);

  const repaint = () => {
    list();
    if (!open()) return;
    told ??= toldBy(loom.props.tying);
    pictures ??= stagePictures(loom, told);
    if (!stills.hidden) return paintStills();
    const { stages } = loom.props.tying;
    const stage = stageAt(ms);
    const { name, sentence } = stages[Math.round(stage)];
    drawStage(loom, canvas, told, pictures, stage);
    const moment = momentOf(stages, stage);
    find(panel, ".told-name").textContent = moment.name;
    find(panel, ".told-count").textContent = moment.count;
    slider.value = String(ms);
    if (said === sentence) return;
    said = sentence;
    loom.light(); // the network has the connections of the stage
    slider.ariaValueText = canvas.ariaLabel = `${Math.round(stage) + 1} of 4: ${name}`;
    find(panel, ".told-line").textContent = sentence;
  };

  const paintStills = () => {
    const { stages } = loom.props.tying;
    stills.replaceChildren(
      ...stages.map(({ name, sentence, parameters }, n) =>
        make(
          "figure", "", {},
          make("canvas", "", { role: "img", ariaLabel: `${n + 1} of 4: ${name}` }),
          make("figcaption", "", {}, make("b", "", { textContent: name }), make("span", "", { textContent: amount(parameters) })),
          make("p", "hint", { textContent: sentence }),
        ),
      ),
    );
    stills.querySelectorAll("canvas").forEach((/** @type {HTMLCanvasElement} */ one, /** @type {number} */ n) => drawStage(loom, one, told, pictures, n));
  };

  const pause = () => {
    cancelAnimationFrame(timer);
    timer = 0;
    play.textContent = "Play";
  };
  /** @param {number} now */
  const tick = (now) => {
    ms = clamp(ms + now - before, 0, 3 * STAGE_MS); // a frame may have begun before the button was pressed
    before = now;
    repaint();
    if (ms >= 3 * STAGE_MS) return pause();
    timer = requestAnimationFrame(tick);
  };
  const start = () => {
    if (ms >= 3 * STAGE_MS) ms = 0;
    loom.scan.stop();
    before = performance.now();
    play.textContent = "Pause";
    timer = requestAnimationFrame(tick);
  };
  /** @param {number} to */
  const show = (to) => {
    pause();
    ms = to;
    repaint();
  };
  let listed = "";
  // The stages with their counts, as buttons: they say what the story is about before it is told.
  const list = () => {
    const { stages } = loom.props.tying;
    const chosen = open() && !still() ? String(Math.round(stageAt(ms))) : "";
    const now = JSON.stringify([chosen, stages]);
    if (now === listed) return;
    listed = now;
    const options = stages.map(({ name, parameters }, n) => ({
      id: String(n),
      button: make("button", parameters === stages[n - 1]?.parameters ? "as-many" : "", {}, make("b", "", { textContent: amount(parameters) }), make("span", "", { textContent: name })),
    }));
    fillRadioGroup(find(panel, ".stages"), options, chosen, (n) => {
      begin();
      show(Number(n) * STAGE_MS);
    });
  };
  const close = () => {
    pause();
    panel.classList.remove("telling");
    tell.textContent = "From dense to shared";
    tell.ariaExpanded = "false";
    if (!loom.props) return;
    list();
    loom.light();
  };

  const begin = () => {
    if (open()) return;
    loom.tell("tying");
    loom.scan.stop();
    panel.classList.add("telling");
    tell.textContent = "Back to W";
    tell.ariaExpanded = "true";
    stills.hidden = !still();
    find(panel, ".moving").hidden = still();
    canvas.hidden = still();
    [ms, said] = [0, ""];
    repaint();
  };
  tell.addEventListener("click", () => {
    if (open()) return close();
    begin();
    if (!still()) start();
  });
  play.addEventListener("click", () => (timer ? pause() : start()));
  step.addEventListener("click", () => show(((Math.floor(ms / STAGE_MS) + 1) % 4) * STAGE_MS));
  slider.addEventListener("input", () => show(Number(slider.value)));
  return {
    close,
    stop: pause,
    /** Which weights the story shows now, if it is open and not told in still pictures. @returns {LoomProps["view"] | null} */
    view: () => (open() && stills.hidden ? loom.props.tying.stages[Math.round(stageAt(ms))].view : null),
    /** The stages that came from the server, in the present colours. */
    refresh: () => {
      const now = JSON.stringify(loom.props.tying);
      if (now !== key) told = null;
      [key, pictures, said] = [now, null, ""];
      repaint();
    },
    repaint,
  };
}
