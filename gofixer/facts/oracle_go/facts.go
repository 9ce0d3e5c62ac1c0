package main

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"sort"
	"unicode/utf8"
)

// PackageAnswer carries the facts about the files of one package.
type PackageAnswer struct {
	Package string       `json:"package"`
	Name    string       `json:"name"`
	Names   []string     `json:"names"`
	Paths   []string     `json:"paths"` // every file of the package, numbered by objects and uses
	Notes   []string     `json:"notes"`
	Files   []FileAnswer `json:"files"`
	Types   []*TypeEntry `json:"types"`
	Objects [][]any      `json:"objects"`
	Kinds   []string     `json:"kinds"`
	Consts  [][2]string  `json:"consts"` // kind and text; kind "base64" for strings that are not UTF-8
}

// FileAnswer carries the facts about one file as tables of 32-bit numbers, little-endian, sorted by start and, where
// that is the same, by end.
type FileAnswer struct {
	Path   string `json:"path"`
	Exprs  table  `json:"exprs"`  // start, end, kind, type, constant, flags, object of the callee
	Nodes  table  `json:"nodes"`  // start, end, kind; nodes that are no expressions, outer before inner ones
	Idents table  `json:"idents"` // start, end, object
}

type table [][]int32

// MarshalJSON writes the numbers as base64.
func (t table) MarshalJSON() ([]byte, error) {
	sort.SliceStable(t, func(i, j int) bool {
		return t[i][0] < t[j][0] || t[i][0] == t[j][0] && t[i][1] < t[j][1]
	})
	data := []byte{} // not nil: an empty table is an empty string
	for _, row := range t {
		for _, number := range row {
			data = binary.LittleEndian.AppendUint32(data, uint32(number))
		}
	}
	return json.Marshal(data)
}

func (t *table) add(numbers ...int) {
	row := make([]int32, len(numbers))
	for i, number := range numbers {
		row[i] = int32(number)
	}
	*t = append(*t, row)
}

// Flags of an expression; the two lowest bits of the upper part hold the mode.
const (
	flagAddressable = 1 << iota
	flagCommaOk
	flagImplicitDeref
	modeShift = iota
)

const (
	modeValue = iota
	modeType
	modeBuiltin
	modeNoValue
	modePackage
)

// writer collects an answer; types, objects, kinds and constants are numbered as they turn up.
type writer struct {
	checked *Checked
	survey  *survey
	types   *TypeTable
	answer  *PackageAnswer
	objects map[types.Object]int
	order   []types.Object
	kinds   map[reflect.Type]int
	consts  map[[2]string]int

	variable, plain, typ types.TypeAndValue // samples
}

// answer reports on files of the package; spans by absolute path.
func (c *Checked) answer(spans map[string][][2]int) *PackageAnswer {
	w := &writer{
		checked: c,
		survey:  c.survey,
		types:   newTypeTable(c.pkg, c.state.sizes),
		answer:  &PackageAnswer{Package: c.pkg.Path(), Name: c.pkg.Name(), Names: c.pkg.Scope().Names(), Notes: c.notes},
		objects: map[types.Object]int{},
		kinds:   map[reflect.Type]int{},
		consts:  map[[2]string]int{},
	}
	w.variable, w.plain, w.typ = sampleValues()
	for _, file := range c.files {
		w.answer.Paths = append(w.answer.Paths, file.path)
		if ranges, ok := spans[file.path]; ok {
			w.answer.Files = append(w.answer.Files, w.file(file, ranges))
		}
	}
	for i := 0; i < len(w.order); i++ {
		w.answer.Objects = append(w.answer.Objects, w.object(w.order[i]))
	}
	w.answer.Types = w.types.Entries
	return w.answer
}

func (w *writer) file(file *SourceFile, spans [][2]int) FileAnswer {
	answer := FileAnswer{Path: file.path}
	ast.Inspect(file.syntax, func(node ast.Node) bool {
		if node == nil {
			return true
		}
		start, end := file.span(node)
		if _, ok := node.(*ast.File); ok {
			return true
		}
		if !overlaps(spans, start, end) {
			return false
		}
		if !within(spans, start, end) {
			return true
		}
		kind := w.kind(node)
		expr, ok := node.(ast.Expr)
		if !ok || !w.expr(&answer, expr, start, end, kind) {
			answer.Nodes.add(start, end, kind)
		}
		return true
	})
	return answer
}

func within(spans [][2]int, start, end int) bool {
	for _, span := range spans {
		if span[0] <= start && end <= span[1] {
			return true
		}
	}
	return false
}

func (w *writer) kind(node ast.Node) int {
	typ := reflect.TypeOf(node)
	number, ok := w.kinds[typ]
	if !ok {
		number = len(w.answer.Kinds)
		w.kinds[typ] = number
		w.answer.Kinds = append(w.answer.Kinds, typ.Elem().Name())
	}
	return number
}

// expr reports an expression; false where the type checker has nothing to say of it.
func (w *writer) expr(answer *FileAnswer, expr ast.Expr, start, end, kind int) bool {
	info := w.checked.info
	if identifier, ok := expr.(*ast.Ident); ok {
		if object := info.ObjectOf(identifier); object != nil {
			answer.Idents.add(start, end, w.number(object))
		}
	}
	value, ok := info.Types[expr]
	if !ok {
		value, ok = w.identifier(expr)
		if !ok {
			return false
		}
	}
	mode := modeValue
	switch {
	case value.IsType():
		mode = modeType
	case value.IsBuiltin():
		mode = modeBuiltin
	case value.IsVoid():
		mode = modeNoValue
	case value.Type == nil:
		mode = modePackage
	}
	typ, flags := value.Type, mode<<modeShift
	if mode == modeNoValue {
		typ = nil
	}
	if value.Addressable() {
		flags |= flagAddressable
	}
	if tuple, ok := typ.(*types.Tuple); ok && value.HasOk() && tuple.Len() == 2 {
		flags |= flagCommaOk
		typ = tuple.At(0).Type()
	}
	if w.derefs(expr) {
		flags |= flagImplicitDeref
	}
	callee := -1
	if call, ok := expr.(*ast.CallExpr); ok {
		if object := w.callee(call); object != nil {
			callee = w.number(object)
		}
	}
	answer.Exprs.add(start, end, kind, w.types.number(typ), w.constant(value.Value), flags, callee)
	return true
}

// identifier describes identifiers that are no expressions to the type checker: declared names, package names, keys of
// struct literals, selected names.
func (w *writer) identifier(expr ast.Expr) (types.TypeAndValue, bool) {
	identifier, ok := expr.(*ast.Ident)
	if !ok {
		return types.TypeAndValue{}, false
	}
	object := w.checked.info.ObjectOf(identifier)
	switch object.(type) {
	case *types.Var, *types.Const, *types.Func:
		var value types.TypeAndValue
		if variable, ok := object.(*types.Var); ok && !variable.IsField() {
			value = w.variable
		} else {
			value = w.plain
		}
		value.Type = object.Type()
		if constant, ok := object.(*types.Const); ok {
			value.Value = constant.Val()
		}
		return value, true
	case *types.TypeName:
		value := w.typ
		value.Type = object.Type()
		return value, true
	case *types.PkgName:
		return types.TypeAndValue{}, true
	}
	return types.TypeAndValue{}, false
}

// sampleValues gives a variable, a plain value and a type: the mode of a TypeAndValue cannot be set from outside.
func sampleValues() (variable, value, typ types.TypeAndValue) {
	source := "package p; var v int; var f = v; func g() int { return 0 }; var h = g"
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", source, 0)
	if err != nil {
		panic(err)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	if _, err := new(types.Config).Check("p", fset, []*ast.File{file}, info); err != nil {
		panic(err)
	}
	for expr, found := range info.Types {
		identifier, ok := expr.(*ast.Ident)
		switch {
		case !ok:
		case identifier.Name == "v":
			variable = found
		case identifier.Name == "g":
			value = found
		case identifier.Name == "int":
			typ = found
		}
	}
	return variable, value, typ
}

// derefs tells whether evaluating an expression follows a pointer that is not written down.
func (w *writer) derefs(expr ast.Expr) bool {
	switch expr := expr.(type) {
	case *ast.SelectorExpr:
		selection := w.checked.info.Selections[expr]
		return selection != nil && w.checked.follow(selection).indirect
	case *ast.IndexExpr:
		return w.isPointer(expr.X)
	case *ast.SliceExpr:
		return w.isPointer(expr.X)
	}
	return false
}

func (w *writer) isPointer(expr ast.Expr) bool {
	typ := w.checked.info.TypeOf(expr)
	if typ == nil {
		return false
	}
	_, ok := typ.Underlying().(*types.Pointer)
	return ok
}

// callee is the function, method or builtin that a call names, nil for function values and conversions.
func (w *writer) callee(call *ast.CallExpr) types.Object {
	function := unparen(call.Fun)
	switch index := function.(type) {
	case *ast.IndexExpr:
		function = unparen(index.X)
	case *ast.IndexListExpr:
		function = unparen(index.X)
	}
	var name *ast.Ident
	switch function := function.(type) {
	case *ast.Ident:
		name = function
	case *ast.SelectorExpr:
		name = function.Sel
	default:
		return nil
	}
	switch object := w.checked.info.Uses[name].(type) {
	case *types.Func:
		return object
	case *types.Builtin:
		return object
	}
	return nil
}

func (w *writer) constant(value constant.Value) int {
	if value == nil || value.Kind() == constant.Unknown {
		return -1
	}
	entry := [2]string{"", value.ExactString()}
	switch value.Kind() {
	case constant.Bool:
		entry[0] = "bool"
	case constant.String:
		entry = [2]string{"string", constant.StringVal(value)}
		if !utf8.ValidString(entry[1]) {
			entry = [2]string{"base64", base64.StdEncoding.EncodeToString([]byte(entry[1]))}
		}
	case constant.Int:
		entry[0] = "int"
	case constant.Float:
		entry[0] = "float"
	case constant.Complex:
		entry[0] = "complex"
	}
	number, ok := w.consts[entry]
	if !ok {
		number = len(w.answer.Consts)
		w.consts[entry] = number
		w.answer.Consts = append(w.answer.Consts, entry)
	}
	return number
}

func (w *writer) number(object types.Object) int {
	object = origin(object)
	number, ok := w.objects[object]
	if !ok {
		number = len(w.order)
		w.objects[object] = number
		w.order = append(w.order, object)
	}
	return number
}

func unparen(expr ast.Expr) ast.Expr {
	for {
		inner, ok := expr.(*ast.ParenExpr)
		if !ok {
			return expr
		}
		expr = inner.X
	}
}
