// The scan: the kernel walks over the input, the sum is written, the output fills in, the matrix row travels.

const SPEEDS = [2, 8, 40, 200, 1000]; // outputs a second
const PATIENCE = 30; // seconds a whole scan takes at most, until the visitor chooses a speed

/** @param {Loom} loom */
function buildScan(loom) {
  const { root } = loom;
  const [play, step] = [find(root, ".play"), find(root, ".step")];
  const [position, speed] = [find(root, ".position input"), find(root, ".speed input")];
  let timer = 0;
  let chosen = false;
  speed.addEventListener("input", () => (chosen = true));
  let before = 0;
  let carry = 0;
  /** @param {number} n */
  const show = (n) => {
    loom.tell("scan");
    loom.scanned = n;
    loom.hovered = null;
    position.value = String(n);
    loom.pin({ kind: "output", i: Math.floor(n / loom.geo.outW), j: n % loom.geo.outW });
  };
  const total = () => loom.geo.outH * loom.geo.outW;
  /** @param {number} now */
  const tick = (now) => {
    carry += (Math.max(0, now - before) / 1000) * SPEEDS[Number(speed.value)]; // a frame may have begun before the click
    before = now;
    const whole = Math.floor(carry);
    carry -= whole;
    const next = (loom.scanned ?? -1) + whole;
    if (next >= total() - 1) {
      show(total() - 1);
      return pause();
    }
    if (whole) show(next);
    timer = requestAnimationFrame(tick);
  };
  const pause = () => {
    cancelAnimationFrame(timer);
    timer = 0;
    play.textContent = "Play";
  };
  const start = () => {
    // Whoever asked for less motion sees the finished scan at once; Step and Position walk it at their own pace.
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return show(total() - 1);
    if (loom.scanned === null || loom.scanned >= total() - 1) loom.scanned = -1;
    loom.tying.stop();
    before = performance.now();
    carry = 1;
    play.textContent = "Pause";
    timer = requestAnimationFrame(tick);
  };
  play.addEventListener("click", () => (timer ? pause() : start()));
  step.addEventListener("click", () => {
    pause();
    show(((loom.scanned ?? -1) + 1) % total());
  });
  position.addEventListener("input", () => {
    pause();
    show(Number(position.value));
  });
  return {
    stop: pause,
    /** @param {Focus | null} focus */
    follow: (focus) => {
      if (focus?.kind === "output") position.value = String(focus.i * loom.geo.outW + focus.j);
    },
    fit: () => {
      position.max = String(total() - 1);
      if (!chosen) speed.value = String(Math.max(0, SPEEDS.findIndex((rate) => total() / rate <= PATIENCE || rate === SPEEDS.at(-1))));
      if (loom.scanned !== null && loom.scanned >= total()) loom.scanned = null;
    },
  };
}
