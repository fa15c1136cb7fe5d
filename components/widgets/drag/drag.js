// A picture of which something is dragged by whole pixels: a frame over it, or the picture itself within its borders.
// It moves under the pointer at once; where it was left is sent when it has rested.

class Drag {
  /**
   * @param {HTMLElement} parent
   * @param {DragProps} data
   * @param {(at: [number, number]) => void} send
   */
  constructor(parent, data, send) {
    this.data = data;
    this.at = data.at;
    /** Where the pointer holds what is dragged. @type {[number, number] | null} */
    this.grip = null;
    this.picture = /** @type {HTMLElement} */ (parent.querySelector(".picture"));
    this.frame = /** @type {HTMLElement} */ (parent.querySelector(".frame"));
    this.status = /** @type {HTMLElement} */ (parent.querySelector(".said"));
    this.place = new Unconfirmed({
      send,
      adopt: (at) => {
        this.at = at;
        this.draw();
      },
      confirms: (shown, sent) => shown.join() === sent.join(),
    });
    this.listen();
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(this.picture);
  }

  /** @param {DragProps} data */
  update(data) {
    this.data = data;
    Object.assign(this.picture, { ariaLabel: data.label, ariaDescription: "Arrow keys move it; with Shift, by five." });
    this.place.answer(data.at);
    this.draw();
  }

  draw() {
    const { picture, frame, data, at } = this;
    const [h, w] = data.shape;
    Object.assign(picture.style, { aspectRatio: `${w} / ${h}`, backgroundImage: `url("${data.src}")`, backgroundSize: "100% 100%" });
    picture.style.backgroundRepeat = data.wrap ? "repeat" : "no-repeat";
    frame.style.display = data.frame ? "" : "none";
    if (data.frame) {
      const [rows, cols] = data.frame;
      frame.classList.toggle("point", rows * cols === 1);
      Object.assign(frame.style, { top: `${(100 * at[0]) / h}%`, left: `${(100 * at[1]) / w}%`, height: `${(100 * rows) / h}%`, width: `${(100 * cols) / w}%` });
    } else {
      const box = picture.getBoundingClientRect();
      picture.style.backgroundPosition = `${(at[1] * box.width) / w}px ${(at[0] * box.height) / h}px`;
    }
    this.status.textContent = this.description();
  }

  description() {
    const { data, at } = this;
    if (!data.frame) return `${Math.abs(at[0])} ${at[0] < 0 ? "up" : "down"}, ${Math.abs(at[1])} ${at[1] < 0 ? "left" : "right"}`;
    const [row, column] = at.map((n, axis) => Math.ceil((n * (data.stands_for[axis] || data.shape[axis])) / data.shape[axis]) + 1);
    return `row ${amount(row)}, column ${amount(column)}`;
  }

  /**
   * @param {number} row
   * @param {number} col
   */
  move(row, col) {
    const { shape: [h, w], frame } = this.data;
    const [low, high] = frame ? [[0, 0], [h - frame[0], w - frame[1]]] : [[-h, -w], [h, w]];
    /** @type {[number, number]} */
    const at = [clamp(Math.round(row), low[0], high[0]), clamp(Math.round(col), low[1], high[1])];
    if (at.join() === this.at.join()) return;
    this.at = at;
    this.draw();
    this.place.change(at);
  }

  listen() {
    const { picture } = this;
    picture.addEventListener("pointerdown", (event) => {
      if (event.button || !event.isPrimary) return;
      const [r, c] = pointIn(event, picture, ...this.data.shape);
      const { frame } = this.data;
      // A press beside the frame brings it there: its middle comes under the pointer.
      const isInside = !frame || (r >= this.at[0] && r < this.at[0] + frame[0] && c >= this.at[1] && c < this.at[1] + frame[1]);
      if (!isInside) this.move(r - frame[0] / 2, c - frame[1] / 2);
      this.grip = [r - this.at[0], c - this.at[1]];
      this.place.held = true;
      picture.setPointerCapture(event.pointerId);
      picture.classList.add("held");
    });
    picture.addEventListener("pointermove", (event) => {
      if (!this.grip) return;
      const [r, c] = pointIn(event, picture, ...this.data.shape);
      this.move(r - this.grip[0], c - this.grip[1]);
    });
    const drop = () => {
      if (!this.grip) return;
      this.grip = null;
      this.place.held = false;
      picture.classList.remove("held");
      this.place.flush();
    };
    picture.addEventListener("pointerup", drop);
    picture.addEventListener("pointercancel", drop);
    picture.addEventListener("keydown", (event) => {
      const step = arrow(event);
      if (!step) return;
      event.preventDefault();
      const far = event.shiftKey ? 5 : 1;
      this.move(this.at[0] + far * step[0], this.at[1] + far * step[1]);
    });
  }

  destroy() {
    this.place.forget();
    this.observer.disconnect();
  }
}

export default component((parent, send, _, /** @type {DragProps} */ data) => new Drag(parent, data, (at) => send("place", at)));
