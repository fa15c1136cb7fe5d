// The weight matrix W, or a window of it: cells of their own while they fit, the engine's tiles where they do not.

/** @param {Loom} loom */
function matrixSize(loom) {
  const { geo, props } = loom;
  return [geo.outH * geo.outW, geo.H * geo.W + (props.bias ? 1 : 0)];
}

/** @param {Loom} loom */
function wholeMatrix(loom) {
  const [rows, cols] = matrixSize(loom);
  return { top: 0, bottom: rows, left: 0, right: cols };
}

// Where W[t, s] lies on the screen, and back: the window takes the place of the whole.
/** @param {Loom} loom */
function matrixView(loom) {
  const { top, bottom, left, right } = loom.window;
  const view = overlay(loom.matrix.over, bottom - top, right - left);
  /** @type {View["cell"]} */
  const cell = (t, s) => [(s - left) * view.cw, (t - top) * view.ch, view.cw, view.ch];
  return { ...view, cell };
}

// Whether connections have the colours of the weights; those of a layer that does not share have colours of their own.
/** @param {Loom} loom @param {LoomProps["view"]} [view] */
const isShared = ({ props }, view = props.view) => view === "conv" || (view === "tiled" && props.period === 1);

// The number of a connection's colour, −1 for an untied copy: the weight's where it is shared. The twin of _ink in display/matrix.py.
/**
 * @param {Loom} loom
 * @param {number} t
 * @param {number} s
 * @param {number} weight
 * @param {LoomProps["view"]} [view]
 */
function threadInk(loom, t, s, weight, view = loom.props.view) {
  const { props, geo } = loom;
  if (loom.ownCells.has(`${t},${s}`)) return -1;
  if (isShared(loom, view)) return weight;
  if (view === "tiled") {
    const [i, j] = [Math.floor(t / geo.outW), t % geo.outW];
    return untiedInk((i % props.period) * props.period + (j % props.period) + 1000003, weight);
  }
  return untiedInk(t, s);
}

/**
 * @param {Loom} loom
 * @param {number} t
 * @param {number} s
 * @param {number} weight
 * @param {LoomProps["view"]} [view]
 */
function threadColour(loom, t, s, weight, view = loom.props.view) {
  const ink = threadInk(loom, t, s, weight, view);
  return ink < 0 ? loom.ink : (isShared(loom, view) ? loom.colours : loom.static)[ink];
}

/** @param {Loom} loom */
function drawsCells(loom) {
  const { top, bottom, left, right } = loom.window;
  return Math.max(bottom - top, right - left) <= loom.props.cells;
}

// W is a picture of its own, in whole cells or tiles, that the window is then cut from: zooming scales it at once.
/** @param {Loom} loom */
function paintMatrix(loom) {
  const { base, panel, size } = loom.matrix;
  const { props } = loom;
  const [rows, cols] = matrixSize(loom);
  size.textContent = `${amount(rows)} × ${amount(cols)}`;
  panel.style.setProperty("--shape", String(clamp(cols / rows, 0.9, 3)));
  const dpr = window.devicePixelRatio || 1;
  const box = { w: Math.max(1, Math.round(base.clientWidth * dpr)), h: Math.max(1, Math.round(base.clientHeight * dpr)) };
  const ctx = sized(base, box.w, box.h);
  ctx.clearRect(0, 0, box.w, box.h);
  ctx.imageSmoothingEnabled = false;
  const { top, bottom, left, right } = loom.window;
  const [wide, high] = [box.w / (right - left), box.h / (bottom - top)];
  /** @type {(part: Loom["window"]) => [number, number, number, number]} */
  const place = (part) => [(part.left - left) * wide, (part.top - top) * high, (part.right - part.left) * wide, (part.bottom - part.top) * high];
  if (props.view === "dense") ctx.drawImage(staticPicture(loom), 0, 0, box.w, box.h);
  else if (drawsCells(loom)) {
    const part = { top: Math.floor(top), bottom: Math.min(rows, Math.ceil(bottom)), left: Math.floor(left), right: Math.min(cols, Math.ceil(right)) };
    ctx.drawImage(cellPicture(loom, part), ...place(part));
  } else {
    for (const tile of [loom.wholeTile, loom.tile]) {
      if (!tile) continue;
      const rectangle = place(tile);
      ctx.clearRect(...rectangle); // the coarser backdrop must not show through the exact tile's empty places
      ctx.drawImage(tilePicture(loom, tile), ...rectangle);
    }
    if (props.bias && right > cols - 1) {
      ctx.fillStyle = cssColour(loom.ink);
      ctx.fillRect(box.w - Math.max(2, wide), 0, box.w, box.h);
    }
  }
  loom.matrix.over.style.touchAction = bottom - top < rows || right - left < cols ? "none" : "pan-y"; // a finger pans W, or the page
  writeWeights(loom, ctx, dpr);
  if (props.letters && !hasNames(loom, ctx, dpr)) writeLetters(loom, ctx, dpr);
  writeReadout(loom);
}

/**
 * @param {number} w
 * @param {number} h
 * @param {(pixels: Uint32Array) => void} fill
 */
function pictureOf(w, h, fill) {
  const canvas = document.createElement("canvas");
  const ctx = sized(canvas, w, h);
  const image = ctx.createImageData(w, h);
  fill(new Uint32Array(image.data.buffer));
  ctx.putImageData(image, 0, 0);
  return canvas;
}

/** @param {Loom} loom */
function staticPicture(loom) {
  const { top, bottom, left, right } = loom.window;
  const [h, w] = [Math.min(loom.props.tiles, Math.ceil(bottom) - Math.floor(top)), Math.min(loom.props.tiles, Math.ceil(right) - Math.floor(left))];
  return pictureOf(w, h, (pixels) => {
    for (let r = 0; r < h; r++)
      for (let c = 0; c < w; c++)
        pixels[r * w + c] = loom.static[untiedInk(Math.floor(top + (r * (bottom - top)) / h), Math.floor(left + (c * (right - left)) / w))];
  });
}

/**
 * @param {Loom} loom
 * @param {Tile} tile
 */
function tilePicture(loom, tile) {
  if (!tile.picture || tile.theme !== loom.dark) {
    const at = new Uint32Array(bytes(tile.at).buffer);
    const ink = bytes(tile.ink);
    const table = isShared(loom) ? loom.colours : loom.static;
    tile.theme = loom.dark;
    tile.picture = pictureOf(tile.cols, tile.rows, (pixels) => {
      for (let n = 0; n < at.length; n++) pixels[at[n]] = table[ink[n]];
    });
  }
  return tile.picture;
}

/** @param {Loom} loom @param {Loom["window"]} part */
function cellPicture(loom, { top, bottom, left, right }) {
  const width = right - left;
  return pictureOf(width, bottom - top, (pixels) => {
    for (let t = top; t < bottom; t++)
      for (const { weight, s } of rowOf(loom, t)) {
        if (s < left || s >= right) continue;
        pixels[(t - top) * width + s - left] = weight < 0 ? loom.ink : threadColour(loom, t, s, weight);
      }
  });
}

// The value a connection has: its weight's, unless it is an untied copy.
/**
 * @param {Loom} loom
 * @param {number} t
 * @param {{ k: number, l: number, weight: number }} options
 */
function valueOf(loom, t, { k, l, weight }) {
  return loom.ownValue.get(`${t},${k},${l}`) ?? loom.weights[weight];
}

// The cells of row t of W, the bias (weight −1) last. Connections that meet in a cell add: it has one value, several names.
/**
 * @param {Loom} loom
 * @param {number} t
 */
function rowOf(loom, t) {
  const { geo, props } = loom;
  const cells = new Map();
  for (const c of windowOf(geo, Math.floor(t / geo.outW), t % geo.outW)) {
    if (!c.real) continue;
    const s = c.row * geo.W + c.col;
    const [value, name] = [valueOf(loom, t, c), props.names[c.weight]];
    const cell = cells.get(s);
    if (cell) Object.assign(cell, { value: cell.value + value, name: `${cell.name}+${name}` });
    else cells.set(s, { s, weight: c.weight, value, name });
  }
  if (props.bias) cells.set(geo.H * geo.W, { s: geo.H * geo.W, weight: -1, value: props.bias, name: "b" });
  return cells.values();
}

// Whether W is so close that its cells have room for names.
/**
 * @param {Loom} loom
 * @param {Context} ctx
 * @param {number} dpr
 */
function hasNames(loom, ctx, dpr) {
  const { top, bottom, left, right } = loom.window;
  return loom.props.view !== "dense" && ctx.canvas.width / (right - left) >= 30 * dpr && ctx.canvas.height / (bottom - top) >= 22 * dpr;
}

// Where letters may stand on W, in cells of it: on every cell that is drawn, or on every tile.
/** @param {Loom} loom @returns {{ places: LetterPlace[], wide: number, high: number }} Of this width and height. */
function threadPlaces(loom) {
  if (loom.props.view === "dense") return densePlaces(loom);
  if (drawsCells(loom)) return { places: cellPlaces(loom), wide: 1, high: 1 };
  const tile = loom.tile ?? loom.wholeTile;
  if (!tile) return { places: [], wide: 1, high: 1 };
  const [wide, high] = [(tile.right - tile.left) / tile.cols, (tile.bottom - tile.top) / tile.rows];
  const at = [...new Uint32Array(bytes(tile.at).buffer)];
  return { places: tileMiddles(at, bytes(tile.ink), tile.cols, { top: tile.top, left: tile.left, wide, high }), wide, high };
}

/** @param {Loom} loom */
function densePlaces({ props, window }) {
  const { top, bottom, left, right } = window;
  const rows = Math.min(props.tiles, Math.ceil(bottom) - Math.floor(top));
  const cols = Math.min(props.tiles, Math.ceil(right) - Math.floor(left));
  const [wide, high] = [(right - left) / cols, (bottom - top) / rows];
  const at = upTo(rows * cols);
  const inks = at.map((n) => untiedInk(Math.floor(top + Math.floor(n / cols) * high), Math.floor(left + (n % cols) * wide)));
  return { places: tileMiddles(at, inks, cols, { top, left, wide, high }), wide, high };
}

/** @param {Loom} loom */
function cellPlaces(loom) {
  const { top, bottom, left, right } = loom.window;
  const [rows] = matrixSize(loom);
  /** @type {LetterPlace[]} */
  const places = [];
  for (let t = Math.max(0, Math.floor(top)); t < Math.min(rows, bottom); t++)
    for (const { weight, s } of rowOf(loom, t)) {
      const id = weight < 0 ? -1 : threadInk(loom, t, s, weight);
      if (id >= 0 && s >= Math.floor(left) && s < right) places.push({ x: s + 0.5, y: t + 0.5, id });
    }
  return places;
}

/**
 * The middles of these tiles of a grid, each with its colour.
 * @param {number[]} at
 * @param {ArrayLike<number>} inks
 * @param {number} cols Of the grid.
 * @param {{ top?: number, left?: number, wide: number, high: number }} first
 * @returns {LetterPlace[]}
 */
function tileMiddles(at, inks, cols, { top = 0, left = 0, wide, high }) {
  return at.map((n, k) => ({ x: left + ((n % cols) + 0.5) * wide, y: top + (Math.floor(n / cols) + 0.5) * high, id: inks[k] }));
}

/**
 * @param {Loom} loom
 * @param {Context} ctx
 * @param {number} dpr
 */
function writeLetters(loom, ctx, dpr) {
  const { top, bottom, left, right } = loom.window;
  const [cw, ch] = [ctx.canvas.width / (right - left), ctx.canvas.height / (bottom - top)];
  const { places, wide, high } = threadPlaces(loom);
  const on = places.map((place) => ({ ...place, x: (place.x - left) * cw, y: (place.y - top) * ch }));
  const found = spreadLetters(on, { wide: wide * cw, high: high * ch }, ctx.canvas, dpr * enlarged(ctx.canvas, "--large"), dpr);
  writeLettersAt(loom, ctx, found.places, found.size);
}

/**
 * Which tiles of a picture get their letter, and of what size: each where it has room for one; else one here and there.
 * @param {LetterPlace[]} places The tiles' middles.
 * @param {{ wide: number, high: number }} tile
 * @param {{ width: number, height: number }} picture
 * @param {number} [largest] How much larger than on a small screen a letter may be.
 * @param {number} [least] And how much larger it must be.
 */
function spreadLetters(places, { wide, high }, { width, height }, largest = 1, least = 1) {
  const across = letterWidth(places);
  const size = clamp(Math.min(high, wide / across), SMALLEST * least, LETTER * largest);
  const fits = size <= high && across * size <= wide * 1.05;
  const whole = places.filter(({ x, y }) => fits || (Math.min(x, width - x) > (across * size) / 2 && Math.min(y, height - y) > size / 2));
  return { size, places: lettered(whole, fits ? [0.9 * wide, 0.9 * high] : [(across + 0.7) * size, 1.6 * size]) };
}

// Letters that are read on every colour: with a rim of the page's.
/**
 * @param {Loom} loom
 * @param {Context} ctx
 * @param {LetterPlace[]} places
 * @param {number} size
 */
function writeLettersAt(loom, ctx, places, size) {
  ctx.font = labelFont(size);
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  ctx.lineWidth = size / 3.5;
  ctx.strokeStyle = loom.dark ? "#14161b" : "#fff";
  ctx.fillStyle = loom.css.text;
  for (const { x, y, id, faint } of places) {
    ctx.globalAlpha = faint ? 0.6 : 1;
    ctx.strokeText(letterOf(id), x, y);
    ctx.fillText(letterOf(id), x, y);
  }
  ctx.globalAlpha = 1;
}

// Close enough, every cell says its weight's name and value.
/**
 * @param {Loom} loom
 * @param {Context} ctx
 * @param {number} dpr
 */
function writeWeights(loom, ctx, dpr) {
  const { top, bottom, left, right } = loom.window;
  const [cw, ch] = [ctx.canvas.width / (right - left), ctx.canvas.height / (bottom - top)];
  if (!hasNames(loom, ctx, dpr)) return;
  const labels = labelsOf(loom);
  const largest = Math.min(13 * dpr * enlarged(ctx.canvas, "--large"), ch / 2.4);
  const size = fittingSize(ctx, labels.flatMap(({ name, value }) => [name, value]), cw, largest, SMALLEST * dpr);
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.font = labelFont(size);
  for (const { t, s, pixel, name, value } of labels) {
    ctx.fillStyle = inkOn(pixel);
    const [x, y] = [(s + 0.5 - left) * cw, (t + 0.5 - top) * ch];
    const gap = Math.min((8 / 13) * largest, ch / 4);
    for (const [text, at] of /** @type {[string, number][]} */ ([[name, y - gap], [value, y + gap]]))
      if (ctx.measureText(text).width <= FILL * cw) ctx.fillText(text, x, at);
  }
}

const SMALLEST = 8; // pixels of a label that can be read
const LETTER = 11; // pixels of a letter on a colour, at most
const FILL = 0.92; // of a cell's width, that a label may take

/** @param {number} size */
const labelFont = (size) => `600 ${size}px system-ui, sans-serif`;

// The size at which all labels fit into a cell, or the smallest that can be read: what does not fit then is left out.
/**
 * @param {Context} ctx
 * @param {string[]} texts
 * @param {number} cw
 * @param {number} largest
 * @param {number} smallest
 */
function fittingSize(ctx, texts, cw, largest, smallest) {
  ctx.font = labelFont(100);
  const widest = [...new Set(texts)].reduce((most, text) => Math.max(most, ctx.measureText(text).width), 1);
  return Math.max(smallest, Math.min(largest, (100 * FILL * cw) / widest));
}

// What the cells in the window say: the weight's name and its value.
/** @param {Loom} loom */
function labelsOf(loom) {
  const { top, bottom, left, right } = loom.window;
  const [rows] = matrixSize(loom);
  const labels = [];
  for (let t = Math.max(0, Math.floor(top)); t < Math.min(rows, bottom); t++)
    for (const { weight, s, value, name } of rowOf(loom, t)) {
      if (s < Math.floor(left) || s >= right) continue;
      labels.push({ t, s, pixel: weight < 0 ? loom.ink : threadColour(loom, t, s, weight), name, value: short(value) });
    }
  return labels;
}

// Which rows and columns are on screen, and how many cells a dot stands for.
/** @param {Loom} loom */
function writeReadout(loom) {
  const { top, bottom, left, right } = loom.window;
  const { panel } = loom.matrix;
  /** @param {number} from @param {number} to */
  const span = (from, to) => `${amount(Math.floor(from) + 1)}–${amount(Math.ceil(to))}`;
  const dots = loom.props.tiles;
  const [ph, pw] = [Math.max(1, (bottom - top) / dots), Math.max(1, (right - left) / dots)];
  const [rows, cols] = matrixSize(loom);
  const read = cols > loom.geo.H * loom.geo.W ? "inputs and bias" : "inputs";
  const zoom = Math.max(rows / (bottom - top), cols / (right - left));
  const cells = loom.props.view === "dense" ? "every cell is a separate weight" : "every cell is drawn, blank where there is no connection";
  const dot = drawsCells(loom) ? cells : `each dot covers about ${amount(Math.max(1, Math.round(ph)))} × ${amount(Math.max(1, Math.round(pw)))} cells and shows the colour of one of them`;
  find(panel, ".readout").textContent = `Rows ${span(top, bottom)} (outputs), columns ${span(left, right)} (${read})${zoom > 1.001 ? ` (zoom ×${figure(zoom)})` : ""}; ${dot}${loom.props.repeats && `; ${loom.props.repeats}`}.`;
}

/**
 * @param {Loom} loom
 * @param {Link} link
 */
function lightMatrix(loom, link) {
  const { geo, focus, props } = loom;
  const view = matrixView(loom);
  const { ctx } = view;
  if (focus?.kind === "weight") traceWeight(loom, view);
  else if (focus) {
    if (focus.kind !== "input") outlineRow(loom, view, focus.kind === "cell" ? focus.t : focus.i * geo.outW + focus.j);
    if (focus.kind !== "output") outlineColumn(loom, view, focus.kind === "cell" ? focus.s : focus.r * geo.W + focus.c);
    for (const { t, s, weight } of litCells(geo, focus, link)) {
      const rect = lit(view.cell(t, s), 7);
      if (view.cw < 22) {
        ctx.fillStyle = weight < 0 ? loom.css.text : props.colours[weight];
        ctx.fillRect(...rect);
      }
      ctx.lineWidth = view.cw < 22 ? 1 : 3;
      ctx.strokeStyle = loom.dark ? "#fff" : "#111";
      ctx.strokeRect(...rect);
    }
  }
  for (const { t, s } of loom.own) frame(ctx, lit(view.cell(t, s), 9), loom.dark);
  drawMinimap(loom, view);
}

const THIN = 6; // pixels: a row or column is outlined no closer

// Row t makes one output: it is outlined and named, on the side where its cells are not.
/**
 * @param {Loom} loom
 * @param {View} view
 * @param {number} t
 */
function outlineRow(loom, view, t) {
  const { geo } = loom;
  const { ctx, box } = view;
  const [, y] = view.cell(t, 0);
  if (y < -view.ch || y > box.height) return;
  const [top, tall] = [y + Math.min(0, (view.ch - THIN) / 2), Math.max(THIN, view.ch)];
  ctx.strokeStyle = loom.css.text;
  ctx.lineWidth = ctx.thick;
  ctx.strokeRect(0.5, top, box.width - 1, tall);
  if (loom.props.view === "dense" || view.ch > 40) return;
  const text = `row ${amount(t + 1)}: the selected output Y[${Math.floor(t / geo.outW) + 1},${(t % geo.outW) + 1}]`;
  ctx.font = `${12 * Math.min(1.25, enlarged(ctx.canvas, "--large"))}px ${getComputedStyle(ctx.canvas).fontFamily}`;
  const wide = ctx.measureText(text).width + 10;
  const high = 18 * Math.min(1.25, enlarged(ctx.canvas, "--large"));
  const right = t < matrixSize(loom)[0] / 2;
  const [x, under] = [right ? box.width - wide : 0, top + tall + high > box.height ? top - high : top + tall];
  ctx.fillStyle = loom.dark ? "rgb(20 22 27 / 0.85)" : "rgb(255 255 255 / 0.85)";
  ctx.fillRect(x, under, wide, high);
  ctx.fillStyle = loom.css.text;
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  ctx.fillText(text, x + 5, under + high / 2);
}

// Column s is what one input feeds.
/**
 * @param {Loom} loom
 * @param {View} view
 * @param {number} s
 */
function outlineColumn(loom, view, s) {
  const [x] = view.cell(0, s);
  view.ctx.strokeStyle = loom.css.text;
  view.ctx.lineWidth = view.ctx.thick;
  view.ctx.strokeRect(x + Math.min(0, (view.cw - THIN) / 2), 0.5, Math.max(THIN, view.cw), view.box.height - 1);
}

/**
 * @param {Loom} loom
 * @param {View} options
 */
function drawMinimap(loom, { ctx, box }) {
  const { top, bottom, left, right } = loom.window;
  const [rows, cols] = matrixSize(loom);
  if (bottom - top >= rows && right - left >= cols) return;
  const side = Math.min(84, box.width / 4);
  const [x, y] = [box.width - side - 8, 8];
  ctx.fillStyle = loom.dark ? "rgb(20 22 27 / 0.9)" : "rgb(255 255 255 / 0.9)";
  ctx.fillRect(x, y, side, side);
  ctx.lineWidth = 1;
  ctx.strokeStyle = loom.dark ? "#888" : "#777";
  ctx.strokeRect(x, y, side, side);
  if (loom.wholeTile) {
    ctx.imageSmoothingEnabled = true;
    ctx.drawImage(tilePicture(loom, loom.wholeTile), x, y, side, side);
  }
  const [w, h] = [((right - left) / cols) * side, ((bottom - top) / rows) * side];
  frame(ctx, lit([x + (left / cols) * side, y + (top / rows) * side, w, h], 6), loom.dark);
}

/**
 * @param {Geometry} geo
 * @param {Focus} focus
 * @param {Link} link
 */
function litCells(geo, focus, link) {
  if (focus.kind === "output") return link.inputs.map((c) => ({ t: focus.i * geo.outW + focus.j, s: c.row * geo.W + c.col, weight: c.weight }));
  if (focus.kind === "input") return link.outputs.map((c) => ({ t: c.i * geo.outW + c.j, s: focus.r * geo.W + focus.c, weight: c.weight }));
  return [{ t: focus.t, s: focus.s, weight: link.weights[0] ?? -1 }];
}

// All uses of one weight, where each cell can be seen.
/**
 * @param {Loom} loom
 * @param {View} view
 */
function fillUses(loom, view) {
  const { geo, focus, props } = loom;
  const [first, last] = [Math.max(0, Math.floor(loom.window.top)), Math.min(geo.outH * geo.outW, Math.ceil(loom.window.bottom))];
  view.ctx.fillStyle = props.colours[focus.n];
  for (let k = 0; k < geo.K; k++)
    for (let l = 0; l < geo.L; l++) {
      if (geo.weight(k, l) !== focus.n) continue;
      for (let t = first; t < last; t++) {
        const [row, col] = [geo.down.reads[k][Math.floor(t / geo.outW)], geo.across.reads[l][t % geo.outW]];
        if (row !== PADDING && col !== PADDING) view.ctx.fillRect(...lit(view.cell(t, row * geo.W + col), 2.5));
      }
    }
}

// All uses of one weight: a straight stroke for each image row, bent where the padding folds back.
/**
 * @param {Loom} loom
 * @param {View} view
 */
function traceWeight(loom, view) {
  const { geo, focus, props } = loom;
  const { ctx } = view;
  ctx.fillStyle = loom.dark ? "rgb(27 30 37 / 0.75)" : "rgb(255 255 255 / 0.75)";
  ctx.fillRect(0, 0, view.box.width, view.box.height);
  if (drawsCells(loom)) return fillUses(loom, view);
  ctx.strokeStyle = props.colours[focus.n];
  ctx.lineWidth = Math.max(2.5, Math.min(view.ch, view.cw));
  ctx.beginPath();
  for (let k = 0; k < geo.K; k++)
    for (let l = 0; l < geo.L; l++) {
      if (geo.weight(k, l) !== focus.n) continue;
      const col = geo.across.reads[l];
      for (let i = 0; i < geo.outH; i++) {
        const row = geo.down.reads[k][i];
        if (row === PADDING) continue;
        for (let j = 0; j < geo.outW; j++) {
          if (col[j] === PADDING) continue;
          const first = j === 0 || col[j - 1] === PADDING;
          const last = j === geo.outW - 1 || col[j + 1] === PADDING;
          if (!first && !last && col[j + 1] - col[j] === col[j] - col[j - 1]) continue;
          const [x, y, w, h] = view.cell(i * geo.outW + j, row * geo.W + col[j]);
          if (first) ctx.moveTo(x, y);
          ctx.lineTo(x + w, y + h);
        }
      }
    }
  ctx.stroke();
}
