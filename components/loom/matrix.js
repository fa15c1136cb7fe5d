// The weight matrix: cells of their own where they are at least a pixel, the engine's tiles where they are not.

function matrixSize(loom) {
  const { geo, props } = loom;
  return [geo.outH * geo.outW, geo.H * geo.W + (props.bias ? 1 : 0)];
}

// Cells of their own as long as the engine sends no tile; the fully connected layer's static is as coarse as a tile.
function drawn(rows, cols, props) {
  const most = props.view === "dense" && Math.max(rows, cols) > props.tiles ? props.tiles : Infinity;
  return [Math.min(rows, most), Math.min(cols, most)];
}

function paintMatrix(loom) {
  const { base, size, panel } = loom.matrix;
  const { geo, props } = loom;
  const [rows, cols] = matrixSize(loom);
  size.textContent = `${rows.toLocaleString("en")} × ${cols.toLocaleString("en")}`;
  panel.querySelector(".stack").style.aspectRatio = String(Math.min(3, Math.max(0.9, cols / rows)));
  const { tile } = props;
  const [h, w] = tile ? [tile.rows, tile.cols] : drawn(rows, cols, props);
  const ctx = sized(base, w, h);
  const image = ctx.createImageData(w, h);
  const pixels = new Uint32Array(image.data.buffer);
  if (props.view === "dense") {
    for (let r = 0; r < h; r++)
      for (let c = 0; c < w; c++) pixels[r * w + c] = loom.untied[untiedInk(Math.floor((r * rows) / h), Math.floor((c * cols) / w))];
  } else if (tile) {
    const at = new Uint32Array(bytes(tile.at).buffer);
    const ink = bytes(tile.ink);
    const table = props.view === "conv" ? loom.colours : loom.untied;
    for (let n = 0; n < at.length; n++) pixels[at[n]] = table[ink[n]];
  } else paintCells(loom, pixels, w);
  if (props.bias && props.view !== "dense") for (let r = 0; r < h; r++) pixels[r * w + w - 1] = props.view === "conv" ? loom.ink : loom.untied[untiedInk(r, cols - 1)];
  ctx.putImageData(image, 0, 0);
  const [ph, pw] = [rows / h, cols / w];
  panel.querySelector(".readout").textContent =
    ph * pw > 1 ? `One dot stands for ${figure(ph)} × ${figure(pw)} cells and wears the colour of one of them.` : "Every cell is drawn. Empty cells are zeros: no connection.";
}

function paintCells(loom, pixels, w) {
  const { geo, props } = loom;
  for (let i = 0; i < geo.outH; i++)
    for (let j = 0; j < geo.outW; j++) {
      const t = i * geo.outW + j;
      for (const c of windowOf(geo, i, j)) {
        if (!c.real) continue;
        const s = c.row * geo.W + c.col;
        pixels[t * w + s] = props.view === "conv" ? loom.colours[c.weight] : loom.untied[untiedInk(t, s)];
      }
    }
}

function lightMatrix(loom, link) {
  const { geo, focus, props } = loom;
  const [rows, cols] = matrixSize(loom);
  const view = overlay(loom.matrix.over, rows, cols);
  if (!focus) return;
  if (focus.kind === "weight") return traceWeight(loom, view);
  const { ctx } = view;
  ctx.fillStyle = loom.dark ? "rgb(255 255 255 / 0.28)" : "rgb(0 0 0 / 0.2)";
  const line = 1.5;
  if (focus.kind !== "input") {
    const t = focus.kind === "cell" ? focus.t : focus.i * geo.outW + focus.j;
    ctx.fillRect(0, (t + 0.5) * view.ch - line / 2, view.box.width, line);
  }
  if (focus.kind !== "output") {
    const s = focus.kind === "cell" ? focus.s : focus.r * geo.W + focus.c;
    ctx.fillRect((s + 0.5) * view.cw - line / 2, 0, line, view.box.height);
  }
  for (const { t, s, weight } of litCells(geo, focus, link)) {
    ctx.fillStyle = weight < 0 ? loom.css.text : props.colours[weight];
    const rect = lit(view.cell(t, s), 7);
    ctx.fillRect(...rect);
    ctx.lineWidth = 1;
    ctx.strokeStyle = loom.dark ? "#fff" : "#111";
    ctx.strokeRect(...rect);
  }
}

function litCells(geo, focus, link) {
  if (focus.kind === "output") return link.inputs.map((c) => ({ t: focus.i * geo.outW + focus.j, s: c.row * geo.W + c.col, weight: c.weight }));
  if (focus.kind === "input") return link.outputs.map((c) => ({ t: c.i * geo.outW + c.j, s: focus.r * geo.W + focus.c, weight: c.weight }));
  return [{ t: focus.t, s: focus.s, weight: link.weights[0] ?? -1 }];
}

// All uses of one weight: a straight stroke for each image row, from its first output to its last.
function traceWeight(loom, view) {
  const { geo, focus, props } = loom;
  const { ctx } = view;
  ctx.fillStyle = loom.dark ? "rgb(27 30 37 / 0.75)" : "rgb(255 255 255 / 0.75)";
  ctx.fillRect(0, 0, view.box.width, view.box.height);
  ctx.strokeStyle = props.colours[focus.n];
  ctx.lineWidth = Math.max(2, view.ch);
  ctx.beginPath();
  for (let k = 0; k < geo.rows.kernel; k++)
    for (let l = 0; l < geo.cols.kernel; l++) {
      if (geo.weight(k, l) !== focus.n) continue;
      const col = geo.across.reads[l];
      for (let i = 0; i < geo.outH; i++) {
        const row = geo.down.reads[k][i];
        if (row === PADDING) continue;
        let last = null;
        for (let j = 0; j < geo.outW; j++) {
          if (col[j] === PADDING) { last = null; continue; }
          const [x, y] = [(row * geo.W + col[j]) * view.cw, (i * geo.outW + j) * view.ch];
          const bend = last === null || j === geo.outW - 1 || col[j + 1] - col[j] !== col[j] - col[j - 1];
          if (last === null) ctx.moveTo(x, y);
          else if (bend) ctx.lineTo(x + view.cw, y + view.ch);
          last = j;
        }
      }
    }
  ctx.stroke();
}

function buildViews(loom) {
  const { props, root } = loom;
  const group = root.querySelector(".views");
  const had = group.contains(root.getRootNode().activeElement);
  group.replaceChildren(
    ...props.views.map(({ kind, name }) => {
      const button = document.createElement("button");
      button.type = "button";
      button.role = "radio";
      button.textContent = name;
      button.ariaChecked = String(kind === props.view);
      button.tabIndex = kind === props.view ? 0 : -1;
      button.addEventListener("click", () => loom.send({ view: kind }));
      return button;
    }),
  );
  if (had) group.querySelector('[aria-checked="true"]').focus();
  group.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const kinds = props.views.map((view) => view.kind);
    loom.send({ view: kinds[(kinds.indexOf(props.view) + step + kinds.length) % kinds.length] });
  };
}

function writeCosts(loom) {
  const { props, root } = loom;
  root.querySelector(".costs ul").replaceChildren(
    ...props.costs.map((row) => {
      const item = document.createElement("li");
      const bar = Object.assign(document.createElement("span"), { className: "bar" });
      bar.style.width = `${Math.max(2, 100 * row.bar)}%`;
      if (row.kind === "conv") bar.style.background = `linear-gradient(90deg, ${props.colours.slice(0, 9).join(",")}, ${props.colours[0]})`;
      const name = Object.assign(document.createElement("span"), { className: "name", textContent: row.name });
      const number = Object.assign(document.createElement("b"), { textContent: row.parameters, title: row.exact });
      const rest = Object.assign(document.createElement("span"), { className: "rest", title: row.exact });
      rest.textContent = `${row.bytes}${row.saving ? ` · ${row.saving}` : ""}`;
      const more = Object.assign(document.createElement("span"), { className: "rest more", title: row.exact });
      more.textContent = `${row.connections} connections, ${row.multiply_adds} multiply-adds`;
      const track = Object.assign(document.createElement("span"), { className: "track" });
      track.append(bar);
      item.append(name, track, number, rest, more);
      return item;
    }),
  );
  root.querySelector(".saving").textContent = props.cost_line;
}
