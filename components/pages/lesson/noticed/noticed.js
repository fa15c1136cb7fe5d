// A live region: it stays, and its words change.

export default component((parent) => ({
  /** @param {{ sentence: string }} data */
  update({ sentence }) {
    find(parent, ".noticed").textContent = sentence;
  },
}));
