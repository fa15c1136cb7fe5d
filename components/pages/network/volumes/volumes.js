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

// Neighbours together: of rows 1, 2, 3 and 7, from 1 to 3 and from 7 to 7. A dilated field has many such runs.
/** @param {Iterable<number>} places */
function runs(places) {
  const found = /** @type {[number, number][]} */ ([]);
  for (const n of [...places].sort((a, b) => a - b)) {
    const last = found.at(-1);
    if (last && n === last[1] + 1) last[1] = n;
    else found.push([n, n]);
  }
  return found;
}

const MOST_FRAMES = 400; // rectangles of a field in one map; of more, the smallest around them is drawn

/** @param {{ rows: Iterable<number>, cols: Iterable<number> }} box */
function rectangles(box) {
  const [rows, cols] = [runs(box.rows), runs(box.cols)];
  if (rows.length * cols.length > MOST_FRAMES) return [[span(box.rows), span(box.cols)]];
  return rows.flatMap((along) => cols.map((across) => [along, across]));
}

/**
 * Where rows and columns of a map lie in the card's picture, as shares of its height and width.
 * @param {VolumeCard} card
 * @param {number} gap
 * @param {number} c
 * @param {number[][]} rectangle
 */
function place(card, gap, c, [[r0, r1], [c0, c1]]) {
  const [[h, w], [, H, W]] = [card.cells, card.shape];
  const [top, left] = [Math.floor(c / card.across) * (h + gap), (c % card.across) * (w + gap)];
  return {
    top: (top + (r0 / H) * h) / card.size[0],
    height: (((r1 - r0 + 1) / H) * h) / card.size[0],
    left: (left + (c0 / W) * w) / card.size[1],
    width: (((c1 - c0 + 1) / W) * w) / card.size[1],
  };
}

/**
 * @param {HTMLElement} stage
 * @param {VolumeCard} card
 * @param {number} gap
 * @param {number} c
 * @param {{ rows: Iterable<number>, cols: Iterable<number> }} box
 * @param {string} kind
 */
function frame(stage, card, gap, c, box, kind) {
  const parts = rectangles(box);
  const nodes = parts.map((part) => {
    const node = make("div", `frame ${kind} ${parts.length > 1 ? "tap" : ""}`);
    for (const [side, share] of Object.entries(place(card, gap, c, part))) node.style.setProperty(side, `${100 * share}%`);
    return node;
  });
  stage.querySelector(".frames").append(...nodes);
}

/**
 * The maps of a card that are drawn and belong to a box; an input is one picture of all its channels.
 * @param {VolumeCard} card
 * @param {Box} box
 */
const mapsOf = (card, box) => Array.from({ length: card.shown }, (_, c) => c).filter((c) => card.at < 0 || !box.channels || box.channels.has(c));

const MOST_WIRES = 200; // lines between two layers; of more, every n-th is drawn

// The cards that a row reads: a branch begins and ends in rows that have none.
/**
 * @param {any} root
 * @param {number} row
 * @returns {number[]}
 */
function sources(root, row) {
  return root.data.rows[row].reads.flatMap((/** @type {number} */ from) => {
    const n = root.data.cards.findIndex((/** @type {VolumeCard} */ card) => card.at === from);
    return n >= 0 ? [n] : sources(root, from);
  });
}

// The ends of a line: where in its picture this box of map c lies, in pixels of the row.
/**
 * @param {any} root
 * @param {number} n
 * @param {number} c
 * @param {Box} box
 */
function ends(root, n, c, box) {
  const [card, stage] = [root.data.cards[n], root.places[n]];
  const at = place(card, root.data.gap, c, [span(box.rows), span(box.cols)]);
  const y = stage.top + (at.top + at.height / 2) * stage.height;
  return { left: stage.left + at.left * stage.width, right: stage.left + (at.left + at.width) * stage.width, y };
}

/** @param {VolumeCard} card @returns {Box} */
const wholeMap = (card) => ({ channels: null, rows: new Set([0, card.shape[1] - 1]), cols: new Set([0, card.shape[2] - 1]) });

/**
 * The path of the connections that lead into a card's maps; `boxes`: only from and to these parts.
 * @param {any} root
 * @param {number} n
 * @param {Map<number, Box>} [boxes]
 */
function wires(root, n, boxes) {
  const { cards, rows } = root.data;
  const card = cards[n];
  return sources(root, card.at).map((from) => {
    const [box, seen] = boxes ? [boxes.get(card.at), boxes.get(cards[from].at)] : [wholeMap(card), wholeMap(cards[from])];
    if (!box || !seen || empty(box) || empty(seen)) return "";
    if (from !== n - 1) return arc(root, from, n);
    const pairs = mapsOf(card, box).flatMap((c) => {
      const reads = behind(rows[card.at], { channels: new Set([c]), rows: new Set([0]), cols: new Set([0]) }).channels;
      return mapsOf(cards[from], { ...seen, channels: reads }).filter((o) => cards[from].at < 0 || !seen.channels || seen.channels.has(o)).map((o) => [o, c]);
    });
    const every = Math.ceil(pairs.length / MOST_WIRES);
    return pairs.filter((_, at) => at % every === 0).map(([o, c]) => wire(ends(root, from, o, seen), ends(root, n, c, box))).join("");
  }).join("");
}

/** @param {{ right: number, y: number }} from @param {{ left: number, y: number }} to */
const wire = (from, to) => `M${from.right} ${from.y}C${(from.right + to.left) / 2} ${from.y} ${(from.right + to.left) / 2} ${to.y} ${to.left} ${to.y}`;

// A shortcut goes over what lies between.
/** @param {any} root @param {number} from @param {number} to */
function arc(root, from, to) {
  const [a, b] = [root.places[from], root.places[to]];
  const [x, end] = [a.left + a.width / 2, b.left + b.width / 2];
  const over = Math.min(...root.places.slice(from, to + 1).map((/** @type {DOMRect} */ one) => one.top)) - 14;
  return `M${x} ${a.top}C${x} ${over} ${x} ${over} ${Math.min(x + 20, end)} ${over}L${Math.max(end - 20, x)} ${over}C${end} ${over} ${end} ${over} ${end} ${b.top}`;
}

// The places of the pictures in the row, and the lines between them, when anything has moved.
/** @param {any} root */
function arrange(root) {
  const line = root.line.getBoundingClientRect();
  root.places = root.stages.map((/** @type {HTMLElement} */ stage) => {
    const { left, top, width, height } = stage.getBoundingClientRect();
    return { left: left - line.left, top: top - line.top, width, height };
  });
  if (!root.data || !line.width) return;
  root.line.querySelector(".all").setAttribute("d", root.data.cards.map((/** @type {VolumeCard} */ card, /** @type {number} */ n) => (card.at < 0 ? "" : wires(root, n))).join(""));
  show(root, root.at);
}

/**
 * @param {any} root
 * @param {Unit | null} at
 */
function show(root, at, spoken = false) {
  root.said.ariaLive = spoken ? "polite" : "off"; // whoever points has eyes for it
  const { cards, rows, gap, unit: chosen } = root.data;
  root.at = at;
  const lit = at ?? (chosen.length ? { row: chosen[0], unit: chosen.slice(1) } : null);
  const boxes = lit ? fields(rows, lit.row, lit.unit) : new Map();
  for (const [n, card] of cards.entries()) {
    const stage = root.stages[n];
    stage.querySelector(".frames").replaceChildren();
    const box = boxes.get(card.at);
    const kind = lit?.row !== card.at ? "" : at ? "unit" : "chosen";
    if (box && !empty(box)) for (const c of mapsOf(card, box)) frame(stage, card, gap, c, box, kind);
  }
  root.line.querySelector(".lit").setAttribute("d", cards.map((/** @type {VolumeCard} */ card, /** @type {number} */ n) => (card.at >= 0 && boxes.has(card.at) ? wires(root, n, boxes) : "")).join(""));
  root.said.textContent = lit ? told(cards, boxes, lit) : "Point at a unit to see its receptive field; click to look inside.";
}

/**
 * @param {VolumeCard[]} cards
 * @param {Map<number, Box>} boxes
 * @param {Unit} at
 */
function told(cards, boxes, { row, unit: [c, i, j] }) {
  const card = cards.find((one) => one.at === row);
  const [, H, W] = card.shape;
  const where = H * W > 1 ? `map ${c + 1}, row ${i + 1}, column ${j + 1}` : card.classes ? `class ${c}` : `number ${c + 1}`;
  if (row < 0) return `Input: row ${i + 1}, column ${j + 1}`;
  const box = boxes.get(-1);
  if (empty(box)) return `${card.title}, ${where} sees only padding`;
  const [rows, cols] = [box.rows, box.cols].map(listed);
  const holes = [box.rows, box.cols].some((places) => runs(places).length > 1);
  const size = [box.rows, box.cols].map((places) => span(places)[1] - span(places)[0] + 1).join(" × ");
  return `${card.title}, ${where} sees rows ${rows}, columns ${cols} of the input: ${size}${holes ? `, ${box.rows.size * box.cols.size} of its ${size.replace(" × ", " · ")} pixels` : ""}`;
}

const FEW = 5; // runs that are named one by one

// 3 to 5; 1, 3 and 5; 5 runs at most, then only where they begin and end.
/** @param {Set<number>} places */
function listed(places) {
  const parts = runs(places);
  if (parts.length === 1 || parts.length > FEW) return span(places).map((n) => n + 1).join(" to ");
  const texts = parts.map(([from, to]) => (from === to ? `${from + 1}` : `${from + 1} to ${to + 1}`));
  return `${texts.slice(0, -1).join(", ")} and ${texts.at(-1)}`;
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

/**
 * @param {any} root
 * @param {Unit} at
 */
const open = (root, { row, unit }) => root.send([row, ...unit]);

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

const [WIDEST, MAP, NUMBER, INPUT] = [0.15, 0.25, 0.085, 0.36]; // of the row's height: the width of a map, the height of a map, of a number, of the input

// The share of the row's height that a card's picture takes.
/** @param {VolumeCard} card */
function share(card) {
  const [high, wide] = card.size;
  const down = Math.ceil(card.shown / card.across);
  const most = card.at < 0 ? INPUT : (card.shape[1] * card.shape[2] > 1 ? MAP : NUMBER) * down;
  const widest = card.at < 0 ? INPUT : WIDEST * (card.across > 1 ? 2 : 1);
  return Math.min(1, most, (widest * high) / wide);
}

/**
 * @param {any} node
 * @param {VolumeCard} card
 */
function fill(node, card) {
  node.className = `card ${card.at < 0 ? "first" : ""}`;
  node.ariaLabel = card.title;
  node.title = card.note;
  node.querySelector("h4").textContent = card.title;
  node.querySelector(".text").textContent = card.text;
  const stage = node.querySelector(".stage");
  Object.assign(stage, { ariaLabel: card.alt, ariaDescription: "Arrow keys move between units, Enter opens one, Escape clears the selection." });
  stage.style.aspectRatio = `${card.size[1]} / ${card.size[0]}`;
  stage.style.setProperty("--share", share(card));
  const img = stage.querySelector("img");
  if (img.getAttribute("src") !== card.src) img.src = card.src;
}

// Beside the units of the last layer, each in its row.
/**
 * @param {VolumesProps} data
 */
function bars({ probabilities, cards }) {
  const best = Math.max(...probabilities.map(({ share }) => share));
  const all = make("div", "bars", {}, ...probabilities.map(({ label, share, text }) => {
    const bar = make("i");
    bar.style.width = `${100 * share}%`;
    return make("div", `probability ${share === best ? "best" : ""}`, {}, make("span", "", { textContent: label }), make("span", "", {}, bar), make("b", "", { textContent: text }));
  }));
  all.style.setProperty("--share", `${share(cards.at(-1))}`);
  return make("section", "card probabilities", { ariaLabel: "Probabilities" }, make("h4", "", { textContent: "Probabilities" }), make("p", "text"), all);
}

// Whether a card still shows this unit: another network, or another input, may have fewer or smaller maps.
/**
 * @param {VolumeCard[]} cards
 * @param {Unit} unit
 */
function holds(cards, { row, unit: [c, i, j] }) {
  const card = cards.find(({ at }) => at === row);
  return card !== undefined && c < card.shown && i < card.shape[1] && j < card.shape[2];
}

/**
 * @param {any} root
 * @param {VolumesProps} data
 */
function update(root, data) {
  root.data = data;
  const { line } = root;
  const cards = line.getElementsByClassName("card");
  line.querySelector(".probabilities")?.remove();
  while (cards.length > data.cards.length) line.lastElementChild.remove();
  while (cards.length < data.cards.length) line.append(build());
  data.cards.forEach((card, n) => fill(cards[n], card));
  root.stages = [...line.querySelectorAll(".stage")];
  if (data.probabilities.length) line.append(bars(data));
  if (root.at && !holds(data.cards, root.at)) root.at = null;
  arrange(root);
}

export default component((parent, send) => {
  const root = /** @type {any} */ (parent.querySelector(".volumes"));
  root.said = parent.querySelector(".said");
  root.line = root.querySelector(".line");
  Object.assign(root, { at: null, stages: [] });
  const observer = new ResizeObserver(() => arrange(root));
  observer.observe(root.line);
  root.send = (/** @type {number[]} */ unit) => send("open", unit);
  listen(root);
  return { update: (/** @type {VolumesProps} */ data) => update(root, data), destroy: () => observer.disconnect() };
});
