// Package rules is for the rule in gofixer.toml.
package rules

import "strings"

// IsPath tells whether a name has a folder in it.
func IsPath(name string) bool {
	return strings.Index(name, "/") >= 0
}
