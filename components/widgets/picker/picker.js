// A radio group of pictures: click, or the arrow keys.

class Picker {
  /**
   * @param {HTMLElement} parent
   * @param {(name: string, value: unknown) => void} send
   */
  constructor(parent, send) {
    this.group = /** @type {HTMLElement} */ (parent.querySelector(".picker"));
    this.send = send;
  }

  /** @param {PickerProps} data */
  update(data) {
    const options = data.options.map(({ id, title, src }) => ({ id, button: make("button", "", { ariaLabel: title }, make("img", "", { src, alt: "" }), make("span", "", { textContent: title })) }));
    fillRadioGroup(this.group, options, data.chosen, (id) => this.send("choice", id));
  }
}

export default component((parent, send) => new Picker(parent, send));
