// How much room there is for the stage: from where it begins to the end of the window.

const LEAST = 460; // pixels: with less, it scrolls
const HEADER = 72; // pixels that Streamlit's bar takes, and some air

/**
 * The page that an element within a component stands on.
 * @param {HTMLElement} root
 * @returns {Element}
 */
function pageOf(root) {
  const host = /** @type {ShadowRoot} */ (root.getRootNode()).host ?? root;
  return host.closest("[data-testid=stMainBlockContainer]") ?? document.body;
}

// A page may show some of the parts only.
/** @param {Loom} loom */
function showParts({ root, props }) {
  const parts = [...root.querySelectorAll("[data-part]")];
  for (const part of parts) part.hidden = !props.parts.includes(part.dataset.part);
  find(root, ".stage").classList.toggle("some", parts.some((part) => part.hidden));
}

// Where the stage begins so far down that one scrolls to it, as in the lesson, it may fill the window.
/** @param {HTMLElement} root */
function measureRoom(root) {
  const scrolled = pageOf(root).closest("[data-testid=stMain]")?.scrollTop ?? 0;
  const above = root.getBoundingClientRect().top + scrolled;
  const room = window.innerHeight - above - 8;
  const whole = window.innerHeight - HEADER;
  root.style.setProperty("--room", `${Math.round(Math.max(LEAST, room < 0.6 * window.innerHeight ? whole : room))}px`);
}
