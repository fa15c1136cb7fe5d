"""The quiz as a page to print. Pure."""

from collections.abc import Iterator, Sequence
from html import escape

from components.display.cards import Picture
from components.display.document import html_document, link_line
from components.pages.quiz.question import LETTERS, Choice, Question
from components.pages.quiz.questions import questions
from components.pages.quiz.state import Level

WIDE = 1.5  # a picture this many times wider than high has the room of two
STYLE = """
@page { margin: 15mm 16mm; }
h1 { margin: 0; font-size: 18pt; }
.who { display: flex; flex-wrap: wrap; gap: 4mm 8mm; margin: 7mm 0 4mm; }
.who span { flex: 1 1 30mm; border-bottom: .3mm solid #111; }
.who span:first-child { flex-grow: 3; }
section { margin: 0 0 6mm; padding-top: 3mm; border-top: .2mm solid #bbb; }
h2 { margin: 0 0 1mm; font-size: 11pt; }
p, ol { margin: 1mm 0; }
.choices { display: grid; grid-template-columns: repeat(auto-fill, minmax(38mm, 1fr)); gap: 2mm 5mm;
  padding: 0; list-style: none; }
.choices.wide { grid-template-columns: repeat(auto-fill, minmax(74mm, 1fr)); }
.choices li { display: flex; gap: 2mm; }
.shown { display: flex; flex-wrap: wrap; gap: 3mm; margin: 2mm 0; }
figure { margin: 0; } figcaption { font-size: 9pt; color: #444; }
img { border: .2mm solid #888; background: #fff; }
.shown img { width: 32mm; }
aside { margin-top: 2mm; padding: 1mm 4mm; border-left: 1mm solid #5f7bee; font-size: 10pt; }
footer { margin-top: 6mm; font-size: 9pt; color: #444; }
"""


def worksheet(seed: int, level: Level, link: str) -> str:
    """The questions of this seed and level as HTML. link: where the quiz is; "" for nowhere."""
    return _document(seed, level, link, [_section(n, question) for n, question in _numbered(seed, level)])


def answer_sheet(seed: int, level: Level, link: str) -> str:
    """The worksheet with an <aside> behind each question: the right choice, the way to it, what the others miss."""
    sections = [_section(n, question, _answer(question)) for n, question in _numbered(seed, level)]
    return _document(seed, level, link, sections)


def _numbered(seed: int, level: Level) -> Iterator[tuple[int, Question]]:
    return enumerate(questions(seed, level), start=1)


def _document(seed: int, level: Level, link: str, sections: Sequence[str]) -> str:
    asked = "\n".join(sections)
    body = f"""<h1>Predict first, then see</h1>
<p>Weight sharing, level {escape(level)}, sheet {seed}. Mark one answer for each question.</p>
<div class="who"><span>Name</span><span>Class</span><span>Date</span></div>
{asked}
<footer>{link_line(link)}</footer>"""
    return html_document("Weight Loom: predict first, then see", STYLE, body)


def _section(n: int, question: Question, answer: str = "") -> str:
    shown = "".join(
        f"<figure>{_image(picture)}<figcaption>{escape(picture.title)}</figcaption></figure>"
        for picture in question.pictures
    )
    wide = any(
        choice.picture and choice.picture.shape[1] > WIDE * choice.picture.shape[0] for choice in question.choices
    )
    choices = "\n".join(map(_choice, LETTERS, question.choices))
    return f"""<section>
<h2>Question {n}</h2>
<p>{escape(question.prompt)}</p>
{f'<div class="shown">{shown}</div>' if shown else ""}
<ol class="choices{" wide" if wide else ""}">
{choices}
</ol>{answer}
</section>"""


def _choice(letter: str, choice: Choice) -> str:
    answer = _image(choice.picture) if choice.picture else f"<span>{escape(choice.text)}</span>"
    return f"<li><b>{letter}</b>{answer}</li>"


def _image(picture: Picture) -> str:
    return f'<img src="{escape(picture.src)}" alt="{escape(picture.alt)}">'


def _answer(question: Question) -> str:
    steps = "".join(f"<li>{escape(step)}</li>" for step in question.working)
    missed = "".join(
        f"<p><b>{letter}</b> {escape(choice.mistake)}</p>"
        for letter, choice in zip(LETTERS, question.choices, strict=True)
        if choice.mistake
    )
    return f"\n<aside><p><b>Answer: {LETTERS[question.right]}</b></p><ol>{steps}</ol>{missed}</aside>"
