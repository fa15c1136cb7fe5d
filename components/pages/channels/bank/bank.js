// A bank of kernels: one row per output, one cell per input channel, one field per weight, in its colour.

const FIGURES = 3; // are shown; what was typed is kept whole

class WeightField {
  /**
   * @param {Bank} bank
   * @param {string} label
   * @param {object} weight What is edited, and where it is.
   */
  constructor(bank, label, weight) {
    this.bank = bank;
    /** What the server shows. */
    this.known = 0;
    this.edit = new Unconfirmed({
      send: ({ value, serial }) => bank.send({ ...weight, value, serial }),
      adopt: (/** @type {{ value: number, serial: number }} */ { value }) => this.field.show(value),
      confirms: ({ serial }, sent) => serial >= sent.serial,
    });
    this.field = new NumberField(make("input", "", { ariaLabel: label }), {
      limits: () => bank.data.limits,
      name: () => label,
      commit: (value) => this.enter(value, true),
      stepped: (value) => this.enter(value, false),
      complain: (sentence) => (find(bank.root, ".complaint").textContent = sentence),
      figures: FIGURES,
    });
  }

  /**
   * @param {number} value
   * @param {number} serial
   */
  answer(value, serial) {
    this.known = value;
    this.edit.answer({ value, serial });
  }

  /**
   * @param {number} value
   * @param {boolean} settled
   */
  enter(value, settled) {
    const known = this.edit.unsent ?? this.edit.sent;
    if (value === (known ? known.value.value : this.known)) return;
    this.edit.change({ value, serial: this.bank.next() });
    if (settled) this.edit.flush();
  }
}

class Bank {
  /**
   * @param {HTMLElement} parent
   * @param {(edit: unknown) => void} send
   * @param {BankProps} data
   */
  constructor(parent, send, data) {
    this.root = find(parent, ".bank");
    this.send = send;
    this.data = data;
    this.shape = "";
    this.serial = data.serial;
    /** @type {WeightField[]} */
    this.fields = [];
  }

  /** The number of a message: the server repeats it when it has read it. */
  next() {
    this.serial = Math.max(this.serial, this.data.serial) + 1;
    return this.serial;
  }

  // The fields stay while the table keeps its shape, so that the one being typed into keeps the keyboard.
  /** @param {BankProps} data */
  update(data) {
    this.data = data;
    const shape = JSON.stringify([data.channels, data.L, data.outputs.map((cells) => cells.map((kernel) => kernel && kernel.colours)), Boolean(data.biases)]);
    if (shape !== this.shape) {
      this.destroy();
      find(this.root, ".kernels").replaceChildren(this.build(data));
    }
    this.shape = shape;
    const numbers = data.outputs.flatMap((cells, o) => [...cells.flatMap((kernel) => kernel?.weights ?? []), ...(data.biases ? [data.biases[o]] : [])]);
    this.fields.forEach((field, n) => field.answer(numbers[n], data.serial));
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
    return make("table", "", { ariaLabel: "Bank of kernels" }, make("tr", "", {}, make("td"), ...heads), ...rows);
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
    const field = new WeightField(this, label, weight);
    this.fields.push(field);
    return field.field.input;
  }

  destroy() {
    for (const { edit } of this.fields.splice(0)) edit.forget();
  }
}

export default component((parent, send, _key, data) => new Bank(parent, (edit) => send("edit", edit), data));
