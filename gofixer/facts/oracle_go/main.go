// The type oracle of gofixer: answers questions about Go files with Go's own type checker.
//
// Standard library only; compiles with every toolchain from 1.21 on. One JSON request per line on standard input, any
// number of them at once; the answers on standard output, one JSON object per line. Questions come in batches: the
// first request of one says what they are about, the last one is answered with "done" when all others are.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
)

const notCompiled = "gofixer: not compiled"

// Request is a step of a batch, or asks to format sources.
type Request struct {
	Step string `json:"step"`

	// To open a batch, about one module under one build configuration. Files are those that it may ask about.
	Go      string   `json:"go"`      // the go command
	Dir     string   `json:"dir"`     // module root, absolute, symbolic links resolved
	Env     []string `json:"env"`     // whole environment of the go command
	Flags   []string `json:"flags"`   // further flags of go list, such as -tags
	GOARCH  string   `json:"goarch"`  // decides the sizes of types
	Keep    bool     `json:"keep"`    // whether the same files may be asked about again and again
	Overlay string   `json:"overlay"` // overlay file in the form of go build -overlay, empty for none

	Files  []FileRequest `json:"files"`
	Format [][]byte      `json:"format"`
}

// The steps of a batch, and the one that is no part of any.
const (
	stepOpen   = "open"
	stepAsk    = "ask"
	stepEnd    = "end"
	stepFormat = "format"
)

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
	server := &Server{write: lineWriter(os.Stdout)}
	for request := range requests(os.Stdin) {
		switch request.Step {
		case stepOpen:
			server.open(request)
		case stepAsk:
			server.ask(request)
		case stepEnd:
			server.end()
		case stepFormat:
			server.write(formatted(request.Format))
		}
	}
}

// requests reads ahead: whoever sends a request need not wait for the end of the one before.
func requests(from io.Reader) <-chan *Request {
	read := make(chan *Request, 1<<16)
	go func() {
		defer close(read)
		input := bufio.NewReaderSize(from, 1<<16)
		for {
			line, err := input.ReadBytes('\n')
			if len(line) == 0 && err != nil {
				return
			}
			request := new(Request)
			if err := json.Unmarshal(line, request); err != nil {
				fmt.Fprintln(os.Stderr, "gofixer oracle: bad request:", err)
				os.Exit(2)
			}
			read <- request
		}
	}()
	return read
}

// lineWriter gives a function that writes a value as a line at once; it may be called by several goroutines.
func lineWriter(to io.Writer) func(any) {
	output := bufio.NewWriterSize(to, 1<<16)
	encoder := json.NewEncoder(output)
	encoder.SetEscapeHTML(false)
	var mutex sync.Mutex
	return func(value any) {
		mutex.Lock()
		defer mutex.Unlock()
		err := encoder.Encode(value)
		if err == nil {
			err = output.Flush()
		}
		if err != nil {
			os.Exit(1)
		}
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
