// Package before holds programs that wait.
package before

import "example.com/schedule/world"

// Programs are the programs by name.
var Programs = map[string]func(*world.World){}

func add(name string, program func(*world.World)) { Programs[name] = program }
