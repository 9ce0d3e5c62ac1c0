"""What Go's type checker knows of a file, as values. Nothing here does I/O.

All spans are half-open byte ranges ``(start, end)``, 0-based, of the file's raw content.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Span = tuple[int, int]
Role = Literal["read", "write", "readwrite", "address"]
Scope = Literal["universe", "package", "file", "local", "field", "method"]
ObjectKind = Literal["var", "const", "type", "func", "pkg", "builtin", "nil", "label"]
Mode = Literal["value", "type", "builtin", "novalue", "package"]


@dataclass(frozen=True, slots=True)
class Type:
    """A Go type. Two types of one package have the same ``string`` exactly if they are identical.

    ``string`` writes the type with full import paths, aliases resolved, ``byte`` and ``rune`` as ``uint8`` and
    ``int32``, every empty interface as ``any``; a type declared inside a function carries a mark behind its
    name. ``kind`` is that of the underlying type: the name of a basic type ("int", "untyped string",
    "unsafe.Pointer"), or "slice", "array", "pointer", "map", "chan", "struct", "interface", "func", "tuple",
    "typeparam", "invalid". ``pkg`` and ``name`` are empty for all but defined types. ``elem`` is the element of a
    slice, array, pointer, channel or map, ``key`` that of a map, ``length`` that of an array (or of a tuple, whose
    members are ``members``), -1 otherwise. ``methods`` and ``ptr_methods`` are the names in the method sets of T
    and \\*T. ``size`` and ``align`` are bytes on the target, -1 where there is none. ``is_named`` means a defined
    type that is not predeclared; ``is_error`` that the type itself implements error; ``contains_typeparam`` that
    it is, or is made of, a type parameter.
    """

    string: str
    kind: str
    pkg: str = ""
    name: str = ""
    elem: Type | None = field(default=None, repr=False, compare=False)
    key: Type | None = field(default=None, repr=False, compare=False)
    length: int = -1
    methods: frozenset[str] = field(default=frozenset(), repr=False)
    ptr_methods: frozenset[str] = field(default=frozenset(), repr=False)
    size: int = -1
    align: int = -1
    is_named: bool = False
    is_error: bool = False
    contains_typeparam: bool = False
    members: tuple[Type, ...] = field(default=(), repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Use:
    """One use of an object (its declaration is none).

    ``role`` is what happens to the variable itself: a write to a field or array element of it is "readwrite", taking
    its address (also by a method with a pointer receiver, or by slicing an array) "address". ``func`` is the span
    of the innermost function declaration or literal around the use, None outside of functions.
    """

    file: Path
    start: int
    end: int
    role: Role
    func: Span | None


@dataclass(frozen=True, slots=True, eq=False)
class Object:
    """What an identifier stands for. Objects are equal when they are the same object of the same answer.

    ``pkg`` is the import path of the package that declares it (for ``kind`` "pkg": of the package imported).
    ``full_name`` is "fmt.Sprintf", "(\\*bufio.Writer).WriteString", "(error).Error", the plain name for what is
    local or universal. ``decl`` is the span of the declaring identifier in ``decl_file``, for objects of the
    package itself. ``uses`` are all uses inside the package (its in-package tests included) in source order, empty
    for objects of other packages. ``captured``: used in a function literal inside the declaring function;
    ``reassigned``: written after the declaration (a ``return`` with operands writes named results; before Go 1.22
    a range clause writes its variables); ``address_taken`` as in `Use`.
    """

    id: int
    name: str
    kind: ObjectKind
    pkg: str
    type: Type | None
    scope: Scope
    full_name: str
    decl: Span | None = None
    decl_file: Path | None = None
    is_param: bool = False
    is_result: bool = False
    captured: bool = False
    reassigned: bool = False
    address_taken: bool = False
    uses: Sequence[Use] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class ExprInfo:
    """What the type checker says of one expression.

    ``kind`` is the name of the go/ast node. ``const`` is the exact text of a constant value (strings unquoted, bytes
    that are not UTF-8 as surrogate escapes), ``const_kind`` "bool", "string", "int", "float", "complex" or empty.
    ``comma_ok`` means that the expression is used in its two-value form; ``type`` is then that of the first value.
    ``implicit_deref`` means that a selector, index or slice follows a pointer, or asks an interface for a method:
    evaluating it may panic. ``type`` is None for packages and calls without a value.
    """

    kind: str
    type: Type | None
    mode: Mode = "value"
    const: str | None = None
    const_kind: str = ""
    addressable: bool = False
    comma_ok: bool = False
    implicit_deref: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """Why nothing is known of a file: one clause without a full stop.

    ``whole`` tells that the go command could not even list packages: it is not the file's fault.
    """

    reason: str
    whole: bool = False


class FileTypes:
    """The answers about one file, for the declarations that were asked about.

    ``path`` is the file, ``package`` the import path of its package, ``package_name`` the name in its package
    clause, ``package_names`` all names declared in package scope, ``errors`` what limits the answers (C names
    where cgo could not be run).
    """

    __slots__ = (
        "_callees",
        "_exprs",
        "_idents",
        "_nodes",
        "errors",
        "package",
        "package_name",
        "package_names",
        "path",
    )

    def __init__(
        self,
        path: Path,
        package: str,
        package_name: str,
        package_names: frozenset[str] = frozenset(),
        exprs: Mapping[Span, ExprInfo] | None = None,
        idents: Mapping[Span, Object] | None = None,
        callees: Mapping[Span, Object] | None = None,
        nodes: Mapping[Span, Sequence[str]] | None = None,
        errors: tuple[str, ...] = (),
    ) -> None:
        self.path = path
        self.package = package
        self.package_name = package_name
        self.package_names = package_names
        self.errors = errors
        self._exprs = {} if exprs is None else exprs
        self._idents = {} if idents is None else idents
        self._callees = {} if callees is None else callees
        self._nodes = {} if nodes is None else nodes

    def expr(self, span: Span) -> ExprInfo | None:
        """The expression with exactly this span."""
        return self._exprs.get(span)

    def object(self, span: Span) -> Object | None:
        """What the identifier with this span stands for: a definition, a use, or the last name of a selector."""
        return self._idents.get(span)

    def callee(self, span: Span) -> Object | None:
        """Function, method or builtin that the call with this span names; None for function values, conversions."""
        return self._callees.get(span)

    def package_of(self, span: Span) -> str:
        """Import path of the package that the identifier with this span names, empty where it names none."""
        found = self._idents.get(span)
        return found.pkg if found is not None and found.kind == "pkg" else ""

    def kinds(self, span: Span) -> tuple[str, ...]:
        """Names of the go/ast nodes with exactly this span, outermost first."""
        found = tuple(self._nodes.get(span, ()))
        expression = self._exprs.get(span)
        return (*found, expression.kind) if expression else found

    def has_node(self, span: Span, kind_prefix: str = "") -> bool:
        """Whether Go's parser has a node with exactly this span whose go/ast name starts with a prefix."""
        return any(kind.startswith(kind_prefix) for kind in self.kinds(span))
