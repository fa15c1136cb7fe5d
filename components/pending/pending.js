// Marks the page while what was asked for is out. Streamlit knows of a run once it has begun: on a slow line that is
// too late. Of its messages (protobuf) two are told apart: a request for a run, and the news that one has begun.

const RERUN = 11; // in a BackMsg; within it:
const BY_CLOCK = 6; // nobody has changed anything
const BEGUN = 4; // in a ForwardMsg
const heard = new WeakSet();
const mark = document.documentElement.dataset;
const { send } = WebSocket.prototype;

// The numbers and values of a message's fields: a whole number, or the bytes of a text or of a message within.
function* fields(bytes) {
  let at = 0;
  const whole = () => {
    let value = 0;
    for (let factor = 1, byte = 128; byte >= 128; factor *= 128) {
      byte = bytes[at++] ?? 0;
      value += (byte % 128) * factor;
    }
    return value;
  };
  while (at < bytes.length) {
    const tag = whole();
    const kind = tag % 8;
    const size = kind === 2 ? whole() : { 1: 8, 5: 4 }[kind];
    yield [Math.floor(tag / 8), size === undefined ? whole() : bytes.subarray(at, (at += size))];
  }
}

function asks(message) {
  const bytes = new Uint8Array(message.buffer ?? message, message.byteOffset ?? 0, message.byteLength);
  const [[number, body]] = fields(bytes);
  return number === RERUN && ![...fields(body)].some(([inner, value]) => inner === BY_CLOCK && value);
}

function answered({ data }) {
  if (data instanceof ArrayBuffer && [...fields(new Uint8Array(data))].some(([number]) => number === BEGUN)) delete mark.pending;
}

// A connection outlives whoever is mounted here, so this is done once, when the page is loaded.
WebSocket.prototype.send = function (message) {
  if (typeof message !== "string" && asks(message)) {
    if (!heard.has(this)) this.addEventListener("message", answered);
    heard.add(this);
    mark.pending = "";
  }
  send.call(this, message);
};

export default function () {}
