"""Formatting by the oracle's helper, between questions about types."""

from __future__ import annotations

from gofixer.facts.oracle import Oracle


def test_formats_as_gofmt_does_and_says_where_it_cannot(oracle: Oracle) -> None:
    tidy = b"package p\n\nvar (\n\ta  = 1 // one\n\tbc = 2 // two\n)\n"
    untidy = tidy.replace(b"a  =", b"a =").replace(b"1 // one", b"1    // one")
    assert oracle.format([untidy, b"package p\nfunc {", tidy]) == [tidy, None, tidy]


def test_text_beyond_ascii_survives(oracle: Oracle) -> None:
    source = b'package p\n\nvar s = "\xc3\xa9"\n'
    assert oracle.format([source]) == [source]


def test_nothing_to_format(oracle: Oracle) -> None:
    assert oracle.format([]) == []
