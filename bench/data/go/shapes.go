package main

import (
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"braid/bench/measurement"
)

const blockLetters = 256 * 1024

func slope(x float64) float64 { return math.Sqrt(x) * 1.5 }

// squares of small whole numbers, so that every sum is exact, whatever its order.
func squares(n uint64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = float64((i % 1000) * (i % 1000))
	}
	return x
}

func milliseconds(start time.Time) float64 { return measurement.Nanoseconds(start) / 1e6 }

// inParallel runs a goroutine for each P, with its number, and waits for all.
func inParallel(f func(p, of int)) {
	of := runtime.GOMAXPROCS(0)
	var running sync.WaitGroup
	for p := 0; p < of; p++ {
		running.Add(1)
		go func(p int) {
			f(p, of)
			running.Done()
		}(p)
	}
	running.Wait()
}

func mapValues(n uint64) measurement.Outcome {
	x, y := squares(n), make([]float64, n)
	for i := range y {
		y[i] = 0.5
	}
	start := time.Now()
	inParallel(func(p, of int) {
		from, to := x[len(x)*p/of:len(x)*(p+1)/of], y[len(y)*p/of:]
		for i, value := range from {
			to[i] = slope(value) + 1
		}
	})
	taken := milliseconds(start)
	var right uint64
	for i := range y {
		if y[i] == float64(i%1000)*1.5+1 {
			right++
		}
	}
	return measurement.Outcome{Units: 1, Amount: taken, Sum: right, Expected: n}
}

func sumValues(n uint64) measurement.Outcome {
	x := squares(n)
	sums := make(chan float64, runtime.GOMAXPROCS(0))
	start := time.Now()
	inParallel(func(p, of int) {
		var sum float64
		for _, value := range x[len(x)*p/of : len(x)*(p+1)/of] {
			sum += slope(value)
		}
		sums <- sum
	})
	close(sums)
	var total float64
	for sum := range sums {
		total += sum
	}
	taken := milliseconds(start)
	var expected uint64
	for i := uint64(0); i < n; i++ {
		expected += i % 1000
	}
	return measurement.Outcome{Units: 1, Amount: taken, Sum: uint64(2 * total), Expected: 3 * expected}
}

func addWords(to map[string]uint64, part string) {
	begin := 0
	for at := 0; at < len(part); at++ {
		if part[at] == ' ' {
			to[part[begin:at]]++
			begin = at + 1
		}
	}
}

// countWords has a map for each goroutine, which takes part after part.
func countWords(n uint64) measurement.Outcome {
	letters, weight := makeText(n)
	start := time.Now()
	all := parts(letters, blockLetters)
	maps := make([]map[string]uint64, runtime.GOMAXPROCS(0))
	var next int64
	inParallel(func(p, _ int) {
		mine := make(map[string]uint64)
		for i := atomic.AddInt64(&next, 1); i <= int64(len(all)); i = atomic.AddInt64(&next, 1) {
			addWords(mine, all[i-1])
		}
		maps[p] = mine
	})
	counts := maps[0]
	for _, some := range maps[1:] {
		for word, count := range some {
			counts[word] += count
		}
	}
	taken := milliseconds(start)
	var sum uint64
	for word, count := range counts {
		sum += weightOf(word) * count
	}
	return measurement.Outcome{Units: 1, Amount: taken, Sum: sum, Expected: weight}
}
