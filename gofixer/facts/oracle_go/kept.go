package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"go/ast"
	"go/scanner"
	"go/token"
	"go/types"
	"strings"
	"sync"
)

// Function bodies do not see into each other. Where a package compiled and only the bodies of some of its files have
// changed since, the bodies of the other files are not checked again: what they use is remembered. That is for those
// who ask again and again about one file of a large package, as editors do.

// maxKept limits how many packages are remembered.
const maxKept = 8

// maxBase limits how much may have been parsed into one file set: positions have to fit into 32 bits on some machines.
const maxBase = 1 << 30

// keeper remembers packages, the least recently used first.
type keeper struct {
	mutex    sync.Mutex
	packages []*kept
}

// kept is what is remembered of a package that compiled.
type kept struct {
	unit  *Unit
	basis string // see basisFor
	fset  *token.FileSet
	files []*SourceFile // without the bodies of functions, and the imports that only they name
	uses  [][]keptUse   // by file
	refs  []references  // by file

	initial map[string]bool // what the declarations of variables and types may depend on
}

// references tell what the bodies of functions in a file name: variables and functions of the package. The empty name
// stands for all that is no body.
type references map[string]map[string]bool

func (r references) add(from, to string) {
	if r[from] == nil {
		r[from] = map[string]bool{}
	}
	r[from][to] = true
}

// reference names a function, a method or a package variable; empty for all else.
func reference(object types.Object) string {
	switch object := object.(type) {
	case *types.Var:
		if !object.IsField() && !isLocal(object) {
			return object.Name()
		}
	case *types.Func:
		return object.FullName()
	}
	return ""
}

// keptUse is a use of an object that other functions can name, too. It is told by where its name is declared: the file,
// and the number of the identifier in the head of a function, or, where function is empty, among all that stand outside
// of functions (see declared).
type keptUse struct {
	file     int
	function string
	number   int
	use      [5]int
}

// take gives what is remembered of a unit, which nobody else can have until it is put back; nil where it is nothing, or
// rests on something else.
func (k *keeper) take(unit *Unit, basis func(*Unit) string) *kept {
	if k == nil {
		return nil
	}
	k.mutex.Lock()
	defer k.mutex.Unlock()
	for i, known := range k.packages {
		if known.unit == unit {
			k.packages = append(append([]*kept{}, k.packages[:i]...), k.packages[i+1:]...)
			if known.basis == basis(unit) {
				return known
			}
			break
		}
	}
	return nil
}

func (k *keeper) put(known *kept) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	k.packages = append(k.packages, known)
	if surplus := len(k.packages) - maxKept; surplus > 0 {
		k.packages = append([]*kept{}, k.packages[surplus:]...)
	}
}

// checkAgain type-checks a unit of which something is remembered: the bodies in files that are asked for, or that have
// changed. It gives nil where what else has changed may matter to other bodies, and where anything is wrong: the order of
// errors, and some of them, depend on all bodies.
func (s *State) checkAgain(known *kept, unit *Unit, asked map[string][][2]int) *Checked {
	checked := &Checked{unit: unit, state: s, fset: known.fset, known: known}
	fits := false
	defer func() {
		for i, file := range checked.files {
			if !fits && file != known.files[i] {
				known.fset.RemoveFile(file.token)
			}
		}
	}()
	for i, before := range known.files {
		content, err := s.readOwn(before.path)
		if err != nil {
			return nil
		}
		same := bytes.Equal(content, before.content)
		if _, needed := asked[before.path]; same && !needed {
			checked.files = append(checked.files, before)
			continue
		}
		file, err := checked.parse(before.path, content)
		if err != nil {
			return nil
		}
		if !same && (file.isGeneric() || !known.mayBecome(i, file)) {
			return nil
		}
	}
	if checked.run(s.config(unit)) != nil {
		return nil
	}
	checked.look(asked)
	fits = !checked.mayBeCyclic()
	if !fits {
		return nil
	}
	return checked
}

// mayBeCyclic tells whether a function that package variables may depend on names something new: the values of the
// variables could depend on each other then, which only the bodies of all functions tell.
func (c *Checked) mayBeCyclic() bool {
	for i, refs := range c.survey.refs {
		for from, names := range refs {
			for to := range names {
				if (from == "" || c.known.initial[from]) && !c.known.refs[i][from][to] {
					return true
				}
			}
		}
	}
	return false
}

// remember keeps what is known of a package after all has been answered; the bodies are gone then.
func (s *State) remember(checked *Checked) {
	if s.keep == nil || len(checked.unit.CgoFiles) > 0 || checked.fset.Base() > maxBase {
		return
	}
	names := map[types.Object]keptUse{}
	for i, file := range checked.files {
		for function, identifiers := range file.declared() {
			for number, name := range identifiers {
				if object := checked.info.Defs[name]; object != nil && !isLocal(object) {
					names[object] = keptUse{file: i, function: function, number: number}
				}
			}
		}
	}
	uses := make([][]keptUse, len(checked.files))
	for object, facts := range checked.survey.facts {
		if name, ok := names[object]; ok {
			for _, use := range facts.uses {
				name.use = use
				uses[use[0]] = append(uses[use[0]], name)
			}
		}
	}
	for i, file := range checked.files {
		if checked.known != nil && checked.known.files[i] != file {
			checked.fset.RemoveFile(checked.known.files[i].token)
		}
		if !file.closed {
			file.close(checked.info)
		}
	}
	refs := checked.survey.refs
	s.keep.put(&kept{
		unit: checked.unit, basis: s.basisFor(checked.unit), fset: checked.fset, files: checked.files,
		uses: uses, refs: refs, initial: initialOf(refs),
	})
}

// initialOf gives the functions that declarations of variables name, and those that these name.
func initialOf(refs []references) map[string]bool {
	found := map[string]bool{}
	next := []string{""}
	for len(next) > 0 {
		from := next[0]
		next = next[1:]
		for _, of := range refs {
			for to := range of[from] {
				if !found[to] {
					found[to] = true
					next = append(next, to)
				}
			}
		}
	}
	return found
}

// close takes away what only bodies need. Nothing may be missing that the type checker would complain of: after the
// first error, even one that nobody wants to know, it looks for less.
func (f *SourceFile) close(info *types.Info) {
	f.cut() // needs the bodies
	f.closed = true
	for _, declaration := range f.syntax.Decls {
		function, ok := declaration.(*ast.FuncDecl)
		switch {
		case !ok || function.Body == nil:
		case function.Type.TypeParams.NumFields() > 0 || function.Recv == nil && function.Name.Name == "init":
			ends := &ast.ForStmt{For: function.Body.Lbrace, Body: &ast.BlockStmt{Lbrace: function.Body.Lbrace, Rbrace: function.Body.Rbrace}}
			function.Body.List = []ast.Stmt{ends}
		default:
			function.Body = nil
		}
	}
	named := map[types.Object]bool{}
	ast.Inspect(f.syntax, func(node ast.Node) bool {
		if name, ok := node.(*ast.Ident); ok {
			named[info.Uses[name]] = true
		}
		return true
	})
	keepImports(f.syntax, func(spec *ast.ImportSpec) bool {
		if spec.Name == nil {
			return named[info.Implicits[spec]]
		}
		return spec.Name.Name == "." || named[info.Defs[spec.Name]]
	})
}

// declared gives the identifiers of a file that are declared outside of bodies, or stand beside one that is: those in the
// heads of functions by the functions' names, all others, without imports, under the empty name.
func (f *SourceFile) declared() map[string][]*ast.Ident {
	if f.names != nil {
		return f.names
	}
	f.names = map[string][]*ast.Ident{}
	for _, declaration := range f.syntax.Decls {
		name := ""
		if function, ok := declaration.(*ast.FuncDecl); ok && function.Recv == nil {
			name = function.Name.Name
		}
		if imports, ok := declaration.(*ast.GenDecl); ok && imports.Tok == token.IMPORT {
			continue
		}
		ast.Inspect(declaration, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.BlockStmt:
				return false
			case *ast.Ident:
				f.names[name] = append(f.names[name], node)
			}
			return true
		})
	}
	return f.names
}

// isGeneric tells whether a file has generic functions: whether they instantiate each other without end depends on
// all bodies.
func (f *SourceFile) isGeneric() bool {
	for _, declaration := range f.syntax.Decls {
		function, ok := declaration.(*ast.FuncDecl)
		if !ok {
			continue
		}
		if function.Type.TypeParams.NumFields() > 0 {
			return true
		}
		if function.Recv != nil && len(function.Recv.List) > 0 {
			receiver := unparen(function.Recv.List[0].Type)
			if pointer, ok := receiver.(*ast.StarExpr); ok {
				receiver = unparen(pointer.X)
			}
			switch receiver.(type) {
			case *ast.IndexExpr, *ast.IndexListExpr:
				return true
			}
		}
	}
	return false
}

// remembered adds the uses in a file whose bodies were not checked again.
func (s *survey) remembered(index int) {
	c := s.checked
	s.refs = append(s.refs, c.known.refs[index])
	for _, use := range c.known.uses[index] {
		names := c.files[use.file].declared()[use.function]
		if use.number >= len(names) {
			continue
		}
		if object := c.info.Defs[names[use.number]]; object != nil {
			s.used(object, use.use)
		}
	}
}

// basisFor tells apart what a unit rests on besides the disk and its own files: declarations that the overlay changes.
func (s *State) basisFor(unit *Unit) string {
	own := map[string]bool{}
	for _, path := range unit.sources() {
		own[path] = true
	}
	sum := sha256.New()
	for _, path := range s.declared {
		if !own[path] {
			content, _ := s.readOwn(path)
			fmt.Fprintf(sum, "%q %q\n", path, outline(content))
		}
	}
	return string(sum.Sum(nil))
}

// function is the text of a function's declaration without its body, and where the whole of it begins and ends.
type function struct {
	head       string
	start, end int
}

// functions gives the functions of a file by their names, methods left out.
func (f *SourceFile) functions() map[string]function {
	if f.heads != nil {
		return f.heads
	}
	f.heads = map[string]function{}
	for _, declaration := range f.syntax.Decls {
		declared, ok := declaration.(*ast.FuncDecl)
		if !ok || declared.Recv != nil {
			continue
		}
		start, end := f.span(declared)
		head := end
		if declared.Body != nil {
			head = f.offset(declared.Body.Lbrace)
		}
		f.heads[declared.Name.Name] = function{string(f.content[start:head]), start, end}
	}
	return f.heads
}

// mayBecome tells whether a file can be another one without a difference to bodies elsewhere: no more than bodies and
// functions that nothing outside of bodies and no other file names are others.
func (k *kept) mayBecome(file int, later *SourceFile) bool {
	before, after := k.files[file].functions(), later.functions()
	for name := range before {
		if _, known := after[name]; !known && !k.mayChange(name, file) {
			return false
		}
	}
	for name, function := range after {
		if before[name].head != function.head && !k.mayChange(name, file) {
			return false
		}
	}
	return k.files[file].others() == later.others()
}

// mayChange tells whether a function of a file may come, go or get another head. Its name must not have meant anything
// else so far.
func (k *kept) mayChange(name string, file int) bool {
	if name == "init" || name == "_" || types.Universe.Lookup(name) != nil {
		return false
	}
	full := k.unit.base() + "." + name
	if k.initial[full] {
		return false
	}
	for i, refs := range k.refs {
		for _, named := range refs {
			if i != file && named[full] {
				return false
			}
		}
	}
	return true
}

// others gives the tokens of a file outside of functions and the bodies of methods, and the comments that mean something
// to the compiler.
func (f *SourceFile) others() string {
	if f.rest != "" {
		return f.rest
	}
	cuts := f.cut()
	fset := token.NewFileSet()
	own := fset.AddFile("", -1, len(f.content))
	var tokens scanner.Scanner
	tokens.Init(own, f.content, nil, scanner.ScanComments)
	var out strings.Builder
	ends := 0 // of what is cut
	for {
		pos, kind, text := tokens.Scan()
		at := own.Offset(pos)
		if end, starts := cuts[at]; starts && kind != token.COMMENT {
			ends = end
		}
		switch {
		case kind == token.EOF:
			f.rest = out.String()
			return f.rest
		case at < ends, kind == token.COMMENT && !directive(text):
		case kind == token.SEMICOLON && at == ends: // belongs to what is cut
		case kind == token.SEMICOLON:
			out.WriteString(";\n")
		default:
			out.WriteString(kind.String() + " " + text + "\n")
		}
	}
}

// cut gives where functions and the bodies of methods begin and end.
func (f *SourceFile) cut() map[int]int {
	if f.cuts != nil {
		return f.cuts
	}
	f.cuts = map[int]int{}
	for _, declaration := range f.syntax.Decls {
		if method, ok := declaration.(*ast.FuncDecl); ok && method.Recv != nil && method.Body != nil {
			f.cuts[f.offset(method.Body.Lbrace)] = f.offset(method.Body.Rbrace) + 1
		}
	}
	for _, function := range f.functions() {
		f.cuts[function.start] = function.end
	}
	return f.cuts
}

// directive tells whether a comment may mean something to the go command or the compiler.
func directive(comment string) bool {
	return strings.HasPrefix(comment, "//go:") || strings.HasPrefix(comment, "// +build") || strings.HasPrefix(comment[2:], "line ")
}
