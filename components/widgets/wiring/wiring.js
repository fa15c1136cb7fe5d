// Wirings, each as a network and as its matrix. Pointing at a connection, or walking over them with the arrow keys, lights
// all that have the same id: every use of that weight.

const SMALL = 12; // of a letter on a network, in the units of its picture
const LETTERS_ACROSS = 40; // of a matrix, at most

/**
 * Letters at these places, as part of a picture.
 * @param {Element} svg
 * @param {LetterPlace[]} places
 * @param {number} size
 */
function write(svg, places, size) {
  for (const { x, y, id, of } of places) {
    const text = makeSvg("text", { x, y, "font-size": size, class: "letter", "data-n": Number(of) });
    text.textContent = letterOf(id);
    svg.append(text);
  }
}

/** @param {Web} web @param {boolean} letters */
function network(web, letters) {
  const [width, height] = web.size;
  const svg = makeSvg("svg", { viewBox: `0 0 ${width} ${height}`, class: "net", role: "img", "aria-label": `${web.alt}. Network`, tabindex: 0 });
  web.edges.forEach(([t, s, id], n) => {
    const [to, from] = [web.outs[t], web.ins[s]];
    if (from) svg.append(makeSvg("line", { x1: from[0], y1: from[1], x2: to[0], y2: to[1], stroke: web.colours[id], "data-n": n }));
  });
  const lines = web.edges.flatMap(([t, s, id], n) => (web.ins[s] ? alongLine(web.ins[s], web.outs[t], { x: 0, y: 0, id, of: n }) : []));
  if (letters) write(svg, lettered(lines, [(letterWidth(lines) + 0.1) * SMALL, SMALL]), SMALL);
  const dots = [...web.ins.map((at) => ({ at, kind: "in" })), ...web.outs.map((at) => ({ at, kind: "out" }))];
  for (const { at, kind } of dots) if (at) svg.append(makeSvg("circle", { cx: at[0], cy: at[1], r: 6, class: kind }));
  return svg;
}

/** @param {Web} web @param {boolean} letters */
function matrix(web, letters) {
  const [rows, cols] = web.shape;
  const head = web.bands.length ? cols * 0.075 : 0; // room for what the columns are
  const svg = makeSvg("svg", { viewBox: `0 ${-head} ${cols} ${rows + head}`, class: "matrix", role: "img", "aria-label": `${web.alt}. Matrix`, tabindex: 0 });
  web.edges.forEach(([t, s, id], n) => svg.append(makeSvg("rect", { x: s, y: t, width: 1, height: 1, fill: web.colours[id], class: "cell", "data-n": n })));
  const cells = web.edges.map(([t, s, id], n) => ({ x: s + 0.5, y: t + 0.5, id, of: n }));
  const size = Math.max(0.85 / Math.max(1, letterWidth(cells)), cols / LETTERS_ACROSS, rows / LETTERS_ACROSS);
  if (letters) write(svg, lettered(cells, [letterWidth(cells) * size, size]), size);
  svg.prepend(makeSvg("rect", { x: 0, y: 0, width: cols, height: rows, class: "ground" }));
  for (const [at, name] of web.bands) {
    if (at) svg.append(makeSvg("line", { x1: at, x2: at, y1: 0, y2: rows, class: "band" }));
    const text = makeSvg("text", { x: at, y: -head * 0.3, "font-size": cols * 0.05 });
    text.textContent = name;
    svg.append(text);
  }
  for (let at = web.steps; web.steps > 1 && at < rows; at += web.steps) svg.append(makeSvg("line", { x1: 0, x2: cols, y1: at, y2: at, class: "band" }));
  return svg;
}

class Wiring {
  /**
   * @param {HTMLElement} parent
   * @param {(acts: string[]) => void} sendActs
   * @param {(marks: string) => void} sendMarks
   */
  constructor(parent, sendActs, sendMarks) {
    buildLetters(parent, sendMarks);
    /** @type {string[]} */
    this.acts = [];
    this.letters = false;
    this.button = find(parent, "button.letters");
    this.sendActs = sendActs;
    /** What the page has been told of. @type {Set<string>} */
    this.told = new Set();
    this.root = /** @type {HTMLElement} */ (parent.querySelector(".wires"));
    this.status = /** @type {HTMLElement} */ (parent.querySelector(".said"));
    /** The connection pointed at, by its place in the list. @type {number | null} */
    this.at = null;
    this.props = "";
    this.listen();
  }

  /** @param {{ webs: Web[], acts: string[], letters: boolean }} data */
  update({ webs, acts, letters }) {
    [this.acts, this.letters] = [acts, letters];
    this.button.ariaPressed = String(letters);
    const props = JSON.stringify([webs, letters]);
    if (props === this.props) return;
    this.props = props;
    this.root.style.setProperty("--columns", String(webs.length));
    const focused = [...this.root.querySelectorAll("svg")].findIndex((svg) => svg === focusedNear(this.root));
    this.root.replaceChildren(
      ...webs.map((web) => {
        /** @param {string} className @param {string} textContent */
        const text = (className, textContent, tag = "p") => make(tag, className, { textContent });
        return make("section", "", { ariaLabel: web.title, web }, text("", web.title, "h4"), text("headline", web.headline), text("note", web.note), ...(web.outs.length ? [network(web, letters)] : []), matrix(web, letters));
      }),
    );
    if (focused >= 0) this.root.querySelectorAll("svg")[focused]?.focus();
    this.light(null, null);
  }

  /**
   * @param {any} section The wiring's own.
   * @param {number | null} n
   * @param {boolean} [aloud] Whether a screen reader says it: whoever points has eyes for it.
   */
  light(section, n, aloud = false) {
    const { root, status } = this;
    status.ariaLive = aloud ? "polite" : "off";
    for (const one of root.querySelectorAll("section")) one.classList.toggle("focused", one === section && n !== null);
    for (const node of root.querySelectorAll(".lit")) node.classList.remove("lit");
    this.at = n;
    status.textContent = "Point at a connection: all connections that share its weight light up.";
    if (n === null || !section) return;
    const act = this.acts[[...root.children].indexOf(section)];
    if (act && !this.told.has(act)) this.sendActs([...this.told.add(act)]); // all of them: a message may get lost
    /** @type {Web} */
    const web = section.web;
    const id = web.edges[n][2];
    const uses = web.edges.filter((edge) => edge[2] === id).length;
    for (const node of section.querySelectorAll("[data-n]")) node.classList.toggle("lit", web.edges[node.dataset.n][2] === id);
    const letter = this.letters ? ` (${letterOf(id)})` : "";
    status.textContent = `${web.title}: ${web.names[id]}${letter} is used ${uses === 1 ? "once" : `${uses} times`}.`;
  }

  listen() {
    const { root } = this;
    /** @param {any} event */
    const point = (event) => {
      const edge = event.target.closest?.("[data-n]");
      this.light(event.target.closest("section"), edge ? Number(edge.dataset.n) : null);
    };
    root.addEventListener("pointermove", point);
    root.addEventListener("click", point); // a tap does not move
    root.addEventListener("pointerleave", (event) => {
      if (event.pointerType !== "touch") this.light(null, null);
    });
    root.addEventListener("focusout", () => this.light(null, null));
    root.addEventListener("keydown", (event) => {
      const section = /** @type {any} */ (event.target).closest("section");
      const move = neighbour(event);
      if (event.key === "Escape") this.light(section, null);
      if (!move || !section) return;
      event.preventDefault();
      const many = section.web.edges.length;
      const isFresh = this.at === null || !section.classList.contains("focused");
      this.light(section, isFresh ? 0 : (this.at + move + many) % many, true);
    });
  }
}

export default component((parent, send) => new Wiring(parent, (acts) => send("act", acts), (marks) => send("marks", marks)));
