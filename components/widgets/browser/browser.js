// A click in the navigation is one step back. Streamlit adds the page to the history, and once more when the page writes
// into the address what is set: this takes the place of the first, unless the visitor has done something in between.

/** The path of a page that has just been entered, and where nothing has been done yet. */
let entered = "";

function joinSteps() {
  const push = history.pushState.bind(history);
  history.pushState = (state, unused, address) => {
    const [from, to] = [new URL(location.href), new URL(address ?? "", location.href)];
    if (to.pathname === entered && from.pathname === entered && !from.search) history.replaceState(state, unused, address);
    else push(state, unused, address);
    entered = to.pathname === from.pathname ? "" : to.pathname;
  };
  for (const event of ["pointerdown", "keydown"]) addEventListener(event, () => (entered = ""), true);
}

const page = /** @type {{ isMinded?: boolean }} */ (globalThis);
if (!page.isMinded) {
  joinSteps();
  mindTheTranslator();
}
page.isMinded = true;

export default function () {
  return () => {};
}
