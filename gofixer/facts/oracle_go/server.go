package main

import (
	"path/filepath"
	"runtime/debug"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
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

// maxStates limits how many listings are kept; a run over many modules and configurations asks about them in turn, pass
// by pass.
const maxStates = 6

// Server keeps what is known between batches, the least recently used first.
type Server struct {
	write  func(any)
	states []*State
	batch  *batch

	working atomic.Int32 // batches with questions that are not answered
}

// batch is what is asked about one module under one build configuration.
type batch struct {
	request *Request
	state   *State
	err     error // why there is no state
	work    sync.WaitGroup
}

// job is one package to check and the files of it that are asked for.
type job struct {
	unit  *Unit
	spans map[string][][2]int
}

// open begins a batch: its packages are listed.
func (s *Server) open(request *Request) {
	s.batch = &batch{request: request}
	s.batch.state, s.batch.err = s.state(request)
	if s.batch.err == nil {
		s.batch.state.learnCgo(request)
	}
}

// ask begins to work on files of the batch. The facts about every file, or why there are none, are sent package by
// package, as they come.
func (s *Server) ask(request *Request) {
	current := s.batch
	spans := map[string][][2]int{}
	for _, file := range request.Files {
		spans[file.Path] = append([][2]int{}, file.Spans...)
	}
	if current.err != nil {
		for path := range spans {
			s.write(FileProblem{path, current.err.Error(), true})
		}
		return
	}
	for _, work := range current.state.assign(current.request, spans, s.write) {
		work := work
		current.work.Add(1)
		go func() {
			defer current.work.Done()
			current.state.do(work, s.write)
		}()
	}
}

// end says that all questions of the batch are answered, when they are. The next batch does not wait for that.
func (s *Server) end() {
	ended := s.batch
	s.batch = nil
	s.working.Add(1)
	go func() {
		ended.work.Wait()
		s.write(Done{true})
		if s.working.Add(-1) == 0 {
			debug.FreeOSMemory()
		}
	}()
}

// do answers for one package. Where it does not compile together with its test files it is tried without them.
func (s *State) do(work job, send func(any)) {
	err := s.check(work.unit, work.spans, func(checked *Checked) { send(checked.answer(work.spans)) })
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
		again := s.check(unit, plain, func(checked *Checked) { send(checked.answer(plain)) })
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
	for path, ranges := range spans {
		unit := s.unitOf(path)
		if unit == nil {
			send(FileProblem{Path: path, Unknown: s.absent(request, path)})
			continue
		}
		if byUnit[unit].spans == nil {
			byUnit[unit] = job{unit, map[string][][2]int{}}
		}
		byUnit[unit].spans[path] = ranges
	}
	var jobs []job
	for _, work := range byUnit {
		jobs = append(jobs, work)
	}
	sort.Slice(jobs, func(i, j int) bool { return jobs[i].unit.ImportPath < jobs[j].unit.ImportPath })
	return jobs
}

// unitOf is the package that a file is checked in, nil where there is none.
func (s *State) unitOf(path string) *Unit {
	var unit *Unit
	for _, candidate := range s.listing.files[path] {
		if unit == nil || candidate.variant() {
			unit = candidate
		}
	}
	return unit
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
