package main

import (
	"encoding/json"
	"errors"
	"go/parser"
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// stamp tells whether a file or folder is still the one that was seen.
type stamp struct {
	size int64
	time time.Time
}

func stampOf(path string) stamp {
	info, err := os.Stat(path)
	if err != nil {
		return stamp{size: -1}
	}
	return stamp{info.Size(), info.ModTime()}
}

// state gives what is known of the module of a request: from earlier, if it still holds, else from a new listing.
//
// An overlay that changes files only inside function bodies, and imports nothing that is not listed, leaves the
// packages that others see as they are on disk; anything else needs a listing with the overlay.
func (s *Server) state(request *Request) (*State, error) {
	replaced, err := readOverlay(request.Overlay)
	if err != nil {
		return nil, err
	}
	key := strings.Join(append(append([]string{request.Go, request.Dir, request.GOARCH}, request.Flags...), request.Env...), "\x00")
	dirs := map[string]bool{}
	for _, file := range request.Files {
		dirs[filepath.Dir(file.Path)] = true
	}
	inside := onlyInside(replaced)
	for i, state := range s.states {
		if state.key != key || !inside {
			continue
		}
		s.states = append(s.states[:i], s.states[i+1:]...)
		if state.covers(dirs) && state.current() && state.show(request, replaced) {
			s.states = append(s.states, state)
			return state, nil
		}
		break
	}
	if inside {
		state, err := s.listed(request, key, dirs, false)
		if err != nil {
			return nil, err
		}
		if state.show(request, replaced) {
			s.states = append(s.states, state)
			if len(s.states) > maxStates {
				s.states = append([]*State{}, s.states[1:]...)
			}
			return state, nil
		}
	}
	state, err := s.listed(request, key, dirs, true)
	if err != nil {
		return nil, err
	}
	state.overlaid = true
	state.read = reader(replaced)
	state.show(request, replaced)
	return state, nil
}

func (s *Server) listed(request *Request, key string, dirs map[string]bool, overlay bool) (*State, error) {
	listing, err := list(request, sortedKeys(dirs), overlay && request.Overlay != "")
	if err != nil {
		return nil, err
	}
	state := newState(listing, request.GOARCH)
	state.key, state.asked, state.stamps = key, dirs, map[string]stamp{}
	for _, name := range []string{"go.mod", "go.sum", "go.work", "vendor/modules.txt"} {
		path := filepath.Join(request.Dir, name)
		state.stamps[path] = stampOf(path)
	}
	for _, unit := range listing.units {
		if unit.Module == nil || !unit.Module.Main || unit.variant() || unit.Dir == "" {
			continue
		}
		state.stamps[unit.Dir] = stampOf(unit.Dir)
		for _, names := range [][]string{unit.GoFiles, unit.CgoFiles, unit.TestGoFiles, unit.XTestGoFiles} {
			for _, name := range names {
				path := absolute(unit.Dir, name)
				state.stamps[path] = stampOf(path)
			}
		}
	}
	return state, nil
}

func (s *State) covers(dirs map[string]bool) bool {
	for dir := range dirs {
		if !s.asked[dir] {
			return false
		}
	}
	return true
}

// current tells whether the files of the main modules are those that were listed.
func (s *State) current() bool {
	for path, seen := range s.stamps {
		now := stampOf(path)
		if now.size != seen.size || !now.time.Equal(seen.time) {
			return false
		}
	}
	return true
}

// show makes the state read the packages asked for through an overlay. It reports whether the listing has all that
// they import then.
func (s *State) show(request *Request, replaced map[string]string) bool {
	s.readOwn = reader(replaced)
	s.added = map[*Unit][]string{}
	for path := range replaced {
		units := s.listing.files[path]
		if len(units) == 0 {
			continue
		}
		content, err := s.readOwn(path)
		if err != nil {
			return false
		}
		file, _ := parser.ParseFile(token.NewFileSet(), path, content, parser.ImportsOnly)
		if file == nil {
			continue
		}
		for _, spec := range file.Imports {
			name := unquote(spec.Path.Value)
			if name == "C" || name == "unsafe" {
				continue
			}
			for _, unit := range units {
				if s.resolve(unit, name) == nil {
					return false
				}
				s.added[unit] = append(s.added[unit], name)
			}
		}
	}
	return true
}

func reader(replaced map[string]string) func(string) ([]byte, error) {
	return func(path string) ([]byte, error) {
		if other, ok := replaced[path]; ok {
			path = other
		}
		return os.ReadFile(path)
	}
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

// onlyInside tells whether an overlay replaces nothing but function bodies, imports and comments.
func onlyInside(replaced map[string]string) bool {
	for path, other := range replaced {
		before, err := os.ReadFile(path)
		if err != nil {
			return false
		}
		after, err := os.ReadFile(other)
		if err != nil || outline(before) != outline(after) {
			return false
		}
	}
	return true
}

// outline is what importers and the go command can see of a file: its tokens without function bodies and imports,
// its build constraints and, where it imports "C", all comments.
func outline(source []byte) string {
	source = withoutBodies(source)
	fset := token.NewFileSet()
	var tokens scanner.Scanner
	tokens.Init(fset.AddFile("", -1, len(source)), source, nil, scanner.ScanComments)
	var out strings.Builder
	cgo := strings.Contains(string(source), `"C"`)
	header := true
	for {
		_, kind, text := tokens.Scan()
		switch {
		case kind == token.EOF:
			return out.String()
		case kind == token.COMMENT:
			if !cgo && !(header && strings.Contains(text, "build")) {
				continue
			}
		case kind == token.IMPORT:
			_, kind, text = tokens.Scan()
			for kind != token.EOF && kind != token.STRING && kind != token.LPAREN {
				_, kind, text = tokens.Scan()
			}
			for open := kind == token.LPAREN; open && kind != token.EOF && kind != token.RPAREN; {
				_, kind, text = tokens.Scan()
			}
			continue
		case kind == token.PACKAGE:
			header = false
		case kind == token.SEMICOLON:
			text = ";"
		}
		out.WriteString(kind.String() + " " + text + "\n")
	}
}
