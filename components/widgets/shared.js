// What all components share. `mount.py` puts this before each component's own scripts, in one module with them.

const SETTLE_MS = 250; // a change is sent to the server when it has rested this long
const LOST_MS = 10_000; // after which a message that a broken-off run of the page never read is given up

// Elements.

/**
 * An element with its class, properties and children.
 * @param {string} tag
 * @param {string} [className]
 * @param {Record<string, unknown>} [properties]
 * @param {(Node | string)[]} children
 * @returns {any} The element: a caller knows its tag, and may hang properties of its own on it.
 */
function make(tag, className = "", properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), { className }, properties);
  made.append(...children);
  return made;
}

/**
 * An element of an SVG picture.
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 */
function makeSvg(tag, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}

/**
 * An element of the component's own HTML.
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {any} The element: whoever wrote the selector knows what it is.
 */
const find = (root, selector) => root.querySelector(selector);

/**
 * As many children as there are items. Each is made once and then filled anew: pictures do not flicker, focus stays.
 * @template T
 * @param {Element} parent
 * @param {T[]} items
 * @param {(item: T, n: number) => Element} create
 * @param {(child: any, item: T, n: number) => void} update
 * @param {(child: any, item: T) => boolean} [fits] Whether a child can be filled with this item, or has to be replaced.
 */
function fillChildren(parent, items, create, update, fits = () => true) {
  while (parent.children.length > items.length) parent.lastElementChild?.remove();
  items.forEach((item, n) => {
    const old = parent.children[n];
    if (!old) parent.append(create(item, n));
    else if (!fits(old, item)) old.replaceWith(create(item, n));
    update(parent.children[n], item, n);
  });
}

/**
 * The element that has the keyboard, also within a component's shadow root.
 * @param {Element} node
 */
function focusedNear(node) {
  return /** @type {Document | ShadowRoot} */ (node.getRootNode()).activeElement;
}

/**
 * Fills a radio group with buttons: one is chosen by a click or by the arrow keys, and keeps the keyboard.
 * @param {HTMLElement} group
 * @param {{ id: string, button: HTMLButtonElement }[]} options
 * @param {string} chosen Where this is none of them, the keyboard starts at the first.
 * @param {(id: string) => void} choose
 */
function fillRadioGroup(group, options, chosen, choose) {
  const hadFocus = group.contains(focusedNear(group));
  const ids = options.map((option) => option.id);
  const tabbed = ids.includes(chosen) ? chosen : ids[0];
  for (const { id, button } of options) {
    Object.assign(button, { type: "button", role: "radio", ariaChecked: String(id === chosen), tabIndex: id === tabbed ? 0 : -1 });
    button.addEventListener("click", () => choose(id));
  }
  group.replaceChildren(...options.map((option) => option.button));
  if (hadFocus) options.find((option) => option.id === chosen)?.button.focus();
  group.onkeydown = (event) => {
    const move = neighbour(event);
    if (!move) return;
    event.preventDefault();
    choose(ids[(ids.indexOf(chosen) + move + ids.length) % ids.length]);
  };
}

// Letters on colours, for whoever does not tell the colours apart.

/**
 * The letter of the colour with this number: A to Z, then AA.
 * @param {number} id
 * @returns {string}
 */
const letterOf = (id) => (id < 26 ? "" : letterOf(Math.floor(id / 26) - 1)) + String.fromCharCode(65 + (id % 26));

/**
 * A place where the letter of a colour may stand. of: what it is written on, which needs no second one.
 * @typedef {{ x: number, y: number, id: number, of?: unknown, faint?: boolean }} LetterPlace
 */

/**
 * The places that get their letter: no two closer than `room`, and in every round one of each colour.
 * @param {LetterPlace[]} places
 * @param {[number, number]} room
 * @param {LetterPlace[]} [before] Places that have theirs.
 * @returns {LetterPlace[]}
 */
function lettered(places, [wide, high], before = []) {
  /** @type {Map<string, LetterPlace>} A field of this size holds one at most. */
  const taken = new Map();
  const written = new Set();
  /** @param {LetterPlace} place @param {number} down @param {number} right */
  const field = ({ x, y }, down, right) => `${Math.floor(y / high) + down},${Math.floor(x / wide) + right}`;
  /** @param {LetterPlace} place */
  const take = (place) => {
    taken.set(field(place, 0, 0), place);
    if (place.of !== undefined) written.add(place.of);
  };
  /** @param {LetterPlace} place */
  const isFree = (place) => {
    if (written.has(place.of)) return false;
    for (let down = -1; down < 2; down++)
      for (let right = -1; right < 2; right++) {
        const near = taken.get(field(place, down, right));
        if (near && Math.abs(near.x - place.x) < wide && Math.abs(near.y - place.y) < high) return false;
      }
    return true;
  };
  before.forEach(take);
  /** @type {Map<number, LetterPlace[]>} */
  const waiting = new Map();
  for (const place of places) waiting.get(place.id)?.push(place) ?? waiting.set(place.id, [place]);
  let queues = [...waiting.values()].map((queue) => queue.values());
  /** @type {LetterPlace[]} */
  const found = [];
  while (queues.length)
    queues = queues.filter((queue) => {
      for (const place of queue) {
        if (!isFree(place)) continue;
        take(place);
        found.push(place);
        return true;
      }
      return false;
    });
  return found;
}

// Where along a connection its letter may stand: the middle first, then nearer to the ends.
const ALONG = [0.5, 0.38, 0.62, 0.26, 0.74];

/**
 * @param {[number, number]} from
 * @param {[number, number]} to
 * @param {LetterPlace} on What they have in common.
 * @returns {LetterPlace[]}
 */
const alongLine = ([x0, y0], [x1, y1], on) => ALONG.map((part) => ({ ...on, x: x0 + part * (x1 - x0), y: y0 + part * (y1 - y0) }));

/** How wide a letter is, in parts of its height: beyond Z there are two. @param {LetterPlace[]} places */
const letterWidth = (places) => (places.some(({ id }) => id >= 26) ? 1.5 : 0.85);

/**
 * A quiet button that turns the letters on and off.
 * @param {ParentNode} root
 * @param {(marks: string) => void} send
 */
function buildLetters(root, send) {
  const button = find(root, "button.letters");
  button.addEventListener("click", () => send(button.ariaPressed === "true" ? "colours" : "letters"));
}

// The pointer and the arrow keys.

/**
 * Where the pointer is in a picture of rows × cols cells, as [row, column] with their fractions.
 * @param {MouseEvent} event
 * @param {Element} element
 * @param {number} rows
 * @param {number} cols
 * @returns {[number, number]}
 */
function pointIn(event, element, rows, cols) {
  const box = element.getBoundingClientRect();
  return [((event.clientY - box.top) / box.height) * rows, ((event.clientX - box.left) / box.width) * cols];
}

/**
 * The cell under the pointer as [row, column], or null beside the picture.
 * @param {MouseEvent} event
 * @param {Element} element
 * @param {number} rows Cells that the element shows, counted from (top, left).
 * @param {number} cols
 * @param {number} [top]
 * @param {number} [left]
 * @returns {[number, number] | null}
 */
function cellUnder(event, element, rows, cols, top = 0, left = 0) {
  const [y, x] = pointIn(event, element, rows, cols);
  return y >= 0 && x >= 0 && y < rows && x < cols ? [Math.floor(top + y), Math.floor(left + x)] : null;
}

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** @param {KeyboardEvent} event Keys with these are the browser's own. */
const isShortcut = (event) => event.altKey || event.ctrlKey || event.metaKey;

/**
 * The rows and columns an arrow key moves by, or null for any other key.
 * @param {KeyboardEvent} event
 * @returns {[number, number] | null}
 */
function arrow(event) {
  return isShortcut(event) ? null : (ARROWS[event.key] ?? null);
}

const UNDONE = 50; // strokes at most

/** What was drawn before each stroke, the last one first. */
class Strokes {
  constructor() {
    /** @type {string[]} */
    this.past = [];
  }

  /** @param {string} drawing Before the stroke. */
  keep(drawing) {
    this.past.push(drawing);
    if (this.past.length > UNDONE) this.past.shift();
  }

  /** What was there before the last stroke that is kept, if there is one. */
  undo() {
    return this.past.pop();
  }
}

/**
 * A drawing as text: rows of hexadecimal digits.
 * @param {number[]} levels From 0 to 15.
 * @param {number} width
 */
function drawingText(levels, width) {
  return levels.map((level, n) => (n && n % width === 0 ? "-" : "") + level.toString(16)).join("");
}

/**
 * The levels of a drawing, from 0 to 15.
 * @param {string} text Rows of hexadecimal digits.
 */
function drawnLevels(text) {
  return [...text.replaceAll("-", "")].map((digit) => parseInt(digit, 16));
}

/**
 * 1 for an arrow key to the right or down, −1 for one to the left or up, 0 for any other: a move within a list.
 * @param {KeyboardEvent} event
 */
function neighbour(event) {
  const [down, right] = arrow(event) ?? [0, 0];
  return down + right;
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

// Numbers as text: the rules of components/display/words.py. tests/support/numbers.json holds both to them.

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
/** By power of a thousand. @type {Record<number, string>} */
const LARGE = { 3: "billion", 4: "trillion" };
const DIGITS = 30; // enough to tell a tie between two roundings from a number close to one

/**
 * A number as d.ddde±n with this many decimals. Ties go to the even digit, as in Python.
 * @param {number} x
 * @param {number} decimals
 */
function scientific(x, decimals) {
  const [digits, exponent] = x.toExponential(DIGITS).split("e");
  const kept = digits.length - (DIGITS - decimals);
  const isTie = /^50*$/.test(digits.slice(kept));
  const staysEven = isTie && "02468".includes(digits[kept - 1]);
  return staysEven ? `${digits.slice(0, kept)}e${exponent}` : x.toExponential(decimals);
}

/**
 * The whole number nearest to x. Ties go to the even one, as in Python.
 * @param {number} x
 */
function rounded(x) {
  return Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x);
}

/**
 * 4.4 × 10⁻¹⁶: two figures and a power of ten; only an exact 0 gives 0.
 * @param {number} x
 */
function power(x) {
  if (x === 0) return "0";
  const [digits, exponent] = scientific(x, 1).split("e");
  const raised = String(Number(exponent)).replace("-", "⁻").replace(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)]);
  return `${digits} × 10${raised}`.replace("-", "−");
}

/**
 * A whole number: 15,745,024 in full; from a billion on two figures: 68 billion, 1.1 trillion, then 2.8 × 10¹⁶.
 * @param {number} n
 */
function amount(n) {
  if (Math.abs(n) < 1e9) return n.toLocaleString("en").replace("-", "−");
  const [digits, exponent] = scientific(n, 1).split("e");
  const large = LARGE[Math.floor(Number(exponent) / 3)];
  const tens = Number(exponent) % 3;
  return large ? `${(Number(digits) * 10 ** tens).toFixed(tens ? 0 : 1)} ${large}`.replace("-", "−") : power(n);
}

/**
 * Any number to three figures: 1.23, 0.0457, −3.05, 12,346; very small and very large ones as powers of ten.
 * @param {number} x
 */
function figure(x) {
  const size = Math.abs(x);
  if (size >= 1e5 || (size > 0 && size < 1e-3)) return power(x);
  return size >= 999.5 ? amount(rounded(x)) : String(Number(scientific(x, 2))).replace("-", "−");
}

// Numbers that are typed: the rules of components/state/typed.py. tests/support/typed.json holds both to them.

const LONGEST = 40; // characters
const FRACTION = /^([+-]?[0-9]{1,15}) *\/ *([0-9]{1,15})$/; // so few digits that both ends are exact
const DECIMAL = /^[+-]?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const AMBIGUOUS = /^[+-]?[1-9][0-9]{0,2},[0-9]{3}$/; // a thousand to some, one and a bit to others

/**
 * The number in 0.5, .5, 0,5, 1e-3, −2, 1/9, or null where it is not plain which one is meant.
 * @param {string} text
 * @returns {number | null}
 */
function readNumber(text) {
  const plain = text.replace(/^[ \t\u00a0]+|[ \t\u00a0]+$/g, "").replaceAll("−", "-");
  if (text.length > LONGEST || AMBIGUOUS.test(plain)) return null;
  const fraction = FRACTION.exec(plain);
  if (!fraction && !DECIMAL.test(plain)) return null;
  const number = fraction ? Number(fraction[1]) / Number(fraction[2]) : Number(plain.replace(",", "."));
  return Number.isFinite(number) ? number + 0 : null; // −0 is 0
}

/**
 * A number as it stands in a field: a whole one whole, any other with this many figures.
 * @param {number} value
 * @param {number} [figures]
 */
function written(value, figures = 6) {
  const whole = String(Math.trunc(Math.abs(value))).length;
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(clamp(figures, Math.min(whole, 21), 21)))).replaceAll("-", "−");
}

/** @param {number} value */
const limit = (value) => (Number.isInteger(value) ? amount(value) : figure(value));

const TENTH = 0.1; // a step of a weight
const COARSE = 10; // steps at once, with Shift

/**
 * A field for a number. What is typed counts when Enter is pressed or the field is left; the arrow keys step. What cannot
 * be read, or lies beyond the limits, leaves the number as it was before the typing began, and is refused in a sentence.
 */
class NumberField {
  /**
   * @param {HTMLInputElement} input
   * @param {object} on
   * @param {() => NumberLimits} on.limits
   * @param {() => string} on.name What the number is called in a refusal.
   * @param {(value: number) => void} on.commit The number is `value` from now on.
   * @param {(value: number) => void} [on.preview] It would be, if the typing ended here.
   * @param {(value: number) => void} [on.stepped] It is, and may be on its way to another.
   * @param {(sentence: string) => void} on.complain "" where all is well.
   * @param {() => number} [on.size] Of a step.
   * @param {number} [on.figures]
   */
  constructor(input, { limits, name, commit, preview = () => {}, stepped = commit, complain, size = () => TENTH, figures = 6 }) {
    Object.assign(input, { type: "text", autocomplete: "off", spellcheck: false, translate: false, role: "spinbutton" });
    this.input = input;
    this.limits = limits;
    this.name = name;
    this.commit = commit;
    this.preview = preview;
    this.stepped = stepped;
    this.complain = complain;
    this.size = size;
    this.figures = figures;
    /** The number without what is being typed. */
    this.value = 0;
    this.typing = false;
    input.addEventListener("input", () => this.type());
    input.addEventListener("change", () => this.end());
    input.addEventListener("blur", () => this.end());
    input.addEventListener("keydown", (event) => this.key(event));
  }

  // A field somebody is typing in keeps its text.
  /** @param {number} value */
  show(value) {
    this.value = value;
    const { low, high } = this.limits();
    Object.assign(this.input, { ariaValueNow: String(value), ariaValueMin: String(low), ariaValueMax: String(high) });
    if (this.typing) return;
    const text = written(value, this.figures);
    if (this.input.value !== text) this.input.value = text;
    this.input.title = String(value);
  }

  /** @param {number} value */
  replace(value) {
    this.typing = false;
    this.show(value);
  }

  // What the text says, or null. The text that stands for the number is the number, with all its figures.
  read() {
    const text = this.input.value;
    if (text === written(this.value, this.figures)) return this.value;
    const value = readNumber(text);
    const { low, high, whole } = this.limits();
    return value !== null && value >= low && value <= high && (!whole || Number.isInteger(value)) ? value : null;
  }

  type() {
    this.typing = true;
    const value = this.read();
    if (value !== null) this.preview(value);
  }

  end() {
    if (!this.typing) return;
    const value = this.read();
    this.complain(value === null ? this.refusal() : "");
    this.replace(value ?? this.value);
    this.commit(this.value);
  }

  refusal() {
    const text = this.input.value.trim();
    const { low, high, whole } = this.limits();
    const asked = `enter a ${whole ? "whole number" : "number"} from ${limit(low)} to ${limit(high)}`;
    const choice = AMBIGUOUS.test(text) ? ` Write ${text.replace(",", "")} or ${text.replace(",", ".")}.` : "";
    const kept = written(this.value);
    return `${this.name()} is still ${kept}: ${asked}${text && `, not “${text.slice(0, LONGEST)}”`}.${choice}`;
  }

  // By so many steps, from what the text says.
  /** @param {number} steps */
  step(steps) {
    const { low, high } = this.limits();
    this.replace(clamp(Number(((this.read() ?? this.value) + steps * this.size()).toPrecision(12)), low, high));
    this.complain("");
    this.stepped(this.value);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key === "Enter") this.end();
    const steps = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (steps && !isShortcut(event)) {
      event.preventDefault();
      this.step(event.shiftKey ? COARSE * steps : steps);
    }
    if (event.key !== "Escape" || !this.typing) return;
    event.stopPropagation();
    this.replace(this.value);
    this.commit(this.value);
  }
}

// The place on the page.

/**
 * What a component's module exports: one instance, for as long as its place on the page lives. Streamlit calls it with
 * the same parent and every new set of props.
 * @template D
 * @param {(parent: HTMLElement, send: (name: string, value: unknown) => void, key: string, data: D) => Component<D>} create
 */
function component(create) {
  /** @type {WeakMap<HTMLElement, { instance: Component<D>, send: (name: string, value: unknown) => void }>} */
  const mounted = new WeakMap();
  /** @param {Mount<D>} mount */
  return ({ data, key, parentElement, setTriggerValue }) => {
    let entry = mounted.get(parentElement);
    if (entry) entry.send = setTriggerValue;
    else {
      entry = { instance: create(parentElement, (name, value) => entry.send(name, value), key, data), send: setTriggerValue };
      mounted.set(parentElement, entry);
    }
    const { instance } = entry;
    instance.update(data);
    return () => {
      instance.destroy?.();
      mounted.delete(parentElement);
    };
  };
}

// Files.

/**
 * Saves a file under this name.
 * @param {Blob} file
 * @param {string} name
 */
function saveFile(file, name) {
  const link = make("a", "", { href: URL.createObjectURL(file), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/**
 * The bytes that a message carries as base64.
 * @param {string} text
 */
function bytes(text) {
  const letters = atob(text);
  const found = new Uint8Array(letters.length);
  for (let n = 0; n < found.length; n++) found[n] = letters.charCodeAt(n);
  return found;
}

// What is changed here and not confirmed yet.

/**
 * A value that is shown here before the server knows of it.
 *
 * `change` sends the new value when it has rested. `answer` brings what the server shows: an answer to an older value
 * must not take back a newer one, so until the server confirms the last value it was sent, or has had time enough to
 * refuse it, the value here stays.
 *
 * @template V What is sent.
 * @template A What the server answers.
 */
class Unconfirmed {
  /**
   * @param {object} options
   * @param {(value: V) => void} options.send
   * @param {(answer: A, sent?: V) => void} options.adopt Shows what the server shows; `sent` is what it answers to.
   * @param {(answer: A, sent: V) => boolean} options.confirms
   * @param {number} [options.settle] Milliseconds that a change rests before it is sent.
   * @param {number} [options.patience] Milliseconds after which an answer that does not confirm is a refusal.
   * @param {boolean} [options.throttled] Send while the change goes on, once every `settle`, instead of when it rests.
   */
  constructor({ send, adopt, confirms, settle = SETTLE_MS, patience = LOST_MS, throttled = false }) {
    this.send = send;
    this.adopt = adopt;
    this.confirms = confirms;
    this.settle = settle;
    this.patience = patience;
    this.throttled = throttled;
    /** Whether the visitor is still at it: a button held down, a word half typed. @type {boolean} */
    this.held = false;
    /** What has been changed and not been sent. @type {{ value: V } | null} */
    this.unsent = null;
    /** What has been sent and not been confirmed. @type {{ value: V, at: number } | null} */
    this.sent = null;
    this.timer = 0;
    this.later = 0;
  }

  /** @param {V} value */
  change(value) {
    this.unsent = { value };
    if (this.throttled && this.timer) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), this.settle);
  }

  /** Sends at once what has not been sent. */
  flush() {
    clearTimeout(this.timer);
    this.timer = 0;
    if (!this.unsent) return;
    const { value } = this.unsent;
    this.sent = { value, at: performance.now() };
    this.unsent = null;
    this.send(value);
  }

  /**
   * Takes up what the server shows, now or as soon as nothing newer stands against it.
   * @param {A} answer
   * @param {number} [arrived] When it came: what has been sent since then gets an answer of its own.
   * @returns {boolean} Whether it was taken up now.
   */
  answer(answer, arrived = performance.now()) {
    clearTimeout(this.later);
    if (this.unsent || this.sent?.at > arrived) return false;
    const open = this.sent && !this.confirms(answer, this.sent.value);
    const left = open ? this.sent.at + this.patience - performance.now() : 0;
    if (this.held || left > 0) {
      this.later = setTimeout(() => this.answer(answer, arrived), Math.max(left, this.settle));
      return false;
    }
    const sent = this.sent?.value;
    this.sent = null;
    this.adopt(answer, sent);
    return true;
  }

  /** Forgets what has not been sent. */
  drop() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.unsent = null;
  }

  /** Forgets what has not been confirmed, too. */
  forget() {
    this.drop();
    clearTimeout(this.later);
    this.sent = null;
  }
}

// The geometry of a layer.

const PADDING = -1; // the source of a tap that falls on zero padding

/**
 * The input that tap k of output i reads, as table[k][i]; PADDING where it reads none. The engine says it in straight
 * runs (kernels/layer/axis.py): outputs start ≤ i < stop read inputs source + slope·(i − start).
 * @param {AxisProps} axis
 * @returns {Int32Array[]}
 */
function axisSources(axis) {
  return axis.taps.map((pieces) => {
    const table = new Int32Array(axis.out).fill(PADDING);
    for (const [start, stop, source, slope] of pieces) for (let i = start; i < stop; i++) table[i] = source + slope * (i - start);
    return table;
  });
}
