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
	basis string // the state's
	fset  *token.FileSet
	files []*SourceFile // without the bodies of functions
	uses  [][]keptUse   // by file
	refs  []references  // by file

	initial map[string]bool // functions that the values of package variables may depend on
}

// references tell what the functions of a file name: variables and functions of the package. The empty name stands for
// declarations of variables.
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

// keptUse is a use of an object that other functions can name, too. The object is told by where its name is declared:
// the file, and the number of the identifier among those outside of bodies.
type keptUse struct {
	file, name int
	use        [5]int
}

// take gives what is remembered of a unit, which nobody else can have until it is put back; nil where it is nothing, or
// rests on something else.
func (k *keeper) take(unit *Unit, basis string) *kept {
	if k == nil {
		return nil
	}
	k.mutex.Lock()
	defer k.mutex.Unlock()
	for i, known := range k.packages {
		if known.unit == unit {
			k.packages = append(append([]*kept{}, k.packages[:i]...), k.packages[i+1:]...)
			if known.basis == basis {
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
// changed. That no declarations are others is what the basis says, and the listing of the state. It does not fit where
// that is not all that matters. The error is as that of check.
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
	for _, before := range known.files {
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
	names := map[types.Object][2]int{}
	for i, file := range checked.files {
		for number, name := range file.declared() {
			if object := checked.info.Defs[name]; object != nil && !isLocal(object) {
				names[object] = [2]int{i, number}
			}
		}
	}
	uses := make([][]keptUse, len(checked.files))
	for object, facts := range checked.survey.facts {
		if name, ok := names[object]; ok {
			for _, use := range facts.uses {
				uses[use[0]] = append(uses[use[0]], keptUse{name[0], name[1], use})
			}
		}
	}
	for i, file := range checked.files {
		if checked.known != nil && checked.known.files[i] != file {
			checked.fset.RemoveFile(checked.known.files[i].token)
		}
		file.closed = true
		for _, declaration := range file.syntax.Decls {
			if function, ok := declaration.(*ast.FuncDecl); ok {
				function.Body = nil
			}
		}
	}
	refs := checked.survey.refs
	s.keep.put(&kept{checked.unit, s.basis, checked.fset, checked.files, uses, refs, initialOf(refs)})
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

// declared gives the identifiers of a file outside of function bodies and imports, in an order that the tokens of its
// outline decide.
func (f *SourceFile) declared() []*ast.Ident {
	if f.names != nil {
		return f.names
	}
	for _, declaration := range f.syntax.Decls {
		if imports, ok := declaration.(*ast.GenDecl); ok && imports.Tok == token.IMPORT {
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
		if names := c.files[use.file].declared(); use.name < len(names) {
			if object := c.info.Defs[names[use.name]]; object != nil {
				s.used(object, use.use)
			}
		}
	}
}

// basisOf tells apart what the declarations of some files can be.
func (s *State) basisOf(files []string) string {
	sum := sha256.New()
	files = append([]string{}, files...)
	sort.Strings(files)
	for _, path := range files {
		content, _ := s.readOwn(path)
		fmt.Fprintf(sum, "%q %q\n", path, outline(content))
	}
	return string(sum.Sum(nil))
}
