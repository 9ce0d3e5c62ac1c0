"""Bytes: who else can see them, who keeps them, who changes them."""

from __future__ import annotations

from gofixer.transforms.allocation._operands import argument_of, converted, local, uses, value_of

from gofixer.transform import Context, Node, Object, nodes, unparen

# Functions whose bytes are new with every call.
_FRESH = frozenset({"os.ReadFile", "io.ReadAll", "io/ioutil.ReadFile", "io/ioutil.ReadAll", "encoding/json.Marshal",
                    "encoding/json.MarshalIndent", "encoding/xml.Marshal", "encoding/xml.MarshalIndent",
                    "encoding/hex.DecodeString", "(*encoding/base64.Encoding).DecodeString",
                    "(*os/exec.Cmd).Output", "(*os/exec.Cmd).CombinedOutput"})  # fmt: skip

# Functions that have read their bytes when they return, and neither change nor keep them; nil is as good as empty.
READERS_OF_BYTES = frozenset({
    "os.WriteFile", "io/ioutil.WriteFile", "(*os.File).Write", "crypto/sha256.Sum256", "crypto/sha256.Sum224",
    "crypto/sha512.Sum512", "crypto/sha512.Sum384", "crypto/sha1.Sum", "crypto/md5.Sum", "hash/crc32.ChecksumIEEE",
    "encoding/hex.EncodeToString", "(*encoding/base64.Encoding).EncodeToString", "encoding/json.Valid",
    "(*strings.Builder).Write", "unicode/utf8.Valid", "unicode/utf8.RuneCount"})  # fmt: skip

# Functions that take a reader, ask nothing of it but to be read, and hand its bytes to nobody.
TAKERS_OF_READERS = frozenset({
    "bufio.NewScanner", "encoding/json.NewDecoder", "encoding/xml.NewDecoder", "encoding/csv.NewReader", "io.ReadAll",
    "io/ioutil.ReadAll", "net/http.NewRequest", "net/http.NewRequestWithContext", "net/http.Post",
    "(*net/http.Client).Post"})  # fmt: skip

# Writers that copy what they are given, or pass it to the kernel, before Write returns.
_SINKS = frozenset({"*compress/gzip.Writer", "*compress/zlib.Writer", "*compress/flate.Writer", "*net.TCPConn",
                    "*net.UnixConn", "*net.UDPConn", "*crypto/tls.Conn", "*io.PipeWriter"})  # fmt: skip
_HASHES = ("crypto/sha256.New", "crypto/sha512.New", "crypto/sha1.New", "crypto/md5.New", "hash/fnv.New",
           "hash/crc32.New", "hash/crc64.New", "hash/adler32.New")  # fmt: skip


def is_own(node: Node, cx: Context) -> bool:
    """Whether bytes belong to one local variable that nothing can change: made for it, and only looked at."""
    found = local(node, cx)
    if found is None or found.reassigned or found.captured or found.address_taken:
        return False
    made = value_of(found, cx)
    call = unparen(made[0]) if made and made[1] == 0 else None
    if not isinstance(call, nodes.Call) or cx.callee(call) not in _FRESH:
        return False
    return all(_looked_at(name, cx) for name in uses(found, cx))


def _looked_at(name: Node, cx: Context) -> bool:
    """Whether a use only reads: a conversion to a string, ``len``, a comparison with nil."""
    parent = name.parent
    if isinstance(parent, nodes.Binary):
        return True
    call = argument_of(name)
    if call is None:
        return False
    return (call.function.str == "len" and cx.predeclared("len", call)) or converted(call, cx) == name


def copies(writer: Node, cx: Context) -> bool:
    """Whether the Write of a writer neither changes nor keeps its argument, whatever is behind it."""
    type_ = cx.type(writer)
    if type_ is None:
        return False
    if type_.string in _SINKS:
        return True
    return type_.string.startswith("hash.Hash") and _is_hash(local(writer, cx), cx)


def _is_hash(found: Object | None, cx: Context) -> bool:
    if found is None or found.reassigned or found.address_taken:
        return False
    made = value_of(found, cx)
    call = unparen(made[0]) if made else None
    return isinstance(call, nodes.Call) and cx.callee(call).startswith(_HASHES)
