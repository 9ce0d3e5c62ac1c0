package main

import "go/types"

// object writes an object: name, kind, pkg, type, scope, full name, declaring file (-1), declaration start and end,
// flags (parameter, result, captured, reassigned, address taken), uses (file, start, role, function start and end).
func (w *writer) object(object types.Object) []any {
	pkg, fullName := "", object.Name()
	if object.Pkg() != nil {
		pkg = object.Pkg().Path()
	}
	kind := ""
	switch object := object.(type) {
	case *types.Var:
		kind = "var"
	case *types.Const:
		kind = "const"
	case *types.TypeName:
		kind = "type"
	case *types.Func:
		kind, fullName = "func", object.FullName()
	case *types.PkgName:
		kind, pkg = "pkg", object.Imported().Path()
	case *types.Builtin:
		kind = "builtin"
	case *types.Nil:
		kind = "nil"
	case *types.Label:
		kind = "label"
	}
	scope := w.scope(object)
	if scope == "package" && kind != "func" {
		fullName = pkg + "." + object.Name()
	}
	file, start, end, bits := -1, -1, -1, 0
	uses := [][5]int{}
	facts := w.survey.facts[object]
	if facts != nil {
		if facts.file >= 0 {
			file = facts.file
			start = w.checked.files[file].offset(object.Pos())
			end = start + len(object.Name())
		}
		bits = flags(facts.position == 1, facts.position == 2, facts.captured, facts.reassigned, facts.address)
		if facts.uses != nil {
			uses = facts.uses
		}
	}
	typ := -1
	if kind != "pkg" && kind != "label" && kind != "builtin" {
		typ = w.types.number(object.Type())
	}
	return []any{object.Name(), kind, pkg, typ, scope, fullName, file, start, end, bits, uses}
}

func (w *writer) scope(object types.Object) string {
	switch object := object.(type) {
	case *types.PkgName:
		return "file"
	case *types.Var:
		if object.IsField() {
			return "field"
		}
	case *types.Func:
		if object.Type().(*types.Signature).Recv() != nil {
			return "method"
		}
	}
	switch {
	case object.Parent() == types.Universe:
		return "universe"
	case object.Pkg() == nil && object.Parent() == nil:
		return "universe"
	case object.Pkg() != nil && object.Parent() == object.Pkg().Scope():
		return "package"
	case object.Pkg() == types.Unsafe:
		return "package"
	}
	return "local"
}
