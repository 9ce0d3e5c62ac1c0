package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// objectFacts collects what is known of one object of the package.
type objectFacts struct {
	file                          int // index of the file that declares it
	function                      [2]int
	position                      int // 1 parameter (receivers too), 2 result
	uses                          [][5]int
	captured, reassigned, address bool
}

// noFunction stands where a use is outside of every function.
var noFunction = [2]int{-1, -1}

// survey walks all files of the package once. Local objects are only followed inside the declarations asked for.
type survey struct {
	checked *Checked
	facts   map[types.Object]*objectFacts
	file    int
	stack   []ast.Node
	funcs   [][2]int
	types   []*ast.FuncType // of the functions in funcs
	inside  bool            // whether the top-level declaration is asked for
	refs    []references    // by file, where they are to be remembered
	from    string          // whose references are met, and where its body begins
	body    token.Pos
}

func (c *Checked) look(asked map[string][][2]int) {
	c.survey = &survey{checked: c, facts: map[types.Object]*objectFacts{}}
	for index, file := range c.files {
		c.survey.look(index, file, asked[file.path])
	}
}

func (s *survey) look(index int, file *SourceFile, wanted [][2]int) {
	s.file = index
	if file.closed {
		s.remembered(index)
	} else if s.checked.state.keep != nil {
		s.refs = append(s.refs, references{})
	}
	for _, declaration := range file.syntax.Decls {
		start, end := file.span(declaration)
		s.inside, s.from, s.body = overlaps(wanted, start, end), "", declaration.End()
		if function, ok := declaration.(*ast.FuncDecl); ok && function.Body != nil {
			s.from, s.body = reference(s.checked.info.Defs[function.Name]), function.Body.Pos()
		}
		ast.Inspect(declaration, s.visit)
	}
}

func overlaps(spans [][2]int, start, end int) bool {
	for _, span := range spans {
		if span[0] < end && start < span[1] {
			return true
		}
	}
	return false
}

func (s *survey) visit(node ast.Node) bool {
	if node == nil {
		switch s.stack[len(s.stack)-1].(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			s.funcs = s.funcs[:len(s.funcs)-1]
			s.types = s.types[:len(s.types)-1]
		}
		s.stack = s.stack[:len(s.stack)-1]
		return true
	}
	s.stack = append(s.stack, node)
	switch node := node.(type) {
	case *ast.FuncDecl:
		s.enter(node, node.Type, node.Recv)
	case *ast.FuncLit:
		s.enter(node, node.Type, nil)
	case *ast.ReturnStmt:
		s.returns(node)
	case *ast.Ident:
		s.identifier(node)
	case *ast.CaseClause:
		if object := s.checked.info.Implicits[node]; object != nil && s.inside {
			s.declare(object)
		}
	case *ast.RangeStmt:
		s.loopVariables(node)
	}
	return true
}

func (s *survey) enter(node ast.Node, signature *ast.FuncType, receiver *ast.FieldList) {
	start, end := s.checked.files[s.file].span(node)
	s.funcs = append(s.funcs, [2]int{start, end})
	s.types = append(s.types, signature)
	if !s.inside {
		return
	}
	for position, list := range []*ast.FieldList{receiver, signature.Params, signature.Results} {
		if list == nil {
			continue
		}
		for _, field := range list.List {
			for _, name := range field.Names {
				if object := s.checked.info.Defs[name]; object != nil {
					s.declare(object).position = max(1, position)
				}
			}
		}
	}
}

// returns notes that a return statement with operands assigns the named results (Go specification, "Return
// statements").
func (s *survey) returns(node *ast.ReturnStmt) {
	if !s.inside || len(node.Results) == 0 || len(s.types) == 0 {
		return
	}
	results := s.types[len(s.types)-1].Results
	if results == nil {
		return
	}
	for _, field := range results.List {
		for _, name := range field.Names {
			if object := s.checked.info.Defs[name]; object != nil {
				s.declare(object).reassigned = true
			}
		}
	}
}

// loopVariables notes that before Go 1.22 a range clause assigns the one variable it declares again and again.
func (s *survey) loopVariables(node *ast.RangeStmt) {
	if !s.inside || node.Tok != token.DEFINE || s.checked.atLeast(s.file, 22) {
		return
	}
	for _, expr := range []ast.Expr{node.Key, node.Value} {
		if name, ok := expr.(*ast.Ident); ok {
			if object := s.checked.info.Defs[name]; object != nil {
				s.declare(object).reassigned = true
			}
		}
	}
}

// atLeast tells whether a file's language version is Go 1.minor or later.
func (c *Checked) atLeast(file, minor int) bool {
	version := c.files[file].syntax.GoVersion
	if version == "" {
		version = c.unit.goVersion()
	}
	parts := strings.SplitN(strings.TrimPrefix(version, "go"), ".", 3)
	if version == "" || len(parts) < 2 {
		return true
	}
	number := strings.TrimRightFunc(parts[1], func(r rune) bool { return r < '0' || r > '9' })
	if cut := strings.IndexAny(number, "abcdefghijklmnopqrstuvwxyz"); cut >= 0 {
		number = number[:cut]
	}
	value, err := strconv.Atoi(number)
	return err != nil || value >= minor
}

func (s *survey) function() [2]int {
	if len(s.funcs) == 0 {
		return noFunction
	}
	return s.funcs[len(s.funcs)-1]
}

func (s *survey) declare(object types.Object) *objectFacts {
	facts := s.facts[object]
	if facts == nil {
		facts = &objectFacts{file: s.file, function: s.function()}
		s.facts[object] = facts
	}
	return facts
}

func (s *survey) identifier(identifier *ast.Ident) {
	if object := s.checked.info.Defs[identifier]; object != nil {
		if s.inside || !isLocal(object) {
			facts := s.declare(object)
			facts.file, facts.function = s.file, s.function()
		}
		return
	}
	if s.checked.files[s.file].closed {
		return // remembered
	}
	object := origin(s.checked.info.Uses[identifier])
	if object == nil || object.Pkg() != s.checked.pkg {
		return
	}
	local := isLocal(object)
	if local && !s.inside {
		return
	}
	if _, ok := object.(*types.PkgName); ok {
		return
	}
	if to := reference(object); to != "" && s.refs != nil {
		from := s.from
		if identifier.Pos() < s.body {
			from = ""
		}
		s.refs[s.file].add(from, to)
	}
	role := s.checked.role(s.stack)
	start, _ := s.checked.files[s.file].span(identifier)
	function := s.function()
	facts := s.used(object, [5]int{s.file, start, role, function[0], function[1]})
	if local && facts.file >= 0 && function != facts.function {
		facts.captured = true
	}
}

func (s *survey) used(object types.Object, use [5]int) *objectFacts {
	facts := s.facts[object]
	if facts == nil {
		facts = &objectFacts{file: -1, function: noFunction}
		s.facts[object] = facts
	}
	facts.uses = append(facts.uses, use)
	switch use[2] {
	case roleWrite, roleReadWrite:
		facts.reassigned = true
	case roleAddress:
		facts.address = true
	}
	return facts
}

// isLocal tells whether an object is declared inside a function (labels and type parameters too).
func isLocal(object types.Object) bool {
	if object.Pkg() == nil {
		return false
	}
	switch object := object.(type) {
	case *types.Var:
		if object.IsField() {
			return false
		}
	case *types.Func:
		return false
	case *types.PkgName:
		return false
	}
	return object.Parent() != object.Pkg().Scope()
}

// origin leads from a field or method of an instantiated type to the one that was declared.
func origin(object types.Object) types.Object {
	switch object := object.(type) {
	case *types.Var:
		return object.Origin()
	case *types.Func:
		return object.Origin()
	}
	return object
}
