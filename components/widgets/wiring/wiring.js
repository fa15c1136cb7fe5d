// Wirings, each as a network and as its matrix. Pointing at a connection, or walking over them with the arrow keys, lights
// all that have the same id: every use of that weight.

const SVG = "http://www.w3.org/2000/svg";
const make = (tag, more = {}) => Object.assign(document.createElement(tag), more);
function draw(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

function network(web) {
  const [width, height] = web.size;
  const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, class: "net", role: "img", "aria-label": `${web.alt}. Network`, tabindex: 0 });
  web.edges.forEach(([t, s, id], n) => {
    const [to, from] = [web.outs[t], web.ins[s]];
    if (from) svg.append(draw("line", { x1: from[0], y1: from[1], x2: to[0], y2: to[1], stroke: web.colours[id], "data-n": n }));
  });
  const dots = [...web.ins.map((at) => [at, "in"]), ...web.outs.map((at) => [at, "out"])];
  for (const [at, kind] of dots) if (at) svg.append(draw("circle", { cx: at[0], cy: at[1], r: 6, class: kind }));
  return svg;
}

function matrix(web) {
  const [rows, cols] = web.shape;
  const head = web.bands.length ? cols * 0.075 : 0; // room for what the columns are
  const svg = draw("svg", { viewBox: `0 ${-head} ${cols} ${rows + head}`, class: "matrix", role: "img", "aria-label": `${web.alt}. Matrix`, tabindex: 0 });
  web.edges.forEach(([t, s, id], n) => svg.append(draw("rect", { x: s, y: t, width: 1, height: 1, fill: web.colours[id], class: "cell", "data-n": n })));
  svg.prepend(draw("rect", { x: 0, y: 0, width: cols, height: rows, class: "ground" }));
  for (const [at, name] of web.bands) {
    if (at) svg.append(draw("line", { x1: at, x2: at, y1: 0, y2: rows, class: "band" }));
    const text = draw("text", { x: at, y: -head * 0.3, "font-size": cols * 0.05 });
    text.textContent = name;
    svg.append(text);
  }
  for (let at = web.steps; web.steps > 1 && at < rows; at += web.steps) svg.append(draw("line", { x1: 0, x2: cols, y1: at, y2: at, class: "band" }));
  return svg;
}

function light(root, section, n, spoken = false) {
  root.said.ariaLive = spoken ? "polite" : "off"; // whoever points has eyes for it
  for (const one of root.querySelectorAll("section")) one.classList.toggle("focused", one === section && n !== null);
  for (const node of root.querySelectorAll(".lit")) node.classList.remove("lit");
  root.at = n;
  root.said.textContent = "Point at a connection: all that share its weight light up.";
  if (n === null || !section) return;
  const { web } = section;
  const id = web.edges[n][2];
  const uses = web.edges.filter((edge) => edge[2] === id).length;
  for (const node of section.querySelectorAll("[data-n]")) node.classList.toggle("lit", web.edges[node.dataset.n][2] === id);
  root.said.textContent = `${web.title}: ${web.names[id]} is used ${uses === 1 ? "once" : `${uses} times`}.`;
}

function listen(root) {
  const of = (event) => event.target.closest?.("[data-n]");
  const point = (event) => light(root, event.target.closest("section"), of(event) ? Number(of(event).dataset.n) : null);
  root.addEventListener("pointermove", point);
  root.addEventListener("click", point); // a tap does not move
  root.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && light(root, null, null));
  root.addEventListener("focusout", () => light(root, null, null));
  root.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const section = event.target.closest("section");
    if (event.key === "Escape") light(root, section, null);
    if (!step || !section || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const many = section.web.edges.length;
    const fresh = root.at === null || !section.classList.contains("focused");
    light(root, section, fresh ? 0 : (root.at + step + many) % many, true);
  });
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".wires");
  if (!root.said) {
    root.said = parentElement.querySelector(".said");
    listen(root);
  }
  const told = JSON.stringify(data.webs);
  if (told === root.told) return;
  root.told = told;
  root.style.setProperty("--columns", data.webs.length);
  const keep = [...root.querySelectorAll("svg")].indexOf(root.getRootNode().activeElement);
  root.replaceChildren(
    ...data.webs.map((web) => {
      const section = make("section", { ariaLabel: web.title, web });
      const part = (className, textContent, tag = "p") => make(tag, { className, textContent });
      section.append(part("", web.title, "h4"), part("headline", web.headline), part("note", web.note), network(web), matrix(web));
      return section;
    }),
  );
  if (keep >= 0) root.querySelectorAll("svg")[keep]?.focus();
  light(root, null, null);
}
