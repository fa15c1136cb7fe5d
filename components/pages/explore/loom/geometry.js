// Which input pixel each tap of each output reads, and back. Rows and columns never mix, so there is a table an axis.

/**
 * reads[k][i]: the input that tap k of output i reads. readers[u]: the [output, tap] pairs that read input u.
 * @param {AxisProps} axis
 */
function axisTables(axis) {
  const reads = axisSources(axis);
  /** @type {[number, number][][]} */
  const readers = Array.from({ length: axis.size }, /** @returns {[number, number][]} */ () => []);
  reads.forEach((table, k) =>
    table.forEach((u, i) => {
      if (u !== PADDING) readers[u].push([i, k]);
    }),
  );
  return { reads, readers };
}

/** @param {{ rows: AxisProps, cols: AxisProps, flip: boolean }} props */
function geometry(props) {
  const { rows, cols, flip } = props;
  const [K, L] = [rows.taps.length, cols.taps.length];
  return {
    K, L,
    taps: K * L,
    reach: [rows.reach, cols.reach],
    H: rows.size, W: cols.size, outH: rows.out, outW: cols.out,
    down: axisTables(rows), across: axisTables(cols),
    // The weight, row by row in the kernel as typed, that lies on tap (k, l) of the window.
    /** @param {number} k @param {number} l */
    weight: (k, l) => (flip ? K * L - 1 - (k * L + l) : k * L + l),
  };
}

/** @typedef {ReturnType<typeof geometry>} Geometry */

/** The output of row t of W. @param {Geometry} geo @param {number} t @returns {Focus} */
const outputAt = ({ outW }, t) => ({ kind: "output", i: Math.floor(t / outW), j: t % outW });

/** @typedef {{ k: number, l: number, weight: number, row: number, col: number, real: boolean }} Tap */

// The connections of output (i, j): every tap with its weight and its input pixel (row, col), PADDING where there is none.
/**
 * @param {Geometry} geo
 * @param {number} i
 * @param {number} j
 */
function windowOf(geo, i, j) {
  /** @type {Tap[]} */
  const found = [];
  for (let k = 0; k < geo.K; k++)
    for (let l = 0; l < geo.L; l++) {
      const [row, col] = [geo.down.reads[k][i], geo.across.reads[l][j]];
      found.push({ k, l, weight: geo.weight(k, l), row, col, real: row !== PADDING && col !== PADDING });
    }
  return found;
}

const MOST_LIT = 5000; // connections lit at a time: a corner that wide padding repeats has hundreds of thousands

// The connections of input pixel (r, c): the outputs (i, j) that read it, and through which weight, up to MOST_LIT.
/**
 * @param {Geometry} geo
 * @param {number} r
 * @param {number} c
 */
function readersOf(geo, r, c) {
  /** @type {{ weight: number, i: number, j: number }[]} */
  const found = [];
  for (const [i, k] of geo.down.readers[r])
    for (const [j, l] of geo.across.readers[c]) {
      if (found.length === MOST_LIT) return found;
      found.push({ weight: geo.weight(k, l), i, j });
    }
  return found;
}

// How many outputs read input pixel (r, c), and through which weights: rows and columns never mix.
/**
 * @param {Geometry} geo
 * @param {number} r
 * @param {number} c
 */
function readersCounted(geo, r, c) {
  /** @param {[number, number][]} pairs @param {number} n */
  const each = (pairs, n) => [...new Set(pairs.map((pair) => pair[n]))];
  const [rows, cols] = [geo.down.readers[r], geo.across.readers[c]];
  const weights = each(rows, 1).flatMap((k) => each(cols, 1).map((l) => geo.weight(k, l)));
  return { outputs: each(rows, 0).length * each(cols, 0).length, weights: weights.sort((a, b) => a - b) };
}
