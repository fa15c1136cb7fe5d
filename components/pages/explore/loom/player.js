// Playing: a step each frame, until it is paused or has come to its end.

/** Whether the visitor has asked for less of it. */
const lessMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

class Player {
  /**
   * @param {HTMLElement} button That says what a click on it does.
   * @param {(ms: number) => boolean} step So much time has passed since the one before; whether there is more to play.
   */
  constructor(button, step) {
    this.button = button;
    this.label = button.textContent; // while nothing plays
    this.step = step;
    this.frame = 0;
    this.before = 0;
  }

  get isPlaying() {
    return this.frame !== 0;
  }

  play() {
    this.before = performance.now();
    this.button.textContent = "Pause";
    this.wait();
  }

  pause() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.button.textContent = this.label;
  }

  wait() {
    this.frame = requestAnimationFrame((now) => {
      const passed = Math.max(0, now - this.before); // a frame may have begun before the click
      this.before = now;
      if (this.step(passed)) this.wait();
      else this.pause();
    });
  }
}
