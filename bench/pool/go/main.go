// The Go peer of the pool cases: goroutines are its pool.
package main

import "braid/bench/measurement"

func main() {
	measurement.Main(func(workers int) []measurement.Case {
		if workers == 2 {
			return append(poolCases(), twoWorkerCases()...)
		}
		return poolCases()
	})
}
