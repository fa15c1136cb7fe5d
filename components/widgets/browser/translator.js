// A browser's translator puts elements of its own in the place of text. React does not know of them: it goes on writing
// into the text it has made, which nobody sees any more, and fails where it takes that away. So a text that has been
// replaced comes back into its place as soon as it is changed, taken away, or something is put before it.

/** What stands in the place of a text. @type {WeakMap<Node, ChildNode>} */
const standIns = new WeakMap();

/** @param {Node} node */
const isElement = (node) => node?.nodeType === Node.ELEMENT_NODE;

/** @param {MutationRecord[]} records */
function noteStandIns(records) {
  for (const { addedNodes, removedNodes, previousSibling, nextSibling } of records)
    for (const text of removedNodes) {
      const standIn = [...addedNodes, previousSibling, nextSibling].find((node) => isElement(node) && node.nodeName === "FONT");
      if (text.nodeType === Node.TEXT_NODE && !text.isConnected && standIn) standIns.set(text, /** @type {ChildNode} */ (standIn));
    }
}

/** @param {Node} text */
function bringBack(text) {
  const standIn = standIns.get(text);
  standIns.delete(text);
  if (standIn?.isConnected) standIn.replaceWith(text);
}

function mindTheTranslator() {
  const observer = new MutationObserver(noteStandIns);
  observer.observe(document, { childList: true, subtree: true });
  const { prototype } = Node;
  const { removeChild, insertBefore } = prototype;
  const nodeValue = Object.getOwnPropertyDescriptor(prototype, "nodeValue");
  /** @param {Node} text What React takes to be on the page. */
  const settle = (text) => {
    if (text?.nodeType !== Node.TEXT_NODE || text.parentNode) return;
    noteStandIns(observer.takeRecords());
    bringBack(text);
  };
  Object.defineProperty(prototype, "nodeValue", {
    ...nodeValue,
    set(value) {
      settle(this);
      nodeValue.set.call(this, value);
    },
  });
  const minding = {
    /** @this {Node} @param {Node} child */
    removeChild(child) {
      settle(child);
      return child.parentNode === this || child.nodeType !== Node.TEXT_NODE ? removeChild.call(this, child) : child;
    },
    /** @this {Node} @param {Node} child @param {Node} before */
    insertBefore(child, before) {
      settle(before);
      return insertBefore.call(this, child, before);
    },
  };
  Object.assign(prototype, /** @type {object} */ (minding));
}
