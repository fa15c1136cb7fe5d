// One instance a mounted component: its state, and what happens when.

// Streamlit may take an instance off the page and mount another in its place, in the middle of a word. What the one
// leaves, by the component's key, the other takes up, if it comes at once.
/** @type {Map<string, ReturnType<Loom["leave"]>>} */
const left = new Map();
const HANDOVER_MS = 3000;

class Loom {
  /** What has been changed here and not been confirmed, by the field's name. @type {Record<string, unknown>} */
  changes = {};
  /** @type {string | null} */
  origin = null;
  serial = 0;
  /** @type {number[]} */
  weights = [];
  /** @type {UntiedCopy[]} */
  own = [];
  /** @type {(NumberField & { pixel: HTMLElement })[] | null} */
  fields = null;
  /** What has been told to the page of what was done here. @type {Set<string>} */
  told = new Set();

  /** What is lit: what is pointed at, or else what is pinned. @type {Focus | null} */
  focus = null;
  /** @type {Focus | null} */
  hovered = null;
  /** @type {Focus | null} */
  pinned = null;
  /** Whether the pinned cell was reached by the keyboard. */
  isWalked = false;
  /** The panel that the pointer is in. */
  pointed = "";
  dragged = false;
  /** What the picture of the network shows. @type {Part | null} */
  part = null;
  /** The output that the scan has reached. @type {number | null} */
  scanned = null;

  /** @type {{ picture: Uint8Array, sum: string } | null} */
  computedFrom = null;
  /** The sums, and what the activation makes of them. */
  linear = new Float64Array(0);
  values = new Float64Array(0);
  /** Of which the colour tables are. @type {string | null} */
  table = null;
  tilesOf = "";
  /** @type {Tile | null} */
  tile = null;
  /** @type {Tile | null} */
  wholeTile = null;
  zoomTimer = 0;
  periodTimer = 0;
  said = "";
  /** Products of a sum that have room. */
  terms = Infinity;
  /** What has to be painted anew. @type {Set<string>} */
  stale = new Set();
  frame = 0;

  /**
   * @param {HTMLElement} parent
   * @param {string} key
   * @param {(name: string, value: unknown) => void} message To the server.
   */
  constructor(parent, key, message) {
    this.root = find(parent, ".loom");
    this.key = key;
    this.message = message;
    // Every message carries all that has not been confirmed yet: two of them may reach the server as one. The server
    // confirms a serial number, so no answer is ever a refusal; what it does not confirm for long is sent again.
    this.edit = new Unconfirmed({
      send: (/** @type {LoomEdit} */ { serial, changes }) => message("edit", { ...changes, origin: this.origin, wires: this.props.wires, serial }),
      adopt: (/** @type {number} */ applied, sent) => {
        if (sent && applied !== sent.serial) this.send();
        else this.changes = {};
      },
      confirms: (/** @type {number} */ applied, sent) => applied === sent.serial,
    });
    this.input = panelCanvases(this.root, "input");
    this.output = panelCanvases(this.root, "output");
    this.matrix = panelCanvases(this.root, "matrix");
    this.network = panelCanvases(this.root, "network");
    this.scan = new Scan(this);
    this.zoom = new Zoom(this);
    this.pencil = new Pencil(this);
    this.moving = new Moving(this);
    this.copyField = buildUntie(this);
    this.tying = new Tying(this);
    this.faces = new Faces(this);
    buildWalk(this);
    buildPeriod(this);
    buildMagnifier(this);
    buildLetters(this.root, (marks) => message("marks", marks));
    this.adoptOwn([]);
    this.listen();
    this.watch();
  }

  // What there is room for follows the window, the page around the stage and the stage itself.
  watch() {
    this.measure = () => measureRoom(this.root);
    this.measure();
    this.observer = new ResizeObserver(() => {
      this.measure();
      this.refitSum();
      this.schedule("matrix");
      this.tying.repaint();
    });
    this.observer.observe(this.root);
    this.observer.observe(this.matrix.base); // what stands below W takes another line, or one less
    this.observer.observe(pageOf(this.root)); // what stands above the stage has grown or shrunk
    window.addEventListener("resize", this.measure);
    // loom.css gives the text colour a transition of no length: it "runs" whenever the theme is switched.
    this.root.addEventListener("transitionend", (/** @type {TransitionEvent} */ event) => event.target === this.root && this.retheme());
  }

  // New props: what NumPy computed. What was changed here meanwhile stays on screen, as a preview.
  /** @param {LoomProps} props */
  update(props) {
    this.moving.stop();
    const before = this.props;
    const heirloom = before ? undefined : this.takeUp(props);
    const isFresh = props.origin !== this.origin;
    const isStill = before?.still === props.still; // picture, geometry, view and colours are those before
    this.props = props;
    this.beginScene(before);
    if (isFresh) this.beginAnew();
    if (!isStill) this.adoptLayer(before);
    this.adoptNumbers(before);
    this.clampFocus();
    this.showNumbers(isFresh);
    if (!isStill) this.showLayer();
    if (heirloom?.changes.kernel) this.send();
    if (heirloom) this.fields[heirloom.focused]?.input.select();
    if (before) this.paint(); // at once: an answer does not wait for the next frame
  }

  // Another picture, geometry or step of the lesson: nothing that was pointed at in the one before is meant in this one.
  /** @param {LoomProps} [before] */
  beginScene(before) {
    if (!before || before.scene === this.props.scene) return;
    this.refitSum();
    this.scan.stop();
    this.tying.close();
    this.told.clear();
    this.faces.close();
    clearTimeout(this.zoomTimer);
    for (const name of ["zoom", "untied", "drawing"]) delete this.changes[name];
    Object.assign(this, { scanned: null, pinned: null, hovered: null, zoomTimer: 0 });
  }

  // The kernel was replaced from outside: what was changed here is of another one.
  beginAnew() {
    const { origin, applied, kernel } = this.props;
    this.edit.forget();
    Object.assign(this, { origin, serial: applied, weights: kernel.flat(), scanned: null, changes: {} });
    complain(this, "");
  }

  /** @param {LoomProps} [before] */
  adoptLayer(before) {
    const { props } = this;
    this.geo = geometry(props);
    this.part = null;
    this.refitSum();
    this.channels = props.image.shape[0];
    if (JSON.stringify([before?.names, before?.colours]) !== JSON.stringify([props.names, props.colours])) buildKernel(this);
  }

  // Takes NumPy's numbers, where they are the answer to all that was changed here; else the preview goes on.
  /** @param {LoomProps} [before] */
  adoptNumbers(before) {
    const { props } = this;
    if (this.terms < Infinity) this.refitSum(); // with other numbers more of them may have room
    const isCurrent = this.edit.answer(props.applied) && !this.edit.sent;
    if (isCurrent) Object.assign(this, { weights: props.kernel.flat(), serial: props.applied });
    this.adoptNew(props.image, before?.image, isCurrent);
    if (isCurrent) this.adoptOwn(ownOf(props, this.geo));
    this.recompute();
    if (isCurrent) this.shown = { by: "NumPy", output: this.values, levels: bytes(props.output.levels), scale: props.output };
    this.adoptTiles(props, isCurrent || !before);
  }

  /** @param {boolean} isFresh */
  showNumbers(isFresh) {
    showParts(this);
    showLetters(this);
    showMagnifier(this);
    showKernel(this, isFresh);
    showViews(this);
    showUntie(this);
    this.scan.fit();
    this.scan.follow(this.pinned);
    this.pencil.show();
    this.moving.show();
    this.faces.refresh();
    this.tying.repaint(); // its last stage has the numbers
    for (const what of ["output", "matrix"]) this.schedule(what);
  }

  showLayer() {
    find(this.root, ".sum").classList.toggle("three", this.channels === 3);
    showHelps(this);
    writeCosts(this);
    this.retheme();
  }

  // Computes only where something has changed that the numbers depend on.
  recompute() {
    const size = this.channels * this.geo.outH * this.geo.outW;
    if (this.linear.length !== size) {
      this.linear = new Float64Array(size);
      this.values = new Float64Array(size);
    }
    if (this.computedFrom?.picture !== this.picture || this.computedFrom.sum !== this.sum()) this.compute();
  }

  /** What the output depends on, besides the picture. */
  sum() {
    const { rows, cols, flip, bias, activation } = this.props;
    return JSON.stringify([rows, cols, flip, bias, activation, this.weights, [...this.ownValue]]);
  }

  /**
   * Takes a picture that is not the one before; of a drawing what is drawn here comes first.
   * @param {LoomProps["image"]} image
   * @param {LoomProps["image"] | undefined} before
   * @param {boolean} current
   */
  adoptNew(image, before, current) {
    const reshaped = image.shape.join() !== before?.shape.join();
    if (this.props.drawing ? current || reshaped : image !== before) this.adoptPicture(bytes(image.levels));
  }

  /** @param {Uint8Array} levels */
  adoptPicture(levels) {
    this.picture = levels;
    this.planes = Float64Array.from(levels, (level) => level / 255);
    this.largest = this.planes.reduce((largest, x) => Math.max(largest, x), 0);
  }

  /** @param {UntiedCopy[]} copies */
  adoptOwn(copies) {
    this.own = copies;
    this.ownValue = new Map(copies.map((copy) => [`${copy.t},${copy.k},${copy.l}`, copy.value]));
    this.ownCells = new Set(copies.map((copy) => `${copy.t},${copy.s}`));
  }

  // The whole matrix stays as a backdrop while a part of it is on screen.
  /** @param {LoomProps} props @param {boolean} current */
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

  refitSum() {
    Object.assign(this, { terms: Infinity, said: "" });
  }

  compute() {
    this.computedFrom = { picture: this.picture, sum: this.sum() };
    const { geo, planes, channels, weights, own, linear, values, props: { bias, activation } } = this;
    correlate(geo, planes, channels, weights, bias, linear);
    for (const copy of own) addOwn(geo, planes, channels, copy, weights, linear);
    this.floor = noiseFloor([...weights, ...this.ownValue.values()], bias, this.largest);
    activated(withoutNoise(linear, this.floor), activation, values);
    const scale = scaleOf(values);
    this.shown = { by: "preview", output: values, levels: levelsOf(values, scale, new Uint8Array(values.length)), scale };
  }

  retheme() {
    const style = getComputedStyle(this.root);
    this.css = { text: style.color };
    const [r, g, b] = style.color.match(/[\d.]+/g).map(Number);
    this.dark = 0.299 * r + 0.587 * g + 0.114 * b > 140;
    const table = this.props.diverging[this.dark ? "dark" : "light"];
    if (table !== this.table) {
      this.table = table;
      this.diverging = colourTable(bytes(table));
      this.static = colourTable(bytes(this.props.static));
    }
    this.colours = Uint32Array.from(this.props.colours, (c) => packed(parseInt(c.slice(1, 3), 16), parseInt(c.slice(3, 5), 16), parseInt(c.slice(5, 7), 16)));
    this.ink = packed(r, g, b);
    for (const what of ["input", "output", "matrix"]) this.schedule(what);
    this.tying.refresh();
    this.faces.refresh();
  }

  // A weight changes: the browser answers in the next frame, the server when the change has settled.
  /** @param {number} n @param {number} value */
  setWeight(n, value) {
    if (this.weights[n] === value) return;
    const { K, L } = this.geo;
    this.weights = this.weights.map((weight, m) => (m === n ? value : weight));
    this.preview({ kernel: upTo(K).map((k) => this.weights.slice(k * L, (k + 1) * L)) });
  }

  /** @param {UntiedCopy[]} copies */
  setOwn(copies) {
    this.adoptOwn(copies);
    this.preview({ untied: copies.map((copy) => [copy.t, copy.k, copy.l, copy.value]) });
    showUntie(this);
  }

  /** @param {Uint8Array} levels @param {string} drawing */
  setPicture(levels, drawing) {
    this.adoptPicture(levels);
    this.schedule("input");
    this.preview({ drawing });
  }

  /** @param {Record<string, unknown>} changes */
  preview(changes) {
    this.change(changes);
    this.compute();
    this.schedule("output");
    this.tying.repaint();
    if (drawsCells(this)) this.schedule("matrix");
  }

  /** @param {Record<string, unknown>} changes */
  change(changes) {
    this.serial += 1;
    this.changes = { ...this.changes, ...changes };
    this.edit.change({ serial: this.serial, changes: this.changes });
  }

  settle() {
    this.edit.flush();
  }

  /** @param {Record<string, unknown>} [changes] */
  send(changes = {}) {
    this.change(changes);
    this.edit.flush();
  }

  /** @param {Focus} focus */
  focusOn(focus) {
    this.hovered = focus;
    if (focus) this.tell(focus.kind);
    this.light();
  }

  /** @param {Focus} focus */
  pin(focus) {
    this.pinned = focus;
    this.isWalked = false;
    if (focus) this.tell(focus.kind);
    this.scan.follow(focus);
    showUntie(this);
    this.light();
  }

  /** Tells the page what was done here: only where it asks for it, and once a scene. @param {string} act */
  tell(act) {
    if (!this.props.acts.includes(act) || this.told.has(act)) return;
    this.message("act", [...this.told.add(act)]); // all of them: a message may get lost
  }

  light() {
    this.schedule("light");
  }

  // One repaint in the next frame, whatever happens until then; whatever is painted anew is lit anew.
  /** @param {string} what */
  schedule(what) {
    this.stale.add(what);
    if (this.frame || !this.props) return;
    this.frame = requestAnimationFrame(() => this.paint());
  }

  paint() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    const paint = { input: paintInput, output: paintOutput, matrix: paintMatrix };
    for (const [name, work] of Object.entries(paint)) if (this.stale.has(name)) work(this);
    this.stale.clear();
    this.focus = this.hovered ?? this.pinned;
    const link = linked(this, this.focus);
    lightInput(this, link);
    lightOutput(this, link);
    lightMatrix(this, link);
    lightKernel(this, link);
    this.faces.face?.paint(link);
    drawNetwork(this);
    markCosts(this);
    paintMagnifier(this);
    writeSum(this);
    describe(this, link);
    sayCell(this);
  }

  listen() {
    for (const [name, panel] of Object.entries(panelsOf(this))) this.listenTo(name, panel);
    find(this.root, ".shrink").addEventListener("click", () => this.send({ side: this.props.shrink }));
    this.root.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Escape") this.escape(event);
    });
  }

  /** @param {string} name @param {Panel} panel */
  listenTo(name, panel) {
    const { canvas } = panel;
    canvas.addEventListener("pointermove", (event) => {
      this.pointed = name;
      this.focusOn(focusUnder(panel, event));
    });
    canvas.addEventListener("pointerleave", () => {
      this.pointed = "";
      this.focusOn(null);
    });
    canvas.addEventListener("click", (event) => {
      if (!(name === "matrix" && this.dragged)) this.pin(focusUnder(panel, event));
    });
    canvas.addEventListener("keydown", (event) => this.walk(event, panel));
  }

  /** @param {KeyboardEvent} event */
  escape(event) {
    if (this.scan.player.isPlaying || find(this.root, ".telling")) event.preventDefault(); // it ends that, not the presentation
    this.scan.stop();
    this.tying.close();
    this.faces.close();
    Object.assign(this, { hovered: null, scanned: null });
    this.pin(null);
  }

  // Arrow keys move the pinned cell of the panel that has the keyboard; the first of them, or Enter, pins its middle.
  /** @param {KeyboardEvent} event @param {Panel} panel */
  walk(event, panel) {
    const move = event.key === "Enter" && !isShortcut(event) ? [0, 0] : arrow(event);
    if (!move) return;
    event.preventDefault();
    const [h, w] = panel.of();
    const kind = panel.focus(0, 0).kind;
    const far = event.shiftKey ? 10 : 1;
    const [r, c] = this.pinned?.kind === kind ? panel.at(this.pinned) : [Math.floor(h / 2), Math.floor(w / 2)];
    this.walkTo(panel.focus(clamp(r + move[0] * far, 0, h - 1), clamp(c + move[1] * far, 0, w - 1)));
  }

  /** @param {Focus} focus */
  walkTo(focus) {
    this.hovered = null;
    this.scanned = null;
    if (focus.kind === "cell") this.zoom.follow(focus.t, focus.s);
    this.pin(focus);
    this.isWalked = true;
  }

  clampFocus() {
    const { geo } = this;
    /** @type {Record<string, (focus: Focus) => boolean>} */
    const fits = {
      output: (f) => f.i < geo.outH && f.j < geo.outW,
      input: (f) => f.r < geo.H && f.c < geo.W,
      weight: (f) => f.n < geo.taps,
      cell: (f) => f.t < matrixSize(this)[0] && f.s < matrixSize(this)[1],
    };
    if (this.pinned && !fits[this.pinned.kind](this.pinned)) this.pinned = null;
    if (this.hovered && !fits[this.hovered.kind](this.hovered)) this.hovered = null;
    if (!this.pinned) this.pinned = { kind: "output", i: geo.outH >> 1, j: geo.outW >> 1 }; // something is lit from the start
  }

  leave() {
    const focused = this.fields.findIndex(({ input }) => focusedNear(input) === input);
    const { origin, serial, weights, own, changes, pinned, props: { scene } } = this;
    return { scene, origin, serial, weights, own, changes, pinned, focused, at: performance.now() };
  }

  /** @param {LoomProps} props */
  takeUp(props) {
    const before = left.get(this.key);
    left.delete(this.key);
    if (!before || performance.now() - before.at >= HANDOVER_MS || before.origin !== props.origin || before.scene !== props.scene) return undefined;
    const { origin, serial, weights, own, changes, pinned } = before;
    Object.assign(this, { origin, serial, weights, changes, pinned });
    this.adoptOwn(own);
    this.edit.sent = { value: { serial, changes }, at: performance.now() };
    return before;
  }

  destroy() {
    left.set(this.key, this.leave());
    this.scan.stop();
    this.moving.stop();
    this.tying.stop();
    this.edit.forget();
    for (const timer of [this.zoomTimer, this.periodTimer]) clearTimeout(timer);
    cancelAnimationFrame(this.frame);
    this.observer.disconnect();
    window.removeEventListener("resize", this.measure);
  }
}

export default component((parent, send, key) => new Loom(parent, key, send));
