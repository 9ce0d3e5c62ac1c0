// The type oracle of gofixer: answers questions about Go files with Go's own type checker.
//
// Standard library only; compiles with every toolchain from 1.21 on. One JSON request per line on standard input,
// for each the answers on standard output, one JSON object per line, the last one with "done".
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime/debug"
	"strings"
)

const notCompiled = "gofixer: not compiled"

// Request asks for facts about files of one module under one build configuration.
type Request struct {
	Go      string        `json:"go"`      // the go command
	Dir     string        `json:"dir"`     // module root, absolute, symbolic links resolved
	Env     []string      `json:"env"`     // whole environment of the go command
	Flags   []string      `json:"flags"`   // further flags of go list, such as -tags
	GOARCH  string        `json:"goarch"`  // decides the sizes of types
	Overlay string        `json:"overlay"` // overlay file in the form of go build -overlay, empty for none
	Files   []FileRequest `json:"files"`
	Ahead   bool          `json:"ahead"`  // nothing is asked yet, but soon will be: list the packages of the files
	Format  [][]byte      `json:"format"` // sources to format; a request with some asks for nothing else
}

// FileRequest names a file (absolute) and the byte ranges of interest.
type FileRequest struct {
	Path  string   `json:"path"`
	Spans [][2]int `json:"spans"`
}

func main() {
	if len(os.Args) > 2 && os.Args[1] == "noexec" {
		noexec(os.Args[2], os.Args[3:])
	}
	tuneMemory()
	input := bufio.NewReaderSize(os.Stdin, 1<<16)
	output := bufio.NewWriterSize(os.Stdout, 1<<16)
	server := new(Server)
	encoder := json.NewEncoder(output)
	encoder.SetEscapeHTML(false)
	for {
		line, err := input.ReadBytes('\n')
		if len(line) == 0 && err != nil {
			return
		}
		var request Request
		if err := json.Unmarshal(line, &request); err != nil {
			fmt.Fprintln(os.Stderr, "gofixer oracle: bad request:", err)
			os.Exit(2)
		}
		write := func(value any) {
			err := encoder.Encode(value)
			if err == nil {
				err = output.Flush()
			}
			if err != nil {
				os.Exit(1)
			}
		}
		if request.Format != nil {
			write(formatted(request.Format))
		} else {
			server.answer(&request, write)
		}
		debug.FreeOSMemory()
	}
}

// noexec stands between the go command and its tools (go list -toolexec). It lets them state their version, and the C
// compiler describe itself, so that build IDs are those of an ordinary build; it refuses any work: what the build cache
// lacks is not compiled. Without the C compiler's answer every package that uses cgo, net among them, and all that
// imports it would seem to be missing from the cache (cmd/go/internal/work, gccToolID).
func noexec(tool string, args []string) {
	if !(len(args) == 1 && strings.HasPrefix(args[0], "-V=")) && !describes(args) {
		fmt.Fprintln(os.Stderr, notCompiled)
		os.Exit(1)
	}
	command := exec.Command(tool, args...)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := command.Run(); err != nil {
		os.Exit(1)
	}
	os.Exit(0)
}

// describes tells whether a C compiler is asked what it would run for an empty program, and not to run it.
func describes(args []string) bool {
	return len(args) == 5 && args[0] == "-###" && args[1] == "-x" && args[3] == "-c" && args[4] == "-"
}
