// A number on a logarithmic scale, with marks below it: names and the places where something changes.

const POSITIONS = 1000; // of the slider

/**
 * The marks that lie on the slider, from left to right, with their names.
 * @param {SliderProps} data
 */
const inOrder = ({ marks, low, high }) => Object.entries(marks).filter(([, value]) => value >= low && value <= high).sort(([, a], [, b]) => a - b);

class Slider {
  /**
   * @param {HTMLElement} parent
   * @param {(value: number) => void} send
   */
  constructor(parent, send) {
    this.root = /** @type {HTMLElement} */ (parent.querySelector(".slider"));
    this.input = /** @type {HTMLInputElement} */ (parent.querySelector("input"));
    this.number = new Unconfirmed({ send, adopt: (/** @type {number} */ value) => this.show(value), confirms: Object.is });
    this.input.addEventListener("input", () => {
      const value = this.valueAt(this.input.valueAsNumber);
      this.write(value);
      this.number.change(value);
    });
  }

  /** @param {SliderProps} data */
  update(data) {
    this.data = data;
    const { root, input } = this;
    /** @type {HTMLElement} */ (root.querySelector(".name")).textContent = input.ariaLabel = data.label;
    const marks = inOrder(data);
    const names = marks.map(([name, value]) => `${name} ${figure(value)}`);
    const row = /** @type {HTMLElement} */ (root.querySelector(".marks"));
    row.style.setProperty("--levels", String(marks.length)); // a line for each name: their places are close together
    row.replaceChildren(
      ...marks.map(([name, value], n) => {
        const at = this.positionOf(value) / POSITIONS;
        const mark = make("span", `mark ${name.split(",")[0]}`, {}, make("span", "", { textContent: names[n] }));
        mark.style.left = `${100 * at}%`;
        mark.style.setProperty("--part", String(at));
        mark.style.setProperty("--level", String(n));
        return mark;
      }),
    );
    input.ariaDescription = names.join(", ");
    this.number.answer(data.value);
  }

  /** @param {number} value */
  positionOf(value) {
    const { low, high } = this.data;
    return (POSITIONS * Math.log(value / low)) / Math.log(high / low);
  }

  /** @param {number} position */
  valueAt(position) {
    const { low, high } = this.data;
    return Number((low * (high / low) ** (position / POSITIONS)).toPrecision(2));
  }

  /** @param {number} value */
  show(value) {
    this.input.value = String(this.positionOf(value));
    this.write(value);
  }

  /** @param {number} value */
  write(value) {
    this.input.ariaValueText = String(value);
    /** @type {HTMLElement} */ (this.root.querySelector("output")).textContent = String(value);
  }

  destroy() {
    this.number.forget();
  }
}

export default component((parent, send) => new Slider(parent, (value) => send("place", value)));
