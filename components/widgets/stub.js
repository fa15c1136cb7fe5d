// All that a component brings along with its data: it waits for its code, and calls it.

/** @typedef {(mount: Mount<unknown>) => (() => void) | undefined} Begin */

/** @type {{ begin: Begin, html: string, css: string } | null} */
let code = null;
const loading = part("COMPONENT").come.then(async ({ js, html, css }) => {
  const address = URL.createObjectURL(new Blob([js], { type: "text/javascript" }));
  code = { begin: (await import(address)).default, html, css };
  URL.revokeObjectURL(address);
});

/** The props that seldom change, of each place: those that have come last. @type {WeakMap<object, { name: string, values: object }>} */
const stills = new WeakMap();
const furnished = new WeakSet();

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
  if (!furnished.has(parentElement)) {
    furnished.add(parentElement);
    const inside = document.createElement("template");
    inside.innerHTML = `<style>${code.css}</style>${code.html}`;
    parentElement.prepend(inside.content);
  }
  const props = Array.isArray(data) ? { ...stills.get(parentElement)?.values, ...data[0] } : data;
  return code.begin({ ...mount, data: props });
}

/** @type {WeakMap<object, object>} The newest call for each place: an older one that still waits is given up. */
const newest = new WeakMap();

/** @param {Mount<any>} mount */
export default function (mount) {
  /** @type {(() => void) | undefined} */
  let end;
  newest.set(mount.parentElement, mount);
  const go = () => {
    if (newest.get(mount.parentElement) !== mount) return;
    const wait = missing(mount);
    if (wait) wait.then(go);
    else end = begin(mount);
  };
  go();
  return () => {
    if (newest.get(mount.parentElement) === mount) newest.delete(mount.parentElement);
    end?.();
  };
}
