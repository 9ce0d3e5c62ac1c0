package main

import (
	"go/ast"
	"go/parser"
	"go/token"
)

// What of a package its importers do not see is most of it. Leaving it out before type-checking keeps the packages
// that are only imported cheap, in time and in memory.

// eachOutline reads the files of a unit, without function bodies.
func (s *State) eachOutline(unit *Unit, use func(path string, content []byte)) {
	for _, names := range [][]string{unit.GoFiles, unit.CgoFiles} {
		for _, name := range names {
			path := absolute(unit.Dir, name)
			if content, err := s.read(path); err == nil {
				use(path, withoutBodies(content))
			}
		}
	}
}

// neededImports gives the import paths of a unit that more than function bodies refer to. Many packages are only
// imported for those: not loading them saves most of the work. Nothing parsed is kept while they are loaded.
func (s *State) neededImports(unit *Unit) map[string]bool {
	s.slots <- struct{}{}
	defer func() { <-s.slots }()
	needed := map[string]bool{}
	s.eachOutline(unit, func(path string, content []byte) {
		file, _ := parser.ParseFile(token.NewFileSet(), path, content, parser.ImportsOnly)
		if file == nil {
			return
		}
		used := qualifiers(content)
		for _, spec := range file.Imports {
			path, name := unquote(spec.Path.Value), ""
			if next := s.resolve(unit, path); next != nil {
				name = next.Name
			}
			if spec.Name != nil {
				name = spec.Name.Name
			}
			if name == "" || name == "." || path == "C" || used[name] {
				needed[path] = true
			}
		}
	})
	return needed
}

// keepImports takes the other imports away.
func keepImports(file *ast.File, needed func(*ast.ImportSpec) bool) {
	for _, declaration := range file.Decls {
		imports, ok := declaration.(*ast.GenDecl)
		if !ok || imports.Tok != token.IMPORT {
			continue
		}
		kept := imports.Specs[:0]
		for _, spec := range imports.Specs {
			if needed(spec.(*ast.ImportSpec)) {
				kept = append(kept, spec)
			}
		}
		imports.Specs = kept
		if len(kept) == 0 {
			imports.Rparen = imports.TokPos // without specs, End asks for the parenthesis
		}
	}
}

// dropUnseen takes away functions that neither importers nor the package's own declarations can name, and the names of
// parameters and results.
func dropUnseen(files []*ast.File) {
	named := map[string]bool{}
	for _, file := range files {
		for _, declaration := range file.Decls {
			if _, ok := declaration.(*ast.FuncDecl); ok {
				continue
			}
			ast.Inspect(declaration, func(node ast.Node) bool {
				if identifier, ok := node.(*ast.Ident); ok {
					named[identifier.Name] = true
				}
				return true
			})
		}
	}
	for _, file := range files {
		kept := file.Decls[:0]
		for _, declaration := range file.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if ok && function.Recv == nil && !function.Name.IsExported() && !named[function.Name.Name] {
				continue
			}
			kept = append(kept, declaration)
		}
		file.Decls = kept
		dropNames(file)
	}
}

// dropNames takes the names of parameters and results away.
func dropNames(file *ast.File) {
	for _, declaration := range file.Decls {
		function, ok := declaration.(*ast.FuncDecl)
		if !ok {
			continue
		}
		for _, list := range []*ast.FieldList{function.Recv, function.Type.Params, function.Type.Results} {
			if list == nil {
				continue
			}
			var unnamed []*ast.Field
			for _, field := range list.List {
				for i := 0; i < max(1, len(field.Names)); i++ {
					unnamed = append(unnamed, &ast.Field{Type: field.Type})
				}
			}
			list.List = unnamed
		}
	}
}
