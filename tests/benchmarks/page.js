// What the benchmarks do inside a page.

function find(root, selector) {
  for (const element of root.querySelectorAll("*")) {
    if (element.matches(selector)) return element;
    const inner = element.shadowRoot && find(element.shadowRoot, selector);
    if (inner) return inner;
  }
  return null;
}

const frame = () => new Promise(requestAnimationFrame);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function until(holds) {
  while (!holds()) await pause(0);
}

// Milliseconds from each of n events, made at odd moments between two frames, to the second frame after it.
async function toSecondFrame(n, act) {
  const times = [];
  for (let i = 0; i < n; i++) {
    await frame();
    await pause(3 + ((i * 7) % 13));
    const begin = performance.now();
    act(i);
    await frame();
    await frame();
    times.push(performance.now() - begin);
  }
  return times;
}

function typing({ n, selector }) {
  const field = find(document, selector);
  return toSecondFrame(n, (i) => {
    field.value = String((i % 9) + 0.5);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

function hovering({ n, selector }) {
  const canvas = find(document, selector);
  const box = canvas.getBoundingClientRect();
  const along = (from, size, step, i) => from + size * (0.1 + (0.8 * ((i * step) % 100)) / 100);
  return toSecondFrame(n, (i) => {
    const at = { clientX: along(box.left, box.width, 37, i), clientY: along(box.top, box.height, 61, i) };
    canvas.dispatchEvent(new PointerEvent("pointermove", { bubbles: true, ...at }));
  });
}

// The floor: paint as many pixels in the frame after the event, and nothing else.
function painting({ n, side }) {
  const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
  document.body.append(canvas);
  const context = canvas.getContext("2d");
  const image = context.createImageData(side, side);
  return toSecondFrame(n, (i) =>
    requestAnimationFrame(() => {
      image.data.fill(i % 255);
      context.putImageData(image, 0, 0);
    }),
  );
}

// Milliseconds from frame to frame for so many seconds; what is pressed has begun to play.
async function framing({ seconds, press }) {
  if (press) [...find(document, press.within).querySelectorAll("button")].find((each) => each.textContent === press.button).click();
  const times = [];
  let last = await frame();
  for (const end = last + 1000 * seconds; last < end; ) {
    const now = await frame();
    times.push(now - last);
    last = now;
  }
  return times;
}

// A weight changes and settles; the time until the map on screen is NumPy's.
async function settling(i) {
  const field = find(document, '[aria-label="Weight row 2 column 2"]');
  const badge = find(document, ".badge");
  field.value = String(1 + i / 10);
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await until(() => badge.textContent === "preview");
  const begin = performance.now();
  field.dispatchEvent(new Event("change", { bubbles: true }));
  await until(() => badge.textContent === "NumPy");
  const time = performance.now() - begin;
  await pause(200);
  return time;
}

// The floor: an empty component's round trip.
async function clicking() {
  const button = find(document, "button.empty");
  const before = button.textContent;
  const begin = performance.now();
  button.click();
  await until(() => button.textContent !== before);
  const time = performance.now() - begin;
  await pause(200);
  return time;
}

// A 15-row kernel has no place on 8 pixels: the loom leaves the page; with 3 rows it is mounted anew.
async function leaving(times) {
  const says = (text) => document.querySelector("h1").textContent.includes(text);
  await until(() => find(document, '[role="spinbutton"]#field'));
  for (let i = 0; i < times; i++) {
    for (const [rows, sign, there] of [["15", "does not fit", false], ["3", "sharing leaves", true]]) {
      const field = find(document.querySelector(".st-key-field-K"), "input");
      field.value = rows;
      for (const event of ["input", "change"]) field.dispatchEvent(new Event(event, { bubbles: true }));
      await until(() => says(sign) && !!find(document, ".result") === there);
      await pause(100);
    }
  }
}

async function leavingEmpty(times) {
  const button = [...document.querySelectorAll("button")].find((each) => each.textContent === "Away or back");
  for (let i = 0; i < 2 * times; i++) {
    button.click();
    await until(() => !!find(document, "button.empty") === (i % 2 === 1));
    await pause(100);
  }
}
