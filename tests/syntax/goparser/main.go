// Command goparser prints the spans of the syntax nodes that go/parser sees.
//
// It reads file names from standard input, one a line. For each it prints "file NAME", one line "LABEL START END ..."
// for each label, offsets being 0-based bytes, and an empty line. A file with a syntax error gets "error" for labels.
package main

import (
	"bufio"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"sort"
	"strconv"
)

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	names := bufio.NewScanner(os.Stdin)
	for names.Scan() {
		fmt.Fprintln(out, "file", names.Text())
		report(out, names.Text())
		fmt.Fprintln(out)
	}
}

func report(out *bufio.Writer, name string) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
	if err != nil {
		fmt.Fprintln(out, "error")
		return
	}
	v := &visitor{base: fset.File(file.FileStart).Base(), spans: map[string][]int{}, quiet: map[ast.Node]bool{}}
	ast.Inspect(file, v.visit)
	var labels []string
	for label := range v.spans {
		labels = append(labels, label)
	}
	sort.Strings(labels)
	for _, label := range labels {
		out.WriteString(label)
		for _, offset := range v.spans[label] {
			out.WriteByte(' ')
			out.WriteString(strconv.Itoa(offset))
		}
		out.WriteByte('\n')
	}
}

type visitor struct {
	base  int
	spans map[string][]int
	quiet map[ast.Node]bool // nodes that are part of their parent's syntax
}

func (v *visitor) visit(node ast.Node) bool {
	if node == nil {
		return true
	}
	v.prepare(node)
	if label := label(node); label != "" && !v.quiet[node] {
		v.spans[label] = append(v.spans[label], int(node.Pos())-v.base, int(node.End())-v.base)
	}
	return true
}

// prepare looks at a node before its children are visited.
func (v *visitor) prepare(node ast.Node) {
	switch node := node.(type) {
	case *ast.FuncDecl:
		v.quiet[node.Type] = true
	case *ast.FuncLit:
		v.quiet[node.Type] = true
	case *ast.InterfaceType:
		for _, method := range node.Methods.List {
			if len(method.Names) > 0 {
				v.quiet[method.Type] = true
			}
		}
	case *ast.SwitchStmt:
		v.quiet[node.Body] = true
	case *ast.TypeSwitchStmt:
		v.quiet[node.Body] = true
		v.quiet[node.Assign] = true
		guard := node.Assign
		if assign, ok := guard.(*ast.AssignStmt); ok {
			v.quiet[assign.Rhs[0]] = true
		} else {
			v.quiet[guard.(*ast.ExprStmt).X] = true
		}
	case *ast.SelectStmt:
		v.quiet[node.Body] = true
	case *ast.CommClause:
		if statement, ok := node.Comm.(*ast.ExprStmt); ok {
			v.quiet[statement] = true
		}
		if statement, ok := node.Comm.(*ast.AssignStmt); ok {
			v.quiet[statement] = true
			v.spans["receive"] = append(v.spans["receive"], int(node.Comm.Pos())-v.base, int(node.Comm.End())-v.base)
		}
	}
}

func label(node ast.Node) string {
	switch node := node.(type) {
	case *ast.CallExpr:
		if isType(node.Fun) {
			return "conversion"
		}
		return "call"
	case *ast.AssignStmt:
		if node.Tok == token.DEFINE {
			return "define"
		}
		return "assign"
	case *ast.ForStmt, *ast.RangeStmt:
		return "for"
	case *ast.CompositeLit:
		if node.Type == nil {
			return "elided"
		}
		return "composite"
	case *ast.IndexExpr, *ast.IndexListExpr:
		return "index"
	}
	return labels[fmt.Sprintf("%T", node)]
}

// isType reports whether an operand of a call can only be a type.
func isType(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.ArrayType, *ast.ChanType, *ast.FuncType, *ast.InterfaceType, *ast.MapType, *ast.StructType:
		return true
	case *ast.ParenExpr:
		return isType(x.X)
	case *ast.StarExpr:
		return isType(x.X)
	}
	return false
}

var labels = map[string]string{
	"*ast.FuncLit":        "funclit",
	"*ast.FuncDecl":       "funcdecl",
	"*ast.SelectStmt":     "select",
	"*ast.IfStmt":         "if",
	"*ast.DeferStmt":      "defer",
	"*ast.GoStmt":         "go",
	"*ast.ReturnStmt":     "return",
	"*ast.SwitchStmt":     "switch",
	"*ast.TypeSwitchStmt": "typeswitch",
	"*ast.IncDecStmt":     "incdec",
	"*ast.SendStmt":       "send",
	"*ast.LabeledStmt":    "labeled",
	"*ast.BranchStmt":     "branch",
	"*ast.ExprStmt":       "exprstmt",
	"*ast.BlockStmt":      "block",
	"*ast.GenDecl":        "gendecl",
	"*ast.ImportSpec":     "importspec",
	"*ast.ValueSpec":      "valuespec",
	"*ast.TypeSpec":       "typespec",
	"*ast.BinaryExpr":     "binary",
	"*ast.UnaryExpr":      "unary",
	"*ast.StarExpr":       "star",
	"*ast.ParenExpr":      "paren",
	"*ast.SelectorExpr":   "selector",
	"*ast.SliceExpr":      "slice",
	"*ast.TypeAssertExpr": "typeassert",
	"*ast.KeyValueExpr":   "keyvalue",
	"*ast.BasicLit":       "basic",
	"*ast.Ident":          "ident",
	"*ast.ArrayType":      "array",
	"*ast.MapType":        "map",
	"*ast.ChanType":       "chan",
	"*ast.StructType":     "struct",
	"*ast.InterfaceType":  "interface",
	"*ast.FuncType":       "functype",
}
