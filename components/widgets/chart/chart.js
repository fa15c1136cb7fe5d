// Saves the chart beside it as it is drawn here: Plotly draws several SVGs, one on top of the other, with every style in
// the element itself; put together they are one picture.

const SVG = "http://www.w3.org/2000/svg";
const FINE = 2; // pixels of the PNG for one of the page
const PASSING = ".hoverlayer, .draglayer, .zoomlayer, .selectionlayer"; // what is there for the mouse

// The page's letters do not go along: in whichever come instead, a text is as long as it is here.
function copy(layer) {
  const twin = layer.cloneNode(true);
  const texts = twin.querySelectorAll("text");
  layer.querySelectorAll("text").forEach((text, n) => {
    const length = text.getComputedTextLength();
    if (length) Object.entries({ textLength: length, lengthAdjust: "spacingAndGlyphs" }).forEach(([name, value]) => texts[n].setAttribute(name, value));
  });
  for (const node of twin.querySelectorAll("[style*=vector-effect]")) node.style.vectorEffect = ""; // a line scales with its picture
  return twin;
}

function whole(plot, ground) {
  const layers = [...plot.querySelectorAll(".main-svg")];
  const [width, height] = ["width", "height"].map((side) => Number(layers[0].getAttribute(side)));
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` })) svg.setAttribute(name, value);
  const page = document.createElementNS(SVG, "rect");
  for (const [name, value] of Object.entries({ width, height, fill: ground })) page.setAttribute(name, value);
  svg.append(page, ...layers.flatMap((layer) => [...copy(layer).childNodes]));
  for (const node of svg.querySelectorAll(PASSING)) node.remove();
  return { width, height, text: new XMLSerializer().serializeToString(svg) };
}

async function painted({ width, height, text }) {
  const picture = new Image(FINE * width, FINE * height);
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await picture.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: picture.width, height: picture.height });
  canvas.getContext("2d").drawImage(picture, 0, 0, picture.width, picture.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

async function save(host, name, format) {
  const plot = host.closest("[class*=st-key-chart-]").querySelector(".js-plotly-plot");
  const drawing = whole(plot, getComputedStyle(host.closest(".stApp")).backgroundColor);
  const file = format === "svg" ? new Blob([drawing.text], { type: "image/svg+xml" }) : await painted(drawing);
  download(file, `weight-loom-${name}.${format}`);
}

export default function ({ data, parentElement }) {
  const box = parentElement.querySelector(".save");
  box.onclick = (event) => {
    const { format } = event.target.dataset;
    if (format) save(parentElement.host ?? parentElement, data.name, format);
  };
}
