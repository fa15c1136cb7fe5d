// Keys for whoever stands in front of a class. They press the buttons that are there; in a field they type.

/** @type {Record<string, string[]>} */
const NAMES = { ArrowRight: ["Next"], PageDown: ["Next"], ArrowLeft: ["Previous"], PageUp: ["Previous"], Escape: ["Exit"], p: ["Play", "Pause", "Play again"], " ": ["Play", "Pause", "Play again"] };
/** @type {Record<string, number>} */
const FACTORS = { "+": 1.1, "=": 1.1, "-": 1 / 1.1 };
const TAKEN = "input, textarea, select, canvas, svg, [role=img], [role=slider], [role=radio], [role=tab], [contenteditable]";
const TYPED = "input:not([type=range]), textarea, [contenteditable]"; // Escape is for what is typed there
const OPEN = "[role=dialog], [role=listbox], [role=menu], [data-testid=stPopoverBody], [data-testid=stMenuButtonBody]";
const PRESSED = "button, a, summary"; // the space bar is theirs

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

/** @param {KeyboardEvent} event */
function pressed(event) {
  const on = /** @type {Element} */ (event.composedPath()[0]);
  const taken = event.key === "Escape" ? wasOpen || event.defaultPrevented || on.matches?.(TYPED) : on.matches?.(TAKEN);
  const busy = taken || (event.key === " " && on.matches?.(PRESSED));
  if (busy || isShortcut(event) || document.querySelector("[role=dialog]")) return;
  const names = NAMES[event.key] ?? NAMES[event.key.toLowerCase()]; // a P is a p
  const button = names && buttons().find((one) => names.includes(nameOf(one)));
  const factor = FACTORS[event.key];
  if (!button && !factor && event.key !== "0") return;
  event.preventDefault();
  const { style } = document.documentElement;
  if (button) button.click();
  else style.fontSize = event.key === "0" ? "" : `${Math.min(300, Math.max(50, (parseFloat(style.fontSize) || 125) * factor))}%`;
}

export default function () {
  document.addEventListener("keydown", before, true);
  document.addEventListener("keydown", pressed);
  const focused = /** @type {HTMLElement | null} */ (document.activeElement);
  if (focused?.closest(".st-key-toolbar")) focused.blur(); // or the space bar would leave
  return () => {
    document.removeEventListener("keydown", before, true);
    document.removeEventListener("keydown", pressed);
    document.documentElement.style.fontSize = "";
  };
}
