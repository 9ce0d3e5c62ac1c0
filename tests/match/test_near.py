"""Which places count as inside a loop, by text alone: every place in one has to, the others mostly do not."""

from __future__ import annotations

import pytest

from gofixer.match.near import Near, any_word

FOR = any_word(["for"])


@pytest.mark.parametrize(
    "body",
    [
        "for {\n\t\tHERE()\n\t}",
        "for HERE() {\n\t}",
        "for i := 0; i < HERE(); i++ {\n\t}",
        "for _, x := range []int{1, 2} {\n\t\tHERE(x)\n\t}",
        "for _, x := range []struct{ a int }{\n\t\t{1},\n\t} {\n\t\tHERE(x)\n\t}",
        "for _, x := range func() []int {\n\t\treturn nil\n\t}() {\n\t\tHERE(x)\n\t}",
        'for {\n\t\tx := "}"\n\t\tHERE(x)\n\t}',
        "for {\n\t\tx := '}' // }\n\t\tHERE(x) /* } */\n\t}",
        "for {\n\t\tx := `\n}\n`\n\t\tHERE(x)\n\t}",
        "for {\n\t\tif a {\n\t\t}\n\t\tHERE(x)\n\t}",
        "for {\n\t\tfor b {\n\t\t}\n\t\tHERE(x)\n\t}",
        "for { if a { b() }; HERE(x) }",
        'x := `for " { `\n\tfor {\n\t\tHERE(x)\n\t}',
        "for {\n\t\tgo func() {\n\t\t\tHERE(x)\n\t\t}()\n\t}",
        "for {\n\t\tselect {\n\t\tcase <-a:\n\t\tcase <-b:\n\t\t\tHERE(x)\n\t\t}\n\t}",
    ],
)
def test_inside(body: str) -> None:
    source = f"package p\n\nfunc before() {{\n}}\n\nfunc f() {{\n\t{body}\n}}\n".encode()
    near = Near(source)
    assert near.opens(source.index(b"HERE"), FOR)


@pytest.mark.parametrize(
    "body",
    [
        "HERE()",
        "HERE()\n\tfor {\n\t}",
        "for {\n\t}\n\tHERE()",
        "for _, x := range []int{1, 2} {\n\t}\n\tHERE()",
        "for {\n\t\tif a {\n\t\t}\n\t}\n\tif b {\n\t\tHERE()\n\t}",
        "// for all {\n\tHERE()",
        'x := "for {"\n\tHERE(x)',
        "for { a() }; HERE()",
    ],
)
def test_outside(body: str) -> None:
    source = f"package p\n\nfunc before() {{\n\tfor {{\n\t}}\n}}\n\nfunc f() {{\n\t{body}\n}}\n".encode()
    near = Near(source)
    assert not near.opens(source.index(b"HERE"), FOR)
