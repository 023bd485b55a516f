// Package measurement is one benchmark process of the Go peer: PROGRAM MODE CASE N, PROGRAM MODE cases, PROGRAM MODE about
// (measurement.hpp says what each does). MODE is GOMAXPROCS.
package measurement

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"time"
)

// Outcome is what a run did, what that cost in the unit of the case, what arrived and what should have.
type Outcome struct {
	Units    uint64
	Amount   float64
	Sum      uint64
	Expected uint64
}

// Case has a name and a run; a cold one is not warmed up.
type Case struct {
	Name string
	Run  func(n uint64) Outcome
	Cold bool
}

// Nanoseconds gives the time since start.
func Nanoseconds(start time.Time) float64 { return float64(time.Since(start).Nanoseconds()) }

// SumTo gives 1 + 2 + ... + n.
func SumTo(n uint64) uint64 { return n * (n + 1) / 2 }

func arrivedWhole(one Case, got Outcome) bool {
	if got.Sum != got.Expected {
		fmt.Fprintf(os.Stderr, "%s: what arrived adds up to %d instead of %d\n", one.Name, got.Sum, got.Expected)
	}
	return got.Sum == got.Expected
}

func timeOne(one Case, n uint64) int {
	if !one.Cold && !arrivedWhole(one, one.Run(n/10+1)) {
		return 1
	}
	timed := one.Run(n)
	if !arrivedWhole(one, timed) {
		return 1
	}
	fmt.Printf("%.4f\n", timed.Amount/float64(timed.Units))
	return 0
}

func answer(args []string, cases []Case) int {
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
			fmt.Println(one.Name)
		}
		return 0
	}
	var n uint64
	if len(args) == 4 {
		n, _ = strconv.ParseUint(args[3], 10, 64)
	}
	for _, one := range cases {
		if one.Name == verb && n > 0 {
			return timeOne(one, n)
		}
	}
	fmt.Fprintf(os.Stderr, "usage: %s MODE CASE N (N > 0) | MODE cases | MODE about\n", args[0])
	return 2
}

// Main is main() of a program: casesIn gives the cases of a mode.
func Main(casesIn func(workers int) []Case) {
	workers := 1
	if len(os.Args) > 1 {
		if asked, err := strconv.Atoi(os.Args[1]); err == nil && asked > 0 {
			workers = asked
		}
	}
	runtime.GOMAXPROCS(workers)
	os.Exit(answer(os.Args, casesIn(workers)))
}
