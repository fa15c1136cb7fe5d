"""Several copies of the app behind nginx, each visitor always with the same one: see `nginx.conf`."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from components.pages.quiz.state import CODE_LETTERS
from tests.support.serving import Server, free_port, served

TEMPLATE = Path(__file__).with_name("nginx.conf")


@dataclass(frozen=True, slots=True)
class Farm:
    url: str
    copies: list[Server]


@contextmanager
def farm(copies: int, app: str | Path = "app.py") -> Iterator[Farm]:
    """One copy by itself, or several behind nginx on a free local port, until the block ends."""
    with ExitStack() as running:
        servers = [running.enter_context(served(app=app, copy=copy)) for copy in CODE_LETTERS[:copies]]
        url = servers[0].url if copies == 1 else running.enter_context(_nginx(servers))
        yield Farm(url, servers)


def _filled(servers: list[Server]) -> dict[str, str]:
    """The copies in nginx' words: all together, and each by the letter that its classes' codes begin with."""
    lines = [f"    server {server.url.removeprefix('http://')};" for server in servers]
    letters = CODE_LETTERS[: len(servers)]
    return {
        "servers": "\n".join(lines),
        "named": "\n".join(f"  upstream copy_{a} {{\n{line}\n  }}" for a, line in zip(letters, lines, strict=True)),
        "routes": " ".join(f"copy-{a} copy_{a};" for a in letters),
    }


@contextmanager
def _nginx(servers: list[Server]) -> Iterator[str]:
    path = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin")
    if path is None:
        raise RuntimeError("No nginx found: install it with `sudo apt-get install nginx-light`")
    address = f"127.0.0.1:{free_port()}"
    with TemporaryDirectory() as folder:
        conf = Path(folder) / "nginx.conf"
        conf.write_text(TEMPLATE.read_text("utf-8").format(folder=folder, address=address, **_filled(servers)), "utf-8")
        with subprocess.Popen([path, "-c", conf, "-p", folder], stderr=subprocess.DEVNULL) as process:
            door = Server(f"http://{address}", Path(folder) / "error.log", process)
            try:
                door.wait_until_healthy()
                yield door.url
            finally:
                process.terminate()
