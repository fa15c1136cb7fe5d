// The picture moves to the right and back, and the output with it. The server hears nothing of it, for it ends where it
// began.

const REACH = 1 / 4; // of the picture's width
const THERE_AND_BACK_MS = 5000;

/**
 * The picture some columns further to the right; what leaves it there comes in on the left.
 * @param {Uint8Array} levels
 * @param {number[]} shape
 * @param {number} columns
 */
function movedRight(levels, shape, columns) {
  const width = shape.at(-1);
  const moved = new Uint8Array(levels.length);
  for (let row = 0; row < levels.length; row += width)
    for (let c = 0; c < width; c++) moved[row + ((c + columns) % width)] = levels[row + c];
  return moved;
}

class Moving {
  /** @param {Loom} loom */
  constructor(loom) {
    this.loom = loom;
    this.line = find(loom.root, ".moved");
    /** How far to the right the picture is now. */
    this.columns = 0;
    this.passed = 0;
    /** While it is away: the picture at rest, and what is shown of it. @type {{ picture: Uint8Array, sum: string, shown: Loom["shown"] } | null} */
    this.home = null;
    this.player = new Player(find(loom.root, ".move"), (ms) => this.advance(ms));
    this.player.button.addEventListener("click", () => (this.home ? this.stop() : this.play()));
    for (const name of ["pointerdown", "keydown", "input"]) // whatever is done meanwhile is meant for the picture at rest
      loom.root.addEventListener(name, (/** @type {Event} */ event) => event.target !== this.player.button && this.stop(), { capture: true });
  }

  /** Offers it where the output moves with the picture. */
  show() {
    this.player.button.hidden = !this.loom.props.moves;
  }

  play() {
    const { loom } = this;
    this.home = { picture: loom.picture, sum: loom.sum(), shown: loom.shown };
    this.passed = 0;
    this.line.textContent = "Y moves with X";
    // Whoever asked for less motion sees where it leads at once.
    if (lessMotion()) this.moveTo(this.reach);
    else this.player.play();
    this.player.button.textContent = "Stop";
  }

  get reach() {
    return Math.max(1, Math.round(this.loom.geo.W * REACH));
  }

  /** @param {number} ms */
  advance(ms) {
    this.passed += ms;
    const turn = this.passed / THERE_AND_BACK_MS;
    if (turn < 1) this.moveTo(Math.round(this.reach * Math.sin(Math.PI * turn)));
    else this.stop();
    return turn < 1;
  }

  /** @param {number} columns */
  moveTo(columns) {
    if (columns === this.columns) return;
    const { loom, home } = this;
    this.columns = columns;
    loom.adoptPicture(columns ? movedRight(home.picture, loom.props.image.shape, columns) : home.picture);
    loom.compute();
    for (const what of ["input", "output"]) loom.schedule(what);
  }

  stop() {
    if (!this.home) return;
    const { loom, home } = this;
    this.player.pause();
    this.moveTo(0);
    if (loom.sum() === home.sum) loom.shown = home.shown;
    loom.schedule("output");
    this.line.textContent = "";
    this.home = null;
  }
}
