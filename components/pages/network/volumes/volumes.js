// A card a layer. Pointing at a unit frames what it sees in every earlier layer; a click, or Enter, opens it. Only the
// click asks the server: the fields are found here, backwards over the rows, as kernels/networks/receptive_fields.py does it.

// A box is {channels, rows, cols}: sets of those that are there; channels may be null for all, there may be millions.
/** @param {number} n */
const upTo = (n) => new Set(Array.from({ length: n }, (_, k) => k));
/** @param {Box} box */
const empty = (box) => !box.rows.size || !box.cols.size || box.channels?.size === 0;

// What a row reads for a box of its output.
/**
 * @param {VolumeRow} row
 * @param {Box} box
 * @returns {Box}
 */
function behind(row, box) {
  const { how, shape } = row;
  /** @param {Set<number> | null} channels */
  const whole = (channels) => ({ channels, rows: upTo(shape[1]), cols: upTo(shape[2]) });
  if (how === "same" || empty(box)) return box;
  if (how === "map") return whole(box.channels);
  if (how === "all") return whole(null);
  if (how === "flat") {
    if (!box.channels) return whole(null);
    const [, h, w] = shape;
    const cells = [...box.channels].map((n) => [Math.floor(n / (h * w)), Math.floor(n / w) % h, n % w]);
    const [channels, rows, cols] = [0, 1, 2].map((axis) => new Set(cells.map((cell) => cell[axis])));
    return { channels, rows, cols };
  }
  if (how === "pad") {
    /** @param {Iterable<number>} places @param {number} axis */
    const inside = (places, axis) => new Set([...places].map((n) => n - row.before[axis]).filter((n) => n >= 0 && n < shape[axis + 1]));
    return { channels: box.channels, rows: inside(box.rows, 0), cols: inside(box.cols, 1) };
  }
  return { channels: read(row.channels, box.channels, shape[0]), rows: taps(row.axes[0], box.rows), cols: taps(row.axes[1], box.cols) };
}

/**
 * The inputs that these outputs of an axis read.
 * @param {AxisProps & { sources?: Int32Array[] }} axis
 * @param {Iterable<number>} outputs
 */
function taps(axis, outputs) {
  const found = new Set();
  for (const table of (axis.sources ??= axisSources(axis))) for (const i of outputs) found.add(table[i]);
  found.delete(PADDING);
  return found;
}

// The input channels that these output channels read: each its own, by a table, or those of its group.
/**
 * @param {VolumeRow["channels"]} channels
 * @param {Set<number> | null} outputs
 * @param {number} all
 * @returns {Set<number> | null}
 */
function read(channels, outputs, all) {
  if (!channels) return outputs;
  if (Array.isArray(channels)) return new Set(outputs ? [...outputs].flatMap((o) => channels[o]) : channels.flat());
  if (channels.reads === all || !outputs) return null;
  const groups = new Set([...outputs].map((o) => Math.floor(o / channels.each)));
  return new Set([...groups].flatMap((g) => Array.from({ length: channels.reads }, (_, c) => g * channels.reads + c)));
}

/**
 * @param {Iterable<number>} a
 * @param {Iterable<number>} b
 */
const both = (a, b) => new Set([...a, ...b]);
/**
 * The smallest box around two; `a` may be missing.
 * @param {Box | undefined} a
 * @param {Box} b
 * @returns {Box}
 */
function around(a, b) {
  if (!a || empty(a) || empty(b)) return !a || empty(a) ? b : a;
  return { channels: a.channels && b.channels && both(a.channels, b.channels), rows: both(a.rows, b.rows), cols: both(a.cols, b.cols) };
}

/**
 * What a unit sees of every earlier layer, by the layer's number; −1 is the input.
 * @param {VolumeRow[]} rows
 * @param {number} at
 * @param {number[]} unit Channel, row and column.
 * @returns {Map<number, Box>}
 */
function fields(rows, at, [c, i, j]) {
  const boxes = new Map([[at, { channels: new Set([c]), rows: new Set([i]), cols: new Set([j]) }]]);
  for (let n = at; n >= 0; n--)
    if (boxes.has(n)) for (const from of rows[n].reads) boxes.set(from, around(boxes.get(from), behind(rows[n], boxes.get(n))));
  return boxes;
}

/** @param {Iterable<number>} places */
const span = (places) => [Math.min(...places), Math.max(...places)];

/**
 * @param {HTMLElement} stage
 * @param {VolumeCard} card
 * @param {number} gap
 * @param {number} c
 * @param {{ rows: Iterable<number>, cols: Iterable<number> }} box
 * @param {string} kind
 */
function frame(stage, card, gap, c, box, kind) {
  const [h, w] = card.cells;
  const [top, left] = [Math.floor(c / card.across) * (h + gap), (c % card.across) * (w + gap)];
  const [, H, W] = card.shape;
  const [[r0, r1], [c0, c1]] = [span(box.rows), span(box.cols)];
  const node = make("div", `frame ${kind}`);
  /** @param {number} value @param {number} all */
  const percent = (value, all) => `${(100 * value) / all}%`;
  node.style.top = percent(top + (r0 / H) * h, card.size[0]);
  node.style.height = percent(((r1 - r0 + 1) / H) * h, card.size[0]);
  node.style.left = percent(left + (c0 / W) * w, card.size[1]);
  node.style.width = percent(((c1 - c0 + 1) / W) * w, card.size[1]);
  stage.querySelector(".frames").append(node);
}

/**
 * @param {any} root
 * @param {Unit | null} at
 */
function show(root, at, spoken = false) {
  root.said.ariaLive = spoken ? "polite" : "off"; // whoever points has eyes for it
  const { cards, rows, gap, unit: chosen } = root.data;
  root.at = at;
  const boxes = at ? fields(rows, at.row, at.unit) : new Map();
  for (const [n, card] of cards.entries()) {
    const stage = root.stages[n];
    stage.querySelector(".frames").replaceChildren();
    const box = boxes.get(card.at);
    if (box && !empty(box)) for (let c = 0; c < card.shown; c++) if (card.at < 0 || !box.channels || box.channels.has(c)) frame(stage, card, gap, c, box, at.row === card.at ? "unit" : "");
    if (!at && chosen[0] === card.at && chosen[1] < card.shown) frame(stage, card, gap, chosen[1], { rows: [chosen[2]], cols: [chosen[3]] }, "chosen");
  }
  root.said.textContent = at ? told(cards, boxes, at) : "Point at a unit to see its receptive field; click to look inside.";
}

/**
 * @param {VolumeCard[]} cards
 * @param {Map<number, Box>} boxes
 * @param {Unit} at
 */
function told(cards, boxes, { row, unit: [c, i, j] }) {
  const card = cards.find((one) => one.at === row);
  const [, H, W] = card.shape;
  const place = H * W > 1 ? `map ${c + 1}, row ${i + 1}, column ${j + 1}` : card.classes ? `class ${c}` : `number ${c + 1}`;
  if (row < 0) return `Input: row ${i + 1}, column ${j + 1}`;
  const box = boxes.get(-1);
  if (empty(box)) return `${card.title}, ${place} sees only padding`;
  const [[r0, r1], [c0, c1]] = [span(box.rows), span(box.cols)];
  return `${card.title}, ${place} sees rows ${r0 + 1} to ${r1 + 1}, columns ${c0 + 1} to ${c1 + 1} of the input: ${r1 - r0 + 1} × ${c1 - c0 + 1}`;
}

/**
 * @param {any} root
 * @param {MouseEvent} event
 * @param {HTMLElement} stage
 * @returns {Unit | null}
 */
function under(root, event, stage) {
  const card = root.data.cards[root.stages.indexOf(stage)];
  const [y, x] = pointIn(event, stage, card.size[0], card.size[1]);
  const [h, w] = card.cells.map((/** @type {number} */ n) => n + root.data.gap);
  const c = Math.floor(y / h) * card.across + Math.floor(x / w);
  const [i, j] = [Math.floor(((y % h) / card.cells[0]) * card.shape[1]), Math.floor(((x % w) / card.cells[1]) * card.shape[2])];
  return x >= 0 && y >= 0 && Math.floor(x / w) < card.across && c < card.shown && i < card.shape[1] && j < card.shape[2] ? { row: card.at, unit: [c, i, j] } : null;
}

/** @type {Record<string, number[]>} Channel, row and column that a key moves by. */
const MOVES = { ArrowUp: [0, -1, 0], ArrowDown: [0, 1, 0], ArrowLeft: [0, 0, -1], ArrowRight: [0, 0, 1], PageUp: [-1, 0, 0], PageDown: [1, 0, 0], Enter: [0, 0, 0] };

// One place further; beyond the edge of a map lies the next one.
/**
 * @param {VolumeCard} card
 * @param {number[]} unit
 * @param {number[]} move
 */
function walked(card, [c, i, j], [dc, di, dj]) {
  const [, H, W] = card.shape;
  const out = i + di < 0 || i + di >= H || j + dj < 0 || j + dj >= W;
  if (out) return [clamp(c + di + dj, 0, card.shown - 1), i, j];
  return [clamp(c + dc, 0, card.shown - 1), i + di, j + dj];
}

// The unit is taken apart further down: the page goes there.
/**
 * @param {any} root
 * @param {Unit} at
 */
function open(root, { row, unit }) {
  root.send([row, ...unit]);
  document.getElementById("unit")?.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
}

/** @param {any} root */
function listen(root) {
  /** @param {any} event */
  const stageOf = (event) => event.target.closest?.(".stage");
  root.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => stageOf(event) && show(root, under(root, event, stageOf(event))));
  root.addEventListener("pointerleave", () => show(root, null));
  root.addEventListener("click", (/** @type {MouseEvent} */ event) => {
    const at = stageOf(event) && under(root, event, stageOf(event));
    if (at && at.row >= 0) open(root, at);
  });
  root.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    const stage = stageOf(event);
    const step = MOVES[event.key];
    if (!stage || isShortcut(event)) return;
    if (event.key === "Escape") show(root, null);
    if (!step) return;
    event.preventDefault();
    const card = root.data.cards[root.stages.indexOf(stage)];
    const here = root.at?.row === card.at ? root.at.unit : null;
    const unit = here ? walked(card, here, step) : [0, card.shape[1] >> 1, card.shape[2] >> 1];
    show(root, { row: card.at, unit }, true);
    if (event.key === "Enter" && card.at >= 0) open(root, { row: card.at, unit });
  });
}

function build() {
  const stage = make("div", "stage", { tabIndex: 0, role: "img" }, make("img", "", { alt: "", draggable: false }), make("div", "frames"));
  return make("section", "card", {}, make("h4"), make("p", "text"), stage);
}

/**
 * @param {any} node
 * @param {VolumeCard} card
 */
function fill(node, card) {
  node.className = `card ${card.at < 0 ? "first" : ""} ${card.shape[1] * card.shape[2] > 1 ? "" : "vector"}`;
  node.ariaLabel = card.title;
  node.title = card.note;
  node.querySelector("h4").textContent = card.title;
  node.querySelector(".text").textContent = card.text;
  const stage = node.querySelector(".stage");
  Object.assign(stage, { ariaLabel: card.alt, ariaDescription: "Arrow keys move between units, Enter opens one, Escape clears the selection." });
  stage.style.aspectRatio = `${card.size[1]} / ${card.size[0]}`;
  stage.style.setProperty("--across", card.across);
  const img = stage.querySelector("img");
  if (img.getAttribute("src") !== card.src) img.src = card.src;
}

/**
 * @param {HTMLElement} node
 * @param {VolumesProps["probabilities"]} probabilities
 */
function bars(node, probabilities) {
  const best = Math.max(...probabilities.map(({ share }) => share));
  node.replaceChildren(
    make("h4", "", { textContent: "Probabilities" }),
    ...probabilities.map(({ label, share, text }) => {
      const bar = make("i");
      bar.style.width = `${100 * share}%`;
      return make("div", `probability ${share === best ? "best" : ""}`, {}, make("span", "", { textContent: label }), make("span", "", {}, bar), make("b", "", { textContent: text }));
    }),
  );
}

/**
 * @param {any} root
 * @param {VolumesProps} data
 */
function update(root, data) {
  root.data = data;
  const cards = root.getElementsByClassName("card");
  root.querySelector(".probabilities")?.remove();
  while (cards.length > data.cards.length) root.lastElementChild.remove();
  while (cards.length < data.cards.length) root.append(build());
  data.cards.forEach((card, n) => fill(cards[n], card));
  root.stages = [...root.querySelectorAll(".stage")];
  if (data.probabilities.length) {
    const node = make("section", "card probabilities", { ariaLabel: "Probabilities" });
    bars(node, data.probabilities);
    root.firstElementChild.after(node);
  }
  const gone = root.at && (root.at.row >= data.rows.length || !data.cards.some(({ at }) => at === root.at.row));
  show(root, gone ? null : (root.at ?? null));
}

export default component((parent, send) => {
  const root = /** @type {any} */ (parent.querySelector(".volumes"));
  root.said = parent.querySelector(".said");
  root.send = (/** @type {number[]} */ unit) => send("open", unit);
  listen(root);
  return { update: (/** @type {VolumesProps} */ data) => update(root, data) };
});
