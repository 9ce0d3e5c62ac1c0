package allocation

import (
	"bytes"
	"fmt"
	"strings"
)

// Known counts the users whose names are in a report.
func Known(users []User, rows []string) int {
	var report bytes.Buffer
	for _, row := range rows {
		fmt.Fprintln(&report, row)
	}
	known := 0
	for _, user := range users {
		if strings.Contains(report.String(), user.Name) {
			known++
		}
	}
	return known
}
