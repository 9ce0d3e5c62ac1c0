// Package sample has every kind of node of the grammar at least once.
package sample

import (
	"fmt"
	. "math"
	_ "net/http/pprof"
	str "strings"
)

import `time`

const (
	First  = iota
	Second uint8 = 0x2 + 'a'
)

var global, other = 1.5, 2i

var (
	table = map[string][]int{"a": {1, 2}, "b": nil}
	fixed = [...]int{0: 1, 2: 3}
	four  [4]*int
)

type (
	Pair[K comparable, V int | ~string] struct {
		Key K `json:"key"`
		V   V
		*str.Builder
		Set[K]
	}
	Set[T comparable]   map[T]struct{}
	Vector[T any]       = []T
	Handler             func(w chan<- int, r <-chan int) (n int, err error)
	Paren               (interface{ int })
	Stringer            interface {
		fmt.Stringer
		Name(prefix string) (string, error)
		~int | ~[]byte
	}
)

func Map[T, U any](in []T, f func(T) U, more ...string) (out []U) {
	for _, x := range in {
		out = append(out, f(x))
	}
	return
}

func assembly(x uint64) int

func (p *Pair[K, V]) Get(key K) (value V, ok bool) {
	defer func() { _ = recover() }()
	go p.Run()
	p.Wait()
outer:
	for i := 0; i < 10; i++ {
		if x, err := fmt.Println(i, "a\tb\n"); err != nil {
			continue outer
		} else if x > 1 && !ok || false {
			break
		} else {
			goto end
		}
	}
	for {
		select {
		case v, ok := <-p.in:
			_, _ = v, ok
		case p.out <- 1:
			p.n--
		case <-time.After(time.Second):
		default:
			return value, true
		}
	}
	switch n := len(p.list[1:2:3]); n {
	case 1, 2:
		fallthrough
	default:
	}
	switch y := any(key).(type) {
	case int, *[]string:
		y = y
	case nil:
	}
	switch {
	}
	var z, _ = key.(fmt.Stringer), []byte("x")
	const local = -1
	type alias = int
	x := Map[int, string](nil, nil, table["a"]...)
	x.y, z.w = *p, (p.n)
	x |= Inf(1) / 2 &^ 3
	_ = Pair[int, string]{Key: 1}
	_ = f[int]
	_ = m[[]int, string]
	_ = new([4]int)
	_ = make(chan int, 2)
	{
		;
	}
end:
}
