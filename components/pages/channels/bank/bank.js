// A bank of kernels: a row an output, a cell an input channel, a field a weight in its colour. A field sends its number
// when it has been left or Enter was pressed; a number that is none is put back.

// Three figures are shown; what was typed is kept whole.
/** @param {number} weight */
const shown = (weight) => String(Number(weight.toPrecision(3)));

class WeightField {
  /**
   * @param {string} label
   * @param {(value: number) => void} send
   */
  constructor(label, send) {
    this.input = make("input", "", { type: "number", step: "any", ariaLabel: label });
    this.text = ""; // what the server shows
    this.number = new Unconfirmed({
      send,
      adopt: (/** @type {number} */ value) => (this.input.value = this.text = shown(value)),
      confirms: (value, sent) => shown(value) === shown(sent),
    });
    this.input.addEventListener("input", () => (this.number.held = true));
    this.input.addEventListener("change", () => this.commit());
  }

  commit() {
    const { input, number, text } = this;
    number.held = false;
    if (input.value === "" || !Number.isFinite(input.valueAsNumber)) input.value = text;
    else if (input.value !== text) {
      number.change(input.valueAsNumber);
      number.flush();
    }
  }
}

class Bank {
  /**
   * @param {HTMLElement} parent
   * @param {(edit: unknown) => void} send
   */
  constructor(parent, send) {
    this.root = /** @type {HTMLElement} */ (parent.querySelector(".bank"));
    this.send = send;
    this.shape = "";
    /** @type {WeightField[]} */
    this.fields = [];
  }

  // The fields stay while the table keeps its shape, so that the one being typed into keeps the keyboard.
  /** @param {BankProps} data */
  update(data) {
    const shape = JSON.stringify([data.channels, data.L, data.outputs.map((cells) => cells.map((kernel) => kernel && kernel.colours)), Boolean(data.biases)]);
    if (shape !== this.shape) {
      this.destroy();
      this.root.replaceChildren(this.build(data));
    }
    this.shape = shape;
    const numbers = data.outputs.flatMap((cells, o) => [...cells.flatMap((kernel) => kernel?.weights ?? []), ...(data.biases ? [data.biases[o]] : [])]);
    this.fields.forEach((field, n) => field.number.answer(numbers[n]));
  }

  /** @param {BankProps} data */
  build(data) {
    const heads = data.channels.map((name) => make("th", "", { textContent: name, scope: "col" }));
    if (data.biases) heads.push(make("th", "", { textContent: "bias", scope: "col" }));
    const rows = data.outputs.map((cells, o) => {
      const row = make("tr", "", {}, make("th", "", { textContent: `Y${o + 1}`, scope: "row" }));
      row.append(...cells.map((kernel, c) => make("td", "", {}, kernel ? this.grid(data, kernel, o, c) : make("span", "none", { textContent: "not connected" }))));
      if (data.biases) row.append(make("td", "bias", {}, this.field(`Bias of output ${o + 1}`, { what: "bias", at: [o] })));
      return row;
    });
    return make("table", "", {}, make("tr", "", {}, make("td"), ...heads), ...rows);
  }

  /**
   * @param {BankProps} data
   * @param {BankKernel} kernel
   * @param {number} o
   * @param {number} c
   */
  grid(data, kernel, o, c) {
    const grid = make("div", "kernel");
    grid.style.setProperty("--l", data.L);
    kernel.weights.forEach((_, n) => {
      const [k, l] = [Math.floor(n / data.L), n % data.L];
      const input = this.field(`Output ${o + 1}, ${data.channels[c]}, row ${k + 1} column ${l + 1}`, { what: "weight", at: [o, kernel.channel, k, l] });
      Object.assign(input.style, { background: kernel.colours[n], color: kernel.inks[n] });
      grid.append(input);
    });
    return grid;
  }

  /**
   * @param {string} label
   * @param {object} weight What is edited, and where it is.
   */
  field(label, weight) {
    const field = new WeightField(label, (value) => this.send({ ...weight, value }));
    this.fields.push(field);
    return field.input;
  }

  destroy() {
    for (const { number } of this.fields.splice(0)) number.forget();
  }
}

export default component((parent, send) => new Bank(parent, (edit) => send("edit", edit)));
