// What each picture shows now, in words: for those who do not see it.

/** @param {number[]} numbers */
const span = (numbers) => {
  const [first, last] = [Math.min(...numbers) + 1, Math.max(...numbers) + 1];
  return first === last ? amount(first) : `${amount(first)}–${amount(last)}`;
};

/**
 * @param {Loom} loom
 * @param {Link} link
 */
function describe(loom, link) {
  const { geo, props, shown, weights } = loom;
  const lit = link.outputs.length ? `${span(link.outputs.map((o) => o.i))}, ${span(link.outputs.map((o) => o.j))}` : "";
  const window = link.inputs.length ? `; lit: rows ${span(link.inputs.map((c) => c.row))}, columns ${span(link.inputs.map((c) => c.col))}` : "";
  const names = link.weights.length === 1 ? `; lit: all uses of ${props.names[link.weights[0]]} = ${figure(weights[link.weights[0]])}` : "";
  const [rows, cols] = matrixSize(loom);
  const said = {
    input: `${geo.H} × ${geo.W} pixels${window}`,
    output: `${geo.outH} × ${geo.outW} outputs between ${shown.scale.signed ? figure(-shown.scale.high) : 0} and ${figure(shown.scale.high)}${lit && `; lit: Y[${lit}]`}`,
    matrix: `${amount(rows)} × ${amount(cols)}, ${props.views.find(({ kind }) => kind === props.view).name}${names || (lit && `; lit: what connects to Y[${lit}]`)}`,
    network: `${find(loom.network.panel, ".size").textContent}${names || (lit && `; lit: the connections of Y[${lit}]`)}`,
  };
  for (const [name, text] of Object.entries(said)) loom[/** @type {"input" | "output" | "matrix" | "network"} */ (name)].over.setAttribute("aria-description", text);
}
