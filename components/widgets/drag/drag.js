// A picture of which something is dragged by whole pixels: a frame over it, or the picture itself within its borders.
// It moves under the pointer at once; where it was left is told when it has rested.

const SETTLE_MS = 200;
const PATIENCE_MS = 2000;
const sheets = new WeakMap();

function limits({ shape: [h, w], frame }) {
  return frame ? { low: [0, 0], high: [h - frame[0], w - frame[1]] } : { low: [-h, -w], high: [h, w] };
}

function draw(sheet) {
  const { node, data, at } = sheet;
  const [h, w] = data.shape;
  const frame = node.querySelector(".frame");
  Object.assign(node.style, { aspectRatio: `${w} / ${h}`, backgroundImage: `url("${data.src}")`, backgroundSize: "100% 100%" });
  node.style.backgroundRepeat = data.wrap ? "repeat" : "no-repeat";
  frame.style.display = data.frame ? "" : "none";
  if (data.frame) {
    const [rows, cols] = data.frame;
    frame.classList.toggle("point", rows * cols === 1);
    Object.assign(frame.style, { top: `${(100 * at[0]) / h}%`, left: `${(100 * at[1]) / w}%`, height: `${(100 * rows) / h}%`, width: `${(100 * cols) / w}%` });
  } else {
    const box = node.getBoundingClientRect();
    node.style.backgroundPosition = `${(at[1] * box.width) / w}px ${(at[0] * box.height) / h}px`;
  }
  const [row, column] = at.map((n, axis) => Math.ceil((n * (data.stands_for[axis] || data.shape[axis])) / data.shape[axis]) + 1);
  const text = data.frame ? `row ${row.toLocaleString("en")}, column ${column.toLocaleString("en")}` : `${Math.abs(at[0])} ${at[0] < 0 ? "up" : "down"}, ${Math.abs(at[1])} ${at[1] < 0 ? "left" : "right"}`;
  sheet.said.textContent = text;
}

function move(sheet, to) {
  const { low, high } = limits(sheet.data);
  const at = to.map((n, axis) => Math.min(high[axis], Math.max(low[axis], Math.round(n))));
  if (at.join() !== sheet.at.join()) {
    sheet.at = at;
    sheet.moved = true;
    draw(sheet);
    clearTimeout(sheet.timer);
    sheet.timer = setTimeout(() => tell(sheet), SETTLE_MS);
  }
}

function tell(sheet) {
  clearTimeout(sheet.timer);
  if (!sheet.moved) return;
  sheet.moved = false;
  Object.assign(sheet, { told: sheet.at.join(), toldAt: performance.now() });
  sheet.send(sheet.at);
}

// The answer to an older place must not take back a newer one: until the server shows the last place it was told, or
// has had time enough to refuse it, the sheet keeps its own.
function adopt(sheet) {
  const { data, told, toldAt } = sheet;
  clearTimeout(sheet.waiting);
  if (sheet.grip || sheet.moved) return;
  const left = told === undefined || data.at.join() === told ? 0 : toldAt + PATIENCE_MS - performance.now();
  if (left > 0) sheet.waiting = setTimeout(() => adopt(sheet), left);
  else Object.assign(sheet, { at: data.at, told: undefined });
  draw(sheet);
}

function listen(sheet) {
  const { node } = sheet;
  const cells = (event) => {
    const box = node.getBoundingClientRect();
    return [((event.clientY - box.top) / box.height) * sheet.data.shape[0], ((event.clientX - box.left) / box.width) * sheet.data.shape[1]];
  };
  node.addEventListener("pointerdown", (event) => {
    if (event.button || !event.isPrimary) return;
    const [r, c] = cells(event);
    const { frame } = sheet.data;
    // A press beside the frame brings it there: its middle comes under the pointer.
    const inside = !frame || (r >= sheet.at[0] && r < sheet.at[0] + frame[0] && c >= sheet.at[1] && c < sheet.at[1] + frame[1]);
    if (!inside) move(sheet, [r - frame[0] / 2, c - frame[1] / 2]);
    sheet.grip = [r - sheet.at[0], c - sheet.at[1]];
    node.setPointerCapture(event.pointerId);
    node.classList.add("held");
  });
  node.addEventListener("pointermove", (event) => {
    if (!sheet.grip) return;
    const [r, c] = cells(event);
    move(sheet, [r - sheet.grip[0], c - sheet.grip[1]]);
  });
  const drop = () => {
    if (!sheet.grip) return;
    sheet.grip = null;
    node.classList.remove("held");
    tell(sheet);
  };
  node.addEventListener("pointerup", drop);
  node.addEventListener("pointercancel", drop);
  node.addEventListener("keydown", (event) => {
    const [dr, dc] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key] ?? [];
    if (dr === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const far = event.shiftKey ? 5 : 1;
    move(sheet, [sheet.at[0] + far * dr, sheet.at[1] + far * dc]);
  });
}

export default function ({ data, parentElement, setTriggerValue }) {
  let sheet = sheets.get(parentElement);
  if (!sheet) {
    sheet = { node: parentElement.querySelector(".sheet"), said: parentElement.querySelector(".said"), at: data.at };
    sheets.set(parentElement, sheet);
    sheet.data = data;
    listen(sheet);
    sheet.observer = new ResizeObserver(() => draw(sheet));
    sheet.observer.observe(sheet.node);
  }
  Object.assign(sheet, { data, send: (at) => setTriggerValue("place", at) });
  Object.assign(sheet.node, { ariaLabel: data.label, ariaDescription: "Arrow keys move it, with Shift by five." });
  adopt(sheet);
  return () => {
    clearTimeout(sheet.timer);
    clearTimeout(sheet.waiting);
    sheet.observer.disconnect();
    sheets.delete(parentElement);
  };
}
