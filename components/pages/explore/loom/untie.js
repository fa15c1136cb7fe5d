// Untying: one use of a weight takes a value of its own.

/** @param {LoomProps} props @param {Geometry} geo */
function ownOf(props, geo) {
  return props.untied.map(([i, j, k, l, r, c, value]) => ({ t: i * geo.outW + j, s: r * geo.W + c, i, j, k, l, r, c, value }));
}

// The one connection the pinned cell of the matrix (or edge of the network) stands for, if it is one.
/** @param {Loom} loom @param {Focus} focus */
function connectionAt({ geo }, focus) {
  if (focus?.kind !== "cell") return null;
  const { t, s } = focus;
  const [i, j] = [Math.floor(t / geo.outW), t % geo.outW];
  const tap = windowOf(geo, i, j).find(({ real, row, col }) => real && row * geo.W + col === s);
  return tap ? { t, s, i, j, k: tap.k, l: tap.l, r: tap.row, c: tap.col, weight: tap.weight } : null;
}

/** @param {Loom} loom */
function showUntie(loom) {
  const { root, pinned, props } = loom;
  const bar = find(root, ".untie");
  const found = props.view === "conv" ? connectionAt(loom, pinned) : null;
  const own = found && loom.own.find((copy) => copy.t === found.t && copy.k === found.k && copy.l === found.l);
  bar.hidden = !found && !loom.own.length;
  find(bar, ".untie-one").hidden = !found || Boolean(own) || loom.own.length >= props.limits.copies;
  find(bar, ".untie-value").hidden = !own;
  find(bar, ".tie").hidden = !loom.own.length;
  if (own) {
    loom.copyField.input.ariaLabel = `Value of this copy of ${props.names[found.weight]}`;
    if (!loom.copyField.typing) loom.copyField.show(own.value);
  }
  const count = loom.own.length;
  find(bar, ".untie-note").textContent = count
    ? `${count} ${count === 1 ? "copy" : "copies"} untied: ${count} more free parameter${count === 1 ? "" : "s"}. ${own ? props.notes[loom.own.indexOf(own)] ?? "" : ""}`
    : "";
}

/** @param {Loom} loom */
function buildUntie(loom) {
  const bar = find(loom.root, ".untie");
  const send = () => loom.send();
  find(bar, ".untie-one").addEventListener("click", () => {
    const found = connectionAt(loom, loom.pinned);
    loom.setOwn([...loom.own, { ...found, value: loom.weights[found.weight] }]);
    send();
  });
  /** @param {number} value */
  const set = (value) => {
    const found = connectionAt(loom, loom.pinned);
    if (found) loom.setOwn(loom.own.map((copy) => (copy.t === found.t && copy.k === found.k && copy.l === found.l ? { ...copy, value } : copy)));
  };
  find(bar, ".tie").addEventListener("click", () => {
    loom.setOwn([]);
    send();
  });
  return new NumberField(find(bar, ".untie-value input"), {
    limits: () => weightLimits(loom),
    name: () => "This copy",
    preview: set,
    commit: (value) => {
      set(value);
      send();
    },
    complain: (sentence) => complain(loom, sentence),
  });
}
