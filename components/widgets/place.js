// The code of all components, which crosses once, and what places them by it. Streamlit calls this with each run of the
// page; what was given stays.

const VERSION = "COMPONENT"; // of the code: another one where a new server has new code while the page is open
const STILL = "still"; // what calls so has no place: its data are props that seldom change, of another component

/**
 * What the whole page shares. sources: of components by their names; codes: those that are loaded. stills: props that
 * seldom change, by a name for them. waiting: calls for which one of these has not come yet. mounted: what stands in
 * a place; newest: the last call for it.
 */
const page = (globalThis.weightLoom ??= {
  version: "",
  sources: new Map(),
  codes: new Map(),
  stills: new Map(),
  waiting: new Set(),
  mounted: new WeakMap(),
  newest: new WeakMap(),
});

/** @param {Call} call */
function receive(call) {
  const { by, mount } = call;
  if (call.over) return;
  if (by === STILL) return keepStill(mount.data);
  const { parentElement } = mount;
  page.newest.set(parentElement, call);
  call.leave = () => {
    if (page.newest.get(parentElement) !== call) return; // a newer call has taken the place over
    page.newest.delete(parentElement);
    unmount(parentElement);
  };
  place(call);
}

/**
 * Calls the component, or waits for what it needs.
 * @param {Call} call
 */
function place(call) {
  const { by, mount } = call;
  const { parentElement, data } = mount;
  if (page.newest.get(parentElement) !== call) return;
  const [props] = Array.isArray(data) ? data : [data];
  const [code, still] = [page.codes.get(by), page.stills.get(props.still)];
  if (!code || (props.still && !still)) {
    page.waiting.add(call);
    load(by);
    return;
  }
  const known = page.mounted.get(parentElement);
  const mounted = known?.by === by ? known : insert(parentElement, by, code);
  mounted.end = code.begin({ ...mount, data: props === data ? data : { ...still, ...props } });
}

/** Something has come for which calls may wait. */
function retry() {
  const calls = [...page.waiting];
  page.waiting.clear();
  calls.forEach(place);
}

/** @param {string} name */
async function load(name) {
  const source = page.sources.get(name);
  if (!source) return;
  page.sources.delete(name);
  const address = URL.createObjectURL(new Blob([source.js], { type: "text/javascript" }));
  page.codes.set(name, { ...source, begin: (await import(address)).default });
  URL.revokeObjectURL(address);
  retry();
}

/**
 * Keeps a component's props that seldom change; of each the two newest, for a call may still be on its way.
 * @param {Uint8Array<ArrayBuffer>} message A line with the name, which begins with the component's key; then the props.
 */
function keepStill(message) {
  const [end, text] = [message.indexOf(10), new TextDecoder()];
  const name = text.decode(message.subarray(0, end));
  const values = page.stills.get(name) ?? JSON.parse(text.decode(message.subarray(end + 1)));
  page.stills.delete(name);
  page.stills.set(name, values);
  const own = name.slice(0, name.lastIndexOf(":") + 1);
  for (const old of [...page.stills.keys()].filter((other) => other.startsWith(own)).slice(0, -2)) page.stills.delete(old);
  retry();
}

/** @param {HTMLElement} parent */
function unmount(parent) {
  const mounted = page.mounted.get(parent);
  mounted?.end?.();
  for (const node of mounted?.nodes ?? []) node.remove();
  page.mounted.delete(parent);
}

/**
 * @param {HTMLElement} parent
 * @param {string} by
 * @param {Code} code
 */
function insert(parent, by, code) {
  unmount(parent);
  const inside = document.createElement("template");
  inside.innerHTML = `<style>${code.css}</style>${code.html}`;
  /** @type {Mounted} */
  const mounted = { by, nodes: [...inside.content.childNodes] };
  parent.prepend(inside.content);
  page.mounted.set(parent, mounted);
  return mounted;
}

/** @param {Mount<Uint8Array<ArrayBuffer>>} mount */
export default function ({ data }) {
  if (page.version === VERSION) return;
  page.version = VERSION;
  const { shared, parts } = JSON.parse(new TextDecoder().decode(data));
  for (const [name, part] of Object.entries(parts)) page.sources.set(name, { ...part, js: `${shared}\n${part.js}` });
  const early = globalThis.weightLoomCalls;
  globalThis.weightLoomCalls = { push: receive };
  if (Array.isArray(early)) early.forEach(receive);
  retry();
}
