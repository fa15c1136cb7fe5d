"""How one joins a class: by its link, or by an address and a code that are read from the screen. Pure."""

from dataclasses import dataclass

from components.display import share


@dataclass(frozen=True, slots=True)
class Invitation:
    """address: what is typed to find the page. code: in two halves. warning: why others cannot join here, or ""."""

    link: str
    address: str
    code: str
    warning: str


def invitation(page: str, code: str) -> Invitation:
    """To the class with this code. page: the address of the Quiz page.

    >>> invitation("https://loom.example.org/quiz", "v2bjncqs").address
    'loom.example.org/quiz'
    """
    address = page.partition("://")[2].rstrip("/")
    return Invitation(f"{page}?class={code}", address, spoken(code), share.only_here(page))


def spoken(code: str) -> str:
    """A code in two halves and capitals, as it is read aloud.

    >>> spoken("v2bjncqs")
    'V2BJ-NCQS'
    """
    return f"{code[: len(code) // 2]}-{code[len(code) // 2 :]}".upper()
