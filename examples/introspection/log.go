package introspection

import (
	"fmt"
	"runtime"
)

// Logger drops what is below its level.
type Logger struct{ Level int }

// Debug prints a line with the place of its caller.
func (l *Logger) Debug(text string) {
	_, file, line, _ := runtime.Caller(1)
	if l.Level > 0 {
		return
	}
	fmt.Println(file, line, text)
}
