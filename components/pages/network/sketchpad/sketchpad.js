// A sheet of n × n grey levels, 0 to 15. A round pen about two pixels wide; the server is told while one draws, at most
// every SEND_MS, and once more when the pen is lifted.

const SEND_MS = 180;
const PATIENCE_MS = 2000;
const PEN = 1.35; // a pixel whose middle is this far from the pen's stays black
const UNDO = 50;

function create(node) {
  const canvas = node.querySelector("canvas");
  const sheet = { canvas, levels: [], n: 0, past: [], pen: null, at: null, timer: 0, sentAt: -Infinity, sent: "" };
  const text = () => Array.from({ length: sheet.n }, (_, r) => sheet.levels.slice(r * sheet.n, (r + 1) * sheet.n).map((v) => v.toString(16)).join("")).join("-");
  const draw = () => {
    Object.assign(canvas, { width: sheet.n, height: sheet.n });
    const ctx = canvas.getContext("2d");
    const image = ctx.createImageData(sheet.n, sheet.n);
    sheet.levels.forEach((v, p) => image.data.set([17 * v, 17 * v, 17 * v, 255], 4 * p));
    if (sheet.at) image.data.set([230, 60, 50, 255], 4 * (sheet.at[0] * sheet.n + sheet.at[1]));
    ctx.putImageData(image, 0, 0);
  };
  const tell = () => {
    clearTimeout(sheet.timer);
    sheet.timer = 0;
    Object.assign(sheet, { sent: text(), sentAt: performance.now() });
    sheet.send(sheet.sent);
  };
  const paint = ([r, c]) => {
    for (let i = 0; i < sheet.n; i++)
      for (let j = 0; j < sheet.n; j++) {
        const ink = Math.round(15 * Math.min(1, Math.max(0, PEN - Math.hypot(i + 0.5 - r, j + 0.5 - c)) / 0.7));
        sheet.levels[i * sheet.n + j] = Math.max(sheet.levels[i * sheet.n + j], ink);
      }
  };
  const keep = () => {
    sheet.past.push(sheet.levels.slice());
    if (sheet.past.length > UNDO) sheet.past.shift();
  };
  const change = (levels) => {
    sheet.levels = levels;
    draw();
    tell();
  };
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientY - box.top) / box.height) * sheet.n, ((event.clientX - box.left) / box.width) * sheet.n];
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button || !event.isPrimary) return;
    keep();
    canvas.setPointerCapture(event.pointerId);
    Object.assign(sheet, { pen: place(event), at: null });
    paint(sheet.pen);
    draw();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!sheet.pen) return;
    const [from, to] = [sheet.pen, place(event)];
    const steps = Math.max(1, Math.ceil(2 * Math.hypot(to[0] - from[0], to[1] - from[1]))); // a quick hand skips pixels
    for (let k = 1; k <= steps; k++) paint([from[0] + ((to[0] - from[0]) * k) / steps, from[1] + ((to[1] - from[1]) * k) / steps]);
    sheet.pen = to;
    draw();
    if (!sheet.timer) sheet.timer = setTimeout(tell, SEND_MS);
  });
  for (const name of ["pointerup", "pointercancel"])
    canvas.addEventListener(name, () => {
      if (sheet.pen) tell();
      sheet.pen = null;
    });
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], " ": [0, 0] }[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const [r, c] = sheet.at ?? [sheet.n >> 1, sheet.n >> 1];
    sheet.at = [r + step[0], c + step[1]].map((v) => Math.min(sheet.n - 1, Math.max(0, v)));
    if (event.key === " ") {
      keep();
      paint(sheet.at.map((v) => v + 0.5));
      tell();
    }
    draw();
  });
  canvas.addEventListener("blur", () => {
    sheet.at = null;
    draw();
  });
  node.querySelector(".clear").addEventListener("click", () => {
    keep();
    change(sheet.levels.map(() => 0));
  });
  node.querySelector(".undo").addEventListener("click", () => sheet.past.length && change(sheet.past.pop()));
  // What the server says is taken up, unless it answers to an older stroke.
  sheet.adopt = (drawing) => {
    clearTimeout(sheet.later);
    if (sheet.pen || sheet.timer || (drawing !== sheet.sent && performance.now() - sheet.sentAt < PATIENCE_MS)) {
      sheet.later = setTimeout(() => sheet.adopt(drawing), PATIENCE_MS);
      return;
    }
    const rows = drawing.split("-");
    if (rows.length !== sheet.n) sheet.past = [];
    sheet.n = rows.length;
    sheet.levels = [...rows.join("")].map((digit) => parseInt(digit, 16));
    draw();
  };
  return sheet;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const node = parentElement.querySelector(".sheet");
  node.sheet ??= create(node);
  node.sheet.send = (drawing) => setTriggerValue("drawing", drawing);
  node.sheet.adopt(data.drawing);
  return () => {
    clearTimeout(node.sheet.timer);
    clearTimeout(node.sheet.later);
  };
}
