// A card a layer. Pointing at a unit frames what it sees in every earlier layer; a click, or Enter, opens it. Only the
// click asks the server: the fields are found here, backwards over the rows, as kernels/fields.py does it.

// A box is {channels, rows, cols}: sets of those that are there; channels may be null for all, there may be millions.
const upTo = (n) => new Set(Array.from({ length: n }, (_, k) => k));
const empty = (box) => !box.rows.size || !box.cols.size || box.channels?.size === 0;

// What a row reads for a box of its output.
function behind(row, box) {
  const { how, shape } = row;
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
    const inside = (places, axis) => new Set([...places].map((n) => n - row.before[axis]).filter((n) => n >= 0 && n < shape[axis + 1]));
    return { channels: box.channels, rows: inside(box.rows, 0), cols: inside(box.cols, 1) };
  }
  return { channels: read(row.channels, box.channels, shape[0]), rows: taps(row.axes[0], box.rows), cols: taps(row.axes[1], box.cols) };
}

// Tap k of output i reads input i·stride + k·dilation − before, folded back by the padding mode: kernels/axis.py.
const FOLD = {
  zeros: (u, n) => (u >= 0 && u < n ? u : -1),
  reflect: (u, n) => (u < 0 ? -u : u >= n ? 2 * n - 2 - u : u),
  replicate: (u, n) => Math.min(Math.max(u, 0), n - 1),
  circular: (u, n) => (u + n) % n,
};
function taps({ size, kernel, stride, before, dilation, mode }, outputs) {
  const found = new Set();
  for (const i of outputs) for (let k = 0; k < kernel; k++) found.add(FOLD[mode](i * stride + k * dilation - before, size));
  found.delete(-1);
  return found;
}

// The input channels that these output channels read: each its own, by a table, or those of its group.
function read(channels, outputs, all) {
  if (!channels) return outputs;
  if (Array.isArray(channels)) return new Set(outputs ? [...outputs].flatMap((o) => channels[o]) : channels.flat());
  if (channels.reads === all || !outputs) return null;
  const groups = new Set([...outputs].map((o) => Math.floor(o / channels.each)));
  return new Set([...groups].flatMap((g) => Array.from({ length: channels.reads }, (_, c) => g * channels.reads + c)));
}

const both = (a, b) => new Set([...a, ...b]);
function around(a, b) {
  if (!a || empty(a) || empty(b)) return !a || empty(a) ? b : a;
  return { channels: a.channels && b.channels && both(a.channels, b.channels), rows: both(a.rows, b.rows), cols: both(a.cols, b.cols) };
}

function fields(rows, at, [c, i, j]) {
  const boxes = new Map([[at, { channels: new Set([c]), rows: new Set([i]), cols: new Set([j]) }]]);
  for (let n = at; n >= 0; n--)
    if (boxes.has(n)) for (const from of rows[n].reads) boxes.set(from, around(boxes.get(from), behind(rows[n], boxes.get(n))));
  return boxes;
}

const span = (places) => [Math.min(...places), Math.max(...places)];

function frame(stage, card, gap, c, box, kind) {
  const [h, w] = card.cells;
  const [top, left] = [Math.floor(c / card.across) * (h + gap), (c % card.across) * (w + gap)];
  const [, H, W] = card.shape;
  const [[r0, r1], [c0, c1]] = [span(box.rows), span(box.cols)];
  const node = make("div", `frame ${kind}`);
  const percent = (value, all) => `${(100 * value) / all}%`;
  node.style.top = percent(top + (r0 / H) * h, card.size[0]);
  node.style.height = percent(((r1 - r0 + 1) / H) * h, card.size[0]);
  node.style.left = percent(left + (c0 / W) * w, card.size[1]);
  node.style.width = percent(((c1 - c0 + 1) / W) * w, card.size[1]);
  stage.querySelector(".frames").append(node);
}

function show(root, at, spoken = false) {
  root.said.ariaLive = spoken ? "polite" : "off"; // whoever points has eyes for it
  const { cards, rows, gap, opened } = root.data;
  root.at = at;
  const boxes = at ? fields(rows, at.row, at.unit) : new Map();
  for (const [n, card] of cards.entries()) {
    const stage = root.stages[n];
    stage.querySelector(".frames").replaceChildren();
    const box = boxes.get(card.at);
    if (box && !empty(box)) for (let c = 0; c < card.shown; c++) if (card.at < 0 || !box.channels || box.channels.has(c)) frame(stage, card, gap, c, box, at.row === card.at ? "unit" : "");
    if (!at && opened[0] === card.at && opened[1] < card.shown) frame(stage, card, gap, opened[1], { rows: [opened[2]], cols: [opened[3]] }, "opened");
  }
  root.said.textContent = at ? told(cards, boxes, at) : "Point at a unit to see what it sees; click it to open it.";
}

function told(cards, boxes, { row, unit: [c, i, j] }) {
  const card = cards.find((one) => one.at === row);
  const [, H, W] = card.shape;
  const place = H * W > 1 ? `map ${c + 1}, row ${i + 1}, column ${j + 1}` : card.classes ? `class ${c}` : `number ${c + 1}`;
  if (row < 0) return `Input: row ${i + 1}, column ${j + 1}`;
  const box = boxes.get(-1);
  if (empty(box)) return `${card.title}, ${place} sees nothing but padding`;
  const [[r0, r1], [c0, c1]] = [span(box.rows), span(box.cols)];
  return `${card.title}, ${place} sees rows ${r0 + 1} to ${r1 + 1}, columns ${c0 + 1} to ${c1 + 1} of the input: ${r1 - r0 + 1} × ${c1 - c0 + 1}`;
}

function under(root, event, stage) {
  const card = root.data.cards[root.stages.indexOf(stage)];
  const box = stage.getBoundingClientRect();
  const y = ((event.clientY - box.top) / box.height) * card.size[0];
  const x = ((event.clientX - box.left) / box.width) * card.size[1];
  const [h, w] = card.cells.map((n) => n + root.data.gap);
  const c = Math.floor(y / h) * card.across + Math.floor(x / w);
  const [i, j] = [Math.floor(((y % h) / card.cells[0]) * card.shape[1]), Math.floor(((x % w) / card.cells[1]) * card.shape[2])];
  return x >= 0 && y >= 0 && Math.floor(x / w) < card.across && c < card.shown && i < card.shape[1] && j < card.shape[2] ? { row: card.at, unit: [c, i, j] } : null;
}

const STEPS = { ArrowUp: [0, -1, 0], ArrowDown: [0, 1, 0], ArrowLeft: [0, 0, -1], ArrowRight: [0, 0, 1], PageUp: [-1, 0, 0], PageDown: [1, 0, 0], Enter: [0, 0, 0] };

// One place further; beyond the edge of a map lies the next one.
function walked(card, [c, i, j], [dc, di, dj]) {
  const [, H, W] = card.shape;
  const out = i + di < 0 || i + di >= H || j + dj < 0 || j + dj >= W;
  if (out) return [Math.min(card.shown - 1, Math.max(0, c + di + dj)), i, j];
  return [Math.min(card.shown - 1, Math.max(0, c + dc)), i + di, j + dj];
}

// The unit is taken apart further down: the page goes there.
function open(root, { row, unit }) {
  root.send([row, ...unit]);
  document.getElementById("unit")?.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
}

function listen(root) {
  const stageOf = (event) => event.target.closest?.(".stage");
  root.addEventListener("pointermove", (event) => stageOf(event) && show(root, under(root, event, stageOf(event))));
  root.addEventListener("pointerleave", () => show(root, null));
  root.addEventListener("click", (event) => {
    const at = stageOf(event) && under(root, event, stageOf(event));
    if (at && at.row >= 0) open(root, at);
  });
  root.addEventListener("keydown", (event) => {
    const stage = stageOf(event);
    const step = STEPS[event.key];
    if (!stage || event.altKey || event.ctrlKey || event.metaKey) return;
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
  const card = make("section", "card");
  const stage = make("div", "stage", { tabIndex: 0, role: "img" });
  stage.append(make("img", "", { alt: "", draggable: false }), make("div", "frames"));
  card.append(make("h4"), make("p", "text"), stage);
  return card;
}

function fill(node, card) {
  node.className = `card ${card.at < 0 ? "first" : ""} ${card.shape[1] * card.shape[2] > 1 ? "" : "vector"}`;
  node.ariaLabel = card.title;
  node.title = card.note;
  node.querySelector("h4").textContent = card.title;
  node.querySelector(".text").textContent = card.text;
  const stage = node.querySelector(".stage");
  Object.assign(stage, { ariaLabel: card.alt, ariaDescription: "Arrow keys walk over its units, Enter opens one, Escape lets go." });
  stage.style.aspectRatio = `${card.size[1]} / ${card.size[0]}`;
  stage.style.setProperty("--across", card.across);
  const img = stage.querySelector("img");
  if (img.getAttribute("src") !== card.src) img.src = card.src;
}

function bars(node, chances) {
  const best = Math.max(...chances.map(({ share }) => share));
  node.replaceChildren(
    make("h4", "", { textContent: "Chances" }),
    ...chances.map(({ label, share, text }) => {
      const line = make("div", `chance ${share === best ? "best" : ""}`);
      const bar = make("i");
      bar.style.width = `${100 * share}%`;
      const room = make("span");
      room.append(bar);
      line.append(make("span", "", { textContent: label }), room, make("b", "", { textContent: text }));
      return line;
    }),
  );
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".volumes");
  if (!root.said) {
    root.said = parentElement.querySelector(".said");
    listen(root);
  }
  Object.assign(root, { data, send: (unit) => setTriggerValue("open", unit) });
  const cards = root.getElementsByClassName("card");
  root.querySelector(".chances")?.remove();
  while (cards.length > data.cards.length) root.lastElementChild.remove();
  while (cards.length < data.cards.length) root.append(build());
  data.cards.forEach((card, n) => fill(cards[n], card));
  root.stages = [...root.querySelectorAll(".stage")];
  if (data.chances.length) {
    const node = make("section", "card chances", { ariaLabel: "Chances" });
    bars(node, data.chances);
    root.firstElementChild.after(node);
  }
  const gone = root.at && (root.at.row >= data.rows.length || !data.cards.some(({ at }) => at === root.at.row));
  show(root, gone ? null : (root.at ?? null));
}
