// A number on a logarithmic scale, with marks below it: names and the places where something changes.

const STEPS = 1000;
const SETTLE_MS = 250;

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".dial");
  const input = root.querySelector("input");
  const place = (value) => (STEPS * Math.log(value / data.low)) / Math.log(data.high / data.low);
  const value = (at) => Number((data.low * (data.high / data.low) ** (at / STEPS)).toPrecision(2));
  const say = (number) => {
    root.querySelector("output").textContent = number;
    input.ariaValueText = String(number);
  };
  root.querySelector(".name").textContent = input.ariaLabel = data.label;
  if (!root.moving) {
    input.value = place(data.value);
    say(data.value);
  }
  input.oninput = () => {
    root.moving = true;
    say(value(input.valueAsNumber));
    clearTimeout(root.timer);
    root.timer = setTimeout(() => {
      root.moving = false;
      setTriggerValue("place", value(input.valueAsNumber));
    }, SETTLE_MS);
  };
  const marks = Object.entries(data.marks).filter(([, at]) => at >= data.low && at <= data.high);
  root.querySelector(".marks").replaceChildren(
    ...marks.map(([name, at], n) => {
      const mark = Object.assign(document.createElement("span"), { className: `mark ${n % 2 ? "low" : ""}`, textContent: `${name} ${Number(at.toPrecision(3))}` });
      mark.style.left = `${place(at) / (STEPS / 100)}%`;
      return mark;
    }),
  );
  input.ariaDescription = marks.map(([name, at]) => `${name} ${Number(at.toPrecision(3))}`).join(", ");
  return () => clearTimeout(root.timer);
}
