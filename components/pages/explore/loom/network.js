// The layer as a network: inputs above, outputs below, one edge per connection, in its colour. Of a large layer, the lit
// output with its neighbours and the inputs they read.

const EDGE = 11; // pixels from a border of the picture to its neurons

/** @typedef {{ t: number, s: number, weight: number, value: number }} Edge */

/** @typedef {{ inputs: number[], outputs: number[], whole: boolean }} Part Which neurons are drawn, by their numbers. */

/** @param {Loom} options */
function networkFits({ geo, props }) {
  return Math.max(geo.H * geo.W, geo.outH * geo.outW) <= props.neurons;
}

/** @param {number} n */
const upTo = (n) => Array.from({ length: n }, (_, i) => i);

/** @param {Loom} loom @returns {Part} */
function networkPart(loom) {
  const { geo } = loom;
  if (networkFits(loom)) return { inputs: upTo(geo.H * geo.W), outputs: upTo(geo.outH * geo.outW), whole: true };
  const [i, j] = centreOf(loom);
  /** @param {number} n @param {number} end */
  const around = (n, end) => [n - 1, n, n + 1].filter((m) => m >= 0 && m < end);
  for (const [rows, cols] of [[around(i, geo.outH), around(j, geo.outW)], [[i], around(j, geo.outW)], [[i], [j]]]) {
    const outputs = rows.flatMap((row) => cols.map((col) => row * geo.outW + col));
    const read = outputs.flatMap((t) => windowOf(geo, Math.floor(t / geo.outW), t % geo.outW).filter((c) => c.real).map((c) => c.row * geo.W + c.col));
    const inputs = [...new Set(read)].sort((a, b) => a - b);
    if (inputs.length <= loom.props.neurons || outputs.length === 1) return { inputs, outputs, whole: false };
  }
}

// The output that a part of the network is about: the one in focus, or one that what is in focus leads to.
/** @param {Loom} loom */
function centreOf(loom) {
  const { geo } = loom;
  const focus = loom.focus?.kind === "weight" ? loom.pinned : loom.focus;
  if (focus?.kind === "output") return [focus.i, focus.j];
  if (focus?.kind === "cell") return [Math.floor(focus.t / geo.outW), focus.t % geo.outW];
  if (focus?.kind === "input") {
    const readers = readersOf(geo, focus.r, focus.c);
    if (readers.length) return [readers[readers.length >> 1].i, readers[readers.length >> 1].j];
  }
  return [geo.outH >> 1, geo.outW >> 1];
}

/** @param {Part} part @param {{ width: number, height: number }} box */
function neuronPlaces(part, box) {
  /** @type {(neurons: number[], y: number) => Map<number, [number, number]>} */
  const line = (neurons, y) => new Map(neurons.map((neuron, n) => [neuron, [((n + 0.5) / neurons.length) * box.width, y]]));
  return { inputs: line(part.inputs, EDGE), outputs: line(part.outputs, box.height - EDGE) };
}

/** @typedef {ReturnType<typeof neuronPlaces>} Places */

// Which weights the connections have: those of W, or of the stage that is told in its place.
/** @param {Loom} loom */
const wiredAs = (loom) => loom.tying.view ?? loom.props.view;

// The connections of these neurons as they are wired now: fully connected has them all, those outside the window at 0.
/** @param {Loom} loom @param {Part} part */
function edgesOf(loom, part) {
  const view = wiredAs(loom);
  /** @type {Edge[]} */
  const edges = [];
  for (const t of part.outputs) {
    const near = new Map();
    for (const cell of rowOf(loom, t)) if (cell.weight >= 0) near.set(cell.s, cell);
    if (view === "dense") for (const s of part.inputs) if (!near.has(s)) edges.push({ t, s, weight: -1, value: 0 });
    for (const { s, weight, value } of near.values()) edges.push({ t, s, weight, value });
  }
  return edges;
}

// How a connection is drawn. One whose weight is 0 is a connection too: it is dashed, and wide enough to be seen.
/**
 * @param {Edge} edge
 * @param {number} largest The largest absolute value of a weight.
 * @param {boolean} strong
 * @returns {{ width: number, dash: number[] }}
 */
function lineOf({ weight, value }, largest, strong) {
  if (weight >= 0 && !value) return { width: strong ? 2 : 1, dash: strong ? [6, 4] : [4, 4] };
  return { width: (strong ? 1 : 0.5) + (strong ? 3 : 1.5) * (Math.abs(value) / largest), dash: [] };
}

/** @param {Loom} loom */
function drawNetwork(loom) {
  if (loom.pointed !== "network" || !loom.part) loom.part = networkPart(loom); // what is pointed at stays where it is
  const { focus, part } = loom;
  const { panel, over } = loom.network;
  const { ctx, box } = overlay(over, 1, 1);
  const places = neuronPlaces(part, box);
  const edges = edgesOf(loom, part);
  const chosen = focus && chosenEdges(loom, focus);
  find(panel, ".shrink").hidden = part.whole || !loom.props.shrink;
  find(panel, ".size").textContent = partInWords(loom.geo, part, edges);
  drawEdges(loom, ctx, edges, places, chosen);
  if (loom.props.letters) writeLettersOnEdges(loom, ctx, edges, places, chosen);
  const table = outputTable(loom);
  drawNeurons(loom, ctx, places.inputs, (s) => GREY[loom.picture[s]]);
  drawNeurons(loom, ctx, places.outputs, (t) => (loom.scanned === null || t <= loom.scanned ? table[loom.shown.levels[t]] : null));
}

/** @param {Geometry} geo @param {Part} part @param {Edge[]} edges */
function partInWords(geo, part, edges) {
  const [inputs, outputs] = [`${amount(geo.H * geo.W)} inputs`, `${amount(geo.outH * geo.outW)} outputs`];
  if (!part.whole) return `${part.inputs.length} of ${inputs}, ${part.outputs.length} of ${outputs}`;
  const dashed = edges.some((edge) => lineOf(edge, 1, false).dash.length) ? "; dashed: weight 0" : "";
  return `${inputs} above, ${outputs} below${dashed}`;
}

/** @typedef {((edge: Edge) => boolean) | null} Chosen Which connections are lit; null where all are alike. */

/** Those that are lit come last. @param {Loom} loom @param {Context} ctx @param {Edge[]} edges @param {Places} places @param {Chosen} chosen */
function drawEdges(loom, ctx, edges, places, chosen) {
  const largest = Math.max(1e-9, ...edges.map((edge) => Math.abs(edge.value)));
  const view = wiredAs(loom);
  for (const strong of [false, true])
    for (const edge of edges) {
      if (Boolean(chosen?.(edge)) !== strong) continue;
      const { width, dash } = lineOf(edge, largest, strong);
      ctx.globalAlpha = !chosen || strong ? 0.95 : edge.weight < 0 ? 0.1 : 0.25;
      ctx.strokeStyle = cssColour(threadColour(loom, edge.t, edge.s, edge.weight, view));
      ctx.lineWidth = width;
      ctx.setLineDash(dash);
      ctx.beginPath();
      ctx.moveTo(...places.inputs.get(edge.s));
      ctx.lineTo(...places.outputs.get(edge.t));
      ctx.stroke();
    }
  ctx.globalAlpha = 1;
  ctx.setLineDash([]);
}

/** @param {Loom} loom @param {Context} ctx @param {Places["inputs"]} places @param {(n: number) => number | null} colourOf Null: not computed yet. */
function drawNeurons(loom, ctx, places, colourOf) {
  const radius = clamp((ctx.canvas.clientWidth / places.size) * 0.42, 2.5, 9);
  ctx.lineWidth = 1;
  ctx.strokeStyle = loom.css.text;
  for (const [n, [x, y]] of places) {
    const colour = colourOf(n);
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, 2 * Math.PI);
    ctx.globalAlpha = colour === null ? 0.3 : 1;
    if (colour !== null) {
      ctx.fillStyle = cssColour(colour);
      ctx.fill();
    }
    ctx.stroke();
  }
  ctx.globalAlpha = 1;
}

// Those that are lit have theirs first.
/** @param {Loom} loom @param {Context} ctx @param {Edge[]} edges @param {Places} places @param {Chosen} chosen */
function writeLettersOnEdges(loom, ctx, edges, places, chosen) {
  const size = LETTER * enlarged(ctx.canvas, "--large");
  /** @param {boolean} strong */
  const on = (strong) =>
    edges
      .filter((edge) => Boolean(chosen?.(edge)) === strong)
      .map((edge) => ({ edge, id: threadInk(loom, edge.t, edge.s, edge.weight, wiredAs(loom)) }))
      .filter(({ id }) => id >= 0)
      .flatMap(({ edge, id }) => alongLine(places.inputs.get(edge.s), places.outputs.get(edge.t), { x: 0, y: 0, id, of: edge, faint: Boolean(chosen) && !strong }));
  const [strong, others] = [on(true), on(false)];
  /** @type {[number, number]} */
  const room = [(letterWidth([...strong, ...others]) + 0.2) * size, 1.1 * size];
  const first = lettered(strong, room);
  writeLettersAt(loom, ctx, [...lettered(others, room, first), ...first], size);
}

/** @param {Loom} loom @param {Focus} focus */
function chosenEdges(loom, focus) {
  const { geo } = loom;
  /** @type {Record<string, (edge: Edge) => boolean>} */
  const chosen = {
    output: (e) => e.t === focus.i * geo.outW + focus.j,
    input: (e) => e.s === focus.r * geo.W + focus.c,
    weight: (e) => e.weight === focus.n,
    cell: (e) => e.t === focus.t && e.s === focus.s,
  };
  return chosen[focus.kind];
}

// The neuron or edge under the pointer, as a focus.
/** @param {Loom} loom @param {MouseEvent} event @returns {Focus | null} */
function networkUnder(loom, event) {
  const { geo, part } = loom;
  const { over } = loom.network;
  const box = over.getBoundingClientRect();
  const [x, y] = [event.clientX - box.left, event.clientY - box.top];
  const places = neuronPlaces(part, box);
  /** @param {number[]} neurons */
  const pick = (neurons) => neurons[clamp(Math.floor((x / box.width) * neurons.length), 0, neurons.length - 1)];
  if (y < 2 * EDGE) return { kind: "input", r: Math.floor(pick(part.inputs) / geo.W), c: pick(part.inputs) % geo.W };
  if (y > box.height - 2 * EDGE) return { kind: "output", i: Math.floor(pick(part.outputs) / geo.outW), j: pick(part.outputs) % geo.outW };
  /** @type {Focus | null} */
  let best = null;
  let nearest = 5;
  for (const edge of edgesOf(loom, part)) {
    const [x0, y0] = places.inputs.get(edge.s);
    const [x1, y1] = places.outputs.get(edge.t);
    const away = Math.abs(x - (x0 + ((y - y0) / (y1 - y0)) * (x1 - x0)));
    if (away < nearest) [nearest, best] = [away, { kind: "cell", t: edge.t, s: edge.s }];
  }
  return best;
}
