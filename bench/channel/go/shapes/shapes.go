// Package shapes holds what goroutines and channels are built into for the channel cases and for the flow cases.
package shapes

import (
	"sync"
	"time"

	"braid/bench/measurement"
)

const (
	// FanWidth is how many workers stand between the one that gives and the one that takes.
	FanWidth = 8
	// ChainStages is how many goroutines stand in a row.
	ChainStages = 1000
)

// Generate sends 1..n, and closes.
func Generate(n uint64, to chan<- uint64) {
	for i := uint64(1); i <= n; i++ {
		to <- i
	}
	close(to)
}

// FanWithOwnOutputs gives the sum of f of 1..n: each worker has a channel of its own, and a goroutine that copies from
// that to the one that all share.
func FanWithOwnOutputs(n uint64, capacity int, f func(uint64) uint64) uint64 {
	source, merged := make(chan uint64, capacity), make(chan uint64, capacity)
	var copying sync.WaitGroup
	go Generate(n, source)
	for w := 0; w < FanWidth; w++ {
		output := make(chan uint64, capacity)
		go func() {
			for value := range source {
				output <- f(value)
			}
			close(output)
		}()
		copying.Add(1)
		go func() {
			for value := range output {
				merged <- value
			}
			copying.Done()
		}()
	}
	go func() {
		copying.Wait()
		close(merged)
	}()
	var sum uint64
	for value := range merged {
		sum += value
	}
	return sum
}

// Chain starts goroutines in a row, each of which adds one to what passes, and gives both ends. It ends when the first
// is closed.
func Chain() (first chan<- uint64, last <-chan uint64) {
	begin := make(chan uint64)
	end := begin
	for i := 0; i < ChainStages; i++ {
		from, to := end, make(chan uint64)
		go func() {
			for value := range from {
				to <- value + 1
			}
			close(to)
		}()
		end = to
	}
	return begin, end
}

// PassAll sends 1..items through a chain and gives the sum of what comes out.
func PassAll(items uint64, first chan<- uint64, last <-chan uint64) uint64 {
	go Generate(items, first)
	var sum uint64
	for value := range last {
		sum += value
	}
	return sum
}

// FullChain sends all values through a chain, with one at every stage, and counts in stages that they pass. Building it
// is not timed.
func FullChain(n uint64) measurement.Outcome {
	items := (n + ChainStages - 1) / ChainStages
	first, last := Chain()
	start := time.Now()
	sum := PassAll(items, first, last)
	return measurement.Outcome{Units: items * ChainStages, Amount: measurement.Nanoseconds(start), Sum: sum,
		Expected: measurement.SumTo(items) + items*ChainStages}
}
