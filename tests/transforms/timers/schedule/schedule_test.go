package schedule

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/schedule/after"
	"example.com/schedule/before"
	"example.com/schedule/drained"
	"example.com/schedule/world"
	"example.com/schedule/wrong"
)

const schedules = 60

type program = func(*world.World)

// compare gives the first difference between two programs under the schedules, empty where there is none.
func compare(t *testing.T, a, b program) string {
	for seed := uint64(1); seed <= schedules; seed++ {
		s := world.Generate(seed)
		x, y := world.Run(t, a, s), world.Run(t, b, s)
		if slices.Equal(x, y) {
			continue
		}
		at := 0
		for at < min(len(x), len(y)) && x[at] == y[at] {
			at++
		}
		return fmt.Sprintf("seed %d, event %d: %q, %q", seed, at, x[at:min(at+3, len(x))], y[at:min(at+3, len(y))])
	}
	return ""
}

// TestTheWorldIsDeterministic: otherwise the other tests say nothing.
func TestTheWorldIsDeterministic(t *testing.T) {
	for name, program := range before.Programs {
		if difference := compare(t, program, program); difference != "" {
			t.Errorf("%s: two runs differ: %s", name, difference)
		}
	}
}

func TestSameEventsAtTheSameTimes(t *testing.T) {
	for rewritten, programs := range map[string]map[string]program{"plain": after.Programs, "drained": drained.Programs} {
		for name, program := range programs {
			if difference := compare(t, before.Programs[name], program); difference != "" {
				t.Errorf("%s, %s: %s", name, rewritten, difference)
			}
		}
	}
	if len(after.Programs) != len(before.Programs) || len(drained.Programs) < 35 {
		t.Errorf("%d programs, but %d and %d rewritten", len(before.Programs), len(after.Programs), len(drained.Programs))
	}
}

// TestWrongFormsAreToldApart: the schedules can see what the guides' forms do.
func TestWrongFormsAreToldApart(t *testing.T) {
	for name, program := range wrong.Programs {
		if compare(t, before.Programs["idle"], program) == "" {
			t.Errorf("%s: no schedule tells it from the right form", name)
		}
	}
}

// TestSchedulesDiffer: a program whose log is always the same tests nothing.
func TestSchedulesDiffer(t *testing.T) {
	for name, program := range before.Programs {
		logs := map[string]bool{}
		for seed := uint64(1); seed <= 20; seed++ {
			logs[fmt.Sprint(world.Run(t, program, world.Generate(seed)))] = true
		}
		if len(logs) < 10 && !strings.HasPrefix(name, "generated") {
			t.Errorf("%s: only %d different logs under 20 schedules", name, len(logs))
		}
	}
}
