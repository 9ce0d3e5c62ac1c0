"""What of the standard library gives the same result for the same arguments, and touches nothing else."""

from __future__ import annotations

from gofixer.facts.types import Object, Type

# Every function and method of these packages; values of their interfaces and pools come from themselves only.
_PACKAGES = frozenset(
    [
        "bytes",
        "cmp",
        "crypto/md5",
        "crypto/sha1",
        "crypto/sha256",
        "crypto/sha512",
        "encoding/base32",
        "encoding/base64",
        "encoding/binary",
        "encoding/hex",
        "errors",
        "hash",
        "hash/adler32",
        "hash/crc32",
        "hash/crc64",
        "hash/fnv",
        "html",
        "math",
        "math/big",
        "math/bits",
        "math/cmplx",
        "net/netip",
        "net/url",
        "path",
        "regexp",
        "regexp/syntax",
        "slices",
        "sort",
        "strconv",
        "strings",
        "unicode",
        "unicode/utf16",
        "unicode/utf8",
    ]
)
_PATHS = "Base Clean Dir Ext FromSlash IsAbs Join Match Rel Split SplitList ToSlash VolumeName"
_FMT = "Sprintf Sprint Sprintln Errorf Appendf Append Appendln Fprintf Fprint Fprintln Sscanf Sscan Sscanln"
_TIME = "Unix UnixMilli UnixMicro Date ParseDuration"
_FUNCTIONS = frozenset(
    [
        *(f"fmt.{name}" for name in _FMT.split()),
        *(f"path/filepath.{name}" for name in _PATHS.split()),
        *(f"time.{name}" for name in _TIME.split()),
        "bufio.NewWriter",
        "(error).Error",
    ]
)
_METHODS_OF = ("(time.Duration).", "(time.Month).", "(time.Weekday).", "(*bufio.Writer).", "(time.Time).")
_BUILTINS_WITH_EFFECTS = frozenset({"print", "println"})
_SHOWN = frozenset({"String", "Error", "Format", "GoString"})


def is_pure(callee: Object) -> bool:
    """Whether a function or method of the standard library has no effect but on what it is given."""
    if callee.kind == "builtin":
        return callee.name not in _BUILTINS_WITH_EFFECTS
    name = callee.full_name
    return callee.pkg in _PACKAGES or name in _FUNCTIONS or name.startswith(_METHODS_OF)


def prints_by_method(type_: Type | None, depth: int = 0) -> bool:
    """Whether package fmt would call a method of the type that is not of a package known here."""
    if type_ is None or depth > 3:
        return True
    if type_.kind in ("interface", "typeparam"):
        return not type_.is_error
    own = (type_.methods | type_.ptr_methods) & _SHOWN
    if own and type_.pkg not in _PACKAGES and type_.pkg != "time":
        return True
    inside = [type_.elem, type_.key] if type_.elem is not None else []
    if type_.kind == "struct":
        return True
    return any(prints_by_method(t, depth + 1) for t in inside if t is not None)
