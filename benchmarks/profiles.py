"""How long a large profile takes: reading it, finding the samples of some files, asking about lines.

Beside it `go tool pprof -proto`, which reads the same file and writes it again.

    python benchmarks/profiles.py [STACKS] [FILES]

The profile is made up, of 20,000 functions in 300 files and stacks of 5 to 49 locations without any locality, which is
harder than a real one of the same size.
"""

from __future__ import annotations

import gzip
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from gofixer.profiles import schema
from gofixer.profiles.heat import Heat
from gofixer.profiles.index import Declaration, Source
from gofixer.profiles.read import read_profile

FILES, FUNCTIONS, LOCATIONS = 300, 20_000, 60_000


def made(stacks: int) -> bytes:
    """A CPU profile with that many samples."""
    chance = random.Random(1)
    message = schema.message_class("Profile")()
    message.string_table.extend([b"", b"cpu", b"nanoseconds"])
    message.string_table.extend(b"example.com/m/p%d.F%d" % (i % FILES, i) for i in range(FUNCTIONS))
    message.string_table.extend(b"/src/example.com/m/p%d/p.go" % i for i in range(FILES))
    message.sample_type.add(type=1, unit=2)
    for i in range(FUNCTIONS):
        message.function.add(id=i + 1, name=3 + i, filename=3 + FUNCTIONS + i % FILES, start_line=i)
    for i in range(LOCATIONS):
        location = message.location.add(id=i + 1)
        for _ in range(chance.choice([1, 1, 2, 3])):
            location.line.add(function_id=chance.randrange(FUNCTIONS) + 1, line=chance.randrange(1000))
    for _ in range(stacks):
        ids = [chance.randrange(LOCATIONS) + 1 for _ in range(chance.randrange(5, 50))]
        message.sample.add(location_id=ids, value=[10_000_000])
    return bytes(message.SerializeToString())


def main() -> None:
    stacks, files = (int(word) for word in (*sys.argv[1:], *("250000", "30")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as folder:
        path, root = Path(folder) / "cpu.pprof", Path(folder)
        data = made(stacks)
        path.write_bytes(gzip.compress(data, 1))
        started = time.perf_counter()
        profile = read_profile(path)
        read = time.perf_counter()

        def source(file: Path) -> Source:
            return Source(file, "example.com/m", root, "example.com/m/p3", False, (Declaration("F3", 1, 2000),))

        heat = Heat([profile], [(f"example.com/m/p{i}", root / f"p{i}/p.go") for i in range(files)], source)
        indexed = time.perf_counter()
        for line in range(1, 1001):
            heat.of_lines(root / "p3/p.go", line, line)
        asked = time.perf_counter()
        subprocess.run(
            ["go", "tool", "pprof", "-proto", f"-output={path}.copy", str(path)], check=True, capture_output=True
        )
        peer = time.perf_counter()
    print(f"{len(data) / 1e6:.1f} MB unpacked, {stacks} stacks")
    print(f"read                  {read - started:6.2f} s")
    print(f"samples of {files:4} files {indexed - read:6.2f} s")
    print(f"1000 questions        {asked - indexed:6.2f} s")
    print(f"go tool pprof -proto  {peer - asked:6.2f} s")


if __name__ == "__main__":
    main()
