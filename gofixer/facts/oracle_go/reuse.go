package main

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"go/parser"
	"go/scanner"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"sort"
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
// packages that others see as they are on disk. One that changes declarations leaves the listing as it is; the packages
// that may see them are loaded anew. Anything else needs a listing with the overlay.
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
	declared, listable := changes(replaced)
	for i, state := range s.states {
		if state.key != key || !listable {
			continue
		}
		s.states = append(s.states[:i], s.states[i+1:]...)
		if !state.current() {
			break
		}
		if state.covers(dirs) {
			s.states = append(s.states, state)
			if state.show(request, replaced) {
				return state.over(declared), nil
			}
			listable = false // an import of the overlay is not among what the disk asks for
			break
		}
		// Whoever goes from one package to the next comes back to the ones before.
		for dir := range state.asked {
			if stampOf(dir).size >= 0 {
				dirs[dir] = true
			}
		}
		break
	}
	if listable {
		state, err := s.listed(request, key, dirs, false)
		if err != nil {
			return nil, err
		}
		if state.show(request, replaced) {
			s.forget(maxStates - 1)
			s.states = append(s.states, state)
			return state.over(declared), nil
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

// forget drops states until no more than some are left: first those that were made for the fewest packages, which are
// the fastest to make again, and of these the least recently used.
func (s *Server) forget(limit int) {
	for len(s.states) > limit {
		least := 0
		for i, state := range s.states {
			if len(state.asked) < len(s.states[least].asked) {
				least = i
			}
		}
		s.states = append(append([]*State{}, s.states[:least]...), s.states[least+1:]...)
	}
}

// over gives the state with the declarations of some files changed: the packages of the files, and those that import
// them, are read through the overlay and loaded anew; all others stay what they are.
func (s *State) over(files []string) *State {
	if len(files) == 0 {
		return s
	}
	affected := map[*Unit]bool{}
	for _, path := range files {
		for _, unit := range s.listing.files[path] {
			affected[unit] = true
		}
	}
	seen := map[*Unit]bool{}
	var visit func(unit *Unit) bool
	visit = func(unit *Unit) bool {
		if seen[unit] {
			return affected[unit]
		}
		seen[unit] = true
		for _, path := range unit.Imports {
			if next := s.resolve(unit, path); next != nil && visit(next) {
				affected[unit] = true
			}
		}
		return affected[unit]
	}
	changed := &State{
		key: s.key, asked: s.asked, stamps: s.stamps, listing: s.listing, sizes: s.sizes, slots: s.slots,
		overlaid: s.overlaid, read: s.readOwn, readOwn: s.readOwn, added: s.added,
		cgo: s.cgo, cgoDirs: s.cgoDirs, cyclic: s.cyclic, exports: s.exports,
		loaded: map[*Unit]*loading{}, complete: map[*Unit]bool{}, keep: s.keep, declared: files,
	}
	for _, unit := range s.listing.units {
		if !visit(unit) {
			changed.complete[unit] = s.complete[unit]
			if known := s.loaded[unit]; known != nil {
				changed.loaded[unit] = known
			}
		}
	}
	return changed
}

func (s *Server) listed(request *Request, key string, dirs map[string]bool, overlay bool) (*State, error) {
	listing, err := list(request, sortedKeys(dirs), overlay && request.Overlay != "")
	if err != nil {
		return nil, err
	}
	state := newState(listing, request.GOARCH)
	if request.Keep {
		state.keep = new(keeper)
	}
	state.key, state.asked, state.stamps, state.faces = key, dirs, map[string]stamp{}, map[string]string{}
	for _, name := range []string{"go.mod", "go.sum", "go.work", "vendor/modules.txt"} {
		path := filepath.Join(request.Dir, name)
		state.stamps[path] = stampOf(path)
	}
	for _, unit := range listing.units {
		if unit.Module == nil || !unit.Module.Main || unit.variant() || unit.Dir == "" {
			continue
		}
		state.stamps[unit.Dir] = stampOf(unit.Dir)
		if dirs[unit.Dir] {
			state.faces[unit.Dir] = faceOf(unit.Dir)
		}
		for _, names := range [][]string{unit.GoFiles, unit.CgoFiles, unit.TestGoFiles, unit.XTestGoFiles} {
			for _, name := range names {
				path := absolute(unit.Dir, name)
				state.stamps[path] = stampOf(path)
				if dirs[unit.Dir] {
					state.faces[path] = faceOf(path)
				}
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

// current tells whether the files of the main modules are those that were listed. A file of a folder that was asked for
// may have been written anew, if only function bodies in it are others.
func (s *State) current() bool {
	for path, seen := range s.stamps {
		now := stampOf(path)
		if now.size == seen.size && now.time.Equal(seen.time) {
			continue
		}
		if face, known := s.faces[path]; !known || face == "" || face != faceOf(path) {
			return false
		}
		s.stamps[path] = now
	}
	return true
}

// faceOf is what a listing depends on: of a folder the names of its Go files, of a file its outline and imports.
func faceOf(path string) string {
	sum := sha256.New()
	if entries, err := os.ReadDir(path); err == nil {
		for _, entry := range entries {
			if strings.HasSuffix(entry.Name(), ".go") {
				fmt.Fprintln(sum, entry.Name())
			}
		}
		return string(sum.Sum(nil))
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	io.WriteString(sum, outline(content))
	file, _ := parser.ParseFile(token.NewFileSet(), path, content, parser.ImportsOnly)
	if file == nil {
		return ""
	}
	for _, spec := range file.Imports {
		fmt.Fprintln(sum, spec.Path.Value)
	}
	return string(sum.Sum(nil))
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

// changes gives the files of an overlay in which more than function bodies, imports and comments are others, and
// whether the go command would list the same packages with it.
func changes(replaced map[string]string) (declared []string, listable bool) {
	for path, other := range replaced {
		before, err := os.ReadFile(path)
		if err != nil {
			return nil, false
		}
		after, err := os.ReadFile(other)
		if err != nil {
			return nil, false
		}
		was, is := outline(before), outline(after)
		if was == is {
			continue
		}
		if strings.Contains(string(before)+string(after), `"C"`) || header(was) != header(is) {
			return nil, false
		}
		declared = append(declared, path)
	}
	sort.Strings(declared)
	return declared, true
}

// header is what the go command sees of an outline besides the imports: build constraints and the package's name.
func header(outline string) string {
	lines := strings.SplitAfter(outline, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "package ") && i+1 < len(lines) {
			return strings.Join(lines[:i+2], "")
		}
	}
	return outline
}

// outline is what importers and the go command can see of a file: its tokens without function bodies, its build
// constraints, where it imports "C" all comments, and the imports that are named outside of bodies.
func outline(whole []byte) string {
	source := withoutBodies(whole)
	fset := token.NewFileSet()
	var tokens scanner.Scanner
	tokens.Init(fset.AddFile("", -1, len(source)), source, nil, scanner.ScanComments)
	var out strings.Builder
	cgo := strings.Contains(string(source), `"C"`)
	header := true
	named, word := map[string]bool{}, ""
	for {
		_, kind, text := tokens.Scan()
		if kind == token.PERIOD && word != "" {
			named[word] = true
		}
		word = ""
		if kind == token.IDENT {
			word = text
		}
		switch {
		case kind == token.EOF:
			for _, spec := range namedImports(whole, named) {
				out.WriteString(spec + "\n")
			}
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
			if kind != token.EOF {
				tokens.Scan() // the semicolon, so that one more or less does not show
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

// namedImports gives those imports of a file that some names before a dot may mean. What a package is called is not
// known; where its path does not tell, and a name has no other explanation, it may be that one.
func namedImports(source []byte, names map[string]bool) []string {
	file, _ := parser.ParseFile(token.NewFileSet(), "", source, parser.ImportsOnly)
	if file == nil {
		return nil
	}
	left := map[string]bool{}
	for name := range names {
		left[name] = true
	}
	var found, unknown []string
	for _, spec := range file.Imports {
		path, meant := unquote(spec.Path.Value), false
		if spec.Name != nil {
			name := spec.Name.Name
			delete(left, name)
			if names[name] || name == "." {
				found = append(found, name+" "+path)
			}
			continue
		}
		elements := strings.Split(path, "/")
		for _, element := range elements[max(0, len(elements)-2):] {
			for _, word := range append(strings.FieldsFunc(element, func(r rune) bool { return strings.ContainsRune("-._", r) }), element) {
				if names[word] {
					meant = true
					delete(left, word)
				}
			}
		}
		if meant {
			found = append(found, path)
		} else {
			unknown = append(unknown, path)
		}
	}
	if len(left) > 0 {
		found = append(found, unknown...)
	}
	return found
}
