// Columns of pictures and facts. Pictures of one group are about the same places: pointing at a place of one, or walking
// there with the arrow keys, marks it in all of them and says its numbers. Nothing of this asks the server.

// As many children as there are items, each made once and then filled anew: pictures do not flicker, focus stays.
function fill(parent, items, create, update) {
  while (parent.children.length > items.length) parent.lastElementChild.remove();
  items.forEach((item, n) => {
    if (!parent.children[n]) parent.append(create());
    update(parent.children[n], item);
  });
}

function createFigure() {
  const figure = make("figure");
  const caption = make("figcaption");
  caption.append(make("span", "title"), make("span", "readout", { ariaLive: "polite" }));
  const stage = make("div", "stage");
  stage.append(make("img", "", { alt: "", draggable: false }), make("div", "marks"), make("div", "pointer", { hidden: true }));
  const ramp = make("div", "ramp");
  ramp.append(make("span", "low"), make("i"), make("span", "high"));
  figure.append(caption, stage, ramp);
  return figure;
}

function place(box, [row, col, rows, cols], [h, w]) {
  Object.assign(box.style, { top: `${(100 * row) / h}%`, left: `${(100 * col) / w}%`, height: `${(100 * rows) / h}%`, width: `${(100 * cols) / w}%` });
}

function updateFigure(figure, picture) {
  const [h, w] = picture.shape;
  figure.picture = picture;
  figure.numbers = picture.values && new Float32Array(Uint8Array.from(atob(picture.values), (c) => c.charCodeAt(0)).buffer);
  figure.querySelector(".title").textContent = picture.title;
  const stage = figure.querySelector(".stage");
  const walks = Boolean(picture.group) && !picture.rows;
  Object.assign(stage, { role: "img", ariaLabel: picture.alt, tabIndex: walks ? 0 : -1, ariaDescription: walks ? "Arrow keys walk over its places, Escape lets go." : null });
  stage.classList.toggle("linked", Boolean(picture.group) && !picture.rows);
  stage.style.aspectRatio = `${w} / ${h}`;
  const img = figure.querySelector("img");
  if (img.getAttribute("src") !== picture.src) img.src = picture.src;
  img.classList.toggle("smooth", picture.src.startsWith("data:image/svg"));
  fill(figure.querySelector(".marks"), picture.marks, () => make("div", "mark"), (mark, at) => place(mark, at, picture.shape));
  const ramp = figure.querySelector(".ramp");
  ramp.className = `ramp ${picture.ramp}`;
  ramp.style.display = picture.ramp ? "" : "none";
  ramp.querySelector(".low").textContent = picture.low;
  ramp.querySelector(".high").textContent = picture.high;
}

function updateFact(node, fact) {
  node.className = `fact ${fact.good === null ? "" : fact.good ? "good" : "bad"}`;
  node.querySelector("dt").textContent = fact.name;
  node.querySelector(".text").textContent = fact.text;
  node.querySelector(".exact").textContent = fact.exact;
}

function createFact() {
  const node = make("dl");
  const dd = make("dd");
  dd.append(make("span", "text"), make("span", "exact"));
  node.append(make("dt"), dd);
  return node;
}

function createCard() {
  const card = make("section", "card");
  const title = make("h4");
  title.append(make("i", "swatch"), make("span"));
  card.append(title, make("p", "headline"), make("p", "note"));
  return card;
}

const HEAD = 3; // a card's children before its pictures

function updateCard(card, { title, headline, note, pictures, facts, colour, dashed }) {
  card.ariaLabel = title;
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
    (tag === "FIGURE" ? updateFigure : updateFact)(node, part);
  });
}

// The rule of words.figure.
function figureText(x) {
  const size = Math.abs(x);
  if (size >= 1e5 || (size > 0 && size < 1e-3)) {
    const [digits, exponent] = x.toExponential(1).split("e");
    return `${digits} × 10${exponent.replace("+", "").replace(/[-0-9]/g, (c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)])}`.replace(/-/g, "−");
  }
  return (size >= 999.5 ? Math.round(x).toLocaleString("en") : String(Number(x.toPrecision(3)))).replace(/-/g, "−");
}

// `at` is [row, column], or null for nowhere. `said`: the figure whose number a screen reader is told.
function point(root, group, at, said) {
  for (const figure of root.querySelectorAll("figure")) {
    const { picture, numbers } = figure;
    if (picture.group !== group) continue;
    const pointer = figure.querySelector(".pointer");
    pointer.hidden = !at;
    const readout = figure.querySelector(".readout");
    readout.ariaLive = said === figure ? "polite" : "off"; // of all that change, the one with the keyboard speaks
    readout.textContent = at && numbers ? `${picture.letter}[${at[0] + 1},${at[1] + 1}] = ${figureText(numbers[at[0] * picture.shape[1] + at[1]])}` : "";
    if (!at) continue;
    pointer.classList.toggle("row", Boolean(picture.rows));
    if (picture.rows) place(pointer, [at[0] * root.places[group][1] + at[1], 0, 1, 1], [picture.rows, 1]);
    else place(pointer, [...at, 1, 1], picture.shape);
  }
}

function listen(root) {
  const figureOf = (event) => event.target.closest?.(".stage")?.parentElement;
  const under = (event, figure) => {
    const box = figure.querySelector(".stage").getBoundingClientRect();
    const [h, w] = figure.picture.shape;
    const [r, c] = [Math.floor(((event.clientY - box.top) / box.height) * h), Math.floor(((event.clientX - box.left) / box.width) * w)];
    return r >= 0 && c >= 0 && r < h && c < w ? [r, c] : null;
  };
  const linked = (figure) => figure?.picture.group && !figure.picture.rows;
  root.addEventListener("pointermove", (event) => {
    const figure = figureOf(event);
    if (!linked(figure)) return;
    root.at = under(event, figure);
    point(root, figure.picture.group, root.at, null);
  });
  root.addEventListener("pointerout", (event) => linked(figureOf(event)) && point(root, figureOf(event).picture.group, null, null));
  root.addEventListener("keydown", (event) => {
    const figure = figureOf(event);
    const [dr, dc] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Enter: [0, 0] }[event.key] ?? [];
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape" && linked(figure)) point(root, figure.picture.group, null, null);
    if (dr === undefined || !linked(figure)) return;
    event.preventDefault();
    const [h, w] = figure.picture.shape;
    const [r, c] = root.at ?? [h >> 1, w >> 1];
    root.at = [Math.min(h - 1, Math.max(0, r + dr)), Math.min(w - 1, Math.max(0, c + dc))];
    point(root, figure.picture.group, root.at, figure);
  });
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".cards");
  if (!root.places) listen(root);
  root.places = {};
  for (const { pictures } of data.cards) for (const { group, rows, shape } of pictures) if (group && !rows) root.places[group] = shape;
  const most = (what) => Math.max(...data.cards.map((card) => card[what].length));
  const pictures = data.cards.flatMap((card) => card.pictures);
  // What no card has takes no line in any.
  const missing = { title: !data.cards.some(({ title }) => title), headline: !data.cards.some(({ headline }) => headline), note: !data.cards.some(({ note }) => note) };
  for (const [name, none] of Object.entries(missing)) root.classList.toggle(`no-${name}`, none);
  root.classList.toggle("no-caption", !pictures.some(({ title }) => title));
  root.classList.toggle("no-readout", !pictures.some(({ values }) => values));
  root.style.setProperty("--columns", data.cards.length);
  root.style.setProperty("--rows", HEAD - Object.values(missing).filter(Boolean).length + most("pictures") + most("facts"));
  root.style.setProperty("--negative", data.negative);
  root.style.setProperty("--positive", data.positive);
  fill(root, data.cards, createCard, updateCard);
  for (const group of Object.keys(root.places)) point(root, group, null, null);
}
