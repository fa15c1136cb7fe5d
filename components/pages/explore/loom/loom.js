// One instance a mounted component: its state, and what happens when. Streamlit calls the default export with every new
// set of props and with the same parent; the instance lives as long as that parent does.

const SETTLE_MS = 250;
const instances = new WeakMap();
// Streamlit may take an instance off the page and mount another in its place, in the middle of a word. What the one
// leaves, by the component's key, the other takes up, if it comes at once.
const left = new Map();
const HANDOVER_MS = 3000;

class Loom {
  constructor(parent, send) {
    this.root = parent.querySelector(".loom");
    this.sendEdit = send;
    this.input = panelCanvases(this.root, "input");
    this.output = panelCanvases(this.root, "output");
    this.matrix = panelCanvases(this.root, "matrix");
    this.network = panelCanvases(this.root, "network");
    Object.assign(this, { focus: null, hovered: null, pinned: null, scanned: null, origin: null, serial: 0, frame: 0, timer: 0, own: [], pending: {} });
    this.stale = new Set();
    this.scan = buildScan(this);
    this.zoom = buildZoom(this);
    this.showTools = buildDraw(this);
    this.adoptOwn([]);
    buildUntie(this);
    buildPeriod(this);
    this.root.querySelector(".shrink").addEventListener("click", () => this.send({ side: this.props.shrink }));
    this.listen();
    this.observer = new ResizeObserver(() => this.schedule("matrix"));
    this.observer.observe(this.root);
    // loom.css gives the text colour a transition of no length: it "runs" whenever the theme is switched.
    this.root.addEventListener("transitionend", (event) => event.target === this.root && this.retheme());
  }

  // New props: what NumPy computed. What was changed here meanwhile stays on screen, as a preview.
  update(props) {
    const fresh = props.origin !== this.origin;
    const before = this.props;
    const reshaped = JSON.stringify([before?.names, before?.colours]) !== JSON.stringify([props.names, props.colours]);
    this.props = props;
    this.geo = geometry(props);
    this.channels = props.image.shape[0];
    if (fresh) {
      clearTimeout(this.timer);
      Object.assign(this, { origin: props.origin, serial: props.applied, weights: props.kernel.flat(), scanned: null, pending: {} });
      complain(this, "");
    }
    if (reshaped || !this.fields) buildKernel(this);
    const current = this.serial === props.applied;
    if (current) Object.assign(this, { weights: props.kernel.flat(), pending: {} });
    if (current || !before || !props.drawing || props.image.shape.join() !== before.image.shape.join()) this.adoptPicture(bytes(props.image.levels));
    if (current) this.adoptOwn(ownOf(props, this.geo));
    const sum = [props.image.levels, props.rows, props.cols, props.flip, props.bias, props.activation, this.weights, [...this.ownValue]];
    const computed = JSON.stringify(sum);
    if (computed !== this.computed) {
      this.linear = new Float64Array(this.channels * this.geo.outH * this.geo.outW);
      this.values = new Float64Array(this.linear.length);
      this.compute();
    }
    this.computed = current ? computed : null; // previews move on from here
    if (current) this.shown = { by: "NumPy", output: this.values, levels: bytes(props.output.levels), scale: props.output };
    this.adoptTiles(props, current || !before);
    this.clampFocus();
    this.scan.fit();
    this.scan.follow(this.pinned);
    showKernel(this, fresh);
    Object.assign(this.root.querySelector(".known"), { textContent: props.known.text, title: props.known.source });
    showViews(this);
    writeCosts(this);
    this.showTools();
    showUntie(this);
    this.retheme();
  }

  adoptPicture(levels) {
    this.picture = levels;
    this.planes = Float64Array.from(levels, (level) => level / 255);
  }

  adoptOwn(copies) {
    this.own = copies;
    this.ownValue = new Map(copies.map((copy) => [`${copy.t},${copy.k},${copy.l}`, copy.value]));
    this.ownCells = new Set(copies.map((copy) => `${copy.t},${copy.s}`));
  }

  // The whole matrix stays as a backdrop while a part of it is on screen.
  adoptTiles(props, current) {
    const matrix = JSON.stringify([props.rows, props.cols, props.view, props.period, props.flip, props.names.length]);
    if (matrix !== this.tilesOf) this.wholeTile = null;
    this.tilesOf = matrix;
    this.tile = props.tile;
    const [rows, cols] = [this.geo.outH * this.geo.outW, this.geo.H * this.geo.W];
    if (this.tile && this.tile.bottom - this.tile.top === rows && this.tile.right - this.tile.left === cols) this.wholeTile = this.tile;
    if (this.zoomTimer || !current) return;
    const [top, bottom, left, right] = props.zoom;
    this.window = props.zoom.length ? { top, bottom, left, right } : wholeMatrix(this);
  }

  sendZoom() {
    this.zoomTimer = 0;
    const { top, bottom, left, right } = this.window;
    const [rows, cols] = matrixSize(this);
    const all = bottom - top >= rows && right - left >= cols;
    this.send({ zoom: all ? [] : [Math.floor(top), Math.ceil(bottom), Math.floor(left), Math.ceil(right)] });
  }

  compute() {
    correlate(this.geo, this.planes, this.channels, this.weights, this.props.bias, this.linear);
    for (const { i, j, k, l, r, c, value } of this.own)
      for (let ch = 0; ch < this.channels; ch++)
        this.linear[(ch * this.geo.outH + i) * this.geo.outW + j] += (value - this.weights[this.geo.weight(k, l)]) * this.planes[(ch * this.geo.H + r) * this.geo.W + c];
    activated(this.linear, this.props.activation, this.values);
    const scale = scaleOf(this.values);
    this.shown = { by: "preview", output: this.values, levels: levelsOf(this.values, scale, new Uint8Array(this.values.length)), scale };
  }

  retheme() {
    const style = getComputedStyle(this.root);
    this.css = { text: style.color };
    const [r, g, b] = style.color.match(/[\d.]+/g).map(Number);
    this.dark = 0.299 * r + 0.587 * g + 0.114 * b > 140;
    this.diverging = colourTable(bytes(this.props.diverging[this.dark ? "dark" : "light"]));
    this.static = colourTable(bytes(this.props.static));
    this.colours = Uint32Array.from(this.props.colours, (c) => (0xff000000 | (parseInt(c.slice(5, 7), 16) << 16) | (parseInt(c.slice(3, 5), 16) << 8) | parseInt(c.slice(1, 3), 16)) >>> 0);
    this.ink = (0xff000000 | (b << 16) | (g << 8) | r) >>> 0;
    for (const what of ["input", "output", "matrix"]) this.schedule(what);
  }

  // A weight changes: the browser answers in the next frame, the server when the change has settled.
  setWeight(n, value, settled) {
    if (this.weights[n] === value) return settled && this.settle();
    this.weights = this.weights.slice();
    this.weights[n] = value;
    const L = this.props.kernel[0].length;
    this.pending.kernel = this.props.kernel.map((_, k) => this.weights.slice(k * L, (k + 1) * L));
    this.preview();
    clearTimeout(this.timer);
    if (settled) this.settle();
    else this.timer = setTimeout(() => this.settle(), SETTLE_MS);
  }

  setOwn(copies) {
    this.adoptOwn(copies);
    this.pending.untied = copies.map((copy) => [copy.t, copy.k, copy.l, copy.value]);
    this.preview();
    showUntie(this);
  }

  setPicture(levels, drawing) {
    this.adoptPicture(levels);
    this.pending.drawing = drawing;
    this.schedule("input");
    this.preview();
  }

  preview() {
    this.serial += 1;
    this.computed = null;
    this.compute();
    this.schedule("output");
    if (drawsCells(this)) this.schedule("matrix");
  }

  settle() {
    clearTimeout(this.timer);
    if (this.pending.kernel && this.settled !== this.serial) this.send();
  }

  // Every message carries all that has not been confirmed yet: two of them may reach the server as one.
  send(change) {
    if (change) this.serial += 1;
    Object.assign(this.pending, change);
    this.settled = this.serial;
    this.sendEdit({ ...this.pending, origin: this.origin, wires: this.props.wires, serial: this.serial });
  }

  focusOn(focus) {
    this.hovered = focus;
    this.light();
  }

  pin(focus) {
    this.pinned = focus;
    this.scan.follow(focus);
    showUntie(this);
    this.light();
  }

  light() {
    this.schedule("light");
  }

  // At most one repaint a frame, whatever happens in between; whatever is painted anew is lit anew.
  schedule(what) {
    this.stale.add(what);
    if (this.frame || !this.props) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      const paint = { input: paintInput, output: paintOutput, matrix: paintMatrix };
      for (const [name, work] of Object.entries(paint)) if (this.stale.has(name)) work(this);
      this.stale.clear();
      this.focus = this.hovered ?? this.pinned;
      const link = linked(this, this.focus);
      lightInput(this, link);
      lightOutput(this, link);
      lightMatrix(this, link);
      drawNetwork(this);
      const pointed = this.focus && this.focus.kind !== "output";
      this.fields.forEach((field, n) => field.parentElement.classList.toggle("lit", Boolean(pointed) && link.weights.includes(n)));
      this.root.querySelector(".weights").classList.toggle("focused", Boolean(pointed));
      writeSum(this);
    });
  }

  listen() {
    const panels = {
      input: { of: () => [this.geo.H, this.geo.W], focus: (r, c) => ({ kind: "input", r, c }), at: (f) => [f.r, f.c] },
      output: { of: () => [this.geo.outH, this.geo.outW], focus: (i, j) => ({ kind: "output", i, j }), at: (f) => [f.i, f.j] },
      matrix: { of: () => matrixSize(this), focus: (t, s) => ({ kind: "cell", t, s }), at: (f) => [f.t, f.s], window: () => this.window },
      network: { of: () => [this.geo.outH, this.geo.outW], focus: (i, j) => ({ kind: "output", i, j }), at: (f) => [f.i, f.j], under: (event) => networkUnder(this, event) },
    };
    for (const [name, panel] of Object.entries(panels)) {
      const canvas = this[name].over;
      const under = (event) => {
        if (panel.under) return panel.under(event);
        const [h, w] = panel.of();
        const { top, bottom, left, right } = panel.window?.() ?? { top: 0, bottom: h, left: 0, right: w };
        const cell = cellUnder(event, canvas, bottom - top, right - left, top, left);
        return cell && panel.focus(...cell);
      };
      canvas.addEventListener("pointermove", (event) => this.focusOn(under(event)));
      canvas.addEventListener("pointerleave", () => this.focusOn(null));
      canvas.addEventListener("click", (event) => !(name === "matrix" && this.dragged) && this.pin(under(event)));
      canvas.addEventListener("keydown", (event) => this.walk(event, panel));
    }
    this.root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.scan.stop();
      Object.assign(this, { hovered: null, scanned: null });
      this.pin(null);
    });
  }

  // Arrow keys move the pinned cell of the panel that has the keyboard; the first of them, or Enter, pins its middle.
  walk(event, panel) {
    const [dr, dc] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Enter: [0, 0] }[event.key] ?? [];
    if (dr === undefined) return;
    event.preventDefault();
    const [h, w] = panel.of();
    const kind = panel.focus(0, 0).kind;
    const far = event.shiftKey ? 10 : 1;
    const [r, c] = this.pinned?.kind === kind ? panel.at(this.pinned) : [Math.floor(h / 2), Math.floor(w / 2)];
    this.hovered = null;
    this.scanned = null;
    const next = [Math.min(h - 1, Math.max(0, r + dr * far)), Math.min(w - 1, Math.max(0, c + dc * far))];
    if (kind === "cell") this.zoom.follow(...next);
    this.pin(panel.focus(...next));
  }

  clampFocus() {
    const { geo } = this;
    const fits = {
      output: (f) => f.i < geo.outH && f.j < geo.outW,
      input: (f) => f.r < geo.H && f.c < geo.W,
      weight: (f) => f.n < geo.taps,
      cell: (f) => f.t < matrixSize(this)[0] && f.s < matrixSize(this)[1],
    };
    for (const name of ["pinned", "hovered"]) if (this[name] && !fits[this[name].kind](this[name])) this[name] = null;
    if (!this.pinned) this.pinned = { kind: "output", i: geo.outH >> 1, j: geo.outW >> 1 }; // something is lit from the start
  }

  leave() {
    const focused = this.fields?.indexOf(this.root.getRootNode().activeElement) ?? -1;
    const { origin, serial, weights, own, pending, pinned } = this;
    return { origin, serial, weights, own, pending, pinned, focused, at: performance.now() };
  }

  takeUp({ origin, serial, weights, own, pending, pinned }) {
    Object.assign(this, { origin, serial, weights, pending, pinned });
    this.adoptOwn(own);
  }

  destroy() {
    this.scan.stop();
    for (const timer of [this.timer, this.zoomTimer, this.periodTimer]) clearTimeout(timer);
    cancelAnimationFrame(this.frame);
    this.observer.disconnect();
  }
}

export default function ({ data, key, parentElement, setTriggerValue }) {
  let loom = instances.get(parentElement);
  if (loom) loom.update(data);
  else {
    loom = new Loom(parentElement, (edit) => setTriggerValue("edit", edit));
    instances.set(parentElement, loom);
    const before = left.get(key);
    left.delete(key);
    const heir = before && performance.now() - before.at < HANDOVER_MS && before.origin === data.origin;
    if (heir) loom.takeUp(before);
    loom.update(data);
    if (heir && before.pending.kernel) loom.settle();
    if (heir) loom.fields[before.focused]?.select();
  }
  return () => {
    left.set(key, loom.leave());
    loom.destroy();
    instances.delete(parentElement);
  };
}
