// The preview: the same sum as the engine's, over the same 8-bit picture, in float64. NumPy stays the authority.

/** @type {Record<string, (y: number) => number>} */
const ACTIVATIONS = {
  none: (y) => y,
  relu: (y) => Math.max(y, 0),
  abs: Math.abs,
  sigmoid: (y) => 1 / (1 + Math.exp(-y)),
  tanh: Math.tanh,
};

// Y before the activation, channel by channel: weights is the kernel as typed, flat.
/**
 * @param {Geometry} geo
 * @param {Float64Array} planes
 * @param {number} channels
 * @param {number[]} weights
 * @param {number} bias
 * @param {Float64Array} out
 */
function correlate(geo, planes, channels, weights, bias, out) {
  const { H, W, outH, outW } = geo;
  out.fill(bias);
  for (let l = 0; l < geo.L; l++) {
    const col = geo.across.reads[l];
    const inside = [];
    for (let j = 0; j < outW; j++) if (col[j] !== PADDING) inside.push(j);
    if (!inside.length) continue;
    const [first, last] = [inside[0], inside[inside.length - 1]];
    for (let k = 0; k < geo.K; k++) {
      const value = weights[geo.weight(k, l)];
      if (value === 0) continue;
      for (let ch = 0; ch < channels; ch++)
        for (let i = 0; i < outH; i++) {
          const row = geo.down.reads[k][i];
          if (row === PADDING) continue;
          const from = (ch * H + row) * W;
          const to = (ch * outH + i) * outW;
          for (let j = first; j <= last; j++) out[to + j] += value * planes[from + col[j]];
        }
    }
  }
  return out;
}

// What a copy with a value of its own adds to that sum.
/**
 * @param {Geometry} geo
 * @param {Float64Array} planes
 * @param {number} channels
 * @param {UntiedCopy} copy
 * @param {number[]} weights
 * @param {Float64Array} out
 */
function addOwn(geo, planes, channels, { i, j, k, l, r, c, value }, weights, out) {
  const more = value - weights[geo.weight(k, l)];
  for (let ch = 0; ch < channels; ch++) out[(ch * geo.outH + i) * geo.outW + j] += more * planes[(ch * geo.H + r) * geo.W + c];
}

/** @param {Float64Array} linear @param {string} name @param {Float64Array} out */
function activated(linear, name, out) {
  const act = ACTIVATIONS[name];
  for (let n = 0; n < linear.length; n++) out[n] = act(linear[n]);
  return out;
}

/** @typedef {{ high: number, signed: boolean }} Scale */

const NOISE = 1e-12;

// The twin of layer.noise_floor: how far from 0 rounding alone may leave a sum.
/** @param {number[]} weights @param {number} bias @param {number} largest */
function noiseFloor(weights, bias, largest) {
  return NOISE * (weights.reduce((total, weight) => total + Math.abs(weight), 0) * largest + Math.abs(bias));
}

/** The twin of layer.without_noise. @param {Float64Array} sums @param {number} floor */
const withoutNoise = (sums, floor) => sums.map((sum) => (Math.abs(sum) <= floor ? 0 : sum));

/** The twin of layer.scale_of and Scale.levels. @param {Float64Array} output */
function scaleOf(output) {
  let low = 0;
  let high = 0;
  for (let n = 0; n < output.length; n++) {
    const v = output[n];
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return low < 0 ? { high: Math.max(-low, high), signed: true } : { high: Math.max(1, high), signed: false };
}

/** @param {Float64Array} output @param {Scale} scale @param {Uint8Array} levels */
function levelsOf(output, scale, levels) {
  const [gain, zero] = scale.signed ? [127 / scale.high, 128] : [255 / scale.high, 0];
  for (let n = 0; n < output.length; n++)
    levels[n] = Math.min(255, Math.max(0, Math.floor(output[n] * gain + zero + (0.5 + 1e-9))));
  return levels;
}

/** The twin of theme.untied_ink. @param {number} target @param {number} source */
function untiedInk(target, source) {
  let mixed = Math.imul(target, 0x9e3779b1) ^ Math.imul(source, 0x85ebca77);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x2c1b3c6d);
  mixed ^= mixed >>> 12;
  return mixed & 255;
}

/** What fits into a cell: two decimals, without the zero before them. @param {number} v */
function short(v) {
  return (Math.abs(v) < 0.005 ? "0" : v.toFixed(Math.abs(v) < 9.95 ? 2 : 0)).replace(/^(-?)0\./, "$1.").replace("-", "−");
}
