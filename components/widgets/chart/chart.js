// Saves the chart beside it as it is drawn here: Plotly draws several SVGs, one on top of the other, with every style in
// the element itself; put together they are one picture.

const FINE = 2; // pixels of the PNG for one of the page
const PASSING = ".hoverlayer, .draglayer, .zoomlayer, .selectionlayer"; // what is there for the mouse

// The page's letters do not go along: in whichever come instead, a text is as long as it is here.
/** @param {Element} layer */
function copy(layer) {
  const twin = /** @type {Element} */ (layer.cloneNode(true));
  const texts = twin.querySelectorAll("text");
  layer.querySelectorAll("text").forEach((text, n) => {
    const length = text.getComputedTextLength();
    if (!length) return;
    texts[n].setAttribute("textLength", String(length));
    texts[n].setAttribute("lengthAdjust", "spacingAndGlyphs");
  });
  for (const node of /** @type {NodeListOf<SVGElement>} */ (twin.querySelectorAll("[style*=vector-effect]"))) node.style.vectorEffect = ""; // a line scales with its picture
  return twin;
}

/**
 * @param {Element} plot
 * @param {string} ground The colour behind it.
 */
function combined(plot, ground) {
  const layers = [...plot.querySelectorAll(".main-svg")];
  const [width, height] = ["width", "height"].map((side) => Number(layers[0].getAttribute(side)));
  const svg = makeSvg("svg", { width, height, viewBox: `0 0 ${width} ${height}` });
  svg.append(makeSvg("rect", { width, height, fill: ground }), ...layers.flatMap((layer) => [...copy(layer).childNodes]));
  for (const node of svg.querySelectorAll(PASSING)) node.remove();
  return { width, height, text: new XMLSerializer().serializeToString(svg) };
}

/**
 * @param {{ width: number, height: number, text: string }} drawing
 * @returns {Promise<Blob>}
 */
async function painted({ width, height, text }) {
  const picture = new Image(FINE * width, FINE * height);
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await picture.decode();
  const canvas = make("canvas", "", { width: picture.width, height: picture.height });
  canvas.getContext("2d").drawImage(picture, 0, 0, picture.width, picture.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

/**
 * @param {Element} host
 * @param {string} name
 * @param {string} format
 */
async function save(host, name, format) {
  const plot = host.closest("[class*=st-key-chart-]").querySelector(".js-plotly-plot");
  const drawing = combined(plot, getComputedStyle(host.closest(".stApp")).backgroundColor);
  const file = format === "svg" ? new Blob([drawing.text], { type: "image/svg+xml" }) : await painted(drawing);
  saveFile(file, `weight-loom-${name}.${format}`);
}

/** @param {Mount<{ name: string }>} mount */
export default function ({ data, parentElement }) {
  const box = /** @type {HTMLElement} */ (parentElement.querySelector(".save"));
  box.onclick = (event) => {
    const { format } = /** @type {HTMLElement} */ (event.target).dataset;
    if (format) save(/** @type {any} */ (parentElement).host ?? parentElement, data.name, format);
  };
}
