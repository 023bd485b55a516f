// One benchmark process of the Go peer: PROGRAM MODE CASE N, PROGRAM MODE cases, PROGRAM MODE about (bench/measurement.hpp
// says what each does). MODE is GOMAXPROCS.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"time"
)

// outcome is what a run moved, how long that took, what arrived and what should have.
type outcome struct {
	units    uint64
	taken    time.Duration
	sum      uint64
	expected uint64
}

type timedCase struct {
	name string
	run  func(n uint64) outcome
}

func arrivedWhole(one timedCase, got outcome) bool {
	if got.sum != got.expected {
		fmt.Fprintf(os.Stderr, "%s: the values received add up to %d instead of %d\n", one.name, got.sum, got.expected)
	}
	return got.sum == got.expected
}

func timeOne(one timedCase, n uint64) int {
	if !arrivedWhole(one, one.run(n/10+1)) {
		return 1
	}
	timed := one.run(n)
	if !arrivedWhole(one, timed) {
		return 1
	}
	fmt.Printf("%.4f\n", float64(timed.taken.Nanoseconds())/float64(timed.units))
	return 0
}

func answer(args []string, cases []timedCase) int {
	verb := ""
	if len(args) > 2 {
		verb = args[2]
	}
	switch verb {
	case "about":
		fmt.Println(runtime.Version())
		return 0
	case "cases":
		for _, one := range cases {
			fmt.Println(one.name)
		}
		return 0
	}
	var n uint64
	if len(args) == 4 {
		n, _ = strconv.ParseUint(args[3], 10, 64)
	}
	for _, one := range cases {
		if one.name == verb && n > 0 {
			return timeOne(one, n)
		}
	}
	fmt.Fprintf(os.Stderr, "usage: %s MODE CASE N (N > 0) | MODE cases | MODE about\n", args[0])
	return 2
}

func main() {
	if len(os.Args) > 1 {
		if workers, err := strconv.Atoi(os.Args[1]); err == nil && workers > 0 {
			runtime.GOMAXPROCS(workers)
		}
	}
	os.Exit(answer(os.Args, cases))
}
