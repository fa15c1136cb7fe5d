// The scan: the kernel walks over the input, the sum is written, the output fills in, the matrix row travels.

const SPEEDS = [2, 8, 40, 200, 1000]; // outputs a second
const PATIENCE = 30; // seconds a whole scan takes at most, until the visitor chooses a speed

class Scan {
  /** @param {Loom} loom */
  constructor(loom) {
    this.loom = loom;
    this.position = find(loom.root, ".position input");
    this.speed = find(loom.root, ".speed input");
    this.isSpeedChosen = false;
    /** The part of an output that the frames so far have not shown. */
    this.carry = 0;
    this.player = new Player(find(loom.root, ".play"), (ms) => this.advance(ms));
    this.listen();
  }

  listen() {
    const { player, position, speed } = this;
    player.button.addEventListener("click", () => (player.isPlaying ? player.pause() : this.play()));
    find(this.loom.root, ".step").addEventListener("click", () => this.stopAt(this.after(1) % this.total));
    position.addEventListener("input", () => this.stopAt(Number(position.value)));
    speed.addEventListener("input", () => (this.isSpeedChosen = true));
  }

  get total() {
    return this.loom.geo.outH * this.loom.geo.outW;
  }

  /** @param {number} many */
  after(many) {
    return (this.loom.scanned ?? -1) + many;
  }

  /** @param {number} n */
  show(n) {
    const { loom } = this;
    loom.tell("scan");
    loom.scanned = n;
    loom.hovered = null;
    this.position.value = String(n);
    loom.pin(outputAt(loom.geo, n));
  }

  /** @param {number} n */
  stopAt(n) {
    this.stop();
    this.show(n);
  }

  stop() {
    this.player.pause();
  }

  play() {
    const { loom, total } = this;
    // Whoever asked for less motion sees the finished scan at once; Step and Position walk it at their own pace.
    if (lessMotion()) return this.show(total - 1);
    if (loom.scanned === null || loom.scanned >= total - 1) loom.scanned = -1;
    loom.tying.stop();
    this.carry = 1;
    this.player.play();
  }

  /** @param {number} ms */
  advance(ms) {
    this.carry += (ms / 1000) * SPEEDS[Number(this.speed.value)];
    const whole = Math.floor(this.carry);
    this.carry -= whole;
    const next = Math.min(this.after(whole), this.total - 1);
    if (whole) this.show(next);
    return next < this.total - 1;
  }

  /** @param {Focus | null} focus */
  follow(focus) {
    if (focus?.kind === "output") this.position.value = String(focus.i * this.loom.geo.outW + focus.j);
  }

  fit() {
    const { loom, total } = this;
    this.position.max = String(total - 1);
    if (!this.isSpeedChosen) this.speed.value = String(Math.max(0, SPEEDS.findIndex((rate) => total / rate <= PATIENCE || rate === SPEEDS.at(-1))));
    if (loom.scanned !== null && loom.scanned >= total) loom.scanned = null;
  }
}
