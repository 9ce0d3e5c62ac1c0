"""Build constraints, judged by go/build itself."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gofixer.facts.constraints import (
    PORTS,
    Configuration,
    ConstraintError,
    Variant,
    configuration,
    selects,
    variant_for,
)
from gofixer.facts.toolchain import Host, Toolchain

HOST = Host(goos="linux", goarch="amd64", cgo=True, tags=("mine",), go=(1, 24), hostos="linux", hostarch="amd64")

JUDGE = """package main

import (
	"encoding/json"
	"go/build"
	"io"
	"os"
	"strings"
)

type question struct {
	Name, Source, GOOS, GOARCH string
	Cgo                        bool
	Tags, Releases             []string
}

func main() {
	var questions []question
	if err := json.NewDecoder(os.Stdin).Decode(&questions); err != nil {
		panic(err)
	}
	answers := []string{}
	for _, q := range questions {
		context := build.Context{
			GOOS: q.GOOS, GOARCH: q.GOARCH, CgoEnabled: q.Cgo, Compiler: "gc",
			BuildTags: q.Tags, ReleaseTags: q.Releases,
			OpenFile: func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(q.Source)), nil },
		}
		match, err := context.MatchFile("/", q.Name)
		answers = append(answers, map[bool]string{true: "yes", false: "no"}[match])
		if err != nil {
			answers[len(answers)-1] = "error"
		}
	}
	json.NewEncoder(os.Stdout).Encode(answers)
}
"""


@pytest.fixture(scope="module")
def judge(toolchain: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("judge")
    (folder / "main.go").write_text(JUDGE)
    (folder / "go.mod").write_text("module judge\n\ngo 1.21\n")
    built = toolchain.run("build", "-o", "judge", ".", directory=folder, env={"GOFLAGS": "", "CGO_ENABLED": "0"})
    assert built.status == 0, built.stderr
    return folder / "judge"


def ask(judge: Path, questions: list[tuple[Configuration, str, str]]) -> list[str]:
    asked = [
        {
            "Name": name,
            "Source": source,
            "GOOS": config.goos,
            "GOARCH": config.goarch,
            "Cgo": config.cgo,
            "Tags": sorted(config.tags),
            "Releases": [f"go1.{minor}" for minor in range(1, config.go[1] + 1)],
        }
        for config, name, source in questions
    ]
    done = subprocess.run([judge], input=json.dumps(asked), capture_output=True, text=True, check=True)
    answers = json.loads(done.stdout)
    assert isinstance(answers, list)
    return answers


TAGS = st.sampled_from(
    [
        *("linux", "windows", "darwin", "unix", "android", "ios", "solaris", "illumos", "js", "amd64", "arm64", "wasm"),
        *("cgo", "gc", "gccgo", "go1", "go1.1", "go1.24", "go1.25", "go1.024"),
        *("mine", "yours", "ignore", "tag.x", "Ünicode"),
    ]
)
EXPRESSIONS = st.recursive(
    TAGS | TAGS.map(lambda tag: "!" + tag),
    lambda inner: (
        st.builds("{} && {}".format, inner, inner)
        | st.builds("({} || {})".format, inner, inner)
        | st.builds("!({})".format, inner)
        | st.builds("{}||{}".format, inner, inner)
    ),
    max_leaves=6,
)
OLD_LINES = st.lists(
    st.lists(TAGS | TAGS.map(lambda t: "!" + t) | st.just("!!x"), min_size=1, max_size=3).map(",".join)
)
LINES = st.one_of(
    EXPRESSIONS.map("//go:build {}".format),
    OLD_LINES.map(lambda words: "// +build " + " ".join(words)),
    st.sampled_from(
        [
            *("", "// Copyright", "/* block */", "/* open", "still */", "\ufeff"),
            *("//+build linux", "// +buildx", "//go:buildx a", "//go:build", "//go:build (linux", "//go:build a b"),
            *("//go:build !!a", "//go:build a &", "\t//go:build js  ", "/* x */ //go:build windows"),
        ]
    ),
)
HEADERS = st.lists(LINES, max_size=5).map("\n".join)
NAMES = st.builds(
    "{}{}.go".format,
    st.sampled_from(
        ["a", "linux", "a_linux", "a_windows_amd64", "a_b_arm", "_a", ".a", "a_linux_b", "a_amd64_linux", "x.y_js"]
    ),
    st.sampled_from(["", "_test", ".pb", "_unix", "_wasip1", "_zos_s390"]),
)
CONFIGURATIONS = st.builds(
    Configuration,
    goos=st.sampled_from(sorted(PORTS)),
    goarch=st.sampled_from(["amd64", "arm64", "wasm", "386"]),
    cgo=st.booleans(),
    tags=st.frozensets(st.sampled_from(["mine", "yours", "ignore", "tag.x"])),
    go=st.just((1, 24)),
)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(CONFIGURATIONS, NAMES, HEADERS, st.sampled_from(["\n", "\n\n"]))
@example(configuration(HOST), "a.go", "// +build windows\n//go:build linux", "\n\n")
@example(configuration(HOST), "a.go", "// +build windows", "\n")
def test_selection_is_that_of_go_build(judge: Path, config: Configuration, name: str, header: str, gap: str) -> None:
    source = f"{header}{gap}package p\n"
    expected = ask(judge, [(config, name, source)])[0]
    try:
        found = "yes" if selects(config, Path(name), source.encode()) else "no"
    except ConstraintError:
        found = "error"
    # Go has more to complain of than the constraint: text that is no Go.
    assert found == expected or (expected == "error" and found in ("yes", "no")), source


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(NAMES.filter(lambda name: name[0] not in "._"), EXPRESSIONS)
def test_the_variant_found_selects_the_file(name: str, expression: str) -> None:
    source = f"//go:build {expression}\n\npackage p\n".encode()
    host = configuration(HOST)
    variant = variant_for(Path(name), source, HOST)
    if selects(host, Path(name), source):
        assert variant == Variant()
    elif variant is not None:
        assert selects(configuration(HOST, variant), Path(name), source)
        assert variant != Variant()
    else:
        # Nothing that could have been tried would have done.
        for goos, processors in PORTS.items():
            for goarch in processors.split():
                for cgo in (True, False):
                    for tags in ((), ("yours",), ("yours", "ignore", "tag.x", "Ünicode")):
                        other = Variant(goos, goarch, tags, cgo)
                        assert not selects(configuration(HOST, other), Path(name), source), other


@pytest.mark.parametrize(
    ("name", "line", "expected"),
    [
        ("a.go", "", Variant()),
        ("a_windows.go", "", Variant(goos="windows")),
        ("a_darwin_arm64_test.go", "", Variant(goos="darwin", goarch="arm64")),
        ("a_arm64.go", "", Variant(goarch="arm64")),
        ("a_js.go", "", Variant(goos="js", goarch="wasm")),
        ("a.go", "//go:build !linux", Variant(goos="darwin")),
        ("a.go", "//go:build !unix", Variant(goos="windows")),
        ("a.go", "//go:build special && linux", Variant(tags=("special",))),
        ("a.go", "//go:build !cgo", Variant(cgo=False)),
        ("a.go", "//go:build windows || special", Variant(tags=("special",))),
        ("a.go", "//go:build ignore", Variant(tags=("ignore",))),
        ("a.go", "//go:build ignore || tools", Variant(tags=("tools",))),
        ("a.go", "//go:build mine && go1.20", Variant()),
        ("a.go", "//go:build !mine", None),
        ("a.go", "//go:build go1.99", None),
        ("a.go", "//go:build gccgo", None),
        ("a.go", "//go:build linux && !linux", None),
        ("a.go", "//go:build ((", None),
        ("_a.go", "", None),
    ],
)
def test_variants(name: str, line: str, expected: Variant | None) -> None:
    assert variant_for(Path(name), f"{line}\n\npackage p\n".encode(), HOST) == expected


def test_files_with_c_need_cgo() -> None:
    without = Host(goos="linux", goarch="amd64", cgo=False, tags=(), go=(1, 24), hostos="linux", hostarch="amd64")
    for source in (b'package p\n\nimport "C"\n', b'package p\n\nimport (\n\t"fmt"\n\t"C"\n)\n'):
        assert variant_for(Path("a.go"), source, HOST) == Variant()
        assert variant_for(Path("a.go"), source, without) == Variant(cgo=True)
