package defers

import (
	"bufio"
	"os"
)

// Lines counts the lines of some files, and keeps all of them open until it returns.
func Lines(names []string) (n int, err error) {
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return n, err
		}
		defer f.Close()
		lines := bufio.NewScanner(f)
		for lines.Scan() {
			n++
		}
	}
	return n, nil
}
