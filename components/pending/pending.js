// Marks the page while a request is out. Streamlit knows of a run once it has begun: on a slow line that is too late.

const RERUN = (11 << 3) | 2; // the first byte of a BackMsg that asks for a run: field 11, of a length
const heard = new WeakSet();
const mark = document.documentElement.dataset;
const { send } = WebSocket.prototype;

// A connection outlives whoever is mounted here, so this is done once, when the page is loaded.
WebSocket.prototype.send = function (message) {
  if (!heard.has(this)) this.addEventListener("message", () => delete mark.pending);
  heard.add(this);
  if (new Uint8Array(message.buffer ?? message, message.byteOffset ?? 0)[0] === RERUN) mark.pending = "";
  send.call(this, message);
};

export default function () {}
