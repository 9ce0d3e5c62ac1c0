package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"sort"
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
	files []*SourceFile // without the bodies of functions
	uses  [][]keptUse   // by file
	refs  []references  // by file

	dots    bool            // whether a file imports names without their package
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

// keptUse is a use of an object that other functions can name, too. A function is told by its name; all else by where
// its name is declared: the file, and the number of the identifier among those outside of functions (see declared).
type keptUse struct {
	function   string
	file, name int
	use        [5]int
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
// changed. It does not fit where what else has changed may matter to other bodies: any declaration but that of a
// function which only its own file names. The error is as that of check.
func (s *State) checkAgain(known *kept, unit *Unit, asked map[string][][2]int) (checked *Checked, err error, fits bool) {
	checked = &Checked{unit: unit, state: s, fset: known.fset, known: known}
	open := map[*token.File]bool{}
	defer func() {
		if err != nil || !fits {
			for file := range open {
				known.fset.RemoveFile(file)
			}
		}
	}()
	for i, before := range known.files {
		content, err := s.readOwn(before.path)
		if err != nil {
			return nil, err, true
		}
		if _, needed := asked[before.path]; !needed && bytes.Equal(content, before.content) {
			checked.files = append(checked.files, before)
			continue
		}
		file, err := checked.parse(before.path, content)
		if err != nil {
			return nil, err, true
		}
		open[file.token] = true
		changed, ok := before.changes(file)
		if !ok || !known.mayChange(changed, i) {
			return nil, nil, false
		}
	}
	// Without their bodies the other files seem to import in vain, or to lack something; such errors are soft.
	elsewhere := func(err error) bool {
		var problem types.Error
		if !errors.As(err, &problem) || !problem.Soft {
			return false
		}
		file := known.fset.File(problem.Pos)
		return file != nil && !open[file]
	}
	if err := checked.run(s.config(unit), elsewhere); err != nil {
		return nil, err, true
	}
	checked.look(asked)
	return checked, nil, !checked.mayBeCyclic()
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
		for number, name := range file.declared() {
			if object := checked.info.Defs[name]; object != nil && !isLocal(object) {
				names[object] = keptUse{file: i, name: number}
			}
		}
		for name := range file.functions() {
			if object := checked.pkg.Scope().Lookup(name); object != nil {
				names[object] = keptUse{function: name}
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
	dots := false
	for i, file := range checked.files {
		for _, spec := range file.syntax.Imports {
			dots = dots || spec.Name != nil && spec.Name.Name == "."
		}
		if checked.known != nil && checked.known.files[i] != file {
			checked.fset.RemoveFile(checked.known.files[i].token)
		}
		file.functions() // needs the bodies
		file.closed = true
		for _, declaration := range file.syntax.Decls {
			if function, ok := declaration.(*ast.FuncDecl); ok {
				function.Body = nil
			}
		}
	}
	refs := checked.survey.refs
	s.keep.put(&kept{
		unit: checked.unit, basis: s.basisFor(checked.unit), fset: checked.fset, files: checked.files,
		uses: uses, refs: refs, dots: dots, initial: initialOf(refs),
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

// declared gives the identifiers of a file outside of functions, bodies of methods and imports, in an order that the
// tokens decide.
func (f *SourceFile) declared() []*ast.Ident {
	if f.names != nil {
		return f.names
	}
	for _, declaration := range f.syntax.Decls {
		if imports, ok := declaration.(*ast.GenDecl); ok && imports.Tok == token.IMPORT || isFunction(declaration) {
			continue
		}
		ast.Inspect(declaration, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.BlockStmt:
				return false
			case *ast.Ident:
				f.names = append(f.names, node)
			}
			return true
		})
	}
	return f.names
}

// remembered adds the uses in a file whose bodies were not checked again.
func (s *survey) remembered(index int) {
	c := s.checked
	s.refs = append(s.refs, c.known.refs[index])
	for _, use := range c.known.uses[index] {
		var object types.Object
		if use.function != "" {
			object = c.pkg.Scope().Lookup(use.function)
		} else {
			object = c.info.Defs[c.files[use.file].declared()[use.name]]
		}
		if object != nil {
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

func isFunction(declaration ast.Decl) bool {
	function, ok := declaration.(*ast.FuncDecl)
	return ok && function.Recv == nil
}

// functions gives the functions of a file by their names, methods left out.
func (f *SourceFile) functions() map[string]function {
	if f.heads != nil {
		return f.heads
	}
	f.heads = map[string]function{}
	for _, declaration := range f.syntax.Decls {
		if !isFunction(declaration) {
			continue
		}
		declared := declaration.(*ast.FuncDecl)
		start, end := f.span(declared)
		head := end
		if declared.Body != nil {
			head = f.offset(declared.Body.Lbrace)
		}
		f.heads[declared.Name.Name] = function{string(f.content[start:head]), start, end}
	}
	return f.heads
}

// changes gives the names of the functions of a file that are new, gone or declared in another way in a later version of
// it; false where any other declaration is another one, or names do not tell functions apart.
func (f *SourceFile) changes(later *SourceFile) (names []string, ok bool) {
	if bytes.Equal(f.content, later.content) {
		return nil, true
	}
	before, after := f.functions(), later.functions()
	for name, function := range before {
		if after[name].head != function.head {
			names = append(names, name)
		}
	}
	for name := range after {
		if _, known := before[name]; !known {
			names = append(names, name)
		}
	}
	return names, outline(f.others()) == outline(later.others())
}

// others gives the source of a file without its functions.
func (f *SourceFile) others() []byte {
	var all []function
	for _, one := range f.functions() {
		all = append(all, one)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].start < all[j].start })
	var rest []byte
	at := 0
	for _, one := range all {
		rest = append(rest, f.content[at:one.start]...)
		at = one.end
	}
	return append(rest, f.content[at:]...)
}

// mayChange tells whether functions of a file can be others without a difference to bodies elsewhere: nothing outside
// of bodies and no other file names them, and none of the names has meant anything else so far.
func (k *kept) mayChange(names []string, file int) bool {
	for _, name := range names {
		if name == "init" || name == "_" || types.Universe.Lookup(name) != nil || k.dots {
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
	}
	return true
}
