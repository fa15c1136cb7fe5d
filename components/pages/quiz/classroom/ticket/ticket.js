// The browser's ticket: 128 bits drawn once and kept for this site, so that a reload keeps one's place in a class.

const KEPT = "weight-loom-ticket";
/** @type {string} Where the browser keeps nothing, as in a frame without storage, it lasts as long as the page. */
let own = "";

function drawn() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function ticket() {
  try {
    own ||= localStorage.getItem(KEPT) ?? "";
    if (!/^[0-9a-f]{32}$/.test(own)) localStorage.setItem(KEPT, (own = drawn()));
  } catch {
    own ||= drawn();
  }
  return own;
}

/** @param {Mount<{ known: string }>} mount */
export default function ({ data, setTriggerValue }) {
  if (data.known !== ticket()) setTriggerValue("ticket", ticket());
}
