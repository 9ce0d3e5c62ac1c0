package main

import (
	"path/filepath"
	"sort"
	"strings"
	"sync"
)

// FileProblem says why nothing is known of a file; Whole that the go command could not list anything at all.
type FileProblem struct {
	Path    string `json:"path"`
	Unknown string `json:"unknown"`
	Whole   bool   `json:"whole,omitempty"`
}

// Done ends the answers to one request.
type Done struct {
	Done bool `json:"done"`
}

// maxStates limits how many listings are kept; a run over many modules asks about them in turn, pass by pass.
const maxStates = 4

// Server keeps what is known between requests, the least recently used first.
type Server struct {
	states []*State
}

// job is one package to check and the files of it that are asked for.
type job struct {
	unit  *Unit
	spans map[string][][2]int
}

// answer sends the facts about every file of a request, or why there are none, package by package, as they come.
func (s *Server) answer(request *Request, write func(any)) {
	var mutex sync.Mutex
	send := func(value any) {
		mutex.Lock()
		defer mutex.Unlock()
		write(value)
	}
	defer send(Done{true})
	spans := map[string][][2]int{}
	for _, file := range request.Files {
		spans[file.Path] = append([][2]int{}, file.Spans...)
	}
	state, err := s.state(request)
	if request.Ahead {
		return // what went wrong goes wrong again, and is told then
	}
	if err != nil {
		for path := range spans {
			send(FileProblem{path, err.Error(), true})
		}
		return
	}
	var group sync.WaitGroup
	for _, work := range state.assign(request, spans, send) {
		work := work
		group.Add(1)
		go func() {
			defer group.Done()
			state.do(work, send)
		}()
	}
	group.Wait()
}

// do answers for one package. Where it does not compile together with its test files it is tried without them.
func (s *State) do(work job, send func(any)) {
	err := s.check(work.unit, func(checked *Checked) { send(checked.answer(work.spans)) })
	if err == nil {
		return
	}
	plain := map[string][][2]int{}
	if work.unit.base() == work.unit.ForTest {
		for path, spans := range work.spans {
			if !strings.HasSuffix(path, "_test.go") {
				plain[path] = spans
			}
		}
	}
	if unit := s.listing.units[work.unit.ForTest]; unit != nil && len(plain) > 0 {
		again := s.check(unit, func(checked *Checked) { send(checked.answer(plain)) })
		if again != nil {
			err, plain = again, nil
		}
	}
	for path := range work.spans {
		if _, answered := plain[path]; !answered {
			send(FileProblem{Path: path, Unknown: "package does not compile: " + err.Error()})
		}
	}
}

// assign finds the package that each file is checked in: with its tests where it has any.
func (s *State) assign(request *Request, spans map[string][][2]int, send func(any)) []job {
	byUnit := map[*Unit]job{}
	cgo := map[string]bool{}
	for path, ranges := range spans {
		var unit *Unit
		for _, candidate := range s.listing.files[path] {
			if unit == nil || candidate.variant() {
				unit = candidate
			}
		}
		if unit == nil {
			send(FileProblem{Path: path, Unknown: s.absent(request, path)})
			continue
		}
		if byUnit[unit].spans == nil {
			byUnit[unit] = job{unit, map[string][][2]int{}}
		}
		byUnit[unit].spans[path] = ranges
		if len(unit.CgoFiles) > 0 {
			cgo[unit.Dir] = true
		}
	}
	s.learnCgo(request, sortedKeys(cgo))
	var jobs []job
	for _, work := range byUnit {
		jobs = append(jobs, work)
	}
	sort.Slice(jobs, func(i, j int) bool { return jobs[i].unit.ImportPath < jobs[j].unit.ImportPath })
	return jobs
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

func sortedKeys(set map[string]bool) []string {
	keys := make([]string, 0, len(set))
	for key := range set {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
