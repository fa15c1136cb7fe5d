"""The teacher's guide: what a page is for in class, tab by tab, as a page to print. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode, urljoin

from components.display import words
from components.display.document import html_document
from components.state.link import State, to_query

BOOKS = (  # in use: the number and the title of the chapter that this belongs to
    ("Prince, Understanding Deep Learning", "10", "Convolutional networks"),
    ("Zhang et al., Dive into Deep Learning", "7", "Convolutional Neural Networks"),
    ("Bishop & Bishop, Deep Learning", "10", "Convolutional Networks"),
    ("Goodfellow et al., Deep Learning", "9", "Convolutional Networks"),
    ("Stanford’s cs231n", "", "notes on convolutional networks"),
)
STYLE = """
@page { margin: 15mm 16mm; }
h1 { margin: 0 0 5mm; font-size: 18pt; }
h2 { margin: 0 0 2mm; font-size: 14pt; }
h3 { margin: 4mm 0 1mm; font-size: 11pt; }
p, ol, ul { margin: 1mm 0; }
article { margin-bottom: 10mm; padding-top: 3mm; border-top: .2mm solid #bbb; }
article + article { break-before: page; page-break-before: always; }
dt { margin-top: 2mm; font-weight: 600; } dd { margin: 0 0 0 5mm; }
td { padding: 1mm 4mm 1mm 0; vertical-align: top; } td:first-child { white-space: nowrap; }
@media print { /* a link is its address, on a line of its own */
  td a { display: block; font-size: 0; text-decoration: none; }
  td a::after { content: attr(href); font-size: 8pt; color: #333; overflow-wrap: anywhere; }
}
"""


@dataclass(frozen=True, slots=True)
class Activity:
    """A part of the plan. states: what its link opens; () for a part without one. page: of another page, its path from
    this one.
    """

    minutes: int
    text: str
    states: tuple[State, ...] = ()
    page: str = ""


@dataclass(frozen=True, slots=True)
class Guide:
    """One tab in class. questions: each with its answer. fits: where in the chapters of BOOKS it goes."""

    title: str
    objective: str
    misconception: str
    plan: tuple[Activity, ...]
    questions: tuple[tuple[str, str], ...]
    fits: str


Guides = Callable[[], tuple[Guide, ...]]


def query_of(states: Sequence[State]) -> dict[str, str]:
    """The parameters of a link that opens a page with these states, all others at their defaults."""
    return {name: text for state in states for name, text in to_query(state).items()}


def guide_page(page: str, guides: Sequence[Guide], base_link: str) -> str:
    """The guides to all tabs of a page as one HTML file. page: its title. base_link: its address without parameters."""
    body = "\n".join(_article(guide, base_link) for guide in guides)
    title = f"Weight Loom, teacher's guide: {escape(page)}"
    return html_document(title, STYLE, f"<h1>{title}</h1>\n{body}")


def _article(guide: Guide, base_link: str) -> str:
    plan = "\n".join(_row(activity, base_link) for activity in guide.plan)
    asked = "\n".join(f"<dt>{escape(asked)}</dt><dd>{escape(answer)}</dd>" for asked, answer in guide.questions)
    books = "\n".join(f"<li>{_chapter(*book)}</li>" for book in BOOKS)
    minutes = sum(activity.minutes for activity in guide.plan)
    return f"""<article>
<h2>{escape(guide.title)}</h2>
<h3>Objective</h3><p>{escape(guide.objective)}</p>
<h3>Misconception it addresses</h3><p>{escape(guide.misconception)}</p>
<h3>Plan: {words.plural(minutes, "minute")}</h3>
<table><tbody>
{plan}
</tbody></table>
<h3>Questions to discuss</h3>
<dl>
{asked}
</dl>
<h3>In the books</h3><p>{escape(guide.fits)}</p>
<ul>
{books}
</ul>
</article>"""


def _row(activity: Activity, base_link: str) -> str:
    return f"<tr><td>{activity.minutes} min</td><td>{escape(activity.text)}{_link(activity, base_link)}</td></tr>"


def _link(activity: Activity, base_link: str) -> str:
    """Opens the states; nothing where the address is not a website's."""
    if not activity.states or not base_link.lower().startswith(("http://", "https://")):
        return ""
    query = urlencode(query_of(activity.states), safe=",;")  # as one would type them
    address = escape(f"{urljoin(base_link, activity.page)}{'?' if query else ''}{query}")
    return f' <a href="{address}" rel="noopener noreferrer">Open</a>'


def _chapter(book: str, number: str, title: str) -> str:
    return f"{escape(book)}: {f'ch. {number}, ' if number else ''}{escape(title)}"
