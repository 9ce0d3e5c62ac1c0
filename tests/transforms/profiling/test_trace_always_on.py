"""A program prints the same; instead of a trace file there is a listener that gives traces."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from gofixer import pipeline
from gofixer.engine.config import Config
from gofixer.engine.model import Outcome, Request, Verify
from gofixer.engine.registry import shipped
from gofixer.errors import UserError
from gofixer.facts.toolchain import Toolchain, find_toolchain

TRANSFORMS = tuple(transform for transform in shipped() if transform.name == "trace-always-on")

MAIN = """package main

import (
	"fmt"
	"log"
	"os"
	"runtime/trace"
)

func main() {
	f, err := os.Create("trace.out")
	if err != nil {
		log.Fatal(err)
	}
	if err := trace.Start(f); err != nil {
		log.Fatal(err)
	}
	values := make(chan int)
	go func() {
		defer close(values)
		for n := range 100 {
			values <- n
		}
	}()
	sum := 0
	for n := range values {
		sum += n
	}
	fmt.Println(sum)
	ask()
}
"""

NOBODY = "package main\n\nfunc ask() {}\n"
SOMEBODY = """package main

import (
	"fmt"
	"io"
	"net/http"
)

func ask() {
	for {
		resp, err := http.Get("http://%s/debug/pprof/trace?seconds=0.1")
		if err != nil {
			continue
		}
		defer resp.Body.Close()
		data, err := io.ReadAll(resp.Body)
		fmt.Println(string(data[:3]), err)
		return
	}
}
"""


@pytest.fixture(scope="module")
def toolchain() -> Toolchain:
    try:
        return find_toolchain(None)
    except UserError as error:
        pytest.skip(f"no Go toolchain: {error}")


def free_address() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"127.0.0.1:{server.getsockname()[1]}"


def test_a_trace_when_somebody_asks(tmp_path: Path, toolchain: Toolchain) -> None:
    address = free_address()
    (tmp_path / "go.mod").write_text("module example.com/server\n\ngo 1.22\n")
    (tmp_path / "main.go").write_text(MAIN)
    (tmp_path / "ask.go").write_text(NOBODY)
    before = toolchain.run("run", ".", directory=tmp_path)
    assert (tmp_path / "trace.out").exists()
    (tmp_path / "trace.out").unlink()
    config = Config(options={"trace-always-on": {"address": address}})
    request = Request(tmp_path, (), config, TRANSFORMS, frozenset(), unsafe=True, verify=Verify.VET, cache=False)
    report = pipeline.analyse(request)
    assert [finding.outcome for finding in report.findings] == [Outcome.PROPOSED]
    for change in report.changes:
        change.path.write_bytes(change.after)
    (tmp_path / "ask.go").write_text(SOMEBODY % address)
    after = toolchain.run("run", ".", directory=tmp_path)
    assert before.stdout == "4950\n"
    assert after.stdout == "4950\ngo  <nil>\n"
    assert not (tmp_path / "trace.out").exists()
