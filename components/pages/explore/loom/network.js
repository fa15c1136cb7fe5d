// The network picture of a small layer: inputs above, outputs below, an edge a connection, in its colour.

const EDGE = 11; // pixels from a border of the picture to its neurons

/** @typedef {{ t: number, s: number, weight: number, value: number }} Edge */

/** @param {Loom} options */
function networkFits({ geo, props }) {
  return Math.max(geo.H * geo.W, geo.outH * geo.outW) <= props.neurons;
}

/**
 * @param {Loom} loom
 * @param {{ width: number, height: number }} box
 */
function neuronPlaces(loom, box) {
  const { geo } = loom;
  /** @type {(n: number, y: number) => [number, number][]} */
  const line = (n, y) => Array.from({ length: n }, (_, i) => [((i + 0.5) / n) * box.width, y]);
  return { inputs: line(geo.H * geo.W, EDGE), outputs: line(geo.outH * geo.outW, box.height - EDGE) };
}

// Every connection of the layer as it is wired now: the fully connected one has them all, those outside the window at 0.
/** @param {Loom} loom */
function edgesOf(loom) {
  const { geo, props } = loom;
  /** @type {Edge[]} */
  const edges = [];
  for (let t = 0; t < geo.outH * geo.outW; t++) {
    const near = new Map();
    for (const cell of rowOf(loom, t)) if (cell.weight >= 0) near.set(cell.s, cell);
    if (props.view === "dense") for (let s = 0; s < geo.H * geo.W; s++) if (!near.has(s)) edges.push({ t, s, weight: -1, value: 0 });
    for (const { s, weight, value } of near.values()) edges.push({ t, s, weight, value });
  }
  return edges;
}

/** @param {Loom} loom */
function drawNetwork(loom) {
  const { panel, over } = loom.network;
  const fits = networkFits(loom);
  find(panel, ".stack").hidden = !fits;
  find(panel, ".too-large").hidden = fits;
  find(panel, ".shrink").hidden = !loom.props.shrink;
  const { focus, geo } = loom;
  find(panel, ".size").textContent = fits ? `${geo.H * geo.W} inputs above, ${geo.outH * geo.outW} outputs below` : "";
  if (!fits) return;
  const { ctx, box } = overlay(over, 1, 1);
  const places = neuronPlaces(loom, box);
  const edges = edgesOf(loom);
  const largest = Math.max(1e-9, ...edges.map((edge) => Math.abs(edge.value)));
  const chosen = focus && chosenEdges(loom, focus);
  for (const strong of [false, true])
    for (const edge of edges) {
      if (Boolean(chosen?.(edge)) !== strong) continue;
      ctx.globalAlpha = !chosen || strong ? 0.95 : edge.weight < 0 ? 0.1 : 0.25;
      ctx.strokeStyle = cssColour(threadColour(loom, edge.t, edge.s, edge.weight));
      ctx.lineWidth = (strong ? 1 : 0.5) + (strong ? 3 : 1.5) * (Math.abs(edge.value) / largest);
      ctx.beginPath();
      ctx.moveTo(...places.inputs[edge.s]);
      ctx.lineTo(...places.outputs[edge.t]);
      ctx.stroke();
    }
  ctx.globalAlpha = 1;
  /** @param {number} n */
  const radius = (n) => Math.min(9, Math.max(2.5, (box.width / n) * 0.42));
  /** @param {[number, number]} at @param {number} size @param {string} fill */
  const neuron = ([x, y], size, fill) => {
    ctx.beginPath();
    ctx.arc(x, y, size, 0, 2 * Math.PI);
    ctx.fillStyle = fill;
    ctx.fill();
    ctx.lineWidth = 1;
    ctx.strokeStyle = loom.css.text;
    ctx.stroke();
  };
  const table = outputTable(loom);
  places.inputs.forEach((at, s) => neuron(at, radius(places.inputs.length), cssColour(GREY[loom.picture[s]])));
  places.outputs.forEach((at, t) => neuron(at, radius(places.outputs.length), cssColour(table[loom.shown.levels[t]])));
}

/**
 * @param {Loom} loom
 * @param {Focus} focus
 */
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
/**
 * @param {Loom} loom
 * @param {MouseEvent} event
 * @returns {Focus | null}
 */
function networkUnder(loom, event) {
  const { geo } = loom;
  const { over } = loom.network;
  const box = over.getBoundingClientRect();
  const [x, y] = [event.clientX - box.left, event.clientY - box.top];
  const places = neuronPlaces(loom, box);
  /** @param {[number, number][]} line */
  const pick = (line) => clamp(Math.floor((x / box.width) * line.length), 0, line.length - 1);
  if (y < 2 * EDGE) return { kind: "input", r: Math.floor(pick(places.inputs) / geo.W), c: pick(places.inputs) % geo.W };
  if (y > box.height - 2 * EDGE) return { kind: "output", i: Math.floor(pick(places.outputs) / geo.outW), j: pick(places.outputs) % geo.outW };
  /** @type {Focus | null} */
  let best = null;
  let nearest = 5;
  for (const edge of edgesOf(loom)) {
    const [x0, y0] = places.inputs[edge.s];
    const [x1, y1] = places.outputs[edge.t];
    const away = Math.abs(x - (x0 + ((y - y0) / (y1 - y0)) * (x1 - x0)));
    if (away < nearest) [nearest, best] = [away, { kind: "cell", t: edge.t, s: edge.s }];
  }
  return best;
}
