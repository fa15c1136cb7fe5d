// One instance a mounted component: its state, and what happens when. Streamlit calls the default export with every new
// set of props and with the same parent; the instance lives as long as that parent does.

const SETTLE_MS = 250;
const instances = new WeakMap();

class Loom {
  constructor(parent, send) {
    this.root = parent.querySelector(".loom");
    this.sendEdit = send;
    this.input = panelCanvases(this.root, "input");
    this.output = panelCanvases(this.root, "output");
    this.matrix = panelCanvases(this.root, "matrix");
    Object.assign(this, { focus: null, hovered: null, pinned: null, scanned: null, origin: null, serial: 0, frame: 0, timer: 0 });
    this.scan = buildScan(this);
    this.listen();
    this.observer = new ResizeObserver(() => this.light());
    this.observer.observe(this.root);
    // loom.css gives the text colour a transition of no length: it "runs" whenever the theme is switched.
    this.root.addEventListener("transitionend", (event) => event.target === this.root && this.retheme());
  }

  // New props: what NumPy computed. Newer weights typed here meanwhile stay on screen, as a preview.
  update(props) {
    const fresh = props.origin !== this.origin;
    const reshaped = JSON.stringify([this.props?.names, this.props?.colours]) !== JSON.stringify([props.names, props.colours]);
    this.props = props;
    this.geo = geometry(props);
    this.channels = props.image.shape[0];
    this.picture = bytes(props.image.levels);
    this.planes = Float64Array.from(this.picture, (level) => level / 255);
    if (fresh) {
      clearTimeout(this.timer);
      Object.assign(this, { origin: props.origin, serial: props.applied, weights: props.kernel.flat(), scanned: null });
      complain(this, "");
    }
    if (reshaped || !this.fields) buildKernel(this);
    if (this.serial === props.applied) this.weights = props.kernel.flat();
    this.linear = new Float64Array(this.channels * this.geo.outH * this.geo.outW);
    this.values = new Float64Array(this.linear.length);
    this.compute();
    if (this.serial === props.applied)
      this.shown = { by: "NumPy", output: this.values, levels: bytes(props.output.levels), scale: props.output };
    this.clampFocus();
    this.scan.fit();
    showKernel(this, fresh);
    buildViews(this);
    writeCosts(this);
    this.retheme();
  }

  compute() {
    correlate(this.geo, this.planes, this.channels, this.weights, this.props.bias, this.linear);
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
    this.untied = colourTable(bytes(this.props.untied));
    this.colours = Uint32Array.from(this.props.colours, (c) => (0xff000000 | (parseInt(c.slice(5, 7), 16) << 16) | (parseInt(c.slice(3, 5), 16) << 8) | parseInt(c.slice(1, 3), 16)) >>> 0);
    this.ink = (0xff000000 | (b << 16) | (g << 8) | r) >>> 0;
    paintInput(this);
    paintOutput(this);
    paintMatrix(this);
    this.light();
  }

  // A weight changes: the browser answers in the next frame, the server when the change has settled.
  setWeight(n, value, settled) {
    if (this.weights[n] === value) return settled && this.settle();
    this.weights = this.weights.slice();
    this.weights[n] = value;
    this.dirty = true;
    this.serial += 1;
    this.compute();
    this.schedule("output");
    clearTimeout(this.timer);
    if (settled) this.settle();
    else this.timer = setTimeout(() => this.settle(), SETTLE_MS);
  }

  settle() {
    clearTimeout(this.timer);
    if (!this.dirty) return;
    this.dirty = false;
    const L = this.props.kernel[0].length;
    const kernel = this.props.kernel.map((_, k) => this.weights.slice(k * L, (k + 1) * L));
    this.send({ kernel });
  }

  send(change) {
    this.sendEdit({ ...change, origin: this.origin, serial: this.serial });
  }

  focusOn(focus) {
    this.hovered = focus;
    this.light();
  }

  pin(focus) {
    this.pinned = focus;
    this.light();
  }

  light() {
    this.schedule("light");
  }

  // At most one repaint a frame, whatever happens in between; a new output lights anew.
  schedule(what) {
    this.repaint = this.repaint || what === "output";
    if (this.frame || !this.props) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      if (this.repaint) paintOutput(this);
      this.repaint = false;
      this.focus = this.hovered ?? this.pinned;
      const link = linked(this, this.focus);
      lightInput(this, link);
      lightOutput(this, link);
      lightMatrix(this, link);
      this.fields.forEach((field, n) => field.parentElement.classList.toggle("lit", this.focus?.kind !== "output" && link.weights.includes(n)));
      this.root.querySelector(".weights").classList.toggle("focused", this.focus !== null && this.focus.kind !== "output");
      writeSum(this);
    });
  }

  listen() {
    const panels = {
      input: { of: () => [this.geo.H, this.geo.W], focus: (r, c) => ({ kind: "input", r, c }), at: (f) => [f.r, f.c] },
      output: { of: () => [this.geo.outH, this.geo.outW], focus: (i, j) => ({ kind: "output", i, j }), at: (f) => [f.i, f.j] },
      matrix: { of: () => matrixSize(this), focus: (t, s) => ({ kind: "cell", t, s }), at: (f) => [f.t, f.s] },
    };
    for (const [name, panel] of Object.entries(panels)) {
      const canvas = this[name].over;
      const under = (event) => {
        const cell = cellUnder(event, canvas, ...panel.of());
        return cell && panel.focus(...cell);
      };
      canvas.addEventListener("pointermove", (event) => this.focusOn(under(event)));
      canvas.addEventListener("pointerleave", () => this.focusOn(null));
      canvas.addEventListener("click", (event) => this.pin(under(event)));
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
    this.pin(panel.focus(Math.min(h - 1, Math.max(0, r + dr * far)), Math.min(w - 1, Math.max(0, c + dc * far))));
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

  destroy() {
    this.scan.stop();
    clearTimeout(this.timer);
    cancelAnimationFrame(this.frame);
    this.observer.disconnect();
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  let loom = instances.get(parentElement);
  if (!loom) {
    loom = new Loom(parentElement, (edit) => setTriggerValue("edit", edit));
    instances.set(parentElement, loom);
  }
  loom.update(data);
  return () => {
    loom.destroy();
    instances.delete(parentElement);
  };
}
