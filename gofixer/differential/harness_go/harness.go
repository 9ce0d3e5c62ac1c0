package gofixer_harness

import (
	gofixerJSON "encoding/json"
	gofixerErrors "errors"
	gofixerMath "math"
	gofixerRand "math/rand"
	gofixerOS "os"
	gofixerReflect "reflect"
	gofixerStrconv "strconv"
	gofixerStrings "strings"
	gofixerAtomic "sync/atomic"
	gofixerTesting "testing"
	gofixerTime "time"
)

// gofixerCase is one pair of functions to be compared, and values that their code mentions.
type gofixerCase struct {
	id       int
	names    []string
	lengths  []bool // inputs that are never negative
	small    bool   // keep away from numbers and texts that make loops long
	ints     []int64
	texts    []string
	old, new interface{}
	where    interface{} // which inputs count, or nil
}

type gofixerAnswer struct {
	ID     int    `json:"id"`
	Kind   string `json:"kind"`
	Inputs int    `json:"inputs"`
	Hits   int    `json:"hits"`
	Input  string `json:"input"`
	Before string `json:"before"`
	After  string `json:"after"`
}

const (
	gofixerMostCrossed = 20000
	gofixerRandomOnes  = 4000
	gofixerPerCase     = 10 * gofixerTime.Second
	gofixerPerCall     = 2 * gofixerTime.Second
)

var (
	gofixerCases []gofixerCase
	gofixerHits  int // counted by the copies of changed functions where the changed statement is reached
	gofixerClock gofixerAtomic.Value
)

// gofixerRunning is a call that has been entered.
type gofixerRunning struct {
	kind   string
	limit  gofixerTime.Time
	answer gofixerAnswer
	input  []gofixerReflect.Value
	names  []string
}

func TestGofixerDifferential(t *gofixerTesting.T) {
	gofixerClock.Store(gofixerRunning{})
	go gofixerWatch()
	for _, c := range gofixerCases {
		gofixerOS.Stdout.WriteString("\ngofixer begin " + gofixerStrconv.Itoa(c.id) + "\n")
		gofixerTell(gofixerCompare(c))
	}
}

func gofixerTell(answer gofixerAnswer) {
	text, _ := gofixerJSON.Marshal(answer)
	gofixerOS.Stdout.WriteString("\ngofixer answer " + string(text) + "\n")
}

// gofixerWatch ends the process where a call takes too long: nothing else can stop it.
func gofixerWatch() {
	for {
		gofixerTime.Sleep(50 * gofixerTime.Millisecond)
		now := gofixerClock.Load().(gofixerRunning)
		if !now.limit.IsZero() && gofixerTime.Now().After(now.limit) {
			answer := now.answer
			answer.Kind, answer.Input = now.kind, gofixerShowInput(now.names, now.input)
			gofixerTell(answer)
			gofixerOS.Exit(1)
		}
	}
}

func gofixerCompare(c gofixerCase) gofixerAnswer {
	old, changed := gofixerReflect.ValueOf(c.old), gofixerReflect.ValueOf(c.new)
	count := old.Type().NumIn()
	values := make([][]gofixerReflect.Value, count)
	for i := range values {
		values[i] = gofixerValues(c, old.Type().In(i), c.lengths[i])
	}
	answer := gofixerAnswer{ID: c.id, Kind: "same"}
	started := gofixerTime.Now()
	gofixerHits = 0
	gofixerInputs(c, old.Type(), values, func(input []gofixerReflect.Value) bool {
		begun := gofixerTime.Now()
		if c.where != nil {
			met := gofixerCall("slow", begun.Add(gofixerPerCall), answer, c.names, gofixerReflect.ValueOf(c.where), input)
			if met.panicked || !met.results[0].Bool() {
				return gofixerTime.Since(started) < gofixerPerCase
			}
			begun = gofixerTime.Now()
		}
		before := gofixerCall("slow", begun.Add(gofixerPerCall), answer, c.names, old, input)
		limit := gofixerTime.Now().Add(gofixerPerCall + 10*gofixerTime.Since(begun))
		after := gofixerCall("slower", limit, answer, c.names, changed, input)
		answer.Inputs++
		answer.Hits = gofixerHits
		if gofixerAlike(before, after) {
			return gofixerTime.Since(started) < gofixerPerCase
		}
		answer.Kind = "differs"
		for i := 0; i < 20 && answer.Kind == "differs"; i++ {
			if !gofixerAlike(before, gofixerCall("slow", gofixerTime.Now().Add(gofixerPerCall), answer, c.names, old, input)) {
				answer.Kind = "unsteady"
			}
		}
		answer.Input = gofixerShowInput(c.names, input)
		answer.Before, answer.After = gofixerShowOutcome(before, input), gofixerShowOutcome(after, input)
		return false
	})
	return answer
}

// gofixerInputs goes through the combinations of the values, simple ones first and as many as there may be, then through
// random ones.
func gofixerInputs(c gofixerCase, t gofixerReflect.Type, values [][]gofixerReflect.Value, each func([]gofixerReflect.Value) bool) {
	random := gofixerRand.New(gofixerRand.NewSource(1))
	input := make([]gofixerReflect.Value, len(values))
	next := func() bool { return each(append([]gofixerReflect.Value(nil), input...)) }
	firsts, all := gofixerFirsts(values)
	product := 1
	for _, count := range firsts {
		product *= count
	}
	for n := 0; n < product; n++ {
		rest := n
		for i, count := range firsts {
			input[i] = values[i][rest%count]
			rest /= count
		}
		if !next() {
			return
		}
	}
	if len(values) == 0 {
		return
	}
	// Each value of each input, with others drawn at random.
	for n := 0; !all && n < gofixerMostCrossed; n++ {
		for i, list := range values {
			input[i] = list[random.Intn(len(list))]
		}
		chosen := n % len(values)
		input[chosen] = values[chosen][n/len(values)%len(values[chosen])]
		if !next() {
			return
		}
	}
	for n := 0; n < gofixerRandomOnes; n++ {
		for i, list := range values {
			switch random.Intn(4) {
			case 0:
				input[i] = list[random.Intn(len(list))]
			case 1:
				input[i] = gofixerRelated(random, t, input[:i], i, c)
			default:
				input[i] = gofixerRandomValue(random, t.In(i), c, c.lengths[i])
			}
		}
		if !next() {
			return
		}
	}
}

// gofixerFirsts says how many of the first values of each input are combined with each other, and whether that is all.
func gofixerFirsts(values [][]gofixerReflect.Value) (firsts []int, all bool) {
	for most := 1; ; most++ {
		product := 1
		next := make([]int, len(values))
		all = true
		for i, list := range values {
			next[i] = len(list)
			if most < len(list) {
				next[i], all = most, false
			}
			product *= next[i]
			if product > gofixerMostCrossed {
				return firsts, false
			}
		}
		firsts = next
		if all {
			return firsts, true
		}
	}
}

// gofixerRelated makes a text of an earlier one: functions of two texts look for what they share.
func gofixerRelated(random *gofixerRand.Rand, t gofixerReflect.Type, before []gofixerReflect.Value, i int, c gofixerCase) gofixerReflect.Value {
	if t.In(i).Kind() == gofixerReflect.String {
		for _, other := range before {
			if other.Kind() != gofixerReflect.String {
				continue
			}
			text := other.String()
			switch random.Intn(5) {
			case 0:
				text = gofixerStrings.ToUpper(text)
			case 1:
				text = gofixerStrings.ToLower(text)
			case 2:
				text = text[:random.Intn(len(text)+1)]
			case 3:
				text = text[random.Intn(len(text)+1):]
			}
			return gofixerReflect.ValueOf(text).Convert(t.In(i))
		}
	}
	return gofixerRandomValue(random, t.In(i), c, c.lengths[i])
}

type gofixerOutcome struct {
	panicked bool
	said     string
	results  []gofixerReflect.Value
	input    []gofixerReflect.Value // what became of slices that were given
}

func gofixerCall(kind string, limit gofixerTime.Time, answer gofixerAnswer, names []string, f gofixerReflect.Value, input []gofixerReflect.Value) (outcome gofixerOutcome) {
	given := make([]gofixerReflect.Value, len(input))
	for i, v := range input {
		given[i] = v
		if v.Kind() == gofixerReflect.Slice && !v.IsNil() {
			given[i] = gofixerReflect.MakeSlice(v.Type(), v.Len(), v.Len())
			gofixerReflect.Copy(given[i], v)
		}
	}
	gofixerClock.Store(gofixerRunning{kind, limit, answer, input, names})
	outcome.panicked = true
	defer func() {
		gofixerClock.Store(gofixerRunning{})
		if outcome.panicked {
			outcome.said = gofixerPanicText(recover())
		}
		outcome.input = given
	}()
	outcome.results = f.Call(given)
	outcome.panicked = false
	return outcome
}

func gofixerPanicText(value interface{}) string {
	if err, ok := value.(error); ok {
		return gofixerErrorText(err)
	}
	return gofixerShow(gofixerReflect.ValueOf(value))
}

func gofixerErrorText(err error) (text string) {
	defer func() {
		if recover() != nil {
			text = "an error whose Error method panics"
		}
	}()
	return err.Error()
}

func gofixerAlike(a, b gofixerOutcome) bool {
	if a.panicked || b.panicked {
		return a.panicked == b.panicked && a.said == b.said
	}
	if len(a.results) != len(b.results) {
		return false
	}
	for i := range a.results {
		if !gofixerSame(a.results[i], b.results[i]) {
			return false
		}
	}
	for i := range a.input {
		if a.input[i].Kind() == gofixerReflect.Slice && !gofixerSame(a.input[i], b.input[i]) {
			return false
		}
	}
	return true
}

func gofixerSame(a, b gofixerReflect.Value) bool {
	for a.IsValid() && a.Kind() == gofixerReflect.Interface {
		a = a.Elem()
	}
	for b.IsValid() && b.Kind() == gofixerReflect.Interface {
		b = b.Elem()
	}
	if !a.IsValid() || !b.IsValid() {
		return a.IsValid() == b.IsValid()
	}
	if x, ok := a.Interface().(error); ok {
		y, ok := b.Interface().(error)
		return ok && gofixerErrorText(x) == gofixerErrorText(y)
	}
	if a.Kind() != b.Kind() {
		return false
	}
	switch a.Kind() {
	case gofixerReflect.Float32, gofixerReflect.Float64:
		x, y := a.Float(), b.Float()
		return gofixerMath.Float64bits(x) == gofixerMath.Float64bits(y) || x != x && y != y
	case gofixerReflect.Slice:
		if a.IsNil() != b.IsNil() || a.Len() != b.Len() {
			return false
		}
		if a.Type().Elem().Kind() == gofixerReflect.Uint8 && b.Type().Elem().Kind() == gofixerReflect.Uint8 {
			return string(a.Bytes()) == string(b.Bytes())
		}
		for i := 0; i < a.Len(); i++ {
			if !gofixerSame(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case gofixerReflect.String:
		return a.String() == b.String()
	case gofixerReflect.Int, gofixerReflect.Int8, gofixerReflect.Int16, gofixerReflect.Int32, gofixerReflect.Int64:
		return a.Int() == b.Int()
	}
	if a.Type() != b.Type() && a.Type().ConvertibleTo(b.Type()) {
		a = a.Convert(b.Type())
	}
	return gofixerReflect.DeepEqual(a.Interface(), b.Interface())
}

// -- values -----------------------------------------------------------------------------------------------------

func gofixerWholes(c gofixerCase) (signed []int64, unsigned []uint64) {
	signed = []int64{0, 1, -1, 2, -2, 3, 7, 8, 9, -9, 11, 12, 42, 99, -99, 101, 0xD7FF, 0xD800, 0xDFFF, 0xE000, 0xFFFD, 0x10FFFF, 0x110000,
		gofixerMath.MinInt64, gofixerMath.MinInt64 + 1, gofixerMath.MaxInt64, gofixerMath.MaxInt64 - 1}
	for n, power := 0, int64(10); n < 18; n, power = n+1, power*10 {
		signed = append(signed, power, power-1, power+1, -power, 1-power)
	}
	for n := uint(2); n < 63; n++ {
		signed = append(signed, int64(1)<<n, int64(1)<<n-1, -(int64(1) << n), -(int64(1)<<n)-1, int64(1)<<n+1)
	}
	for _, hint := range c.ints {
		signed = append(signed, hint, hint-1, hint+1, -hint)
	}
	unsigned = []uint64{gofixerMath.MaxUint64, gofixerMath.MaxUint64 - 1, 1 << 63, 1<<63 + 1, 10000000000000000000, 9999999999999999999}
	for _, value := range signed {
		if value >= 0 {
			unsigned = append(unsigned, uint64(value))
		}
	}
	return signed, unsigned
}

var gofixerFractions = []float64{0, gofixerMath.Copysign(0, -1), 1, -1, 0.1, 0.5, -0.5, 1.5, 2.5, -2.5, 3, 10, 100, 0.3, 1e-4, 1e-5, 1e-6, 1e-7,
	99999, 100000, 999999, 1e6, 1e20, 1e21, 1e22, -1e21, 123456789, 1234567.5, 1 << 24, 1<<24 + 1, 1 << 53, 1<<53 + 2, 1 << 63, -(1 << 63),
	1 << 31, 1 << 32, 5e-324, 2.2250738585072014e-308, 2.2250738585072011e-308, 1e-310, gofixerMath.MaxFloat64, -gofixerMath.MaxFloat64,
	gofixerMath.MaxFloat32, gofixerMath.SmallestNonzeroFloat32, 1e39, 1e308, gofixerMath.Pi, 1.0 / 3, gofixerMath.Inf(1), gofixerMath.Inf(-1),
	gofixerMath.NaN()}

var gofixerTexts = []string{"", "a", "A", "0", "1", "-1", "+1", "07", "0x1F", "1e3", "1_000", "9223372036854775807", "9223372036854775808",
	"-9223372036854775808", "true", "NaN", " ", "  a  b  ", "\t\n\r", "a\nb\n", "%", "%%", "%d", "%!s(int=5)", "100%", "a,b,,c", "a=b", "k: v",
	"/", "//a/../b/", "../x", "a/b", "\\", "\"", "'", "`", "\"quoted\" \\n", "<a&b>", "\x00", "a\x00b", "\x7f", "\x80", "\xff", "a\xffb", "\xc3", "\xe2\x82",
	"\xed\xa0\x80", "\xf4\x90\x80\x80", "\uFFFD", "\u00e9", "e\u0301", "\u65e5\u672c\u8a9e", "\U0001F600", "\U0010FFFF", "\u0130", "i", "\u00df", "\u212a", "k", "\u017f", "s", "\u03c3", "\u03c2",
	"\u2028", "\u00a0", "\ufeff", "abcabc", "aaaa", "Hello, World", gofixerStrings.Repeat("x", 300), gofixerStrings.Repeat("\u65e5", 100) + "\xff",
	gofixerStrings.Repeat("long ", 2000)}

func gofixerValues(c gofixerCase, t gofixerReflect.Type, length bool) (values []gofixerReflect.Value) {
	signed, unsigned := gofixerWholes(c)
	add := func(value interface{}) {
		values = append(values, gofixerReflect.ValueOf(value).Convert(t))
	}
	zero := gofixerReflect.Zero(t)
	texts := append(append([]string(nil), c.texts...), gofixerTexts...)
	switch t.Kind() {
	case gofixerReflect.Bool:
		add(false)
		add(true)
	case gofixerReflect.Int, gofixerReflect.Int8, gofixerReflect.Int16, gofixerReflect.Int32, gofixerReflect.Int64:
		seen := map[int64]bool{}
		for _, value := range signed {
			if !zero.OverflowInt(value) && !seen[value] && !(length && value < 0) && !(c.small && (value > 1000 || value < -1000)) {
				seen[value] = true
				add(value)
			}
		}
	case gofixerReflect.Uint, gofixerReflect.Uint8, gofixerReflect.Uint16, gofixerReflect.Uint32, gofixerReflect.Uint64, gofixerReflect.Uintptr:
		seen := map[uint64]bool{}
		for _, value := range unsigned {
			if !zero.OverflowUint(value) && !seen[value] && !(c.small && value > 1000) {
				seen[value] = true
				add(value)
			}
		}
	case gofixerReflect.Float32, gofixerReflect.Float64:
		for _, value := range gofixerFractions {
			add(value)
		}
		for _, value := range c.ints {
			add(float64(value))
		}
	case gofixerReflect.Complex64, gofixerReflect.Complex128:
		for _, value := range gofixerFractions {
			add(complex(value, 0))
			add(complex(1, value))
		}
	case gofixerReflect.String:
		for _, text := range texts {
			if !c.small || len(text) <= 64 {
				add(text)
			}
		}
	case gofixerReflect.Slice:
		values = append(values, zero, gofixerReflect.MakeSlice(t, 0, 0))
		if t.Elem().Kind() == gofixerReflect.Uint8 {
			for _, text := range texts {
				if text != "" && (!c.small || len(text) <= 64) {
					add([]byte(text))
				}
			}
			break
		}
		for _, list := range [][]string{{""}, {"a"}, {"", ""}, {"a", "b"}, {"b", "a", "a"}, {"a,b", "\xff", "%s"}, texts[:8]} {
			slice := gofixerReflect.MakeSlice(t, len(list), len(list))
			for i, text := range list {
				slice.Index(i).SetString(text)
			}
			values = append(values, slice)
		}
	case gofixerReflect.Array:
		for _, first := range []byte{0, 1, 0x7f, 0x80, 0xff} {
			value := gofixerReflect.New(t).Elem()
			for i := 0; i < t.Len(); i++ {
				value.Index(i).SetUint(uint64(first + byte(i)))
			}
			values = append(values, zero, value)
		}
	case gofixerReflect.Interface:
		values = append(values, zero)
		for _, text := range texts {
			if len(text) < 64 {
				values = append(values, gofixerReflect.ValueOf(gofixerErrors.New(text)))
			}
		}
	}
	return values
}

func gofixerRandomText(random *gofixerRand.Rand, c gofixerCase) string {
	var text gofixerStrings.Builder
	for n := random.Intn(6); n > 0; n-- {
		switch random.Intn(5) {
		case 0:
			text.WriteByte(byte(random.Intn(256)))
		case 1:
			text.WriteRune(rune(random.Intn(0x11000)))
		case 2:
			text.WriteString(gofixerTexts[random.Intn(60)])
		case 3:
			if len(c.texts) > 0 {
				text.WriteString(c.texts[random.Intn(len(c.texts))])
			}
		default:
			text.WriteByte(byte(' ' + random.Intn(95)))
		}
	}
	return text.String()
}

func gofixerRandomValue(random *gofixerRand.Rand, t gofixerReflect.Type, c gofixerCase, length bool) gofixerReflect.Value {
	value := gofixerReflect.New(t).Elem()
	bits := random.Uint64() >> uint(random.Intn(64))
	if c.small {
		bits %= 1000
	}
	switch t.Kind() {
	case gofixerReflect.Bool:
		value.SetBool(bits&1 == 0)
	case gofixerReflect.Int, gofixerReflect.Int8, gofixerReflect.Int16, gofixerReflect.Int32, gofixerReflect.Int64:
		number := int64(bits)
		if random.Intn(2) == 0 {
			number = -number
		}
		value.SetInt(number)
		if length && value.Int() < 0 {
			value.SetInt(value.Int() & gofixerMath.MaxInt8)
		}
	case gofixerReflect.Uint, gofixerReflect.Uint8, gofixerReflect.Uint16, gofixerReflect.Uint32, gofixerReflect.Uint64, gofixerReflect.Uintptr:
		value.SetUint(bits)
	case gofixerReflect.Float32, gofixerReflect.Float64:
		number := gofixerMath.Float64frombits(random.Uint64())
		if random.Intn(2) == 0 {
			number = float64(int64(bits)) / float64(int64(1)<<uint(random.Intn(20)))
		}
		value.SetFloat(number)
	case gofixerReflect.Complex64, gofixerReflect.Complex128:
		value.SetComplex(complex(random.NormFloat64(), random.NormFloat64()))
	case gofixerReflect.String:
		value.SetString(gofixerRandomText(random, c))
	case gofixerReflect.Slice:
		if t.Elem().Kind() == gofixerReflect.Uint8 {
			return gofixerReflect.ValueOf([]byte(gofixerRandomText(random, c))).Convert(t)
		}
		count := random.Intn(5)
		value.Set(gofixerReflect.MakeSlice(t, count, count))
		for i := 0; i < count; i++ {
			value.Index(i).SetString(gofixerRandomText(random, c))
		}
	case gofixerReflect.Array:
		for i := 0; i < t.Len(); i++ {
			value.Index(i).SetUint(uint64(random.Intn(256)))
		}
	case gofixerReflect.Interface:
		value.Set(gofixerReflect.ValueOf(gofixerErrors.New(gofixerRandomText(random, c))))
	}
	return value
}

// -- words ------------------------------------------------------------------------------------------------------

func gofixerShowInput(names []string, input []gofixerReflect.Value) string {
	var words []string
	for i, value := range input {
		words = append(words, names[i]+" = "+gofixerShow(value))
	}
	return gofixerStrings.Join(words, ", ")
}

func gofixerShowOutcome(outcome gofixerOutcome, input []gofixerReflect.Value) string {
	if outcome.panicked {
		return "panic: " + outcome.said
	}
	var words []string
	for _, value := range outcome.results {
		words = append(words, gofixerShow(value))
	}
	for i, value := range outcome.input {
		if value.Kind() == gofixerReflect.Slice && !gofixerSame(value, input[i]) {
			words = append(words, "with the slice changed to "+gofixerShow(value))
		}
	}
	return gofixerStrings.Join(words, ", ")
}

func gofixerQuoted(text string) string {
	const most = 80
	if len(text) <= most {
		return gofixerStrconv.Quote(text)
	}
	return gofixerStrconv.Quote(text[:most]) + "... (" + gofixerStrconv.Itoa(len(text)) + " bytes)"
}

func gofixerShow(value gofixerReflect.Value) string {
	for value.IsValid() && value.Kind() == gofixerReflect.Interface {
		value = value.Elem()
	}
	if !value.IsValid() {
		return "nil"
	}
	if err, ok := value.Interface().(error); ok {
		return "the error " + gofixerQuoted(gofixerErrorText(err))
	}
	switch value.Kind() {
	case gofixerReflect.Bool:
		return gofixerStrconv.FormatBool(value.Bool())
	case gofixerReflect.Int, gofixerReflect.Int8, gofixerReflect.Int16, gofixerReflect.Int32, gofixerReflect.Int64:
		return gofixerStrconv.FormatInt(value.Int(), 10)
	case gofixerReflect.Uint, gofixerReflect.Uint8, gofixerReflect.Uint16, gofixerReflect.Uint32, gofixerReflect.Uint64, gofixerReflect.Uintptr:
		return gofixerStrconv.FormatUint(value.Uint(), 10)
	case gofixerReflect.Float32, gofixerReflect.Float64:
		return gofixerStrconv.FormatFloat(value.Float(), 'g', -1, 64)
	case gofixerReflect.Complex64, gofixerReflect.Complex128:
		return gofixerStrconv.FormatComplex(value.Complex(), 'g', -1, 128)
	case gofixerReflect.String:
		return gofixerQuoted(value.String())
	case gofixerReflect.Array:
		var words []string
		for i := 0; i < value.Len() && i < 40; i++ {
			words = append(words, gofixerShow(value.Index(i)))
		}
		return value.Type().String() + "{" + gofixerStrings.Join(words, ", ") + "}"
	case gofixerReflect.Slice:
		if value.IsNil() {
			return value.Type().String() + "(nil)"
		}
		if value.Type().Elem().Kind() == gofixerReflect.Uint8 {
			return value.Type().String() + "(" + gofixerQuoted(string(value.Bytes())) + ")"
		}
		var words []string
		for i := 0; i < value.Len() && i < 10; i++ {
			words = append(words, gofixerShow(value.Index(i)))
		}
		return value.Type().String() + "{" + gofixerStrings.Join(words, ", ") + "}"
	}
	return "a value of type " + value.Type().String()
}
