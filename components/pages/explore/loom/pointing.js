// Pointing at a picture: what its cells are the focus of.

/**
 * A canvas that one points at: its rows and columns, and what a cell is the focus of.
 * @typedef {object} Panel
 * @property {HTMLCanvasElement} canvas
 * @property {() => number[]} of
 * @property {(r: number, c: number) => Focus} focus
 * @property {(focus: Focus) => number[]} at
 * @property {() => { top: number, bottom: number, left: number, right: number }} [window]
 * @property {(event: MouseEvent) => Focus | null} [under]
 */

/** @param {Loom} loom @returns {Record<string, Panel>} */
function panelsOf(loom) {
  /** @type {Omit<Panel, "canvas">} */
  const outputs = { of: () => [loom.geo.outH, loom.geo.outW], focus: (i, j) => ({ kind: "output", i, j }), at: (f) => [f.i, f.j] };
  return {
    input: { canvas: loom.input.over, of: () => [loom.geo.H, loom.geo.W], focus: (r, c) => ({ kind: "input", r, c }), at: (f) => [f.r, f.c] },
    output: { canvas: loom.output.over, ...outputs },
    matrix: { canvas: loom.matrix.over, of: () => matrixSize(loom), focus: (t, s) => ({ kind: "cell", t, s }), at: (f) => [f.t, f.s], window: () => loom.window },
    network: { canvas: loom.network.over, ...outputs, under: (event) => networkUnder(loom, event) },
  };
}

/**
 * What the pointer is at in a panel.
 * @param {Panel} panel
 * @param {MouseEvent} event
 */
function focusUnder(panel, event) {
  if (panel.under) return panel.under(event);
  const [h, w] = panel.of();
  const { top, bottom, left, right } = panel.window?.() ?? { top: 0, bottom: h, left: 0, right: w };
  const cell = cellUnder(event, panel.canvas, bottom - top, right - left, top, left);
  return cell && panel.focus(...cell);
}
