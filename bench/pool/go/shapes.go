package main

import (
	"sort"
	"sync"
	"sync/atomic"
	"time"

	"braid/bench/measurement"
)

func poolCases() []measurement.Case {
	return []measurement.Case{
		{Name: "submit", Run: submitEmpty},
		{Name: "future", Run: submitWithResults},
		{Name: "fib", Run: forkAndJoin},
		{Name: "wake50", Run: func(n uint64) measurement.Outcome { return wakeUp(n, 50) }},
		{Name: "wake99", Run: func(n uint64) measurement.Outcome { return wakeUp(n, 99) }},
	}
}

// twoWorkerCases are not asked of one worker: work is compared with two threads, and a parked goroutine costs the same.
func twoWorkerCases() []measurement.Case {
	return []measurement.Case{
		{Name: "park", Run: func(n uint64) measurement.Outcome { return fill(n, true) }, Cold: true},
		{Name: "parkspawn", Run: func(n uint64) measurement.Outcome { return fill(n, false) }, Cold: true},
		{Name: "pool_run", Run: runBatches},
		{Name: "pool_stream", Run: streamBatches},
		{Name: "work1", Run: func(n uint64) measurement.Outcome { return compute(n, 1_000) }},
		{Name: "work100", Run: func(n uint64) measurement.Outcome { return compute(n, 100_000) }},
	}
}

// crew is what a batch of goroutines shares: Go has no thread's own memory, so all add to one sum, beside the counter of
// the group, which they touch anyway.
type crew struct {
	running sync.WaitGroup
	sum     uint64
}

func submitEmpty(n uint64) measurement.Outcome {
	var all crew
	start := time.Now()
	for i := uint64(1); i <= n; i++ {
		all.running.Add(1)
		go func(i uint64) {
			atomic.AddUint64(&all.sum, i)
			all.running.Done()
		}(i)
	}
	all.running.Wait()
	return measurement.Outcome{Units: n, Amount: measurement.Nanoseconds(start), Sum: all.sum, Expected: measurement.SumTo(n)}
}

// submitWithResults uses a channel of one for each result, Go's usual future.
func submitWithResults(n uint64) measurement.Outcome {
	results := make([]chan uint64, 0, n)
	start := time.Now()
	for i := uint64(1); i <= n; i++ {
		result := make(chan uint64, 1)
		go func(i uint64) { result <- i }(i)
		results = append(results, result)
	}
	var sum uint64
	for _, result := range results {
		sum += <-result
	}
	return measurement.Outcome{Units: n, Amount: measurement.Nanoseconds(start), Sum: sum, Expected: measurement.SumTo(n)}
}

func fib(n uint64) uint64 {
	if n < 2 {
		return n
	}
	var a uint64
	var forked sync.WaitGroup
	forked.Add(1)
	go func() {
		a = fib(n - 1)
		forked.Done()
	}()
	b := fib(n - 2)
	forked.Wait()
	return a + b
}

// fibWithin gives the largest argument whose fib makes no more than n spawns, and at least one, with these and its
// value: fib(k) makes fib(k + 1) - 1.
func fibWithin(n uint64) (argument, spawns, value uint64) {
	argument, spawns, value = 2, 1, 1
	for spawns+value <= n {
		argument, spawns, value = argument+1, spawns+value, spawns+1
	}
	return argument, spawns, value
}

func forkAndJoin(n uint64) measurement.Outcome {
	argument, spawns, value := fibWithin(n)
	start := time.Now()
	sum := fib(argument)
	return measurement.Outcome{Units: spawns, Amount: measurement.Nanoseconds(start), Sum: sum, Expected: value}
}

func compute(n uint64, nanoseconds float64) measurement.Outcome {
	work := fittedSpin(nanoseconds)
	var all crew
	start := time.Now()
	for i := uint64(1); i <= n; i++ {
		all.running.Add(1)
		go func(i uint64) {
			if work.run(i) == 0 {
				i++
			}
			atomic.AddUint64(&all.sum, i)
			all.running.Done()
		}(i)
	}
	all.running.Wait()
	share := 100 * (work.nanoseconds * float64(n) / 2) / measurement.Nanoseconds(start)
	return measurement.Outcome{Units: 1, Amount: share, Sum: all.sum, Expected: measurement.SumTo(n)}
}

func wakeUp(n uint64, percent uint64) measurement.Outcome {
	taken := make([]float64, n)
	var all crew
	for i := uint64(1); i <= n; i++ {
		nap()
		all.running.Add(1)
		go func(i uint64, start time.Time) {
			taken[i-1] = measurement.Nanoseconds(start)
			atomic.AddUint64(&all.sum, i)
			all.running.Done()
		}(i, time.Now())
	}
	all.running.Wait()
	sort.Float64s(taken)
	return measurement.Outcome{Units: 1, Amount: taken[n*percent/100], Sum: all.sum, Expected: measurement.SumTo(n)}
}

// fill starts n goroutines that wait for one gate: the memory that they take, or the time until all have started.
func fill(n uint64, bytes bool) measurement.Outcome {
	var started sync.WaitGroup
	var all crew
	gate := make(chan struct{})
	before := residentBytes()
	start := time.Now()
	for i := uint64(1); i <= n; i++ {
		started.Add(1)
		all.running.Add(1)
		go func(i uint64) {
			started.Done()
			<-gate
			atomic.AddUint64(&all.sum, i)
			all.running.Done()
		}(i)
	}
	started.Wait()
	amount := measurement.Nanoseconds(start)
	if bytes {
		amount = residentBytes() - before
	}
	close(gate)
	all.running.Wait()
	return measurement.Outcome{Units: n, Amount: amount, Sum: all.sum, Expected: measurement.SumTo(n)}
}
