// Streamlit opens a menu at the end of the document: Tab goes into the one that is open, not past it. And what is in a
// menu is asked for as soon as somebody reaches for its button.

const WANTING = ["pointerdown", "focusin", "click"];

class Menus {
  /** @param {(name: string, value: unknown) => void} send */
  constructor(send) {
    this.send = send;
    /** @type {string[]} */
    this.wanted = [];
    this.enter = this.enter.bind(this);
    this.want = this.want.bind(this);
    document.addEventListener("keydown", this.enter, true);
    for (const event of WANTING) document.addEventListener(event, this.want, true);
  }

  /** @param {{ wanted: string[] }} data */
  update({ wanted }) {
    this.wanted = wanted;
  }

  /** @param {KeyboardEvent} event */
  enter(event) {
    const menu = /** @type {HTMLElement | null} */ (document.querySelector("[data-testid=stPopoverBody]"));
    const opener = document.activeElement?.matches("[data-testid=stPopoverButton][aria-expanded=true]");
    if (event.key !== "Tab" || event.shiftKey || isShortcut(event) || !menu || !opener) return;
    menu.tabIndex = -1;
    menu.focus(); // the browser goes on from here to the first field
  }

  /** @param {Event} event */
  want({ target }) {
    const button = target instanceof Element && target.closest("[class*=st-key-bar_]");
    const name = button && /st-key-bar_(\w+)/.exec(button.className)[1];
    if (name && !this.wanted.includes(name)) this.send("wanted", name);
  }

  destroy() {
    document.removeEventListener("keydown", this.enter, true);
    for (const event of WANTING) document.removeEventListener(event, this.want, true);
  }
}

export default component((_parent, send) => new Menus(send));
