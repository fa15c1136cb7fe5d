// A bank of kernels: a row an output, a cell an input channel, a field a weight in its colour. A field tells its number
// when it has been left or Enter was pressed; a number that is none is put back.

// Three figures are shown; what was typed is kept whole.
const shown = (weight) => String(Number(weight.toPrecision(3)));

const make = (tag, more = {}) => Object.assign(document.createElement(tag), more);

function field(label, value, tell) {
  const input = make("input", { type: "number", step: "any", ariaLabel: label, value });
  input.addEventListener("input", () => delete input.dataset.sent);
  input.addEventListener("change", () => {
    input.dataset.sent = input.value;
    if (input.value === "" || !Number.isFinite(input.valueAsNumber)) input.value = input.dataset.value;
    else if (input.value !== input.dataset.value) tell(input.valueAsNumber);
  });
  input.dataset.value = value;
  return input;
}

function build(data, send) {
  const table = make("table");
  const head = make("tr");
  head.append(make("td"), ...data.channels.map((name) => make("th", { textContent: name, scope: "col" })));
  if (data.biases) head.append(make("th", { textContent: "bias", scope: "col" }));
  table.append(head);
  data.outputs.forEach((cells, o) => {
    const row = make("tr");
    row.append(make("th", { textContent: `Y${o + 1}`, scope: "row" }));
    cells.forEach((kernel, c) => {
      const cell = make("td");
      if (kernel) {
        const grid = make("div", { className: "kernel" });
        grid.style.setProperty("--l", data.L);
        kernel.weights.forEach((weight, n) => {
          const [k, l] = [Math.floor(n / data.L), n % data.L];
          const input = field(`Output ${o + 1}, ${data.channels[c]}, row ${k + 1} column ${l + 1}`, shown(weight), (value) => send({ what: "weight", at: [o, kernel.channel, k, l], value }));
          Object.assign(input.style, { background: kernel.colours[n], color: kernel.inks[n] });
          grid.append(input);
        });
        cell.append(grid);
      } else cell.append(make("span", { className: "none", textContent: "not connected" }));
      row.append(cell);
    });
    if (data.biases) {
      const cell = make("td", { className: "bias" });
      cell.append(field(`Bias of output ${o + 1}`, shown(data.biases[o]), (value) => send({ what: "bias", at: [o], value })));
      row.append(cell);
    }
    table.append(row);
  });
  return table;
}

// New numbers go into the fields that are there, so that the one being typed into keeps the keyboard.
function refill(root, table) {
  const [old, fresh] = [root.querySelectorAll("input"), table.querySelectorAll("input")];
  if (old.length !== fresh.length || root.shape !== table.shape) return false;
  old.forEach((input, n) => {
    if (input.getRootNode().activeElement !== input || [input.dataset.value, input.dataset.sent].includes(input.value)) input.value = fresh[n].value;
    input.dataset.value = fresh[n].value;
  });
  return true;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".bank");
  root.send = (edit) => setTriggerValue("edit", edit);
  const table = build(data, (edit) => root.send(edit));
  table.shape = JSON.stringify([data.channels, data.L, data.outputs.map((cells) => cells.map((kernel) => kernel && kernel.colours)), Boolean(data.biases)]);
  if (refill(root, table)) return;
  root.shape = table.shape;
  root.replaceChildren(table);
}
