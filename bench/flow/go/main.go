// The Go peer of the flow cases: its streams are goroutines and channels.
package main

import (
	"time"

	"braid/bench/channel/go/shapes"
	"braid/bench/measurement"
)

func main() {
	measurement.Main(func(int) []measurement.Case { return cases })
}

var cases = []measurement.Case{
	mapped("map8", unchanged),
	mapped("mapw300", measurement.Worked(300)),
	mapped("mapw1200", measurement.Worked(1200)),
	mapped("mapw6000", measurement.Worked(6000)),
	mappedInOrder("map8_ordered", unchanged),
	mappedInOrder("mapw300_ordered", measurement.Worked(300)),
	mappedInOrder("mapw1200_ordered", measurement.Worked(1200)),
	mappedInOrder("mapw6000_ordered", measurement.Worked(6000)),
	{Name: "pipe1000", Run: shapes.FullChain},
}

func unchanged(value uint64) uint64 { return value }

func mapped(name string, f func(uint64) uint64) measurement.Case {
	return measurement.Case{Name: name, Run: func(n uint64) measurement.Outcome {
		start := time.Now()
		sum := shapes.FanWithOwnOutputs(n, 0, f)
		return measurement.Outcome{Units: n, Amount: measurement.Nanoseconds(start), Sum: sum, Expected: measurement.SumTo(n)}
	}}
}

func mappedInOrder(name string, f func(uint64) uint64) measurement.Case {
	return measurement.Case{Name: name, Run: func(n uint64) measurement.Outcome {
		start := time.Now()
		sum := fanInTurn(n, f)
		return measurement.Outcome{Units: n, Amount: measurement.Nanoseconds(start), Sum: sum, Expected: measurement.SumTo(n)}
	}}
}

// fanInTurn gives the sum of f of 1..n, or 0 if what came was not in order: items are dealt to the workers in turn, and
// results are taken from them in turn.
func fanInTurn(n uint64, f func(uint64) uint64) uint64 {
	var inputs, outputs [shapes.FanWidth]chan uint64
	for w := range inputs {
		input, output := make(chan uint64), make(chan uint64)
		inputs[w], outputs[w] = input, output
		go func() {
			for value := range input {
				output <- f(value)
			}
		}()
	}
	go func() {
		for i := uint64(1); i <= n; i++ {
			inputs[i%shapes.FanWidth] <- i
		}
		for _, input := range inputs {
			close(input)
		}
	}()
	var sum, strayed uint64
	for i := uint64(1); i <= n; i++ {
		value := <-outputs[i%shapes.FanWidth]
		sum += value
		strayed |= value ^ i
	}
	if strayed != 0 {
		return 0
	}
	return sum
}
