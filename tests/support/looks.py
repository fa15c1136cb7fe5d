"""What one sees of a box, in forced colours too, and whether what is chosen can be told from the others."""

import re

from playwright.sync_api import Locator, expect

# What one sees of a box: its background on the system's, and no outline where it has no style.
LOOKS = """(node) => {
  const { backgroundColor, backgroundImage, color, outlineStyle, outlineWidth, outlineColor } = getComputedStyle(node);
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.cssText = "forced-color-adjust: none; background: Canvas";
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const [below, [r, g, b, alpha = 1]] = [parts(getComputedStyle(probe).backgroundColor), parts(backgroundColor)];
  probe.remove();
  const seen = [r, g, b].map((part, n) => Math.round(alpha * part + (1 - alpha) * below[n]));
  const outline = outlineStyle === "none" ? "" : `${outlineWidth} ${outlineColor}`;
  return [`rgb(${seen.join(", ")})`, backgroundImage, color, outline];
}"""


def looks(part: Locator) -> list[str]:
    found: list[str] = part.evaluate(LOOKS)
    return found


def all_looks(parts: Locator) -> list[list[str]]:
    return [looks(part) for part in parts.all()]


def differs(chosen: Locator, others: Locator) -> None:
    """What is chosen looks like none of the others, and its letters can be read on it."""
    expect(chosen).to_have_count(1)
    assert others.count() > 0
    assert looks(chosen) not in all_looks(others)
    letters = chosen.evaluate(
        "(node) => getComputedStyle([node, ...node.querySelectorAll('*')].findLast((part) => part.textContent)).color"
    )
    dark, light = sorted((luminance(letters), luminance(looks(chosen)[0])))
    assert (light + 0.05) / (dark + 0.05) >= 4.5, f"{letters} on {looks(chosen)[0]}"


def luminance(colour: str) -> float:
    """About the relative luminance of the W3C: 0 is black, 1 white."""
    red, green, blue = ((float(part) / 255) ** 2.2 for part in re.findall(r"[\d.]+", colour)[:3])
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)
