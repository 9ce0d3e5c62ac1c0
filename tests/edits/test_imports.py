"""Imports come and go without disturbing comments, groups, cgo or what gofmt made of the file."""

from __future__ import annotations

import random
import shutil
import subprocess
from pathlib import Path

import pytest

from gofixer.edits.algebra import apply
from gofixer.edits.imports import import_edits
from gofixer.edits.model import Edit
from gofixer.syntax import nodes, parse

gofmt = pytest.mark.skipif(shutil.which("gofmt") is None, reason="needs gofmt")
USE = "\nfunc f() { fmt.Println(os.Args) }\n"


def change(source: str, add: list[str] | None = None, drop: list[str] | None = None) -> str:
    """The file with imports added and dropped as far as its own text allows."""
    raw = source.encode()
    return apply(raw, import_edits(raw, [], add or [], drop or [])).decode()


def imports(source: str) -> list[str]:
    """Names and paths as written, sorted."""
    specs = parse(source.encode()).root.descendants(nodes.ImportSpec)
    return sorted((f"{spec.name.str} " if spec.name else "") + spec.path.str[1:-1] for spec in specs)


ADDED = {
    "no-imports": ("package p\n\nvar x int\n", 'package p\n\nimport "strconv"\n\nvar x int\n'),
    "only-a-clause": ("package p\n", 'package p\n\nimport "strconv"\n'),
    "only-a-clause-without-line-end": ("package p", 'package p\n\nimport "strconv"'),
    "header-and-build-line": (
        "// Licence\n\n//go:build linux\n\n// Package p.\npackage p // why\n\n// F.\nfunc F() {}\n",
        '// Licence\n\n//go:build linux\n\n// Package p.\npackage p // why\n\nimport "strconv"\n\n// F.\nfunc F() {}\n',
    ),
    "comment-over-lines-behind-the-clause": (
        "package p /* a\nb */\n\nvar x int\n",
        'package p /* a\nb */\n\nimport "strconv"\n\nvar x int\n',
    ),
    "clause-and-code-on-one-line": ("package p; var x int\n", 'package p; import "strconv"; var x int\n'),
    "single": ('package p\n\nimport "fmt"\n', 'package p\n\nimport (\n\t"fmt"\n\t"strconv"\n)\n'),
    "single-with-comments": (
        'package p\n\n// for output\nimport "fmt" //nolint:depguard\n',
        'package p\n\n// for output\nimport (\n\t"fmt" //nolint:depguard\n\t"strconv"\n)\n',
    ),
    "single-third-party": (
        'package p\n\nimport "example.com/x"\n',
        'package p\n\nimport (\n\t"strconv"\n\n\t"example.com/x"\n)\n',
    ),
    "single-renamed": ('package p\n\nimport f "fmt"\n', 'package p\n\nimport (\n\tf "fmt"\n\t"strconv"\n)\n'),
    "single-with-code-on-its-line": (
        'package p\n\nimport "fmt"; var x int\n',
        'package p\n\nimport "strconv"; import "fmt"; var x int\n',
    ),
    "several-singles": (
        'package p\n\nimport "fmt"\nimport "os" // exit\nimport "time"\n',
        'package p\n\nimport "fmt"\nimport "os" // exit\nimport "strconv"\nimport "time"\n',
    ),
    "several-singles-smaller-than-all": (
        'package p\n\n// doc\nimport "time"\nimport "unsafe"\n',
        'package p\n\nimport "strconv"\n\n// doc\nimport "time"\nimport "unsafe"\n',
    ),
    "block": (
        'package p\n\nimport (\n\t"fmt"\n\t"time"\n)\n',
        'package p\n\nimport (\n\t"fmt"\n\t"strconv"\n\t"time"\n)\n',
    ),
    "groups": (
        'package p\n\nimport (\n\t"example.com/a"\n\n\t"fmt"\n\t"time"\n\n\t"example.com/b"\n)\n',
        'package p\n\nimport (\n\t"example.com/a"\n\n\t"fmt"\n\t"strconv"\n\t"time"\n\n\t"example.com/b"\n)\n',
    ),
    "only-third-party": (
        'package p\n\nimport (\n\t"example.com/a"\n)\n',
        'package p\n\nimport (\n\t"strconv"\n\n\t"example.com/a"\n)\n',
    ),
    "heading-comment": (
        'package p\n\nimport (\n\t// a heading\n\t// of two lines\n\t"time"\n)\n',
        'package p\n\nimport (\n\t"strconv"\n\t// a heading\n\t// of two lines\n\t"time"\n)\n',
    ),
    "aligned-comments": (
        'package p\n\nimport (\n\t"net/http" // a\n\t"os"       // b\n\t"time"     // c\n)\n',
        'package p\n\nimport (\n\t"net/http" // a\n\t"os"       // b\n\t"strconv"\n\t"time" // c\n)\n',
    ),
    "comment-over-lines-in-a-block": (
        'package p\n\nimport (\n\t"fmt" /* x\n\ty */\n\t"time"\n)\n',
        'package p\n\nimport (\n\t"fmt" /* x\n\ty */\n\t"strconv"\n\t"time"\n)\n',
    ),
    "several-blocks": (
        'package p\n\nimport (\n\t"example.com/a"\n)\n\nimport (\n\t"fmt"\n)\n',
        'package p\n\nimport (\n\t"example.com/a"\n)\n\nimport (\n\t"fmt"\n\t"strconv"\n)\n',
    ),
    "empty-block": ("package p\n\nimport ()\n", 'package p\n\nimport "strconv"\n'),
    "semicolons": ('package p\n\nimport ("fmt"; "os")\n', 'package p\n\nimport ("strconv"; "fmt"; "os")\n'),
    "cgo-only": (
        'package p\n\n// #include <stdio.h>\nimport "C"\n\nvar x int\n',
        'package p\n\nimport "strconv"\n\n// #include <stdio.h>\nimport "C"\n\nvar x int\n',
    ),
    "cgo-right-below-the-clause": (
        'package p\n/*\n#include <stdio.h>\n*/\nimport "C"\n',
        'package p\n\nimport "strconv"\n\n/*\n#include <stdio.h>\n*/\nimport "C"\n',
    ),
    "cgo-before-others": (
        'package p\n\n// int x;\nimport "C"\nimport "fmt"\n',
        'package p\n\n// int x;\nimport "C"\nimport (\n\t"fmt"\n\t"strconv"\n)\n',
    ),
    "cgo-between-singles": (
        'package p\n\nimport "fmt"\nimport "os"\n\n// int x;\nimport "C"\n',
        'package p\n\nimport "fmt"\nimport "os"\nimport "strconv"\n\n// int x;\nimport "C"\n',
    ),
    "there-already": ('package p\n\nimport "strconv"\n', 'package p\n\nimport "strconv"\n'),
    "there-under-another-name": ('package p\n\nimport s "strconv"\n', 'package p\n\nimport s "strconv"\n'),
    "there-as-blank": (
        'package p\n\nimport (\n\t_ "strconv"\n)\n',
        'package p\n\nimport (\n\t"strconv"\n\t_ "strconv"\n)\n',
    ),
    "byte-order-mark": ("\ufeffpackage p\n", '\ufeffpackage p\n\nimport "strconv"\n'),
}

DROPPED = {
    "used-in-code": (f'package p\n\nimport (\n\t"fmt"\n\t"os"\n)\n{USE}', None),
    "used-as-a-type": ('package p\n\nimport "fmt"\n\ntype T struct{ fmt.Stringer }\n', None),
    "used-by-another-name": ('package p\n\nimport f "fmt"\n\nvar x = f.Sprint\n', None),
    "only-in-a-comment": (
        'package p\n\nimport "fmt"\n\n// fmt.Println is not used.\nvar x int\n',
        "package p\n\n// fmt.Println is not used.\nvar x int\n",
    ),
    "shadowed": (
        'package p\n\nimport "fmt"\n\nfunc f(fmt T) { fmt.Println() }\n',
        "package p\n\nfunc f(fmt T) { fmt.Println() }\n",
    ),
    "in-what-the-grammar-does-not-know": ('package p\n\nimport "fmt"\n\nfunc f( { := fmt.Println( \n', None),
    "blank": ('package p\n\nimport _ "fmt"\n', None),
    "dot": ('package p\n\nimport . "fmt"\n', None),
    "single": ('package p\n\nimport "fmt"\n\nvar x int\n', "package p\n\nvar x int\n"),
    "single-with-its-comments": (
        'package p\n\n// doc\nimport "fmt" //nolint:x\n\nvar x int\n',
        "package p\n\nvar x int\n",
    ),
    "a-comment-apart-stays": (
        'package p\n\n// apart\n\nimport "fmt"\n\nvar x int\n',
        "package p\n\n// apart\n\nvar x int\n",
    ),
    "a-directive-stays": (
        'package p\n\n//go:generate x\nimport "fmt"\n\nvar x int\n',
        "package p\n\n//go:generate x\n\nvar x int\n",
    ),
    "the-clauses-comment-stays": ('package p // why\nimport "fmt"\n\nvar x int\n', "package p // why\n\nvar x int\n"),
    "one-of-a-block": ('package p\n\nimport (\n\t"fmt"\n\t"os"\n)\n', 'package p\n\nimport (\n\t"os"\n)\n'),
    "the-last-of-a-block": ('package p\n\nimport (\n\t"fmt"\n)\n\nvar x int\n', "package p\n\nvar x int\n"),
    "a-group": (
        'package p\n\nimport (\n\t"fmt"\n\n\t"example.com/a"\n)\n',
        'package p\n\nimport (\n\t"example.com/a"\n)\n',
    ),
    "two-that-stand-together": (
        'package p\n\nimport _ "embed"\nimport "os"\nimport "fmt"\n\nvar x = os.Args\n',
        'package p\n\nimport _ "embed"\nimport "os"\n\nvar x = os.Args\n',
    ),
    "a-block-with-a-comment-apart": (
        'package p\n\nimport (\n\t// apart\n\n\t"fmt"\n)\n',
        "package p\n\nimport (\n// apart\n)\n",
    ),
    "the-last-group": (
        'package p\n\nimport (\n\t"example.com/a"\n\n\t"fmt"\n)\n',
        'package p\n\nimport (\n\t"example.com/a"\n)\n',
    ),
    "with-the-comments-of-its-own": (
        'package p\n\nimport (\n\t"errors"\n\t// doc\n\t"fmt" //nolint:x\n)\n',
        'package p\n\nimport (\n\t"errors"\n)\n',
    ),
    "a-heading-stays": (
        'package p\n\nimport (\n\t// standard\n\t"fmt"\n\t"os"\n)\n',
        'package p\n\nimport (\n\t// standard\n\t"os"\n)\n',
    ),
    "aligned-comments": (
        'package p\n\nimport (\n\t"encoding/json" // a\n\t"fmt"           // b\n\t"os"            // c\n)\n',
        'package p\n\nimport (\n\t"encoding/json" // a\n\t"os"            // c\n)\n',
    ),
    "the-longest-of-aligned-comments": (
        'package p\n\nimport (\n\tformat "fmt" // b\n\t"os"         // c\n)\n',
        'package p\n\nimport (\n\t"os" // c\n)\n',
    ),
    "semicolons": ('package p\n\nimport ("fmt"; "os")\n', 'package p\n\nimport ("os")\n'),
    "code-on-its-line": ('package p\n\nimport "fmt"; var x int\n', "package p\n\nvar x int\n"),
    "cgo-stays-with-its-preamble": (
        'package p\n\nimport "fmt"\n\n// int x;\nimport "C"\n',
        'package p\n\n// int x;\nimport "C"\n',
    ),
}


@pytest.mark.parametrize("name", ADDED)
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_adding(name: str, end: str) -> None:
    before, after = (text.replace("\n", end) for text in ADDED[name])
    if end not in before:
        after = after.replace(end, "\n")
    assert change(before, add=["strconv"]) == after
    assert change(after, add=["strconv"]) == after


@pytest.mark.parametrize("name", DROPPED)
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_dropping(name: str, end: str) -> None:
    before, after = DROPPED[name]
    assert change(before.replace("\n", end), drop=["fmt"]) == (after or before).replace("\n", end)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('package p\n\nimport "fmt"\n', 'package p\n\nimport "strconv"\n'),
        ('package p\n\n// print\nimport "fmt" // x\n', 'package p\n\nimport "strconv"\n'),
        ('package p\n\nimport f "fmt"\n', 'package p\n\nimport "strconv"\n'),
        ('package p\n\nimport (\n\t"fmt"\n)\n', 'package p\n\nimport (\n\t"strconv"\n)\n'),
        ('package p\n\nimport "fmt"; var x int\n', 'package p\n\nimport "strconv"; var x int\n'),
        ('package p\n\nimport ("fmt")\n', 'package p\n\nimport ("strconv"; )\n'),
    ],
)
def test_one_in_the_place_of_another(before: str, after: str) -> None:
    assert change(before, add=["strconv"], drop=["fmt"]) == after


def test_cgo_itself_is_never_dropped() -> None:
    source = 'package p\n\n// int x;\nimport "C"\n'
    assert change(source, drop=["C"]) == source


def test_uses_count_as_they_are_after_the_other_edits() -> None:
    from gofixer.edits.model import Edit

    source = b'package p\n\nimport "fmt"\n\nvar x = fmt.Sprint()\n'
    at = source.index(b"fmt.Sprint()")
    edits = [Edit(at, at + len(b"fmt.Sprint()"), b'""')]
    assert import_edits(source, [], [], ["fmt"]) == []
    assert apply(source, [*edits, *import_edits(source, edits, [], ["fmt"])]) == b'package p\n\nvar x = ""\n'


STANDARD = [
    "bytes",
    "encoding/json",
    "errors",
    "fmt",
    "io",
    "math/rand/v2",
    "net/http",
    "os",
    "strings",
    "time",
    "unsafe",
]
FOREIGN = ["example.com/a", "example.com/b/v2", "gopkg.in/yaml.v3", "k8s.io/api/core/v1"]
COMMENTS = ["", "", "", " // x", " //nolint:depguard", " // ü", " /* y */"]
ABOVE = ["", "", "", "", "\t// above\n", "\t// two\n\t// lines\n", "\n", "\n", "\n\t// apart\n\n", "\t/* a\n\tb */\n"]


def section(chance: random.Random) -> str:
    """Some import declarations, before gofmt has seen them."""
    paths = chance.sample(STANDARD, chance.randrange(6)) + chance.sample(FOREIGN, chance.randrange(3))
    if chance.random() < 0.5:
        chance.shuffle(paths)
    text = '// int x;\nimport "C"\n\n' if chance.random() < 0.15 else ""
    while paths:
        here = [paths.pop(0) for _ in range(min(len(paths), chance.choice([1, 1, 2, 4, 9])))]
        lines = []
        for path in here:
            name = chance.choice(["", "", "", "alias ", "_ "])
            lines.append(f'{name}"{path}"{chance.choice(COMMENTS)}\n')
        if len(here) == 1 and chance.random() < 0.7:
            # gofmt aligns the comments of neighbouring declarations too; that is not kept up, so they stand apart here.
            apart = "" if lines[0].endswith('"\n') and chance.random() < 0.5 else "\n"
            text += chance.choice(["", "", "// doc\n"]) + "import " + lines[0] + apart
        else:
            text += "import (\n" + "".join(chance.choice(ABOVE) + "\t" + line for line in lines) + ")\n\n"
    return text


@gofmt
def test_what_gofmt_made_stays_as_gofmt_makes_it(tmp_path: Path) -> None:
    """Hundreds of formatted files, with imports added and dropped in each, are still formatted."""
    chance = random.Random(1)
    for number in range(400):
        head = chance.choice(["", "// Copyright\n\n"]) + chance.choice(["package p\n\n", "package p // c\n\n"])
        code = "\n" + chance.choice(["", "// F.\n"]) + "func F() {\n}\n"
        (tmp_path / f"{number}.go").write_text(head + section(chance) + code)
    subprocess.run(["gofmt", "-w", str(tmp_path)], check=True)
    wanted = {}
    for path in sorted(tmp_path.iterdir()):
        before = path.read_text()
        add = chance.sample(["context", "strconv", "zzz", "example.com/n"], chance.randrange(3))
        drop = chance.sample([*STANDARD, *FOREIGN], chance.randrange(8))
        path.write_text(change(before, add, drop))
        kept = [spec for spec in imports(before) if spec.startswith("_ ") or spec.split()[-1] not in drop]
        wanted[path] = (before, sorted([*kept, *add]))
    done = subprocess.run(["gofmt", "-d", str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.stdout + done.stderr == ""
    for path, (before, expected) in wanted.items():
        after = path.read_text()
        assert imports(after) == expected, (before, after)
        for comment in ("// Copyright\n", "package p // c\n", "// F.\nfunc", '// int x;\nimport "C"\n', "// apart\n"):
            assert after.count(comment) == before.count(comment), (before, after)


@gofmt
def test_the_expected_texts_are_what_gofmt_would_write(tmp_path: Path) -> None:
    odd = ("semicolons", "code", "without-line-end", "byte-order", "right-below", "does-not-know")
    cases = {**{f"a-{k}": v for k, v in ADDED.items()}, **{f"d-{k}": v for k, v in DROPPED.items()}}
    for name, (before, after) in cases.items():
        if not any(word in name for word in odd):
            (tmp_path / f"{name}.go").write_text(after or before)
    done = subprocess.run(["gofmt", "-l", str(tmp_path)], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("", "")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("rest", ["", "\nfunc h() {}\n"])
def test_a_declaration_that_goes_with_its_import_takes_the_blank_line_between(newline: str, rest: str) -> None:
    header = 'package p\n\nimport "fmt"\n'.replace("\n", newline).encode()
    gone = "\nfunc f() { fmt.Println() }\n".replace("\n", newline).encode()
    source = header + gone + rest.replace("\n", newline).encode()
    taken = Edit(len(header), len(header) + len(gone), b"")
    changes = import_edits(source, [taken], [], ["fmt"])
    assert [(change.start, change.end) for change in changes] == [(len(b"package p") + 2 * len(newline), len(header))]
    assert apply(source, [*changes, taken]).decode() == f"package p\n\n{rest}".replace("\n", newline)
