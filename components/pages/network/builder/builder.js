// A row a layer. A field tells its value while one types, as soon as it has rested; structure changes at once. The
// server answers with the shapes, or with the sentence that says why a layer does not fit.

const SETTLE_MS = 250;
const TOGETHER_MS = 30;

function field(root, at, option) {
  const label = make("label", "", { textContent: option.label });
  const control = option.choices.length ? make("select") : make("input", option.name === "maps" && option.value.includes("/") ? "wide" : "");
  if (option.choices.length) control.append(...option.choices.map((name) => make("option", "", { value: name, textContent: name })));
  else if (option.switch) control.type = "checkbox";
  else Object.assign(control, { type: "text", spellcheck: false, autocomplete: "off", maxLength: 4000, inputMode: "text" });
  control.title = option.help;
  control.dataset.name = option.name;
  const tell = () => {
    clearTimeout(control.timer);
    const value = option.switch ? (control.checked ? "1" : "0") : control.value;
    if (value === control.dataset.value || value === control.dataset.sent || value === control.dataset.refused) return;
    control.dataset.sent = value;
    root.send({ do: "set", at: at(), name: option.name, value });
  };
  control.addEventListener("input", () => {
    clearTimeout(control.timer);
    control.timer = setTimeout(tell, SETTLE_MS);
  });
  control.addEventListener("change", tell);
  control.addEventListener("blur", () => {
    if (!control.classList.contains("refused")) return; // what cannot be stays only while one types
    clearTimeout(control.timer);
    control.value = control.dataset.value;
    control.classList.remove("refused");
  });
  label.append(control);
  return label;
}

const shownAtOnce = (option) => option.default === null || option.value !== option.default;

function build(root, layer, n) {
  const row = make("li", "layer");
  row.at = n;
  const at = () => row.at;
  const options = make("div", "options");
  const parts = layer.options.map((option) => field(root, at, option));
  options.append(...parts);
  const hidden = parts.filter((_, k) => !shownAtOnce(layer.options[k]));
  if (hidden.length) {
    const more = make("button", "more", { type: "button", textContent: "more", ariaExpanded: "false" });
    const toggle = (open) => {
      hidden.forEach((part) => (part.hidden = !open));
      Object.assign(more, { textContent: open ? "less" : "more", ariaExpanded: String(open) });
    };
    more.addEventListener("click", () => toggle(more.ariaExpanded === "false"));
    toggle(false);
    options.append(more);
  }
  const button = (label, sign, act) => {
    const one = make("button", "", { type: "button", textContent: sign, title: label });
    one.dataset.act = label;
    one.addEventListener("click", act);
    return one;
  };
  const moves = make("div", "moves");
  moves.append(
    button("Move up", "↑", () => move(root, row.at, row.at - 1, "Move up")),
    button("Move down", "↓", () => move(root, row.at, row.at + 1, "Move down")),
    button("Insert after", "+", () => {
      root.focusOn = { at: row.at + 1, act: "Insert after" };
      root.send({ do: "add", at: row.at + 1, op: root.kind.value });
    }),
    button("Remove", "✕", () => {
      root.focusOn = { at: Math.max(0, row.at - 1), act: "Remove" };
      root.send({ do: "remove", at: row.at });
    }),
  );
  const counts = make("div", "counts");
  counts.append(make("span", "volume"), make("small", "parameters"));
  row.append(make("span", "number"), make("span", "name"), options, counts, moves, make("div", "fault", { role: "alert" }));
  row.addEventListener("keydown", (event) => {
    const step = event.altKey && { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    move(root, row.at, row.at + step, event.target.dataset.act ?? "Move up");
  });
  return row;
}

function move(root, from, to, act) {
  if (to < 0 || to >= root.layers.children.length) return;
  root.focusOn = { at: to, act };
  root.send({ do: "move", at: from, to });
}

function fill(row, layer, n, last) {
  row.at = n;
  row.ariaLabel = `Layer ${n + 1}: ${layer.name}`;
  row.classList.toggle("faulty", Boolean(layer.fault));
  row.querySelector(".number").textContent = n + 1;
  row.querySelector(".name").textContent = layer.name;
  row.querySelector(".volume").textContent = layer.volume;
  row.querySelector(".parameters").textContent = layer.parameters;
  const fault = row.querySelector(".fault");
  if (fault.textContent !== layer.fault) fault.textContent = layer.fault;
  for (const button of row.querySelectorAll(".moves button")) button.ariaLabel = `${button.dataset.act}: layer ${n + 1}, ${layer.name}`;
  row.querySelector("[data-act='Move up']").disabled = n === 0;
  row.querySelector("[data-act='Move down']").disabled = n === last;
  layer.options.forEach((option, k) => {
    const label = row.querySelectorAll(".options label")[k];
    const control = label.lastElementChild;
    if (shownAtOnce(option)) label.hidden = false;
    control.ariaLabel = `${option.label} of layer ${n + 1}, ${layer.name}`;
    const typing = control.getRootNode().activeElement === control;
    const refused = control.dataset.sent !== undefined && control.dataset.sent !== option.value && control.value !== option.value && typing;
    if (refused) control.dataset.refused = control.value;
    else if (control.value !== control.dataset.refused) delete control.dataset.refused;
    control.classList.toggle("refused", control.dataset.refused !== undefined && typing);
    if (option.switch) control.checked = option.value === "1";
    else if (!typing || control.value === control.dataset.value) control.value = option.value; // what is being typed stays
    control.dataset.value = option.value;
    delete control.dataset.sent;
  });
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".builder");
  root.tell = (edits) => setTriggerValue("edit", edits);
  // Of two messages in one moment Streamlit delivers the last: a field that is left for a button speaks with it.
  root.send ??= (edit) => {
    root.waiting = [...(root.waiting ?? []), edit];
    root.speaking ??= setTimeout(() => {
      root.speaking = undefined;
      root.tell(root.waiting.splice(0));
    }, TOGETHER_MS);
  };
  if (!root.layers) {
    root.layers = root.querySelector(".layers");
    root.kind = root.querySelector(".kind");
    root.kind.append(...data.kinds.map(({ op, name }) => make("option", "", { value: op, textContent: name })));
    root.querySelector(".append").addEventListener("click", () => {
      root.focusOn = null;
      root.toEnd = true;
      root.send({ do: "add", at: root.layers.children.length, op: root.kind.value });
    });
    for (const act of ["undo", "redo"]) root.querySelector(`.${act}`).addEventListener("click", () => root.send({ do: act }));
  }
  const { layers } = root;
  while (layers.children.length > data.rows.length) layers.lastElementChild.remove();
  data.rows.forEach((layer, n) => {
    const old = layers.children[n];
    // A row is made anew only when another kind of layer stands here: what one types into stays.
    if (!old || old.op !== layer.op) {
      const fresh = build(root, layer, n);
      fresh.op = layer.op;
      if (old) old.replaceWith(fresh);
      else layers.append(fresh);
    }
    fill(layers.children[n], layer, n, data.rows.length - 1);
  });
  root.querySelector(".refusal").textContent = data.refusal;
  root.querySelector(".undo").disabled = !data.undo;
  root.querySelector(".redo").disabled = !data.redo;
  if (root.focusOn && layers.children[root.focusOn.at]) {
    const target = layers.children[root.focusOn.at].querySelector(`[data-act="${root.focusOn.act}"]`);
    (target?.disabled ? target.parentElement.querySelector("button:not(:disabled)") : target)?.focus();
  }
  root.focusOn = null;
  if (root.toEnd) layers.scrollTop = layers.scrollHeight;
  root.toEnd = false;
}
