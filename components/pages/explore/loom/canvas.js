// Drawing: a base canvas holds a picture pixel for pixel; an overlay above it, at the screen's resolution, holds the light.

/** @typedef {CanvasRenderingContext2D & { thick?: number }} Context */

// How much larger, or thicker, than usual: presenter mode says so in its style sheet.
/** @param {HTMLCanvasElement} canvas @param {string} what */
const enlarged = (canvas, what) => Number(getComputedStyle(canvas).getPropertyValue(what)) || 1;

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 */
function sized(canvas, width, height) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  return canvas.getContext("2d");
}

/**
 * An opaque pixel, little-endian.
 * @param {number} r
 * @param {number} g
 * @param {number} b
 */
const packed = (r, g, b) => (0xff000000 | (b << 16) | (g << 8) | r) >>> 0;

// Levels (channels, h, w) as pixels: a colour table of 256 for one channel, red, green and blue for three.
/**
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8Array} levels
 * @param {number[]} cells
 * @param {Uint32Array} table
 */
function paintLevels(canvas, levels, [channels, h, w], table) {
  const ctx = sized(canvas, w, h);
  const image = ctx.createImageData(w, h);
  const pixels = new Uint32Array(image.data.buffer);
  const n = w * h;
  if (channels === 1) for (let p = 0; p < n; p++) pixels[p] = table[levels[p]];
  else for (let p = 0; p < n; p++) pixels[p] = packed(levels[p], levels[n + p], levels[2 * n + p]);
  ctx.putImageData(image, 0, 0);
}

// (n, 3) bytes as opaque little-endian pixels.
/** @param {Uint8Array} rgb */
function colourTable(rgb) {
  const table = new Uint32Array(rgb.length / 3);
  for (let n = 0; n < table.length; n++) table[n] = packed(rgb[3 * n], rgb[3 * n + 1], rgb[3 * n + 2]);
  return table;
}

const GREY = colourTable(Uint8Array.from({ length: 768 }, (_, n) => Math.floor(n / 3)));

/** @param {number} pixel */
function cssColour(pixel) {
  return `rgb(${pixel & 255} ${(pixel >> 8) & 255} ${(pixel >> 16) & 255})`;
}

// Black or white, whichever reads better on this pixel (WCAG contrast). The twin of theme.ink.
/** @param {number} pixel */
function inkOn(pixel) {
  /** @param {number} level */
  const linear = (level) => (level / 255 <= 0.04045 ? level / 255 / 12.92 : ((level / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = 0.2126 * linear(pixel & 255) + 0.7152 * linear((pixel >> 8) & 255) + 0.0722 * linear((pixel >> 16) & 255);
  return (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) ? "#000000" : "#ffffff";
}

// An overlay in CSS pixels with the cells of an h × w picture: cell(r, c) is [x, y, width, height].
/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} h
 * @param {number} w
 */
function overlay(canvas, h, w) {
  const box = { width: canvas.clientWidth, height: canvas.clientHeight };
  const dpr = window.devicePixelRatio || 1;
  /** @type {Context} */
  const ctx = sized(canvas, Math.max(1, Math.round(box.width * dpr)), Math.max(1, Math.round(box.height * dpr)));
  ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
  ctx.clearRect(0, 0, box.width, box.height);
  ctx.thick = enlarged(canvas, "--thick");
  const [cw, ch] = [box.width / w, box.height / h];
  /** @type {(r: number, c: number) => [number, number, number, number]} */
  const cell = (r, c) => [c * cw, r * ch, cw, ch];
  return { ctx, box, cw, ch, cell };
}

/** @typedef {ReturnType<typeof overlay>} View */

// A cell never lights up smaller than this: it has to be seen from the last row.
/**
 * @param {number[]} cells
 * @param {number} least
 * @returns {[number, number, number, number]}
 */
function lit([x, y, w, h], least) {
  const [gw, gh] = [Math.max(w, least), Math.max(h, least)];
  return [x + (w - gw) / 2, y + (h - gh) / 2, gw, gh];
}

/**
 * @param {Context} ctx
 * @param {[number, number, number, number]} rect
 * @param {boolean} [dark]
 */
function frame(ctx, rect, dark = false) {
  ctx.lineWidth = 3 * ctx.thick;
  ctx.strokeStyle = dark ? "#000" : "#fff";
  ctx.strokeRect(...rect);
  ctx.lineWidth = 1.5 * ctx.thick;
  ctx.strokeStyle = dark ? "#fff" : "#111";
  ctx.strokeRect(...rect);
}

// Numbers in the cells of a small picture, as large as the longest of them fits; nothing where they could not be read.
/**
 * @param {View} view
 * @param {number} h
 * @param {number} w
 * @param {(r: number, c: number) => string} valueAt
 * @param {(r: number, c: number) => number} backAt
 */
function writeNumbers(view, h, w, valueAt, backAt) {
  if (view.cw < 20 || view.ch < 14) return;
  const { ctx } = view;
  const texts = Array.from({ length: h * w }, (_, n) => valueAt(Math.floor(n / w), n % w));
  const longest = texts.reduce((one, other) => (other.length > one.length ? other : one), "");
  const { fontFamily } = getComputedStyle(ctx.canvas);
  ctx.font = `100px ${fontFamily}`;
  const room = (0.84 * view.cw) / (ctx.measureText(longest).width / 100);
  ctx.font = `${Math.min(Math.max(13, 0.27 * view.cw) * enlarged(ctx.canvas, "--large"), room, view.ch / 1.6)}px ${fontFamily}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  texts.forEach((text, n) => {
    const [r, c] = [Math.floor(n / w), n % w];
    ctx.fillStyle = inkOn(backAt(r, c));
    ctx.fillText(text, (c + 0.5) * view.cw, (r + 0.5) * view.ch);
  });
}
