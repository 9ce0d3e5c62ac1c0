"""Functions that exist twice, for strings and for bytes, and do the same: their names in the other form.

Only functions whose results hold nothing of their argument: numbers and truth values.
"""

from __future__ import annotations

_BOTH = ("Compare", "Contains", "Count", "EqualFold", "HasPrefix", "HasSuffix", "Index", "LastIndex")
_FIRST = ("ContainsAny", "ContainsRune", "IndexAny", "IndexByte", "IndexRune", "LastIndexAny", "LastIndexByte")
_UTF8 = {"DecodeLastRuneInString": "DecodeLastRune", "DecodeRuneInString": "DecodeRune",
         "FullRuneInString": "FullRune", "RuneCountInString": "RuneCount", "ValidString": "Valid"}  # fmt: skip
_REGEXP = {"MatchString": "Match", "FindStringIndex": "FindIndex", "FindStringSubmatchIndex": "FindSubmatchIndex",
           "FindAllStringIndex": "FindAllIndex", "FindAllStringSubmatchIndex": "FindAllSubmatchIndex"}  # fmt: skip

# Full name of the function for strings: package and name of the one for bytes.
FOR_BYTES: dict[str, tuple[str, str]] = {
    **{f"strings.{name}": ("bytes", name) for name in _BOTH + _FIRST},
    **{f"unicode/utf8.{name}": ("unicode/utf8", other) for name, other in _UTF8.items()},
    **{f"(*regexp.Regexp).{name}": ("", other) for name, other in _REGEXP.items()},
}
FOR_STRINGS: dict[str, tuple[str, str]] = {
    **{f"bytes.{name}": ("strings", name) for name in _BOTH + _FIRST},
    **{f"unicode/utf8.{other}": ("unicode/utf8", name) for name, other in _UTF8.items()},
    **{f"(*regexp.Regexp).{other}": ("", name) for name, other in _REGEXP.items()},
}
# Those that take two texts.
PAIRS = frozenset(f"{package}.{name}" for package in ("strings", "bytes") for name in _BOTH)

METHODS = frozenset({*_BOTH, *_FIRST, *_UTF8, *_UTF8.values(), *_REGEXP, *_REGEXP.values()})
