package main

import (
	"fmt"
	"go/types"
	"strconv"
	"strings"
)

// spell writes a type so that two types have the same text exactly if they are identical (type parameters and invalid
// types aside): full import paths, aliases resolved, byte and rune as uint8 and int32, types declared inside
// functions with the position of their declaration.
func (t *TypeTable) spell(typ types.Type) string {
	var out strings.Builder
	t.write(&out, typ)
	return out.String()
}

func (t *TypeTable) write(out *strings.Builder, typ types.Type) {
	switch typ := unalias(typ).(type) {
	case *types.Basic:
		out.WriteString(basicName(typ))
	case *types.Named:
		t.writeNamed(out, typ)
	case *types.TypeParam:
		out.WriteString(typ.Obj().Name())
	case *types.Pointer:
		out.WriteByte('*')
		t.write(out, typ.Elem())
	case *types.Slice:
		out.WriteString("[]")
		t.write(out, typ.Elem())
	case *types.Array:
		out.WriteString("[" + strconv.FormatInt(typ.Len(), 10) + "]")
		t.write(out, typ.Elem())
	case *types.Map:
		out.WriteString("map[")
		t.write(out, typ.Key())
		out.WriteByte(']')
		t.write(out, typ.Elem())
	case *types.Chan:
		t.writeChan(out, typ)
	case *types.Struct:
		t.writeStruct(out, typ)
	case *types.Interface:
		t.writeInterface(out, typ)
	case *types.Signature:
		out.WriteString("func")
		t.writeSignature(out, typ)
	case *types.Tuple:
		t.writeTuple(out, typ, false)
	case *types.Union:
		for i := 0; i < typ.Len(); i++ {
			if i > 0 {
				out.WriteString(" | ")
			}
			if typ.Term(i).Tilde() {
				out.WriteByte('~')
			}
			t.write(out, typ.Term(i).Type())
		}
	default:
		out.WriteString(fmt.Sprint(typ))
	}
}

func basicName(typ *types.Basic) string {
	switch typ.Kind() {
	case types.Uint8:
		return "uint8"
	case types.Int32:
		return "int32"
	case types.UnsafePointer:
		return "unsafe.Pointer"
	}
	return typ.Name()
}

func (t *TypeTable) writeNamed(out *strings.Builder, typ *types.Named) {
	object := typ.Obj()
	if pkg := object.Pkg(); pkg != nil {
		out.WriteString(pkg.Path() + ".")
		if object.Parent() != nil && object.Parent() != pkg.Scope() {
			defer out.WriteString("·" + strconv.Itoa(int(object.Pos())))
		}
	}
	out.WriteString(object.Name())
	if arguments := typ.TypeArgs(); arguments.Len() > 0 {
		out.WriteByte('[')
		for i := 0; i < arguments.Len(); i++ {
			if i > 0 {
				out.WriteByte(',')
			}
			t.write(out, arguments.At(i))
		}
		out.WriteByte(']')
	}
}

func (t *TypeTable) writeChan(out *strings.Builder, typ *types.Chan) {
	switch typ.Dir() {
	case types.SendOnly:
		out.WriteString("chan<- ")
	case types.RecvOnly:
		out.WriteString("<-chan ")
	default:
		out.WriteString("chan ")
		if inner, ok := unalias(typ.Elem()).(*types.Chan); ok && inner.Dir() == types.RecvOnly {
			out.WriteByte('(')
			defer out.WriteByte(')')
		}
	}
	t.write(out, typ.Elem())
}

func (t *TypeTable) writeStruct(out *strings.Builder, typ *types.Struct) {
	out.WriteString("struct{")
	for i := 0; i < typ.NumFields(); i++ {
		field := typ.Field(i)
		if i > 0 {
			out.WriteString("; ")
		}
		if !field.Embedded() {
			t.writeMember(out, field)
			out.WriteByte(' ')
		}
		t.write(out, field.Type())
		if tag := typ.Tag(i); tag != "" {
			out.WriteString(" " + strconv.Quote(tag))
		}
	}
	out.WriteByte('}')
}

// writeMember writes a field's or method's name; unexported names of different packages differ.
func (t *TypeTable) writeMember(out *strings.Builder, member types.Object) {
	if !member.Exported() && member.Pkg() != nil && member.Pkg() != t.pkg {
		out.WriteString(member.Pkg().Path() + ".")
	}
	out.WriteString(member.Name())
}

func (t *TypeTable) writeInterface(out *strings.Builder, typ *types.Interface) {
	if typ.NumMethods() == 0 && typ.NumEmbeddeds() == 0 {
		out.WriteString("any")
		return
	}
	out.WriteString("interface{")
	written := 0
	for i := 0; i < typ.NumMethods(); i++ {
		if written > 0 {
			out.WriteString("; ")
		}
		method := typ.Method(i)
		t.writeMember(out, method)
		t.writeSignature(out, method.Type().(*types.Signature))
		written++
	}
	for i := 0; i < typ.NumEmbeddeds(); i++ {
		embedded := typ.EmbeddedType(i)
		if _, ok := embedded.Underlying().(*types.Interface); ok && types.NewMethodSet(embedded).Len() > 0 {
			continue // its methods are written
		}
		if written > 0 {
			out.WriteString("; ")
		}
		t.write(out, embedded)
		written++
	}
	out.WriteByte('}')
}

func (t *TypeTable) writeSignature(out *strings.Builder, typ *types.Signature) {
	t.writeTuple(out, typ.Params(), typ.Variadic())
	switch results := typ.Results(); results.Len() {
	case 0:
	case 1:
		out.WriteByte(' ')
		t.write(out, results.At(0).Type())
	default:
		out.WriteByte(' ')
		t.writeTuple(out, results, false)
	}
}

func (t *TypeTable) writeTuple(out *strings.Builder, typ *types.Tuple, variadic bool) {
	out.WriteByte('(')
	for i := 0; i < typ.Len(); i++ {
		if i > 0 {
			out.WriteString(", ")
		}
		item := typ.At(i).Type()
		if slice, ok := item.(*types.Slice); ok && variadic && i == typ.Len()-1 {
			out.WriteString("...")
			item = slice.Elem()
		}
		t.write(out, item)
	}
	out.WriteByte(')')
}
