// W as a table that one walks through: what is in a cell, and where its weight is used next. From the axes' tables alone.

/**
 * One use of a weight in a cell of W. tap: null for the bias. rows, cols: of the output, the places that use it too.
 * @typedef {object} Use
 * @property {{ k: number, l: number } | null} tap
 * @property {number[]} rows
 * @property {number[]} cols
 */

/** Every how many outputs W uses a weight again, along each axis: at once, never, or after the tiled layer's period. @param {Loom} loom */
function repeat({ props }) {
  return { conv: 1, tiled: props.period, local: Infinity, dense: Infinity }[props.view];
}

/** The places of an axis that share weights with this one and read a pixel there. @param {Loom} loom @param {number} at @param {number} out @param {Int32Array} [reads] */
function places(loom, at, out, reads) {
  const [found, step] = [/** @type {number[]} */ ([]), repeat(loom)];
  for (let n = step === Infinity ? at : at % step; n < out; n += step) if (!reads || reads[n] !== PADDING) found.push(n);
  return found;
}

/** What connects output t to source s: nothing where W is always 0, two taps where padding folds back. @param {Loom} loom @param {number} t @param {number} s @returns {Use[]} */
function usesIn(loom, t, s) {
  const { geo } = loom;
  const [i, j] = [Math.floor(t / geo.outW), t % geo.outW];
  /** @type {Use[]} */
  const found = [];
  if (s === geo.H * geo.W) return [{ tap: null, rows: places(loom, i, geo.outH), cols: places(loom, j, geo.outW) }];
  const [row, col] = [Math.floor(s / geo.W), s % geo.W];
  for (let k = 0; k < geo.K; k++)
    for (let l = 0; l < geo.L; l++)
      if (geo.down.reads[k][i] === row && geo.across.reads[l][j] === col)
        found.push({ tap: { k, l }, rows: places(loom, i, geo.outH, geo.down.reads[k]), cols: places(loom, j, geo.outW, geo.across.reads[l]) });
  return found;
}

/** @param {Loom} loom @param {number} t @param {Use} use */
const ownValue = (loom, t, { tap }) => (tap ? loom.ownValue.get(`${t},${tap.k},${tap.l}`) : undefined);

/** The next output after t that uses this weight, or with by = −1 the one before; after the last, the first. @param {Loom} loom @param {number} t @param {Use} use @param {number} by */
function nextUse(loom, t, use, by) {
  const { rows, cols } = use;
  const { outW } = loom.geo;
  const many = rows.length * cols.length;
  let at = rows.indexOf(Math.floor(t / outW)) * cols.length + cols.indexOf(t % outW);
  /** @type {number} */
  let next;
  do {
    at = (at + by + many) % many;
    next = rows[Math.floor(at / cols.length)] * outW + cols[at % cols.length];
  } while (next !== t && ownValue(loom, next, use) !== undefined);
  return next;
}

/** The source that this use has at output t. @param {Loom} loom @param {number} t @param {Use} use */
function sourceOf({ geo }, t, { tap }) {
  if (!tap) return geo.H * geo.W;
  return geo.down.reads[tap.k][Math.floor(t / geo.outW)] * geo.W + geo.across.reads[tap.l][t % geo.outW];
}

/** How many cells have the weight: a copy that has been untied has one of its own. @param {Loom} loom @param {Use} use */
function uses(loom, use) {
  const { tap, rows, cols } = use;
  const own = loom.own.filter(({ i, j, k, l }) => k === tap?.k && l === tap?.l && rows.includes(i) && cols.includes(j));
  return rows.length * cols.length - own.length;
}

/** @param {number} t @param {number} s */
const place = (t, s) => `row ${amount(t + 1)}, column ${amount(s + 1)}`;

/** @param {Loom} loom @param {number} t @param {Use} use */
function useInWords(loom, t, use) {
  const { geo, props, weights } = loom;
  const n = use.tap ? geo.weight(use.tap.k, use.tap.l) : -1;
  const [name, value] = n < 0 ? ["the bias b", props.bias] : [`weight ${props.names[n]}`, weights[n]];
  const own = ownValue(loom, t, use);
  if (own !== undefined) return `an untied copy of ${name} = ${figure(own)}, used once`;
  const many = uses(loom, use);
  if (many === 1) return `${name} = ${figure(value)}, used once`;
  const next = nextUse(loom, t, use, 1);
  return `${name} = ${figure(value)}, used ${amount(many)} times; ${next > t ? "next" : "first"} use at ${place(next, sourceOf(loom, next, use))}`;
}

/** The cell as a line of a table, read aloud. @param {Loom} loom @param {number} t @param {number} s */
function cellInWords(loom, t, s) {
  const found = usesIn(loom, t, s);
  const nothing = loom.props.view === "dense" ? "a weight of its own, 0 here, used once" : "no connection, always 0";
  return `Row ${place(t, s).slice(4)}: ${found.map((use) => useInWords(loom, t, use)).join(", plus ") || nothing}.`;
}

/** Where the weight of this cell is used next, or before; from a cell without one, the next cell with one. @param {Loom} loom @param {number} t @param {number} s @param {number} by @returns {[number, number]} */
function jump(loom, t, s, by) {
  const [use] = usesIn(loom, t, s);
  if (use) {
    const next = nextUse(loom, t, use, by);
    return [next, sourceOf(loom, next, use)];
  }
  const outputs = loom.geo.outH * loom.geo.outW;
  for (let n = 0; n <= outputs; n++) {
    const row = (((t + by * n) % outputs) + outputs) % outputs;
    const taps = windowOf(loom.geo, Math.floor(row / loom.geo.outW), row % loom.geo.outW);
    const sources = taps.filter((tap) => tap.real).map((tap) => tap.row * loom.geo.W + tap.col);
    if (loom.props.bias) sources.push(loom.geo.H * loom.geo.W);
    const beyond = sources.filter((one) => n > 0 || (one - s) * by > 0).sort((a, b) => (a - b) * by);
    if (beyond.length) return [row, beyond[0]];
  }
  return [t, s];
}

// The line that is read aloud follows the keyboard, not the pointer, which would have it say something all the time.
/** @param {Loom} loom */
function sayCell(loom) {
  const { pinned, hovered, isWalked } = loom;
  const line = find(loom.matrix.panel, ".walked");
  const text = isWalked && !hovered && pinned?.kind === "cell" ? cellInWords(loom, pinned.t, pinned.s) : "";
  if (line.textContent !== text) line.textContent = text;
}

/** N jumps to the next use of the weight, with Shift to the one before. @param {Loom} loom */
function buildWalk(loom) {
  loom.matrix.over.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    const { pinned } = loom;
    if (event.key.toLowerCase() !== "n" || isShortcut(event) || pinned?.kind !== "cell") return;
    event.preventDefault();
    const [t, s] = jump(loom, pinned.t, pinned.s, event.shiftKey ? -1 : 1);
    loom.walkTo({ kind: "cell", t, s });
  });
}
