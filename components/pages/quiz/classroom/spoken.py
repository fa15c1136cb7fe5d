"""A class's code as it is read aloud. Pure."""


def spoken(code: str) -> str:
    """In two halves and capitals.

    >>> spoken("v2bjncqs")
    'V2BJ-NCQS'
    """
    return f"{code[: len(code) // 2]}-{code[len(code) // 2 :]}".upper()
