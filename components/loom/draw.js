// Drawing an input of one's own: press and move, or walk with the arrow keys and paint with the space bar.

function buildDraw(loom) {
  const { over, panel } = loom.input;
  const tools = panel.querySelector(".tools");
  const level = tools.querySelector("input");
  const past = [];
  let drawing = false;
  const sheet = () => Array.from({ length: loom.geo.H }, (_, r) => Array.from({ length: loom.geo.W }, (_, c) => Math.round(loom.picture[r * loom.geo.W + c] / 17).toString(16)).join("")).join("-");
  const remember = () => {
    past.push(sheet());
    if (past.length > 50) past.shift();
  };
  const settle = () => {
    loom.send({ drawing: sheet() });
  };
  const put = (text) => {
    const grey = [...text.replaceAll("-", "")].map((digit) => 17 * parseInt(digit, 16));
    loom.setPicture(Uint8Array.from(Array.from({ length: loom.channels }, () => grey).flat()));
  };
  const paint = (r, c) => {
    const next = loom.picture.slice();
    for (let ch = 0; ch < loom.channels; ch++) next[(ch * loom.geo.H + r) * loom.geo.W + c] = 17 * Number(level.value);
    loom.setPicture(next);
  };
  over.addEventListener("pointerdown", (event) => {
    const cell = cellUnder(event, over, loom.geo.H, loom.geo.W);
    if (!loom.props.drawing || !cell || event.button) return;
    remember();
    drawing = true;
    over.setPointerCapture(event.pointerId);
    paint(...cell);
  });
  over.addEventListener("pointermove", (event) => {
    const cell = drawing && cellUnder(event, over, loom.geo.H, loom.geo.W);
    if (cell) paint(...cell);
  });
  for (const name of ["pointerup", "pointercancel"])
    over.addEventListener(name, () => {
      if (drawing) settle();
      drawing = false;
    });
  over.addEventListener("keydown", (event) => {
    if (event.key !== " " || !loom.props.drawing || loom.pinned?.kind !== "input") return;
    event.preventDefault();
    remember();
    paint(loom.pinned.r, loom.pinned.c);
    settle();
  });
  tools.querySelector(".clear").addEventListener("click", () => {
    remember();
    loom.setPicture(new Uint8Array(loom.picture.length));
    settle();
  });
  tools.querySelector(".undo").addEventListener("click", () => {
    if (!past.length) return;
    const text = past.pop();
    if (text.split("-").length !== loom.geo.H) return;
    put(text);
    settle();
  });
  return () => {
    tools.hidden = !loom.props.drawing;
    over.style.touchAction = loom.props.drawing ? "none" : "";
    over.style.cursor = loom.props.drawing ? "cell" : "";
  };
}
