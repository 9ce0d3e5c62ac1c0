package main

import (
	"go/ast"
	"go/token"
	"go/types"
)

const (
	roleRead = iota
	roleWrite
	roleReadWrite
	roleAddress
)

// role tells what a use of an identifier does to the variable that it names. stack leads from the file to the
// identifier, which is its last element. A write to a part of the variable (a field, an array element) reads and
// writes it; what lies behind a pointer, slice or map is not part of it.
func (c *Checked) role(stack []ast.Node) int {
	var current ast.Node = stack[len(stack)-1]
	partial := false
	assigned := func() int {
		if partial {
			return roleReadWrite
		}
		return roleWrite
	}
	for i := len(stack) - 2; i >= 0; i-- {
		switch parent := stack[i].(type) {
		case *ast.ParenExpr:
		case *ast.SelectorExpr:
			if current == parent.Sel {
				break // the identifier names the field, or the package's member, that is selected
			}
			selection := c.info.Selections[parent]
			if selection == nil {
				return roleRead
			}
			switch path := c.follow(selection); {
			case selection.Kind() == types.MethodVal && path.takesAddress:
				return roleAddress
			case selection.Kind() != types.FieldVal || path.indirect:
				return roleRead
			}
			partial = true
		case *ast.IndexExpr:
			if current != parent.X || !c.isArray(parent.X) {
				return roleRead
			}
			partial = true
		case *ast.SliceExpr:
			if current == parent.X && c.isArray(parent.X) {
				return roleAddress
			}
			return roleRead
		case *ast.UnaryExpr:
			if parent.Op == token.AND {
				return roleAddress
			}
			return roleRead
		case *ast.AssignStmt:
			for _, left := range parent.Lhs {
				if left != current {
					continue
				}
				if parent.Tok == token.ASSIGN || parent.Tok == token.DEFINE {
					return assigned()
				}
				return roleReadWrite
			}
			return roleRead
		case *ast.IncDecStmt:
			return roleReadWrite
		case *ast.RangeStmt:
			if current == parent.Key || current == parent.Value {
				return assigned()
			}
			return roleRead
		case *ast.KeyValueExpr:
			if identifier, ok := current.(*ast.Ident); ok && current == parent.Key {
				if field, ok := c.info.Uses[identifier].(*types.Var); ok && field.IsField() {
					return roleWrite
				}
			}
			return roleRead
		default:
			return roleRead
		}
		current = stack[i]
	}
	return roleRead
}

// isArray tells whether indexing an expression gives a part of the value itself; true also where a type parameter
// leaves it open.
func (c *Checked) isArray(expr ast.Expr) bool {
	typ := c.info.TypeOf(expr)
	if typ == nil {
		return false
	}
	switch under := typ.Underlying().(type) {
	case *types.Array:
		return true
	case *types.Interface:
		return !under.IsMethodSet()
	}
	return false
}

// selectorPath describes the steps of a selection from its operand to the field or method.
type selectorPath struct {
	indirect     bool // a pointer is followed implicitly, or an interface is asked for its method: may panic
	takesAddress bool // a method with a pointer receiver is selected of a variable, whose address is taken
}

func (c *Checked) follow(selection *types.Selection) selectorPath {
	if selection.Kind() == types.MethodExpr {
		return selectorPath{}
	}
	typ := selection.Recv()
	var path selectorPath
	index := selection.Index()
	for _, step := range index[:len(index)-1] {
		typ, path.indirect = fieldType(typ, step, path.indirect)
		if typ == nil {
			return selectorPath{indirect: true}
		}
	}
	_, pointer := typ.Underlying().(*types.Pointer)
	if selection.Kind() == types.FieldVal {
		path.indirect = path.indirect || pointer
		return path
	}
	method, _ := selection.Obj().(*types.Func)
	if method == nil {
		return path
	}
	receiver := method.Type().(*types.Signature).Recv()
	if receiver == nil {
		return path
	}
	_, wantsPointer := unalias(receiver.Type()).(*types.Pointer)
	switch {
	case types.IsInterface(receiver.Type()):
		path.indirect = true
	case wantsPointer && !pointer:
		path.takesAddress = !path.indirect
	case !wantsPointer && pointer:
		path.indirect = true
	}
	return path
}

// fieldType steps from a struct, or a pointer to one, to one of its fields.
func fieldType(typ types.Type, index int, indirect bool) (types.Type, bool) {
	if pointer, ok := typ.Underlying().(*types.Pointer); ok {
		typ, indirect = pointer.Elem(), true
	}
	structure, ok := typ.Underlying().(*types.Struct)
	if !ok || index >= structure.NumFields() {
		return nil, true
	}
	return structure.Field(index).Type(), indirect
}
