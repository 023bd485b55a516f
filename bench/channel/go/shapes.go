package main

import (
	"sync"
	"time"

	"braid/bench/channel/go/shapes"
	"braid/bench/measurement"
)

const (
	deep    = 1024
	shallow = 64
)

var cases = []measurement.Case{
	{Name: "pp", Run: pingPong},
	{Name: "spsc", Run: func(n uint64) measurement.Outcome { return shareOneChannel(n, deep, 1, 1) }},
	{Name: "spsc0", Run: func(n uint64) measurement.Outcome { return shareOneChannel(n, 0, 1, 1) }},
	{Name: "mpsc4", Run: func(n uint64) measurement.Outcome { return shareOneChannel(n, deep, 4, 1) }},
	{Name: "mpmc4", Run: func(n uint64) measurement.Outcome { return shareOneChannel(n, deep, 4, 4) }},
	{Name: "sel4", Run: func(n uint64) measurement.Outcome { return selectFour(n, deep) }},
	{Name: "sel4u", Run: func(n uint64) measurement.Outcome { return selectFour(n, 0) }},
	{Name: "fan8", Run: func(n uint64) measurement.Outcome { return fanOfSquares(n, 0) }},
	{Name: "fan8b", Run: func(n uint64) measurement.Outcome { return fanOfSquares(n, shallow) }},
	{Name: "fan8s", Run: fanWithSharedOutput},
	{Name: "fanw300", Run: func(n uint64) measurement.Outcome { return fanWithWork(n, 300) }},
	{Name: "fanw1200", Run: func(n uint64) measurement.Outcome { return fanWithWork(n, 1200) }},
	{Name: "fanw6000", Run: func(n uint64) measurement.Outcome { return fanWithWork(n, 6000) }},
	{Name: "daisy", Run: daisyChain},
	{Name: "chain1000", Run: shapes.FullChain},
}

// squaresTo wraps at 2^64, as the squares on their way do.
func squaresTo(n uint64) uint64 {
	var sum uint64
	for i := uint64(1); i <= n; i++ {
		sum += i * i
	}
	return sum
}

func pingPong(n uint64) measurement.Outcome {
	start := time.Now()
	ping, pong := make(chan uint64), make(chan uint64)
	go func() {
		for value := range ping {
			pong <- value + 1
		}
	}()
	var sum uint64
	for i := uint64(1); i <= n; i++ {
		ping <- i
		sum += <-pong
	}
	close(ping)
	return measurement.Outcome{Units: n, Amount: measurement.Nanoseconds(start), Sum: sum, Expected: measurement.SumTo(n) + n}
}

func shareOneChannel(n uint64, capacity int, producers, consumers uint64) measurement.Outcome {
	start := time.Now()
	values := make(chan uint64, capacity)
	sums := make(chan uint64, consumers)
	var sending sync.WaitGroup
	for c := uint64(0); c < consumers; c++ {
		go func() {
			var sum uint64
			for value := range values {
				sum += value
			}
			sums <- sum
		}()
	}
	for p := uint64(1); p <= producers; p++ {
		sending.Add(1)
		go func(p uint64) {
			for i := p; i <= n; i += producers {
				values <- i
			}
			sending.Done()
		}(p)
	}
	sending.Wait()
	close(values)
	var sum uint64
	for c := uint64(0); c < consumers; c++ {
		sum += <-sums
	}
	return measurement.Outcome{Units: n, Amount: measurement.Nanoseconds(start), Sum: sum, Expected: measurement.SumTo(n)}
}

func selectFour(n uint64, capacity int) measurement.Outcome {
	start := time.Now()
	var from [4]chan uint64
	for p := range from {
		from[p] = make(chan uint64, capacity)
		go func(p int) {
			for i := uint64(p) + 1; i <= n; i += 4 {
				from[p] <- i
			}
		}(p)
	}
	a, b, c, d := from[0], from[1], from[2], from[3]
	var sum uint64
	for i := uint64(0); i < n; i++ {
		select {
		case value := <-a:
			sum += value
		case value := <-b:
			sum += value
		case value := <-c:
			sum += value
		case value := <-d:
			sum += value
		}
	}
	return measurement.Outcome{Units: n, Amount: measurement.Nanoseconds(start), Sum: sum, Expected: measurement.SumTo(n)}
}

func fanOfSquares(n uint64, capacity int) measurement.Outcome {
	start := time.Now()
	sum := shapes.FanWithOwnOutputs(n, capacity, func(value uint64) uint64 { return value * value })
	return measurement.Outcome{Units: n, Amount: measurement.Nanoseconds(start), Sum: sum, Expected: squaresTo(n)}
}

func fanWithWork(n, steps uint64) measurement.Outcome {
	start := time.Now()
	sum := shapes.FanWithOwnOutputs(n, 0, measurement.Worked(steps))
	return measurement.Outcome{Units: n, Amount: measurement.Nanoseconds(start), Sum: sum, Expected: measurement.SumTo(n)}
}

func fanWithSharedOutput(n uint64) measurement.Outcome {
	start := time.Now()
	source, merged := make(chan uint64, deep), make(chan uint64, deep)
	var working sync.WaitGroup
	go shapes.Generate(n, source)
	for w := 0; w < shapes.FanWidth; w++ {
		working.Add(1)
		go func() {
			for value := range source {
				merged <- value * value
			}
			working.Done()
		}()
	}
	go func() {
		working.Wait()
		close(merged)
	}()
	var sum uint64
	for value := range merged {
		sum += value
	}
	return measurement.Outcome{Units: n, Amount: measurement.Nanoseconds(start), Sum: sum, Expected: squaresTo(n)}
}

// daisyChain sends one value at a time through the whole chain; each stage adds one. Building the chain and a first walk
// are not timed.
func daisyChain(n uint64) measurement.Outcome {
	const hops = shapes.ChainStages + 1
	walks := (n + hops - 1) / hops
	first, last := shapes.Chain()
	first <- 0
	<-last
	start := time.Now()
	var sum uint64
	for walk := uint64(1); walk <= walks; walk++ {
		first <- walk
		sum += <-last
	}
	taken := measurement.Nanoseconds(start)
	close(first)
	<-last
	return measurement.Outcome{Units: walks * hops, Amount: taken, Sum: sum, Expected: measurement.SumTo(walks) + walks*shapes.ChainStages}
}
