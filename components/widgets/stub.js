// All that a component brings along with its data: it waits for its code, and calls it.

/** @typedef {(mount: Mount<unknown>) => (() => void) | undefined} Begin */
/** What stands in a place: whose it is, its nodes, and how it ends. @typedef {{ by: string, nodes: ChildNode[], end?: () => void }} Room */

const NAME = "COMPONENT";

/** @type {{ begin: Begin, html: string, css: string } | null} */
let code = null;
const loading = part(NAME).come.then(async ({ js, html, css }) => {
  const address = URL.createObjectURL(new Blob([js], { type: "text/javascript" }));
  code = { begin: (await import(address)).default, html, css };
  URL.revokeObjectURL(address);
});

/** The props that seldom change, of each place: those that have come last. @type {WeakMap<object, { name: string, values: object }>} */
const stills = new WeakMap();
/** The newest call for each place: an older one that still waits is given up. @type {WeakMap<object, object>} */
const newest = new WeakMap();

/** The rooms of all components, also of those whose code a new server has replaced while the page was open. */
function rooms() {
  const page = /** @type {{ weightLoomRooms?: WeakMap<object, Room> }} */ (globalThis);
  return (page.weightLoomRooms ??= new WeakMap());
}

/** @param {HTMLElement} parent */
function leave(parent) {
  const room = rooms().get(parent);
  room?.end?.();
  for (const node of room?.nodes ?? []) node.remove();
  rooms().delete(parent);
}

/** @param {HTMLElement} parent */
function furnish(parent) {
  leave(parent);
  const inside = document.createElement("template");
  inside.innerHTML = `<style>${code.css}</style>${code.html}`;
  const room = { by: NAME, nodes: [...inside.content.childNodes] };
  parent.prepend(inside.content);
  rooms().set(parent, room);
  return room;
}

/**
 * What has to come before the component can be called, if anything.
 * @param {Mount<any>} mount
 */
function missing({ parentElement, data }) {
  const name = Array.isArray(data) && data[0].still;
  if (name && stills.get(parentElement)?.name !== name)
    return part(name).come.then((/** @type {object} */ values) => stills.set(parentElement, { name, values }));
  return code ? null : loading;
}

/** @param {Mount<any>} mount */
function begin(mount) {
  const { parentElement, data } = mount;
  const known = rooms().get(parentElement);
  /** @type {Room} */
  const room = known?.by === NAME ? known : furnish(parentElement);
  const props = Array.isArray(data) ? { ...stills.get(parentElement)?.values, ...data[0] } : data;
  room.end = code.begin({ ...mount, data: props });
}

/** @param {Mount<any>} mount */
export default function (mount) {
  const { parentElement } = mount;
  newest.set(parentElement, mount);
  const go = () => {
    if (newest.get(parentElement) !== mount) return;
    const wait = missing(mount);
    if (wait) wait.then(go);
    else begin(mount);
  };
  go();
  return () => {
    if (newest.get(parentElement) !== mount) return; // a newer call has taken the place over
    newest.delete(parentElement);
    leave(parentElement);
  };
}
