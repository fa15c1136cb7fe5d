/**
 * Something that comes in a message of its own, and whoever waits for it: the code of a component, or props of one that
 * seldom change.
 * @typedef {object} Part
 * @property {Promise<any>} come
 * @property {(value: unknown) => void} give
 */

/** @returns {Map<string, Part>} */
function allParts() {
  const page = /** @type {{ weightLoom?: Map<string, Part> }} */ (globalThis);
  return (page.weightLoom ??= new Map());
}

/**
 * @param {string} name
 * @returns {Part}
 */
function part(name) {
  const parts = allParts();
  if (!parts.has(name)) {
    /** @type {Partial<Part>} */
    const one = {};
    one.come = new Promise((give) => (one.give = give));
    parts.set(name, /** @type {Part} */ (one));
  }
  return parts.get(name);
}
