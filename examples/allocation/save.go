package allocation

import (
	"fmt"
	"os"
)

// Save writes a line for each job; with --unsafe through a buffer.
func Save(name string, jobs []int) error {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	defer file.Close()
	for _, job := range jobs {
		if _, err := fmt.Fprintln(file, job); err != nil {
			return err
		}
	}
	return nil
}
