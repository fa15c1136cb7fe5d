// Streamlit opens a menu at the end of the document: Tab goes into the one that is open, not past it.

/** @param {KeyboardEvent} event */
function enter(event) {
  const menu = /** @type {HTMLElement | null} */ (document.querySelector("[data-testid=stPopoverBody]"));
  const opener = document.activeElement?.matches("[data-testid=stPopoverButton][aria-expanded=true]");
  if (event.key !== "Tab" || event.shiftKey || isShortcut(event) || !menu || !opener) return;
  menu.tabIndex = -1;
  menu.focus(); // the browser goes on from here to the first field
}

export default function () {
  document.addEventListener("keydown", enter, true);
  return () => document.removeEventListener("keydown", enter, true);
}
