package main

import (
	"errors"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"
)

// Checked is one package with its function bodies, type-checked for questions about its files.
type Checked struct {
	unit  *Unit
	state *State
	fset  *token.FileSet
	pkg   *types.Package
	info  *types.Info
	files []*SourceFile
	notes []string

	known  *kept // from earlier, for the files whose bodies are not checked again
	survey *survey
}

// SourceFile is a file of a checked package. Offsets are those of content, whatever //line directives say.
type SourceFile struct {
	path    string
	content []byte
	syntax  *ast.File
	token   *token.File

	closed bool                    // without the bodies of functions
	names  map[string][]*ast.Ident // see declared
	heads  map[string]function     // see functions
	cuts   map[int]int             // see cut
	rest   string                  // see others
}

func (f *SourceFile) span(node ast.Node) (int, int) {
	return f.offset(node.Pos()), f.offset(node.End())
}

func (f *SourceFile) offset(pos token.Pos) int {
	if !pos.IsValid() {
		return -1
	}
	return min(max(int(pos)-f.token.Base(), 0), f.token.Size())
}

// check type-checks a unit and hands it over, for questions about some files. The error is the first thing that is wrong
// with the package's own files.
func (s *State) check(unit *Unit, asked map[string][][2]int, use func(*Checked)) error {
	if unit.Error != nil {
		return errors.New(place(unit.Error.Pos) + sentence(unit.Error.Err))
	}
	imports := append(append([]string{}, unit.Imports...), s.added[unit]...)
	if s.cgo[unit.ImportPath].declarations != "" {
		imports = append(imports, cgoImports...)
	}
	s.prepare(unit, imports)
	s.slots <- struct{}{}
	defer func() { <-s.slots }()
	checked, err := s.checkNow(unit, asked)
	if err != nil {
		return err
	}
	use(checked)
	s.remember(checked)
	return nil
}

func (s *State) checkNow(unit *Unit, asked map[string][][2]int) (*Checked, error) {
	known := s.keep.take(unit, s.basisFor)
	if known != nil {
		if checked := s.checkAgain(known, unit, asked); checked != nil {
			return checked, nil
		}
	}
	checked, err := s.checkWhole(unit)
	if err != nil {
		if known != nil {
			s.keep.put(known) // what is wrong now may be right again soon
		}
		return nil, err
	}
	checked.look(asked)
	return checked, nil
}

func (s *State) checkWhole(unit *Unit) (*Checked, error) {
	checked := &Checked{unit: unit, state: s, fset: token.NewFileSet()}
	for _, path := range unit.sources() {
		content, err := s.readOwn(path)
		if err != nil {
			return nil, err
		}
		if _, err := checked.parse(path, content); err != nil {
			return nil, err
		}
	}
	config := s.config(unit)
	var generated []*ast.File
	switch cgo := s.cgo[unit.ImportPath]; {
	case len(unit.CgoFiles) == 0:
	case cgo.declarations != "" && useCgo(config):
		file, err := parser.ParseFile(checked.fset, "_cgo_gotypes.go", cgo.declarations, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		generated = append(generated, file)
	default:
		config.FakeImportC = true
		note := "the types of C names are unknown"
		if cgo.problem != "" {
			note += ": " + cgo.problem
		}
		checked.notes = append(checked.notes, note)
	}
	if err := checked.run(config, generated...); err != nil {
		return nil, err
	}
	return checked, nil
}

// run type-checks the files of the package, and generated ones. The error is the first thing that is wrong.
func (c *Checked) run(config *types.Config, generated ...*ast.File) error {
	var syntax []*ast.File
	for _, file := range c.files {
		syntax = append(syntax, file.syntax)
	}
	var first error
	config.Error = func(err error) {
		if first == nil {
			first = err
		}
	}
	c.info = &types.Info{
		Types:      map[ast.Expr]types.TypeAndValue{},
		Defs:       map[*ast.Ident]types.Object{},
		Uses:       map[*ast.Ident]types.Object{},
		Implicits:  map[ast.Node]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
	}
	pkg, err := config.Check(c.unit.base(), c.fset, append(syntax, generated...), c.info)
	if first == nil {
		first = err
	}
	if first != nil {
		return c.state.describe(c.unit, c.fset, first)
	}
	c.pkg = pkg
	for _, file := range c.files {
		if !file.closed {
			restoreRawStrings(file)
		}
	}
	return nil
}

func (c *Checked) parse(path string, content []byte) (*SourceFile, error) {
	syntax, err := parser.ParseFile(c.fset, path, content, parser.SkipObjectResolution)
	if err != nil {
		if syntax != nil {
			c.fset.RemoveFile(c.fset.File(syntax.FileStart))
		}
		return nil, relativeError(c.unit, err)
	}
	file := &SourceFile{path: path, content: content, syntax: syntax, token: c.fset.File(syntax.FileStart)}
	c.files = append(c.files, file)
	return file, nil
}

// describe words a type error with its place relative to the package's folder; for an import that could not be
// loaded it adds what the go command said of it.
func (s *State) describe(unit *Unit, fset *token.FileSet, err error) error {
	var problem types.Error
	if !errors.As(err, &problem) {
		return err
	}
	position := fset.Position(problem.Pos)
	text := problem.Msg
	for path, hint := range s.importProblems(unit) {
		if strings.Contains(text, path) && strings.HasPrefix(text, "could not import") {
			text = "could not import " + path + ": " + hint
		}
	}
	position.Filename = filepath.Base(position.Filename)
	return errors.New(position.String() + ": " + text)
}

func (s *State) importProblems(unit *Unit) map[string]string {
	found := map[string]string{}
	for _, path := range unit.Imports {
		if next := s.resolve(unit, path); next != nil && next.Error != nil {
			found[path] = sentence(next.Error.Err)
		}
	}
	return found
}

func relativeError(unit *Unit, err error) error {
	return errors.New(strings.ReplaceAll(sentence(err.Error()), unit.Dir+string(filepath.Separator), ""))
}

func place(position string) string {
	if position == "" {
		return ""
	}
	return filepath.Base(position) + ": "
}

// restoreRawStrings puts the carriage returns back that the parser drops from raw strings: nodes that end in one
// would end too early otherwise.
func restoreRawStrings(file *SourceFile) {
	if !strings.Contains(string(file.content), "\r") {
		return
	}
	ast.Inspect(file.syntax, func(node ast.Node) bool {
		literal, ok := node.(*ast.BasicLit)
		if ok && literal.Kind == token.STRING && strings.HasPrefix(literal.Value, "`") {
			start := file.offset(literal.Pos())
			if length := strings.IndexByte(string(file.content[start+1:]), '`'); length >= 0 {
				literal.Value = string(file.content[start : start+length+2])
			}
		}
		return true
	})
}

// constraintProblem says why a file is not part of its package.
func constraintProblem(request *Request) string {
	goos, goarch := build.Default.GOOS, request.GOARCH
	for _, setting := range request.Env {
		if value, ok := strings.CutPrefix(setting, "GOOS="); ok && value != "" {
			goos = value
		}
	}
	return "excluded by its build constraints under " + goos + "/" + goarch
}
