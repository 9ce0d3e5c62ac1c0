package allocation

import (
	"os"
	"strings"
)

// Report says in a file whether a response speaks of an error.
func Report(file *os.File, body []byte, name string) error {
	if !strings.Contains(string(body), "error") {
		return nil
	}
	_, err := file.Write([]byte(name + " failed\n"))
	return err
}
