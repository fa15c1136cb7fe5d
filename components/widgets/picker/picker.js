// A radio group of pictures: click, or the arrow keys.
export default function ({ data, parentElement, setTriggerValue }) {
  const group = parentElement.querySelector(".picker");
  const had = group.contains(group.getRootNode().activeElement);
  group.replaceChildren(
    ...data.options.map(({ id, title, src }) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", role: "radio", title, ariaLabel: title, ariaChecked: String(id === data.chosen) });
      button.tabIndex = id === data.chosen || (data.options.every((o) => o.id !== data.chosen) && id === data.options[0].id) ? 0 : -1;
      button.append(Object.assign(document.createElement("img"), { src, alt: "" }));
      button.addEventListener("click", () => setTriggerValue("choice", id));
      return button;
    }),
  );
  if (had) group.querySelector('[aria-checked="true"]')?.focus();
  group.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const ids = data.options.map((option) => option.id);
    setTriggerValue("choice", ids[(ids.indexOf(data.chosen) + step + ids.length) % ids.length]);
  };
}
