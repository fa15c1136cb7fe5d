// A row a layer. A field tells its value while one types, as soon as it has rested; structure changes at once. The
// server answers with the shapes, or with the sentence that says why a layer does not fit.

const TOGETHER_MS = 30;

// An option's field. What the server refuses stays, marked, while one types on.
class OptionField {
  /**
   * @param {Builder} builder
   * @param {() => number} at The layer's place in the list.
   * @param {LayerOption} option
   */
  constructor(builder, at, option) {
    this.longest = builder.longest;
    this.isSwitch = option.switch;
    this.text = option.value; // what the server shows
    /** What the server has refused and is still here. @type {string | null} */
    this.refused = null;
    this.control = this.build(option);
    this.label = make("label", "", { textContent: option.label }, this.control);
    this.value = new Unconfirmed({
      send: (/** @type {string} */ value) => builder.send({ do: "set", at: at(), name: option.name, value }),
      adopt: (/** @type {string} */ value, sent) => this.adopt(value, sent),
      confirms: Object.is,
      patience: 0, // each answer is the server's word on what it was sent last
    });
    this.control.addEventListener("input", () => this.change());
    this.control.addEventListener("change", () => {
      this.change();
      this.value.flush();
    });
    this.control.addEventListener("blur", () => {
      if (this.refused === null) return; // what cannot be stays only while one types
      this.value.forget();
      this.write(this.text);
      this.mark(null);
    });
  }

  /** @param {LayerOption} option */
  build(option) {
    const isWide = option.name === "maps" && option.value.includes("/");
    const control = option.choices.length
      ? make("select", "", {}, ...option.choices.map((name) => make("option", "", { value: name, textContent: name })))
      : make("input", isWide ? "wide" : "");
    if (option.switch) control.type = "checkbox";
    else if (!option.choices.length) Object.assign(control, { type: "text", spellcheck: false, autocomplete: "off", maxLength: this.longest, inputMode: "text" });
    control.title = option.help;
    control.dataset.name = option.name;
    return control;
  }

  read() {
    return this.isSwitch ? (this.control.checked ? "1" : "0") : this.control.value;
  }

  /** @param {string} value */
  write(value) {
    if (this.isSwitch) this.control.checked = value === "1";
    else this.control.value = value;
  }

  change() {
    const value = this.read();
    const known = this.value.sent ? this.value.sent.value : this.text;
    if (value === known || value === this.refused) this.value.drop();
    else this.value.change(value);
  }

  /** @param {string | null} refused */
  mark(refused) {
    this.refused = refused;
    this.control.classList.toggle("refused", refused !== null);
  }

  /**
   * @param {string} value
   * @param {string} [sent] What it answers to.
   */
  adopt(value, sent) {
    const isTyping = focusedNear(this.control) === this.control;
    const here = this.read();
    if (isTyping && sent !== undefined && sent !== value && here !== value) this.mark(here);
    else if (here !== this.refused) this.mark(null);
    if (this.isSwitch || !isTyping || here === this.text) this.write(value); // what is being typed stays
    this.text = value;
  }
}

/** @param {LayerOption} option */
const isShownAtOnce = (option) => option.default === null || option.value !== option.default;

class LayerRow {
  /**
   * @param {Builder} builder
   * @param {LayerProps} layer
   * @param {number} n
   */
  constructor(builder, layer, n) {
    this.builder = builder;
    this.at = n;
    this.op = layer.op;
    this.fields = layer.options.map((option) => new OptionField(builder, () => this.at, option));
    this.node = make(
      "li", "layer", { row: this },
      make("span", "number"),
      make("span", "name"),
      make("div", "options", {}, ...this.fields.map(({ label }) => label), ...this.more(layer)),
      make("div", "counts", {}, make("span", "volume"), make("small", "parameters")),
      make("div", "moves", {}, ...this.buttons()),
      make("div", "fault", { role: "alert" }),
    );
    this.node.addEventListener("keydown", (/** @type {any} */ event) => {
      const step = event.altKey && ARROWS[event.key]?.[0];
      if (!step) return;
      event.preventDefault();
      builder.move(this.at, this.at + step, event.target.dataset.act ?? "Move up");
    });
  }

  /**
   * A button that shows the options which most layers leave as they are, if there are any.
   * @param {LayerProps} layer
   */
  more(layer) {
    const hidden = this.fields.filter((_, k) => !isShownAtOnce(layer.options[k]));
    if (!hidden.length) return [];
    const button = make("button", "more", { type: "button" });
    /** @param {boolean} isOpen */
    const toggle = (isOpen) => {
      for (const { label } of hidden) label.hidden = !isOpen;
      Object.assign(button, { textContent: isOpen ? "less" : "more", ariaExpanded: String(isOpen) });
    };
    button.addEventListener("click", () => toggle(button.ariaExpanded === "false"));
    toggle(false);
    return [button];
  }

  buttons() {
    const { builder } = this;
    /** @param {string} act @param {string} sign @param {() => void} press */
    const button = (act, sign, press) => {
      const one = make("button", "", { type: "button", textContent: sign, title: act });
      one.dataset.act = act;
      one.addEventListener("click", press);
      return one;
    };
    return [
      button("Move up", "↑", () => builder.move(this.at, this.at - 1, "Move up")),
      button("Move down", "↓", () => builder.move(this.at, this.at + 1, "Move down")),
      button("Insert after", "+", () => {
        builder.focusNext = { at: this.at + 1, act: "Insert after" };
        builder.send({ do: "add", at: this.at + 1, op: builder.kind.value });
      }),
      button("Remove", "✕", () => {
        builder.focusNext = { at: Math.max(0, this.at - 1), act: "Remove" };
        builder.send({ do: "remove", at: this.at });
      }),
    ];
  }

  /**
   * @param {LayerProps} layer
   * @param {number} n
   * @param {number} last
   */
  update(layer, n, last) {
    const { node } = this;
    this.at = n;
    node.ariaLabel = `Layer ${n + 1}: ${layer.name}`;
    node.classList.toggle("faulty", Boolean(layer.fault));
    for (const [name, text] of [["number", n + 1], ["name", layer.name], ["volume", layer.volume], ["parameters", layer.parameters]]) node.querySelector(`.${name}`).textContent = text;
    const fault = node.querySelector(".fault");
    if (fault.textContent !== layer.fault) fault.textContent = layer.fault;
    for (const button of node.querySelectorAll(".moves button")) button.ariaLabel = `${button.dataset.act}: layer ${n + 1}, ${layer.name}`;
    node.querySelector("[data-act='Move up']").disabled = n === 0;
    node.querySelector("[data-act='Move down']").disabled = n === last;
    layer.options.forEach((option, k) => {
      const field = this.fields[k];
      if (isShownAtOnce(option)) field.label.hidden = false;
      field.control.ariaLabel = `${option.label} of layer ${n + 1}, ${layer.name}`;
      field.value.answer(option.value);
    });
  }
}

class Builder {
  /**
   * @param {HTMLElement} parent
   * @param {(edits: object[]) => void} send
   */
  constructor(parent, send) {
    this.root = /** @type {HTMLElement} */ (parent.querySelector(".builder"));
    this.layers = /** @type {HTMLElement} */ (parent.querySelector(".layers"));
    this.kind = /** @type {HTMLSelectElement} */ (parent.querySelector(".kind"));
    this.sendEdits = send;
    /** @type {object[]} */
    this.waiting = [];
    this.timer = 0;
    this.longest = 0;
    /** The button that has the keyboard once the answer is here. @type {{ at: number, act: string } | null} */
    this.focusNext = null;
    this.scrollsToEnd = false;
    this.button("append").addEventListener("click", () => {
      this.focusNext = null;
      this.scrollsToEnd = true;
      this.send({ do: "add", at: this.layers.children.length, op: this.kind.value });
    });
    for (const act of ["undo", "redo"]) this.button(act).addEventListener("click", () => this.send({ do: act }));
  }

  /** @param {string} name */
  button(name) {
    return /** @type {HTMLButtonElement} */ (this.root.querySelector(`.tools .${name}`));
  }

  // Of two messages in one moment Streamlit delivers the last: a field that is left for a button goes along with it.
  /** @param {object} edit */
  send(edit) {
    this.waiting.push(edit);
    this.timer ||= setTimeout(() => {
      this.timer = 0;
      this.sendEdits(this.waiting.splice(0));
    }, TOGETHER_MS);
  }

  /**
   * @param {number} from
   * @param {number} to
   * @param {string} act
   */
  move(from, to, act) {
    if (to < 0 || to >= this.layers.children.length) return;
    this.focusNext = { at: to, act };
    this.send({ do: "move", at: from, to });
  }

  /** @param {BuilderProps} data */
  update(data) {
    this.longest = data.longest;
    if (!this.kind.options.length) this.kind.append(...data.kinds.map(({ op, name }) => make("option", "", { value: op, textContent: name })));
    const last = data.rows.length - 1;
    // A row is made anew only when another kind of layer stands here: what one types into stays.
    fillChildren(
      this.layers,
      data.rows,
      (layer, n) => new LayerRow(this, layer, n).node,
      (node, layer, n) => node.row.update(layer, n, last),
      (node, layer) => node.row.op === layer.op,
    );
    /** @type {HTMLElement} */ (this.root.querySelector(".refusal")).textContent = data.refusal;
    this.button("undo").disabled = !data.undo;
    this.button("redo").disabled = !data.redo;
    this.moveFocus();
    if (this.scrollsToEnd) this.layers.scrollTop = this.layers.scrollHeight;
    this.scrollsToEnd = false;
  }

  moveFocus() {
    const wanted = this.focusNext;
    this.focusNext = null;
    /** @type {HTMLButtonElement | null | undefined} */
    const button = wanted && this.layers.children[wanted.at]?.querySelector(`[data-act="${wanted.act}"]`);
    if (button?.disabled) /** @type {HTMLElement | null} */ (button.parentElement?.querySelector("button:not(:disabled)"))?.focus();
    else button?.focus();
  }
}

export default component((parent, send) => new Builder(parent, (edits) => send("edit", edits)));
