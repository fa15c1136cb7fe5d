"""HTML as a browser finds it."""

from html.parser import HTMLParser

VOID = {"meta", "img", "br"}


class Page(HTMLParser):
    """What a browser is told: elements with their attributes, and the text within each; every element is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[tuple[str, str]] = []  # path of element names, what is written there
        self.between = True  # an element has begun or ended since the last text
        self.comments: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs)
        self.between = True
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.between = True

    def handle_data(self, data: str) -> None:
        if not self.between:
            data = self.text.pop()[1] + data
        self.text.append(("/".join(self.open), data))
        self.between = False

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def under(self, end: str) -> list[str]:
        """The texts of all elements whose path ends so."""
        return [data for path, data in self.text if path.endswith(end)]

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]
