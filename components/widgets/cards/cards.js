// Columns of pictures and facts. Pictures of one group are about the same places: pointing at a place of one, or walking
// there with the arrow keys, marks it in all of them and says its numbers. Nothing of this asks the server.

function createFigure() {
  return make(
    "figure", "", {},
    make("figcaption", "", {}, make("span", "title"), make("span", "readout", { ariaLive: "polite" })),
    make("div", "stage", {}, make("img", "", { alt: "", draggable: false }), make("div", "dashed"), make("div", "marks"), make("div", "pointer", { hidden: true })),
    make("div", "ramp", {}, make("span", "low"), make("i"), make("span", "high")),
  );
}

/**
 * Lays an element over some cells of a picture.
 * @param {HTMLElement} box
 * @param {number[]} cells Row, column, rows, columns.
 * @param {number[]} shape Rows and columns of the picture.
 */
function place(box, [row, col, rows, cols], [h, w]) {
  Object.assign(box.style, { top: `${(100 * row) / h}%`, left: `${(100 * col) / w}%`, height: `${(100 * rows) / h}%`, width: `${(100 * cols) / w}%` });
}

/**
 * @param {any} figure
 * @param {CardPicture} picture
 */
function updateFigure(figure, picture) {
  const [h, w] = picture.shape;
  figure.picture = picture;
  figure.numbers = picture.values && new Float32Array(bytes(picture.values).buffer);
  figure.querySelector(".title").textContent = picture.title;
  const stage = figure.querySelector(".stage");
  const walks = Boolean(picture.group) && !picture.rows;
  Object.assign(stage, { role: "img", ariaLabel: picture.alt, tabIndex: walks ? 0 : -1, ariaDescription: walks ? "Arrow keys move between cells; Escape clears the selection." : null });
  stage.classList.toggle("linked", Boolean(picture.group) && !picture.rows);
  stage.style.aspectRatio = `${w} / ${h}`;
  figure.style.setProperty("--aspect", String(w / h));
  const img = figure.querySelector("img");
  if (img.getAttribute("src") !== picture.src) img.src = picture.src;
  img.classList.toggle("smooth", picture.src.startsWith("data:image/svg"));
  for (const [name, cells] of Object.entries({ marks: picture.marks, dashed: picture.dashed }))
    fillChildren(figure.querySelector(`.${name}`), cells, () => make("div", "mark"), (mark, at) => place(mark, at, picture.shape));
  const ramp = figure.querySelector(".ramp");
  ramp.className = `ramp ${picture.ramp}`;
  ramp.style.display = picture.ramp ? "" : "none";
  ramp.querySelector(".low").textContent = picture.low;
  ramp.querySelector(".high").textContent = picture.high;
}

/**
 * @param {any} node
 * @param {CardFact} fact
 */
function updateFact(node, fact) {
  node.className = `fact ${fact.good === null ? "" : fact.good ? "good" : "bad"}`;
  node.querySelector("dt").textContent = fact.name;
  node.querySelector(".text").textContent = fact.text;
  node.querySelector(".exact").textContent = fact.exact;
}

function createFact() {
  return make("dl", "", {}, make("dt"), make("dd", "", {}, make("span", "text"), make("span", "exact")));
}

function createCard() {
  return make("section", "card", {}, make("h4", "", {}, make("i", "swatch"), make("span")), make("p", "headline"), make("p", "note"));
}

const HEAD = 3; // a card's children before its pictures

/**
 * @param {any} card
 * @param {CardProps} props
 */
function updateCard(card, { title, headline, note, pictures, facts, colour, dashed }) {
  card.ariaLabel = title || pictures[0]?.title || null; // a region without a name is none
  card.querySelector("h4 span").textContent = title;
  const swatch = card.querySelector("h4 .swatch");
  Object.assign(swatch.style, { color: colour, display: colour ? "" : "none" });
  swatch.classList.toggle("dashed", dashed);
  card.querySelector(".headline").textContent = headline;
  card.querySelector(".note").textContent = note;
  const parts = [...pictures.map((picture) => ["FIGURE", picture]), ...facts.map((fact) => ["DL", fact])];
  while (card.children.length > parts.length + HEAD) card.lastElementChild.remove();
  parts.forEach(([tag, part], n) => {
    let node = card.children[n + HEAD];
    if (node?.tagName !== tag) {
      const fresh = tag === "FIGURE" ? createFigure() : createFact();
      if (node) node.replaceWith(fresh);
      else card.append(fresh);
      node = fresh;
    }
    if (tag === "FIGURE") updateFigure(node, /** @type {CardPicture} */ (part));
    else updateFact(node, /** @type {CardFact} */ (part));
  });
}

class Cards {
  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.root = /** @type {HTMLElement} */ (parent.querySelector(".cards"));
    /** The rows and columns of each group of linked pictures. @type {Record<string, [number, number]>} */
    this.places = {};
    /** The place pointed at last. @type {[number, number] | null} */
    this.at = null;
    this.listen();
  }

  /** @param {CardsProps} data */
  update(data) {
    const { root } = this;
    const pictures = data.cards.flatMap((card) => card.pictures);
    this.places = Object.fromEntries(pictures.filter(({ group, rows }) => group && !rows).map(({ group, shape }) => [group, shape]));
    const most = Math.max(...data.cards.map((card) => card.pictures.length)) + Math.max(...data.cards.map((card) => card.facts.length));
    // What no card has takes no line in any.
    const missing = { title: !data.cards.some(({ title }) => title), headline: !data.cards.some(({ headline }) => headline), note: !data.cards.some(({ note }) => note) };
    for (const [name, isMissing] of Object.entries(missing)) root.classList.toggle(`no-${name}`, isMissing);
    root.classList.toggle("no-caption", !pictures.some(({ title }) => title));
    root.classList.toggle("no-readout", !pictures.some(({ values }) => values));
    root.style.setProperty("--columns", String(data.cards.length));
    root.style.setProperty("--rows", String(HEAD - Object.values(missing).filter(Boolean).length + most));
    root.style.setProperty("--negative", data.negative);
    root.style.setProperty("--positive", data.positive);
    fillChildren(root, data.cards, createCard, updateCard);
    for (const group of Object.keys(this.places)) this.point(group, null);
  }

  /**
   * @param {string} group
   * @param {[number, number] | null} at
   * @param {any} [aloud] The figure whose number a screen reader says.
   */
  point(group, at, aloud = null) {
    for (const figure of /** @type {NodeListOf<any>} */ (this.root.querySelectorAll("figure"))) if (figure.picture.group === group) this.mark(figure, at, aloud);
  }

  /**
   * @param {any} node
   * @param {[number, number] | null} at
   * @param {any} aloud
   */
  mark(node, at, aloud) {
    const { picture, numbers } = node;
    const pointer = node.querySelector(".pointer");
    pointer.hidden = !at;
    const readout = node.querySelector(".readout");
    readout.ariaLive = aloud === node ? "polite" : "off"; // of all that change, the one with the keyboard speaks
    readout.textContent = at && numbers ? `${picture.letter}[${at[0] + 1},${at[1] + 1}] = ${figure(numbers[at[0] * picture.shape[1] + at[1]])}` : "";
    if (!at) return;
    pointer.classList.toggle("row", Boolean(picture.rows));
    if (picture.rows) place(pointer, [at[0] * this.places[picture.group][1] + at[1], 0, 1, 1], [picture.rows, 1]);
    else place(pointer, [...at, 1, 1], picture.shape);
  }

  listen() {
    const { root } = this;
    /** The figure of an event, if its places are linked. @param {any} event */
    const linked = (event) => {
      const node = event.target.closest?.(".stage")?.parentElement;
      return node?.picture.group && !node.picture.rows ? node : null;
    };
    root.addEventListener("pointermove", (event) => {
      const node = linked(event);
      if (!node) return;
      const [rows, cols] = node.picture.shape;
      this.at = cellUnder(event, node.querySelector(".stage"), rows, cols);
      this.point(node.picture.group, this.at);
    });
    root.addEventListener("pointerout", (event) => {
      const node = linked(event);
      if (node) this.point(node.picture.group, null);
    });
    root.addEventListener("keydown", (event) => {
      const node = linked(event);
      const move = event.key === "Enter" && !isShortcut(event) ? [0, 0] : arrow(event);
      if (!node || isShortcut(event)) return;
      if (event.key === "Escape") this.point(node.picture.group, null);
      if (!move) return;
      event.preventDefault();
      const [h, w] = node.picture.shape;
      const [r, c] = this.at ?? [h >> 1, w >> 1];
      this.at = [clamp(r + move[0], 0, h - 1), clamp(c + move[1], 0, w - 1)];
      this.point(node.picture.group, this.at, node);
    });
  }
}

export default component((parent) => new Cards(parent));
