// Marks the page while what was asked for is out. Streamlit knows of a run once it has begun: on a slow line that is
// too late. Of its messages (protobuf) two are told apart: a request for a run, and the news that one has begun.

const RERUN = 11; // in a BackMsg; within it:
const FRAGMENT = 5; // what alone is to run
const BY_CLOCK = 6; // nobody has changed anything
const METADATA = 2; // in a ForwardMsg; within it:
const RUN = 6; // and within that:
const FRAGMENTS = 2; // what alone runs
const BEGUN = 4; // in a ForwardMsg
const heard = new WeakSet();
const mark = document.documentElement.dataset;
const { send } = WebSocket.prototype;
const decoder = new TextDecoder();

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

// All values of a field, in a message that may be missing.
const values = (bytes, number) => [...fields(bytes ?? [])].filter(([other]) => other === number).map(([, value]) => value);

function asked(message) {
  const [request] = values(new Uint8Array(message.buffer ?? message, message.byteOffset ?? 0, message.byteLength), RERUN);
  if (!request || values(request, BY_CLOCK).some(Boolean)) return;
  const [fragment] = values(request, FRAGMENT);
  mark.pending = fragment ? decoder.decode(fragment) : "";
}

function answered({ data }) {
  if (!("pending" in mark) || !(data instanceof ArrayBuffer)) return;
  const bytes = new Uint8Array(data);
  if (!values(bytes, BEGUN).length) return;
  const alone = values(values(values(bytes, METADATA)[0], RUN)[0], FRAGMENTS).map((id) => decoder.decode(id));
  if (!alone.length || alone.includes(mark.pending)) delete mark.pending; // else a clock ticks beside it
}

// A connection outlives whoever is mounted here, so this is done once, when the page is loaded.
WebSocket.prototype.send = function (message) {
  if (!heard.has(this)) this.addEventListener("message", answered);
  heard.add(this);
  if (typeof message !== "string") asked(message);
  send.call(this, message);
};

export default function () {}
