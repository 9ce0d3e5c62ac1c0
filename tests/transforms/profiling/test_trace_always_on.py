"""A program prints the same; instead of a trace file there is a listener that gives traces."""

from __future__ import annotations

import socket
from pathlib import Path

from applying import module, rewrite, run

from gofixer.engine.config import Config
from gofixer.engine.model import Outcome, Verify
from gofixer.facts.toolchain import Toolchain

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


def free_address() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"127.0.0.1:{server.getsockname()[1]}"


def test_a_trace_when_somebody_asks(tmp_path: Path, toolchain: Toolchain) -> None:
    address = free_address()
    folder = module(tmp_path, {"main.go": MAIN, "ask.go": NOBODY}, go="1.22")
    before = run(folder, toolchain)
    assert (folder / "trace.out").exists()
    (folder / "trace.out").unlink()
    config = Config(options={"trace-always-on": {"address": address}})
    report = rewrite(folder, "trace-always-on", config=config, unsafe=True, verify=Verify.VET)
    assert [finding.outcome for finding in report.findings] == [Outcome.PROPOSED]
    (folder / "ask.go").write_text(SOMEBODY % address)
    after = run(folder, toolchain)
    assert before == "4950\n"
    assert after == "4950\ngo  <nil>\n"
    assert not (folder / "trace.out").exists()
