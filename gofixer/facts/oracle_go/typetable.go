package main

import (
	"go/types"
	"sort"
)

// TypeTable numbers the types of one package's answer; identical types have one number.
type TypeTable struct {
	sizes    types.Sizes
	pkg      *types.Package
	numbers  map[types.Type]int
	spelled  map[string]int
	Entries  []*TypeEntry
	anyError *types.Interface
}

// TypeEntry is one type as it is sent: an array, see Python's oracle module for the order.
type TypeEntry [13]any

func newTypeTable(pkg *types.Package, sizes types.Sizes) *TypeTable {
	table := &TypeTable{sizes: sizes, pkg: pkg, numbers: map[types.Type]int{}, spelled: map[string]int{}}
	table.anyError = types.Universe.Lookup("error").Type().Underlying().(*types.Interface)
	return table
}

// number gives a type's number, -1 for no type.
func (t *TypeTable) number(typ types.Type) int {
	if typ == nil {
		return -1
	}
	if number, ok := t.numbers[typ]; ok {
		return number
	}
	plain := unalias(typ)
	text := t.spell(plain)
	generic := mentionsTypeParam(plain, map[types.Type]bool{})
	if !generic {
		if number, ok := t.spelled[text]; ok {
			t.numbers[typ] = number
			return number
		}
	} else if number, ok := t.numbers[plain]; ok {
		t.numbers[typ] = number
		return number
	}
	number := len(t.Entries)
	entry := new(TypeEntry)
	t.Entries = append(t.Entries, entry)
	t.numbers[typ], t.numbers[plain] = number, number
	if !generic {
		t.spelled[text] = number
	}
	t.fill(entry, plain, text, generic)
	return number
}

func (t *TypeTable) fill(entry *TypeEntry, typ types.Type, text string, generic bool) {
	pkg, name, elem, key, length := "", "", -1, -1, int64(-1)
	named := false
	components := []int{}
	if defined, ok := typ.(*types.Named); ok && defined.Obj().Pkg() != nil {
		pkg, name, named = defined.Obj().Pkg().Path(), defined.Obj().Name(), true
	}
	switch under := typ.Underlying().(type) {
	case *types.Slice:
		elem = t.number(under.Elem())
	case *types.Array:
		elem, length = t.number(under.Elem()), under.Len()
	case *types.Pointer:
		elem = t.number(under.Elem())
	case *types.Chan:
		elem = t.number(under.Elem())
	case *types.Map:
		elem, key = t.number(under.Elem()), t.number(under.Key())
	case *types.Tuple:
		length = int64(under.Len())
		for i := 0; i < under.Len(); i++ {
			components = append(components, t.number(under.At(i).Type()))
		}
	}
	_, pointer := typ.(*types.Pointer)
	pointed := []string{}
	if !pointer {
		pointed = methodNames(types.NewPointer(typ))
	}
	size, align := t.size(typ, generic)
	*entry = TypeEntry{
		text, pkg, name, kind(typ), elem, key, length,
		methodNames(typ), pointed, size, align,
		flags(named, types.Implements(typ, t.anyError), generic), components,
	}
}

func flags(bits ...bool) int {
	value := 0
	for i, bit := range bits {
		if bit {
			value |= 1 << i
		}
	}
	return value
}

func methodNames(typ types.Type) []string {
	names := []string{}
	set := types.NewMethodSet(typ)
	for i := 0; i < set.Len(); i++ {
		names = append(names, set.At(i).Obj().Name())
	}
	sort.Strings(names)
	return names
}

// size gives size and alignment in bytes, -1 where there is none.
func (t *TypeTable) size(typ types.Type, generic bool) (size, align int64) {
	basic, ok := typ.Underlying().(*types.Basic)
	_, tuple := typ.(*types.Tuple)
	if generic || tuple || ok && (basic.Kind() == types.Invalid || basic.Info()&types.IsUntyped != 0) || hasInvalid(typ, 0) {
		return -1, -1
	}
	defer func() {
		if recover() != nil {
			size, align = -1, -1
		}
	}()
	return max(t.sizes.Sizeof(typ), -1), t.sizes.Alignof(typ)
}

func hasInvalid(typ types.Type, depth int) bool {
	if depth > 50 {
		return true
	}
	switch under := typ.Underlying().(type) {
	case *types.Basic:
		return under.Kind() == types.Invalid
	case *types.Array:
		return hasInvalid(under.Elem(), depth+1)
	case *types.Struct:
		for i := 0; i < under.NumFields(); i++ {
			if hasInvalid(under.Field(i).Type(), depth+1) {
				return true
			}
		}
	}
	return false
}

func kind(typ types.Type) string {
	if _, ok := typ.(*types.TypeParam); ok {
		return "typeparam"
	}
	switch under := typ.Underlying().(type) {
	case *types.Basic:
		switch under.Kind() {
		case types.Invalid:
			return "invalid"
		case types.Uint8:
			return "uint8" // not byte
		case types.Int32:
			return "int32" // not rune
		case types.UnsafePointer:
			return "unsafe.Pointer"
		}
		return under.Name()
	case *types.Slice:
		return "slice"
	case *types.Array:
		return "array"
	case *types.Pointer:
		return "pointer"
	case *types.Map:
		return "map"
	case *types.Chan:
		return "chan"
	case *types.Struct:
		return "struct"
	case *types.Interface:
		return "interface"
	case *types.Signature:
		return "func"
	case *types.Tuple:
		return "tuple"
	}
	return "invalid"
}

// mentionsTypeParam tells whether a type is or contains a type parameter.
func mentionsTypeParam(typ types.Type, seen map[types.Type]bool) bool {
	if typ == nil || seen[typ] {
		return false
	}
	seen[typ] = true
	inside := func(inner types.Type) bool { return mentionsTypeParam(inner, seen) }
	switch typ := unalias(typ).(type) {
	case *types.TypeParam:
		return true
	case *types.Named:
		arguments := typ.TypeArgs()
		for i := 0; i < arguments.Len(); i++ {
			if inside(arguments.At(i)) {
				return true
			}
		}
		return arguments.Len() == 0 && typ.TypeParams().Len() > 0
	case *types.Pointer:
		return inside(typ.Elem())
	case *types.Slice:
		return inside(typ.Elem())
	case *types.Array:
		return inside(typ.Elem())
	case *types.Chan:
		return inside(typ.Elem())
	case *types.Map:
		return inside(typ.Key()) || inside(typ.Elem())
	case *types.Signature:
		return inside(typ.Params()) || inside(typ.Results())
	case *types.Tuple:
		for i := 0; i < typ.Len(); i++ {
			if inside(typ.At(i).Type()) {
				return true
			}
		}
	case *types.Struct:
		for i := 0; i < typ.NumFields(); i++ {
			if inside(typ.Field(i).Type()) {
				return true
			}
		}
	case *types.Interface:
		for i := 0; i < typ.NumMethods(); i++ {
			if inside(typ.Method(i).Type()) {
				return true
			}
		}
	case *types.Union:
		for i := 0; i < typ.Len(); i++ {
			if inside(typ.Term(i).Type()) {
				return true
			}
		}
	}
	return false
}
