package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"runtime"
	"sync"
)

// State keeps what one listing gave: the packages that others import, each loaded once, from export data where the
// build cache has them for the package and all that it imports, else from source without function bodies.
type State struct {
	key     string            // of the request that it was made for
	asked   map[string]bool   // folders that were listed
	stamps  map[string]stamp  // of the files that decide whether it still holds
	faces   map[string]string // what of them matters, for those of the folders asked for
	listing *Listing
	sizes   types.Sizes
	slots   chan struct{} // limits how many packages are checked at the same time

	overlaid bool                         // whether the listing was made with the overlay
	read     func(string) ([]byte, error) // for packages as their importers see them
	readOwn  func(string) ([]byte, error) // for packages asked for
	added    map[*Unit][]string           // imports of the overlay's files

	cgo     map[string]cgoFacts
	cgoDirs map[string]bool

	mutex    sync.Mutex
	loaded   map[*Unit]*loading
	complete map[*Unit]bool // whether export data can be used
	cyclic   map[[2]*Unit]bool

	keep     *keeper  // packages whose bodies are not checked again and again; nil where nothing is remembered
	declared []string // files in which the overlay changes declarations

	exports     types.Importer
	exportMutex sync.Mutex
}

type loading struct {
	once sync.Once
	pkg  *types.Package
	err  error
}

func newState(listing *Listing, goarch string) *State {
	state := &State{
		listing:  listing,
		sizes:    types.SizesFor("gc", goarch),
		read:     os.ReadFile,
		readOwn:  os.ReadFile,
		cgo:      map[string]cgoFacts{},
		cgoDirs:  map[string]bool{},
		slots:    make(chan struct{}, max(1, runtime.GOMAXPROCS(0))),
		loaded:   map[*Unit]*loading{},
		complete: map[*Unit]bool{},
		cyclic:   map[[2]*Unit]bool{},
	}
	if state.sizes == nil {
		state.sizes = types.SizesFor("gc", "amd64")
	}
	state.exports = importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		unit := listing.units[path]
		if unit == nil || unit.Export == "" {
			return nil, errors.New("no export data for " + path)
		}
		return os.Open(unit.Export)
	})
	const entered, left = 1, 2
	marks := map[*Unit]int{}
	var visit func(unit *Unit) bool
	visit = func(unit *Unit) bool {
		marks[unit] = entered
		usable := unit.Export != "" && !unit.variant()
		for _, path := range unit.Imports {
			if path == "C" || path == "unsafe" {
				continue
			}
			next := state.resolve(unit, path)
			switch {
			case next == nil:
				usable = false
			case marks[next] == entered:
				state.cyclic[[2]*Unit{unit, next}] = true
				usable = false
			case marks[next] == left:
				usable = usable && state.complete[next]
			default:
				usable = visit(next) && usable
			}
		}
		marks[unit] = left
		state.complete[unit] = usable
		return usable
	}
	for _, unit := range listing.units {
		if marks[unit] == 0 {
			visit(unit)
		}
	}
	return state
}

// resolve gives the unit that an import path means inside a unit, nil where there is none.
func (s *State) resolve(unit *Unit, path string) *Unit {
	if mapped, ok := unit.ImportMap[path]; ok {
		path = mapped
	}
	return s.listing.units[path]
}

// load gives the package of a unit as its importers see it.
func (s *State) load(unit *Unit) (*types.Package, error) {
	s.mutex.Lock()
	entry := s.loaded[unit]
	if entry == nil {
		entry = new(loading)
		s.loaded[unit] = entry
	}
	s.mutex.Unlock()
	entry.once.Do(func() {
		if s.complete[unit] {
			s.exportMutex.Lock()
			entry.pkg, entry.err = s.exports.Import(unit.ImportPath)
			s.exportMutex.Unlock()
			if entry.err == nil {
				return
			}
		}
		entry.pkg, entry.err = s.fromSource(unit)
	})
	return entry.pkg, entry.err
}

// prepare loads, several at a time, what a unit imports. Checking is done with a slot held, so nothing may be left to
// load by then.
func (s *State) prepare(unit *Unit, imports []string) {
	var group sync.WaitGroup
	for _, path := range imports {
		next := s.resolve(unit, path)
		if next == nil || path == "unsafe" || path == "C" || s.cyclic[[2]*Unit{unit, next}] {
			continue
		}
		if s.complete[next] {
			s.load(next)
			continue
		}
		group.Add(1)
		go func() {
			defer group.Done()
			s.load(next)
		}()
	}
	group.Wait()
}

// fromSource type-checks a package without its function bodies. Errors in it do not matter here: what could not be
// understood has an invalid type.
func (s *State) fromSource(unit *Unit) (*types.Package, error) {
	if len(unit.GoFiles)+len(unit.CgoFiles) == 0 {
		if unit.Error != nil {
			return nil, errors.New(sentence(unit.Error.Err))
		}
		return nil, errors.New("no Go files")
	}
	needed := s.neededImports(unit)
	s.prepare(unit, sortedKeys(needed))
	s.slots <- struct{}{}
	defer func() { <-s.slots }()
	fset := token.NewFileSet()
	var files []*ast.File
	s.eachOutline(unit, func(path string, content []byte) {
		file, _ := parser.ParseFile(fset, path, content, parser.SkipObjectResolution)
		if file != nil {
			keepImports(file, func(spec *ast.ImportSpec) bool { return needed[unquote(spec.Path.Value)] })
			files = append(files, file)
		}
	})
	dropUnseen(files)
	config := s.config(unit)
	config.IgnoreFuncBodies, config.FakeImportC = true, true
	config.Error = func(error) {}
	pkg, _ := config.Check(unit.base(), fset, files, nil)
	return pkg, nil
}

func (s *State) config(unit *Unit) *types.Config {
	return &types.Config{
		GoVersion: unit.goVersion(),
		Sizes:     s.sizes,
		Importer:  unitImporter{s, unit},
	}
}

type unitImporter struct {
	state *State
	unit  *Unit
}

func (i unitImporter) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	next := i.state.resolve(i.unit, path)
	if next == nil {
		return nil, fmt.Errorf("package %s is not in the module's dependencies", path)
	}
	if i.state.cyclic[[2]*Unit{i.unit, next}] {
		return nil, errors.New("import cycle not allowed")
	}
	return i.state.load(next)
}
