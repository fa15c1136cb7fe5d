// Input, Output and the written sum. `focus` is what the visitor points at or has pinned:
// {kind: "output", i, j} · {kind: "input", r, c} · {kind: "weight", n} · {kind: "cell", t, s} (of the matrix); with `tap`,
// it is that product of the sum.

/** @param {HTMLElement} root @param {string} name */
function panelCanvases(root, name) {
  const panel = find(root, `[data-panel="${name}"]`);
  return { panel, base: find(panel, ".base"), over: find(panel, ".over"), size: find(panel, ".size") };
}

// Pixels are square, however narrow the page: loom.css lets the picture give way in size, never in shape.
/** @param {HTMLElement} panel @param {number} h @param {number} w */
function shape(panel, h, w) {
  panel.style.setProperty("--shape", String(w / h));
}

/** @param {Loom} loom */
function paintInput(loom) {
  const { base, size } = loom.input;
  paintLevels(base, loom.picture, loom.props.image.shape, GREY);
  const [channels, h, w] = loom.props.image.shape;
  size.textContent = `${h} × ${w}${channels === 3 ? " × 3" : ""}`;
  shape(loom.input.panel, h, w);
}

// Signed maps of one channel are blue and red around the page's own zero; three channels have only grey for zero.
/** @param {Loom} loom */
function outputTable(loom) {
  return loom.shown.scale.signed && loom.channels === 1 ? loom.diverging : GREY;
}

/** @param {Loom} loom */
function paintOutput(loom) {
  const { base, size, panel } = loom.output;
  const { geo, shown } = loom;
  const table = outputTable(loom);
  paintLevels(base, shown.levels, [loom.channels, geo.outH, geo.outW], table);
  size.textContent = `${geo.outH} × ${geo.outW}${loom.channels === 3 ? " × 3" : ""}`;
  shape(panel, geo.outH, geo.outW);
  const badge = find(panel, ".badge");
  badge.textContent = shown.by;
  const ramp = shown.scale.signed ? table.slice(1) : table.slice(0, 255);
  paintLevels(find(panel, ".ramp"), Uint8Array.from({ length: 255 }, (_, n) => n), [1, 1, 255], ramp);
  find(panel, ".low").textContent = shown.scale.signed ? figure(-shown.scale.high) : "0";
  find(panel, ".high").textContent = figure(shown.scale.high);
}

// What is connected to the focus: outputs, inputs (each with its weight, −1 for none) and weights.
/**
 * @typedef {object} Link
 * @property {{ i: number, j: number, weight: number }[]} outputs
 * @property {{ row: number, col: number, weight: number }[]} inputs
 * @property {number[]} weights
 */

/** @param {Loom} loom @param {Focus} focus @returns {Link} */
function linked(loom, focus) {
  const { geo } = loom;
  if (focus?.kind === "output") {
    const taps = windowOf(geo, focus.i, focus.j);
    return { outputs: [{ i: focus.i, j: focus.j, weight: -1 }], inputs: taps.filter((c) => c.real), weights: taps.map((c) => c.weight) };
  }
  if (focus?.kind === "input") {
    const outputs = readersOf(geo, focus.r, focus.c);
    return { outputs, inputs: [{ row: focus.r, col: focus.c, weight: -1 }], weights: outputs.map((c) => c.weight) };
  }
  if (focus?.kind === "cell") {
    const [i, j] = [Math.floor(focus.t / geo.outW), focus.t % geo.outW];
    const taps = windowOf(geo, i, j).filter((c) => c.real && c.row * geo.W + c.col === focus.s);
    const input = focus.s < geo.H * geo.W ? [{ row: Math.floor(focus.s / geo.W), col: focus.s % geo.W, weight: taps[0]?.weight ?? -1 }] : [];
    return { outputs: [{ i, j, weight: -1 }], inputs: input, weights: taps.map((c) => c.weight) };
  }
  return { outputs: [], inputs: [], weights: focus?.kind === "weight" ? [focus.n] : [] };
}

/** @param {Loom} loom @param {Link} link */
function lightInput(loom, link) {
  const { geo, focus } = loom;
  const view = overlay(loom.input.over, geo.H, geo.W);
  if (focus?.kind === "weight") shadeUses(loom, view);
  for (const { row, col, weight } of link.inputs) {
    if (weight < 0) continue;
    view.ctx.fillStyle = loom.props.colours[weight];
    const [x, y, w, h] = view.cell(row, col);
    const inset = Math.min(w, h) > 10 ? 2 : 0;
    view.ctx.globalAlpha = Math.min(w, h) > 10 ? 0.55 : 0.9;
    view.ctx.fillRect(x + inset, y + inset, w - 2 * inset, h - 2 * inset);
  }
  view.ctx.globalAlpha = 1;
  writeNumbers(view, geo.H, geo.W, (r, c) => short(loom.planes[r * geo.W + c]), (r, c) => GREY[loom.picture[r * geo.W + c]]);
  if (!link.inputs.length) return;
  const rows = link.inputs.map((c) => c.row), cols = link.inputs.map((c) => c.col);
  const [top, left, bottom, right] = [Math.min(...rows), Math.min(...cols), Math.max(...rows), Math.max(...cols)];
  // A window folded back at the border is not one rectangle: then each of its pixels is lit, without a frame.
  if (bottom - top < geo.reach[0] && right - left < geo.reach[1])
    frame(view.ctx, lit([left * view.cw, top * view.ch, (right - left + 1) * view.cw, (bottom - top + 1) * view.ch], 8));
}

// The places a tap reads along one axis, neighbours together, as [first, how many]: one rectangle for most pictures.
/** @param {Int32Array} places */
function runs(places) {
  /** @type {[number, number][]} */
  const found = [];
  for (const u of [...new Set(places)].filter((place) => place !== PADDING).sort((a, b) => a - b)) {
    const last = found.at(-1);
    if (last && u === last[0] + last[1]) last[1] += 1;
    else found.push([u, 1]);
  }
  return found;
}

// Every input pixel that the weight in focus touches somewhere: all but what a border keeps away.
/** @param {Loom} loom @param {View} view */
function shadeUses(loom, view) {
  const { geo, focus } = loom;
  view.ctx.fillStyle = loom.props.colours[focus.n];
  view.ctx.globalAlpha = 0.5;
  for (let k = 0; k < geo.K; k++)
    for (let l = 0; l < geo.L; l++) {
      if (geo.weight(k, l) !== focus.n) continue;
      const [rows, cols] = [runs(geo.down.reads[k]), runs(geo.across.reads[l])];
      for (const [top, tall] of rows) for (const [left, wide] of cols) view.ctx.fillRect(left * view.cw, top * view.ch, wide * view.cw, tall * view.ch);
    }
  view.ctx.globalAlpha = 1;
}

/** @param {Loom} loom @param {Link} link */
function lightOutput(loom, link) {
  const { geo, focus, shown } = loom;
  const view = overlay(loom.output.over, geo.outH, geo.outW);
  if (loom.scanned !== null) veil(view, geo, loom.scanned, loom.dark);
  if (focus?.kind === "weight") {
    view.ctx.strokeStyle = loom.props.colours[focus.n]; // every output uses it: around them, not over their colours
    view.ctx.lineWidth = 8;
    view.ctx.strokeRect(0, 0, view.box.width, view.box.height);
  }
  for (const { i, j, weight } of link.outputs) {
    if (weight < 0) continue;
    view.ctx.fillStyle = loom.props.colours[weight];
    view.ctx.fillRect(...view.cell(i, j));
  }
  const table = outputTable(loom);
  if (loom.scanned === null)
    writeNumbers(view, geo.outH, geo.outW, (r, c) => short(shown.output[r * geo.outW + c]), (r, c) => table[shown.levels[r * geo.outW + c]]);
  if (link.outputs.length === 1) frame(view.ctx, lit(view.cell(link.outputs[0].i, link.outputs[0].j), 8));
}

// While scanning, what has not been computed yet is covered.
/** @param {View} view @param {Geometry} geo @param {number} position @param {boolean} dark */
function veil(view, geo, position, dark) {
  const [i, j] = [Math.floor(position / geo.outW), position % geo.outW];
  view.ctx.fillStyle = dark ? "#1b1e25" : "#ffffff";
  view.ctx.fillRect((j + 1) * view.cw, i * view.ch, view.box.width, view.ch + 0.5);
  view.ctx.fillRect(0, (i + 1) * view.ch, view.box.width, view.box.height);
}

/** @param {number} n */
function ordinal(n) {
  const ending = n % 100 > 10 && n % 100 < 14 ? "th" : ["th", "st", "nd", "rd"][n % 10] ?? "th";
  return `${n}${ending}`;
}

/**
 * A piece of the sum, in the colour of a weight where it is about one.
 * @param {string} text
 * @param {string} [background]
 * @param {string} [color]
 */
function chip(text, background = "", color = "") {
  const span = make("span", background ? "chip" : "", { textContent: text });
  if (background) Object.assign(span.style, { background, color });
  return span;
}

/** @param {Loom} loom */
function writeSum(loom) {
  const { focus, root } = loom;
  const parts = focus ? sentenceOf(loom, focus) : [chip("Point at a pixel, a weight or a cell of the matrix.")];
  const sum = find(root, ".sum");
  if (spoken(parts) !== loom.said) {
    // Spoken where a person moves with the keyboard; not with every pixel under the pointer or every step of the scan.
    sum.ariaLive = loom.hovered || loom.scanned !== null ? "off" : "polite";
    showSum(loom, sum, parts);
  }
  for (const one of sum.querySelectorAll("[data-tap]")) one.classList.toggle("lit", Number(one.dataset.tap) === focus?.tap);
}

const FEWEST = 3; // products that are written out, however little room there is

// As many products as have room: of more, the largest.
/** @param {Loom} loom @param {HTMLElement} sum @param {HTMLElement[]} parts */
function showSum(loom, sum, parts) {
  sum.replaceChildren(...spaced(parts));
  loom.said = spoken(parts);
  if (loom.terms <= FEWEST || !sum.querySelector("[data-tap]") || sum.scrollHeight <= sum.clientHeight + 2) return;
  loom.terms = Math.max(FEWEST, Math.floor(0.9 * Math.min(loom.terms, loom.geo.taps)));
  showSum(loom, sum, sentenceOf(loom, loom.focus));
}

/** @param {HTMLElement[]} parts */
const spoken = (parts) => parts.map((part) => part.textContent).join(" ");

/** @param {HTMLElement[]} parts */
const spaced = (parts) => parts.flatMap((part) => [part, document.createTextNode(" ")]);

// The sentence about what is in focus; of a product, the sum that it is part of.
/** @param {Loom} loom @param {Focus} focus */
function sentenceOf(loom, focus) {
  if (focus.tap === undefined || focus.kind !== "cell") return sentences[focus.kind](loom, focus);
  return sentences.output(loom, { kind: "output", i: Math.floor(focus.t / loom.geo.outW), j: focus.t % loom.geo.outW, tap: focus.tap });
}

// The products that are written out, in the window's order: the largest, and one that is pointed at.
/** @param {number[]} products @param {number} most @param {number} [tap] */
function writtenTerms(products, most, tap) {
  const all = products.map((_, n) => n);
  if (all.length <= most) return all;
  const largest = all.toSorted((a, b) => Math.abs(products[b]) - Math.abs(products[a])).slice(0, most);
  if (tap !== undefined && !largest.includes(tap)) largest[most - 1] = tap;
  return largest.sort((a, b) => a - b);
}

// The written products with + between them, and what the others add up to.
/** @param {Loom} loom @param {Tap[]} taps @param {number[]} values @param {number[]} x @param {number[]} written */
function terms({ geo, props }, taps, values, x, written) {
  const parts = written.flatMap((n) => {
    const { weight } = taps[n];
    const product = chip(`${figure(values[n])} · ${figure(x[n])}`, props.colours[weight], props.inks[weight]);
    product.dataset.tap = String(n);
    const next = n % geo.L === 0 && written.length === taps.length ? [make("br"), chip("+")] : [chip("+")];
    return n === written[0] ? [product] : [...next, product];
  });
  if (written.length === taps.length) return parts;
  const rest = values.reduce((sum, value, n) => (written.includes(n) ? sum : sum + value * x[n]), 0);
  return [...parts, chip(`+ ${figure(rest)} (${taps.length - written.length} smaller)`)];
}

/** @type {Record<string, (loom: Loom, focus: Focus) => HTMLElement[]>} */
const sentences = {
  output(loom, { i, j, tap }) {
    const { geo, props } = loom;
    const taps = windowOf(geo, i, j);
    return Array.from({ length: loom.channels }, (_, ch) => {
      const colour = loom.channels === 3 ? `${"RGB"[ch]}: ` : "";
      const before = props.activation === "none" ? [] : [chip(`${props.activation}(`)];
      const after = [...(props.bias ? [chip(`+ ${figure(props.bias)}`)] : []), ...(before.length ? [chip(")")] : [])];
      const x = taps.map((c) => (c.real ? loom.planes[(ch * geo.H + c.row) * geo.W + c.col] : 0));
      const values = taps.map((c) => (c.real ? valueOf(loom, i * geo.outW + j, c) : loom.weights[c.weight]));
      const products = values.map((value, n) => value * x[n]);
      const total = products.reduce((sum, product) => sum + product, props.bias);
      const result = chip(`= ${figure(ACTIVATIONS[props.activation](Math.abs(total) <= loom.floor ? 0 : total))}`);
      result.className = "result";
      const line = make("div", "channel");
      line.append(...spaced([chip(`${colour}Y[${i + 1},${j + 1}] =`), ...before, ...terms(loom, taps, values, x, writtenTerms(products, loom.terms, tap)), ...after, result]));
      return line;
    });
  },
  input(loom, { r, c }) {
    const { outputs, weights } = readersCounted(loom.geo, r, c);
    const value = Array.from({ length: loom.channels }, (_, ch) => figure(loom.planes[(ch * loom.geo.H + r) * loom.geo.W + c])).join(", ");
    return [
      chip(`X[${r + 1},${c + 1}] = ${value} feeds ${outputs} output${outputs === 1 ? "" : "s"}, through`),
      ...weights.map((n) => chip(loom.props.names[n], loom.props.colours[n], loom.props.inks[n])),
    ];
  },
  weight(loom, { n }) {
    const { geo, props } = loom;
    let uses = 0;
    for (let k = 0; k < geo.K; k++)
      for (let l = 0; l < geo.L; l++)
        if (geo.weight(k, l) === n)
          uses = geo.down.reads[k].filter((u) => u !== PADDING).length * geo.across.reads[l].filter((u) => u !== PADDING).length;
    const value = chip(`${props.names[n]} = ${figure(loom.weights[n])}`, props.colours[n], props.inks[n]);
    if (loom.faces.copiesShown?.free) return [value, chip(`became ${amount(uses)} free ${uses === 1 ? "copy" : "copies"}, one for each use.`)];
    return [
      value,
      chip(`is one number, used ${uses === 1 ? "once" : `${amount(uses)} times`}.`),
      ...(uses > 1 ? [chip("Training updates it from all its uses together.")] : []),
    ];
  },
  cell(loom, { t, s }) {
    const { geo, props, weights } = loom;
    const [i, j] = [Math.floor(t / geo.outW), t % geo.outW];
    const taps = windowOf(geo, i, j).filter((c) => c.real && c.row * geo.W + c.col === s);
    const place = `W[${t + 1},${s + 1}], from X[${Math.floor(s / geo.W) + 1},${(s % geo.W) + 1}] to Y[${i + 1},${j + 1}]`;
    if (s === geo.H * geo.W) return [chip(`W[${t + 1},${s + 1}] is the bias: ${figure(props.bias)}, the same in every row.`)];
    if (!taps.length) return [chip(`${place}: 0${props.view === "dense" ? ", a separate weight that the convolution does not have" : ", no connection"}.`)];
    const own = {
      conv: "shared with every other cell of this colour",
      tiled: `shared with every ${props.period === 1 ? "" : `${ordinal(props.period)} `}output along each axis`,
      local: "a separate weight here, set to the same value",
      dense: "a separate weight here, set to the same value",
    }[props.view];
    const apart = loom.own.filter((copy) => copy.t === t && copy.s === s);
    if (apart.length) return [chip(`${place}:`), ...apart.map((copy) => chip(`${figure(copy.value)}, a copy untied from ${props.names[geo.weight(copy.k, copy.l)]} = ${figure(weights[geo.weight(copy.k, copy.l)])}.`))];
    const said = loom.faces.copiesShown?.connection ?? own;
    return [chip(`${place}:`), ...taps.map((c) => chip(`${props.names[c.weight]} = ${figure(weights[c.weight])}`, props.colours[c.weight], props.inks[c.weight])), chip(said)];
  },
};
