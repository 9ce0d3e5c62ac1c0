package main

import (
	"bytes"
	"encoding/json"
	"go/types"
	"os"
	"path/filepath"
	"reflect"
	"unsafe"
)

// cgoFacts are the Go declarations that cmd/cgo makes of the C names of a package (the content of _cgo_gotypes.go),
// or why there are none.
type cgoFacts struct {
	declarations string
	problem      string
}

// learnCgo runs cgo for the packages with cgo files in some folders, unless that was done. The build cache remembers
// the results; otherwise this needs the C compiler.
func (s *State) learnCgo(request *Request) {
	cgo := map[string]bool{}
	for _, file := range request.Files {
		if unit := s.unitOf(file.Path); unit != nil && len(unit.CgoFiles) > 0 && !s.cgoDirs[unit.Dir] {
			s.cgoDirs[unit.Dir] = true
			cgo[unit.Dir] = true
		}
	}
	missing := sortedKeys(cgo)
	if len(missing) == 0 {
		return
	}
	args := []string{"list", "-e", "-test", "-compiled", "-json=ImportPath,CompiledGoFiles,Error,DepsErrors"}
	if s.overlaid {
		args = append(args, "-overlay="+request.Overlay)
	}
	command, err := listCommand(request, args, missing)
	if err != nil {
		return
	}
	output, _ := command.Output() // what failed is told per package
	decoder := json.NewDecoder(bytes.NewReader(output))
	for {
		var unit struct {
			ImportPath      string
			CompiledGoFiles []string
			Error           *struct{ Err string }
			DepsErrors      []struct{ Err string }
		}
		if decoder.Decode(&unit) != nil {
			return
		}
		var facts cgoFacts
		if unit.Error != nil {
			facts.problem = sentence(unit.Error.Err)
		} else if len(unit.DepsErrors) > 0 {
			facts.problem = sentence(unit.DepsErrors[0].Err)
		}
		for _, file := range unit.CompiledGoFiles {
			if !filepath.IsAbs(file) {
				continue
			}
			if content, err := os.ReadFile(file); err == nil && isCgoTypes(content) {
				facts.declarations = string(content)
			}
		}
		s.cgo[unit.ImportPath] = facts
	}
}

func isCgoTypes(content []byte) bool {
	return bytes.Contains(content, []byte("\nfunc _Cgo_ptr(ptr unsafe.Pointer) unsafe.Pointer {"))
}

// cgoImports are the packages that the declarations of cmd/cgo import.
var cgoImports = []string{"runtime/cgo", "syscall"}

// useCgo makes the checker resolve C.x through the declarations of _cgo_gotypes.go, so that cgo files are read as they
// are written (types.Config.go115UsesCgo, as golang.org/x/tools/internal/typesinternal.SetUsesCgo does).
func useCgo(config *types.Config) bool {
	field := reflect.ValueOf(config).Elem().FieldByName("go115UsesCgo")
	if !field.IsValid() || field.Kind() != reflect.Bool {
		return false
	}
	*(*bool)(unsafe.Pointer(field.UnsafeAddr())) = true
	return true
}
