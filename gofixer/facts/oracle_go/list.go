package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// Unit is one package as go list reports it; test variants are units of their own.
type Unit struct {
	ImportPath     string // with the suffix " [P.test]" for what is compiled anew for the tests of P
	Dir            string
	Name           string
	ForTest        string
	Export         string
	GoFiles        []string
	CgoFiles       []string
	IgnoredGoFiles []string
	TestGoFiles    []string
	XTestGoFiles   []string
	Imports        []string
	ImportMap      map[string]string
	Standard       bool
	Module         *struct {
		GoVersion string
		Main      bool
	}
	Error *struct{ Pos, Err string }
}

const listFields = "ImportPath,Dir,Name,ForTest,Export,GoFiles,CgoFiles,IgnoredGoFiles,TestGoFiles,XTestGoFiles,Imports,ImportMap,Standard,Module,Error"

// sources gives the absolute paths of the files that are compiled.
func (u *Unit) sources() []string {
	var paths []string
	for _, names := range [][]string{u.GoFiles, u.CgoFiles} {
		for _, name := range names {
			paths = append(paths, absolute(u.Dir, name))
		}
	}
	return paths
}

// base is the import path without the suffix of a test variant.
func (u *Unit) base() string {
	path, _, _ := strings.Cut(u.ImportPath, " ")
	return path
}

func (u *Unit) variant() bool { return u.ForTest != "" }

// own tells whether the unit is the package under test or its external test package, in the variant made for its
// own tests (and not for those of another package).
func (u *Unit) own() bool {
	return u.base() == u.ForTest || u.base() == u.ForTest+"_test"
}

// goVersion is the language version for the type checker: that of the module; go.mod without a go line means 1.16.
func (u *Unit) goVersion() string {
	switch {
	case u.Standard || u.Module == nil:
		return ""
	case u.Module.GoVersion == "":
		return "go1.16"
	}
	return "go" + u.Module.GoVersion
}

// Listing is the outcome of one go list: all packages asked for, with everything they and their tests import.
type Listing struct {
	units map[string]*Unit
	files map[string][]*Unit // by absolute path of the source file
	dirs  map[string]*Unit   // plain packages, by folder
}

// list runs go list for the folders of the files. No tool is run: export data come from the build cache or not at all.
func list(request *Request, dirs []string, overlay bool) (*Listing, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	quoted := self
	if strings.ContainsAny(self, " \t'\"") {
		quoted = "'" + self + "'"
	}
	args := []string{"list", "-e", "-deps", "-test", "-export", "-toolexec=" + quoted + " noexec", "-json=" + listFields}
	if overlay {
		args = append(args, "-overlay="+request.Overlay)
	}
	units, err := runList(request, args, dirs)
	if err != nil {
		return nil, err
	}
	listing := &Listing{map[string]*Unit{}, map[string][]*Unit{}, map[string]*Unit{}}
	for _, unit := range units {
		if unit.Error != nil && strings.Contains(unit.Error.Err, notCompiled) {
			unit.Error = nil
		}
		listing.units[unit.ImportPath] = unit
		if strings.HasSuffix(unit.ImportPath, ".test") && unit.Name == "main" {
			continue
		}
		if unit.variant() && !unit.own() {
			continue
		}
		for _, names := range [][]string{unit.GoFiles, unit.CgoFiles} {
			for _, name := range names {
				path := absolute(unit.Dir, name)
				listing.files[path] = append(listing.files[path], unit)
			}
		}
		if !unit.variant() {
			listing.dirs[unit.Dir] = unit
		}
	}
	return listing, nil
}

func runList(request *Request, args, dirs []string) ([]*Unit, error) {
	command, err := listCommand(request, args, dirs)
	if err != nil {
		return nil, err
	}
	var output, problems bytes.Buffer
	command.Stdout, command.Stderr = &output, &problems
	failure := command.Run()
	var units []*Unit
	decoder := json.NewDecoder(&output)
	for {
		unit := new(Unit)
		err := decoder.Decode(unit)
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, errors.New("go list: " + err.Error())
		}
		units = append(units, unit)
	}
	if len(units) == 0 {
		if text := strings.TrimSpace(problems.String()); text != "" {
			return nil, errors.New(sentence(text))
		}
		if failure != nil {
			return nil, errors.New("go list: " + failure.Error())
		}
	}
	return units, nil
}

func listCommand(request *Request, args, dirs []string) (*exec.Cmd, error) {
	args = append(append(args, request.Flags...), "--")
	for _, dir := range dirs {
		relative, err := filepath.Rel(request.Dir, dir)
		if err != nil {
			return nil, err
		}
		args = append(args, "./"+filepath.ToSlash(relative))
	}
	command := exec.Command(request.Go, args...)
	command.Dir, command.Env = request.Dir, request.Env
	return command, nil
}

// sentence makes one line of a message of the go command: its first line, and its last one where that says what to do.
func sentence(text string) string {
	var lines []string
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimPrefix(strings.TrimSpace(line), "go: ")
		if line != "" && !strings.HasPrefix(line, "downloading ") && !strings.HasPrefix(line, "# ") {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return strings.TrimSpace(text)
	}
	if len(lines) > 1 && strings.HasSuffix(lines[0], ":") {
		return lines[0] + " " + lines[1]
	}
	return lines[0]
}

func absolute(dir, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}

func unquote(text string) string {
	value, err := strconv.Unquote(text)
	if err != nil {
		return text
	}
	return value
}
