package main

import (
	"fmt"
	"os"
	"syscall"
	"time"

	"braid/bench/measurement"
)

const napNanoseconds = 200_000

func nap() {
	gap := syscall.NsecToTimespec(napNanoseconds)
	_ = syscall.Nanosleep(&gap, nil)
}

// residentBytes tells how much memory this process has touched and keeps.
func residentBytes() float64 {
	text, err := os.ReadFile("/proc/self/statm")
	var all, resident int
	if err == nil {
		_, err = fmt.Sscan(string(text), &all, &resident)
	}
	if err != nil {
		return 0
	}
	return float64(resident * os.Getpagesize())
}

// spin is work of a known length; spin.hpp says how it is fitted.
type spin struct {
	steps       uint64
	nanoseconds float64
}

func (work *spin) run(seed uint64) uint64 { return measurement.Xorshift(seed, work.steps) }

func fittedSpin(nanoseconds float64) *spin {
	work := &spin{steps: 1_000_000}
	work.steps = atLeastOne(nanoseconds / work.shortest(1) * 1e6)
	work.nanoseconds = work.shortest(atLeastOne(1e6 / nanoseconds))
	return work
}

func atLeastOne(x float64) uint64 {
	if x < 1 {
		return 1
	}
	return uint64(x)
}

// shortest gives the nanoseconds of a call in the best of ten stretches.
func (work *spin) shortest(calls uint64) float64 {
	best := 1e18
	for stretch := uint64(1); stretch <= 10; stretch++ {
		start := time.Now()
		for i := uint64(1); i <= calls; i++ {
			work.run(stretch + i)
		}
		if taken := float64(time.Since(start).Nanoseconds()) / float64(calls); taken < best {
			best = taken
		}
	}
	return best
}
