// The browser's ticket: 128 bits drawn once and kept for this site, so that a reload keeps one's place in a class.

const KEPT = "weight-loom-ticket";
/** @type {string} Where the browser keeps nothing, as in a frame without storage, it lasts as long as the page. */
let own = "";

function drawn() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The ticket that is kept, or "": whoever was in a class. */
function kept() {
  try {
    own ||= localStorage.getItem(KEPT) ?? "";
  } catch {
    return own; // of this page alone
  }
  return /^[0-9a-f]{32}$/.test(own) ? own : (own = "");
}

function ticket() {
  if (kept()) return own;
  own = drawn();
  try {
    localStorage.setItem(KEPT, own);
  } catch {
    // it lasts as long as the page
  }
  return own;
}

/** @param {Mount<{ known: string, wanted: boolean }>} mount */
export default function ({ data, setTriggerValue }) {
  const told = data.wanted ? ticket() : kept();
  if (told && data.known !== told) setTriggerValue("ticket", told);
}
