package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
)

// FileProblem says why nothing is known of a file.
type FileProblem struct {
	Path    string `json:"path"`
	Unknown string `json:"unknown"`
}

// Done ends the answers to one request.
type Done struct {
	Done bool `json:"done"`
}

// Server keeps what is known between requests.
type Server struct {
	states map[string]*State
}

func newServer() *Server { return &Server{states: map[string]*State{}} }

// job is one package to check and the files of it that are asked for.
type job struct {
	unit  *Unit
	spans map[string][][2]int
}

func (s *Server) answer(request *Request, send func(any)) {
	defer send(Done{true})
	var mutex sync.Mutex
	fail := func(path string, reason string) {
		mutex.Lock()
		defer mutex.Unlock()
		send(FileProblem{path, reason})
	}
	spans := map[string][][2]int{}
	for _, file := range request.Files {
		spans[file.Path] = append([][2]int{}, file.Spans...)
	}
	state, err := s.state(request)
	if err != nil {
		for path := range spans {
			fail(path, err.Error())
		}
		return
	}
	jobs, cgoDirs := state.assign(request, spans, fail)
	cgo := map[string]string{}
	cgoProblem := ""
	if len(cgoDirs) > 0 {
		if cgo, err = cgoTypes(request, cgoDirs, false); err != nil {
			cgoProblem = err.Error()
		}
	}
	var group sync.WaitGroup
	for _, work := range jobs {
		work := work
		group.Add(1)
		go func() {
			defer group.Done()
			checked, err := state.check(work.unit, cgo[work.unit.ImportPath], cgoProblem)
			if err != nil {
				rest := state.fallBack(work, cgo, cgoProblem, func(answer any) {
					mutex.Lock()
					defer mutex.Unlock()
					send(answer)
				})
				for path := range rest {
					fail(path, "package does not compile: "+err.Error())
				}
				return
			}
			answer := checked.answer(work.spans)
			mutex.Lock()
			defer mutex.Unlock()
			send(answer)
		}()
	}
	group.Wait()
}

// fallBack tries the package without its test files where these do not compile; gives the files that stay unanswered.
func (s *State) fallBack(work job, cgo map[string]string, problem string, send func(any)) map[string][][2]int {
	rest := map[string][][2]int{}
	plain := map[string][][2]int{}
	unit := s.listing.units[work.unit.ForTest]
	for path, spans := range work.spans {
		if work.unit.base() != work.unit.ForTest || unit == nil || strings.HasSuffix(path, "_test.go") {
			rest[path] = spans
		} else {
			plain[path] = spans
		}
	}
	if len(plain) == 0 {
		return rest
	}
	checked, err := s.check(unit, cgo[unit.ImportPath], problem)
	if err != nil {
		return work.spans
	}
	send(checked.answer(plain))
	return rest
}

// assign finds the package that each file is checked in: with its tests where it has any.
func (s *State) assign(request *Request, spans map[string][][2]int, fail func(string, string)) ([]job, []string) {
	byUnit := map[*Unit]job{}
	cgoDirs := map[string]bool{}
	for path, ranges := range spans {
		var unit *Unit
		for _, candidate := range s.listing.files[path] {
			if unit == nil || candidate.variant() {
				unit = candidate
			}
		}
		if unit == nil {
			fail(path, s.absent(request, path))
			continue
		}
		if byUnit[unit].spans == nil {
			byUnit[unit] = job{unit, map[string][][2]int{}}
		}
		byUnit[unit].spans[path] = ranges
		if len(unit.CgoFiles) > 0 {
			cgoDirs[unit.Dir] = true
		}
	}
	var jobs []job
	for _, work := range byUnit {
		jobs = append(jobs, work)
	}
	sort.Slice(jobs, func(i, j int) bool { return jobs[i].unit.ImportPath < jobs[j].unit.ImportPath })
	return jobs, sortedKeys(cgoDirs)
}

// absent says why a file belongs to no package.
func (s *State) absent(request *Request, path string) string {
	unit := s.listing.dirs[filepath.Dir(path)]
	if unit == nil {
		return "the go command knows no package in its folder"
	}
	for _, name := range unit.IgnoredGoFiles {
		if absolute(unit.Dir, name) == path {
			return constraintProblem(request)
		}
	}
	if unit.Error != nil {
		return "package does not compile: " + place(unit.Error.Pos) + sentence(unit.Error.Err)
	}
	return "the go command does not take it into its package"
}

// state gives the listing to work with.
func (s *Server) state(request *Request) (*State, error) {
	replaced, err := readOverlay(request.Overlay)
	if err != nil {
		return nil, err
	}
	dirs := map[string]bool{}
	for _, file := range request.Files {
		dirs[filepath.Dir(file.Path)] = true
	}
	listing, err := list(request, sortedKeys(dirs), len(replaced) > 0)
	if err != nil {
		return nil, err
	}
	return newState(listing, request.GOARCH, func(path string) ([]byte, error) {
		if other, ok := replaced[path]; ok {
			path = other
		}
		return os.ReadFile(path)
	}), nil
}

func readOverlay(path string) (map[string]string, error) {
	if path == "" {
		return nil, nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var overlay struct{ Replace map[string]string }
	if err := json.Unmarshal(content, &overlay); err != nil {
		return nil, errors.New("overlay: " + err.Error())
	}
	return overlay.Replace, nil
}

func sortedKeys(set map[string]bool) []string {
	keys := make([]string, 0, len(set))
	for key := range set {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
