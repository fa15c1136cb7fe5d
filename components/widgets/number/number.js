// A field for a number, with buttons beside it and a word of help. The server counts what it has read from the field, so
// that its answer to an older number never takes the place of a newer one, however slow the line is.

class NumberInput {
  /**
   * @param {HTMLElement} parent
   * @param {(message: { text: string, serial: number }) => void} send
   * @param {NumberProps} data
   */
  constructor(parent, send, data) {
    this.data = data;
    this.root = find(parent, ".number");
    this.serial = data.serial;
    this.entry = new Unconfirmed({
      send,
      adopt: (/** @type {NumberProps} */ { value }) => this.show(value),
      confirms: ({ serial }, sent) => serial >= sent.serial,
    });
    this.field = new NumberField(find(parent, "input"), {
      limits: () => this.data,
      name: () => this.data.label,
      commit: (value) => this.enter(value, true),
      stepped: (value) => this.enter(value, false),
      size: () => this.data.step,
      complain: (sentence) => (find(this.root, ".told").textContent = sentence),
    });
    this.field.input.addEventListener("keydown", (event) => this.key(event));
    find(parent, ".less").addEventListener("click", () => this.field.step(-1));
    find(parent, ".more").addEventListener("click", () => this.field.step(1));
    this.listenForHelp();
  }

  /** @param {NumberProps} data */
  update(data) {
    const { label, help, low, whole } = data;
    this.data = data;
    find(this.root, "label").textContent = label;
    find(this.root, ".tip").textContent = help;
    find(this.root, ".help").hidden = !help;
    this.field.input.inputMode = whole && low >= 0 ? "numeric" : "text"; // a decimal keypad may lack the minus
    this.entry.answer(data);
  }

  /** @param {number} value */
  show(value) {
    this.field.show(value);
    find(this.root, ".less").disabled = value <= this.data.low;
    find(this.root, ".more").disabled = value >= this.data.high;
  }

  /**
   * @param {number} value
   * @param {boolean} settled
   */
  enter(value, settled) {
    const known = this.entry.unsent ?? this.entry.sent;
    if (value === (known ? Number(known.value.text) : this.data.value)) return;
    this.show(value);
    this.serial = Math.max(this.serial, this.data.serial) + 1;
    this.entry.change({ text: String(value), serial: this.serial });
    if (settled) this.entry.flush();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const steps = { PageUp: COARSE, PageDown: -COARSE }[event.key];
    if (!steps || isShortcut(event)) return;
    event.preventDefault();
    this.field.step(steps);
  }

  listenForHelp() {
    const [mark, tip] = [find(this.root, ".help"), find(this.root, ".tip")];
    const show = () => {
      tip.showPopover();
      const [at, size] = [mark.getBoundingClientRect(), tip.getBoundingClientRect()];
      tip.style.left = `${clamp(at.left + at.width / 2 - size.width / 2, 8, Math.max(8, innerWidth - size.width - 8))}px`;
      tip.style.top = `${at.top > size.height + 8 ? at.top - size.height - 6 : at.bottom + 6}px`;
    };
    for (const event of ["pointerenter", "click"]) mark.addEventListener(event, show);
    for (const event of ["pointerleave", "blur"]) mark.addEventListener(event, () => tip.hidePopover());
  }

  destroy() {
    this.entry.flush();
    this.entry.forget();
  }
}

export default component((parent, send, _key, data) => new NumberInput(parent, (message) => send("entered", message), data));
