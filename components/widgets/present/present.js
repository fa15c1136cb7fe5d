// Keys press the buttons that are there: one on every page, the others for whoever stands in front of a class.

/** @type {Record<string, string[]>} */
const NAMES = { ArrowRight: ["Next"], PageDown: ["Next"], ArrowLeft: ["Previous"], PageUp: ["Previous"], Escape: ["Exit"], p: ["Play", "Pause", "Play again"], " ": ["Play", "Pause", "Play again"] };
/** @type {Record<string, number>} */
const FACTORS = { "+": 1.1, "=": 1.1, "-": 1 / 1.1 };
const TAKEN = "input, textarea, select, canvas, svg, [role=img], [role=slider], [role=radio], [role=tab], [contenteditable]";
const TYPED = "input:not([type=range]), textarea, [contenteditable]"; // Escape is for what is typed there
const OPEN = "[role=dialog], [role=listbox], [role=menu], [data-testid=stPopoverBody], [data-testid=stMenuButtonBody]";
const PRESSED = "button, a, summary"; // the space bar is theirs
const HELP = "Summary and keys";
let presenting = false;

// All buttons of the page, those within components too, as far as they can be seen.
/**
 * @param {Document | ShadowRoot} root
 * @returns {HTMLButtonElement[]}
 */
function buttons(root = document) {
  const inside = [...root.querySelectorAll("*")].flatMap((node) => (node.shadowRoot ? buttons(node.shadowRoot) : []));
  return [...root.querySelectorAll("button")].filter((button) => !button.disabled && button.getClientRects().length).concat(inside);
}

/** @param {HTMLElement} button */
const nameOf = (button) => (button.ariaLabel ?? button.innerText).trim().split("\n").at(-1);

let wasOpen = false; // before anything has closed at this press of a key

const before = () => (wasOpen = Boolean(document.querySelector(OPEN)));

/**
 * @param {KeyboardEvent} event
 * @param {Element} on
 */
function help(event, on) {
  const button = buttons().find((one) => nameOf(one) === HELP);
  if (!button || on.matches?.(TYPED) || event.ctrlKey || event.altKey || event.metaKey || document.querySelector("[role=dialog]")) return;
  event.preventDefault();
  button.click();
}

/**
 * Whether the key belongs to what has the focus, or to what is open.
 * @param {KeyboardEvent} event
 * @param {Element} on
 */
function isTaken(event, on) {
  if (event.key === "Escape") return wasOpen || event.defaultPrevented || on.matches?.(TYPED);
  return on.matches?.(TAKEN) || (event.key === " " && on.matches?.(PRESSED));
}

/**
 * The button with one of these names; of several, what plays before the others says so (data-leads).
 * @param {string[]} names
 */
function pressedBy(names) {
  const named = buttons().filter((one) => names.includes(nameOf(one)));
  return named.find((one) => "leads" in one.dataset) ?? named[0];
}

/** @param {KeyboardEvent} event */
function pressed(event) {
  const on = /** @type {Element} */ (event.composedPath()[0]);
  if (event.key === "?") return help(event, on);
  if (!presenting) return;
  if (isTaken(event, on) || isShortcut(event) || document.querySelector("[role=dialog]")) return;
  const names = NAMES[event.key] ?? NAMES[event.key.toLowerCase()]; // a P is a p
  const button = names && pressedBy(names);
  const factor = FACTORS[event.key];
  if (!button && !factor && event.key !== "0") return;
  event.preventDefault();
  const { style } = document.documentElement;
  if (button) button.click();
  else style.fontSize = event.key === "0" ? "" : `${Math.min(300, Math.max(50, (parseFloat(style.fontSize) || 125) * factor))}%`;
}

/** Where this is on the page: a run may place it anew before the old one is taken away. @type {Set<unknown>} */
const places = new Set();

/** @param {Mount<{ presenting: boolean }>} mount */
export default function ({ data, parentElement }) {
  presenting = data.presenting;
  places.add(parentElement);
  document.addEventListener("keydown", before, true);
  document.addEventListener("keydown", pressed);
  const focused = /** @type {HTMLElement | null} */ (document.activeElement);
  if (presenting && focused?.closest(".st-key-toolbar")) focused.blur(); // or the space bar would leave
  return () => {
    places.delete(parentElement);
    if (places.size) return;
    document.removeEventListener("keydown", before, true);
    document.removeEventListener("keydown", pressed);
    document.documentElement.style.fontSize = "";
  };
}
