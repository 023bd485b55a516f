package main

import (
	"sync"
	"time"

	"braid/bench/measurement"
)

const batchLength = 1000

//go:noinline
func unchanged(value uint64) uint64 { return value }

// inBatches gives 1..n in batches; each is done before the next one comes.
func inBatches(n uint64, eachBatch func(batch []uint64) uint64) measurement.Outcome {
	start := time.Now()
	var sum uint64
	for from := uint64(1); from <= n; from += batchLength {
		length := n - from + 1
		if length > batchLength {
			length = batchLength
		}
		batch := make([]uint64, length)
		for i := range batch {
			batch[i] = from + uint64(i)
		}
		sum += eachBatch(batch)
	}
	return measurement.Outcome{Units: n, Amount: measurement.Nanoseconds(start), Sum: sum, Expected: measurement.SumTo(n)}
}

// runBatches has two workers that stay; a job says where its result belongs.
func runBatches(n uint64) measurement.Outcome {
	type job struct {
		value  uint64
		result *uint64
		done   *sync.WaitGroup
	}
	jobs := make(chan job, 64)
	defer close(jobs)
	for w := 0; w < 2; w++ {
		go func() {
			for one := range jobs {
				*one.result = unchanged(one.value)
				one.done.Done()
			}
		}()
	}
	return inBatches(n, func(batch []uint64) uint64 {
		results := make([]uint64, len(batch))
		var done sync.WaitGroup
		done.Add(len(batch))
		for i, value := range batch {
			jobs <- job{value, &results[i], &done}
		}
		done.Wait()
		var sum, strayed uint64
		for i, value := range results {
			sum += value
			strayed |= value ^ batch[i]
		}
		if strayed != 0 {
			return 0
		}
		return sum
	})
}

// streamBatches has the same workers between two channels, and a goroutine that sends a batch.
func streamBatches(n uint64) measurement.Outcome {
	jobs, results := make(chan uint64, 64), make(chan uint64, 64)
	defer close(jobs)
	for w := 0; w < 2; w++ {
		go func() {
			for value := range jobs {
				results <- unchanged(value)
			}
		}()
	}
	return inBatches(n, func(batch []uint64) uint64 {
		go func() {
			for _, value := range batch {
				jobs <- value
			}
		}()
		var sum uint64
		for range batch {
			sum += <-results
		}
		return sum
	})
}
