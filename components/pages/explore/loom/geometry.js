// Which input pixel each tap of each output reads, and back: the browser's twin of kernels/axis.py. A test holds them equal.

const PADDING = -1;

function folded(u, n, mode) {
  if (u >= 0 && u < n) return u;
  if (mode === "reflect") return u < 0 ? -u : 2 * n - 2 - u;
  if (mode === "replicate") return u < 0 ? 0 : n - 1;
  if (mode === "circular") return u < 0 ? u + n : u - n;
  return PADDING;
}

// reads[k][i]: the input that tap k of output i reads. readers[u]: the [output, tap] pairs that read input u.
function axisTables(axis) {
  const reads = [];
  const readers = Array.from({ length: axis.size }, () => []);
  for (let k = 0; k < axis.kernel; k++) {
    const table = new Int32Array(axis.out);
    for (let i = 0; i < axis.out; i++) {
      table[i] = folded(i * axis.stride + k * axis.dilation - axis.before, axis.size, axis.mode);
      if (table[i] !== PADDING) readers[table[i]].push([i, k]);
    }
    reads.push(table);
  }
  return { reads, readers };
}

function geometry(props) {
  const { rows, cols, flip } = props;
  const taps = rows.kernel * cols.kernel;
  return {
    rows, cols, taps,
    H: rows.size, W: cols.size, outH: rows.out, outW: cols.out,
    down: axisTables(rows), across: axisTables(cols),
    // The weight, row by row in the kernel as typed, that lies on tap (k, l) of the window.
    weight: (k, l) => (flip ? taps - 1 - (k * cols.kernel + l) : k * cols.kernel + l),
  };
}

// The connections of output (i, j): every tap with its weight and its input pixel (row, col), PADDING where there is none.
function windowOf(geo, i, j) {
  const found = [];
  for (let k = 0; k < geo.rows.kernel; k++)
    for (let l = 0; l < geo.cols.kernel; l++)
      found.push({ k, l, weight: geo.weight(k, l), row: geo.down.reads[k][i], col: geo.across.reads[l][j] });
  return found.map((c) => ({ ...c, real: c.row !== PADDING && c.col !== PADDING }));
}

const MOST_LIT = 5000; // connections lit at a time: a corner that wide padding repeats has hundreds of thousands

// The connections of input pixel (r, c): the outputs (i, j) that read it, and through which weight, up to MOST_LIT.
function readersOf(geo, r, c) {
  const found = [];
  for (const [i, k] of geo.down.readers[r])
    for (const [j, l] of geo.across.readers[c]) {
      if (found.length === MOST_LIT) return found;
      found.push({ weight: geo.weight(k, l), i, j });
    }
  return found;
}

// How many outputs read input pixel (r, c), and through which weights: rows and columns never mix.
function readersCounted(geo, r, c) {
  const each = (pairs, n) => [...new Set(pairs.map((pair) => pair[n]))];
  const [rows, cols] = [geo.down.readers[r], geo.across.readers[c]];
  const weights = each(rows, 1).flatMap((k) => each(cols, 1).map((l) => geo.weight(k, l)));
  return { outputs: each(rows, 0).length * each(cols, 0).length, weights: weights.sort((a, b) => a - b) };
}
