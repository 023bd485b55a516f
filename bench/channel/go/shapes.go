package main

import (
	"sync"
	"time"
)

const (
	deep        = 1024
	shallow     = 64
	fanWidth    = 8
	daisyStages = 1000
)

var cases = []timedCase{
	{"pp", pingPong},
	{"spsc", func(n uint64) outcome { return shareOneChannel(n, deep, 1, 1) }},
	{"spsc0", func(n uint64) outcome { return shareOneChannel(n, 0, 1, 1) }},
	{"mpsc4", func(n uint64) outcome { return shareOneChannel(n, deep, 4, 1) }},
	{"mpmc4", func(n uint64) outcome { return shareOneChannel(n, deep, 4, 4) }},
	{"sel4", func(n uint64) outcome { return selectFour(n, deep) }},
	{"sel4u", func(n uint64) outcome { return selectFour(n, 0) }},
	{"fan8", func(n uint64) outcome { return fanWithOwnOutputs(n, 0) }},
	{"fan8b", func(n uint64) outcome { return fanWithOwnOutputs(n, shallow) }},
	{"fan8s", fanWithSharedOutput},
	{"daisy", daisyChain},
}

func sumTo(n uint64) uint64 { return n * (n + 1) / 2 }

// squaresTo wraps at 2^64, as the squares on their way do.
func squaresTo(n uint64) uint64 {
	var sum uint64
	for i := uint64(1); i <= n; i++ {
		sum += i * i
	}
	return sum
}

func pingPong(n uint64) outcome {
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
	return outcome{n, time.Since(start), sum, sumTo(n) + n}
}

func shareOneChannel(n uint64, capacity int, producers, consumers uint64) outcome {
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
	return outcome{n, time.Since(start), sum, sumTo(n)}
}

func selectFour(n uint64, capacity int) outcome {
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
	return outcome{n, time.Since(start), sum, sumTo(n)}
}

func generate(n uint64, to chan<- uint64) {
	for i := uint64(1); i <= n; i++ {
		to <- i
	}
	close(to)
}

func fanWithOwnOutputs(n uint64, capacity int) outcome {
	start := time.Now()
	source, merged := make(chan uint64, capacity), make(chan uint64, capacity)
	var copying sync.WaitGroup
	go generate(n, source)
	for w := 0; w < fanWidth; w++ {
		output := make(chan uint64, capacity)
		go func() {
			for value := range source {
				output <- value * value
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
	return outcome{n, time.Since(start), sum, squaresTo(n)}
}

func fanWithSharedOutput(n uint64) outcome {
	start := time.Now()
	source, merged := make(chan uint64, deep), make(chan uint64, deep)
	var working sync.WaitGroup
	go generate(n, source)
	for w := 0; w < fanWidth; w++ {
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
	return outcome{n, time.Since(start), sum, squaresTo(n)}
}

// daisyChain sends one value at a time through the whole chain; each stage adds one. Building the chain and a first walk
// are not timed.
func daisyChain(n uint64) outcome {
	const hops = daisyStages + 1
	walks := (n + hops - 1) / hops
	first := make(chan uint64)
	last := first
	for i := 0; i < daisyStages; i++ {
		from, to := last, make(chan uint64)
		go func() {
			for value := range from {
				to <- value + 1
			}
			close(to)
		}()
		last = to
	}
	first <- 0
	<-last
	start := time.Now()
	var sum uint64
	for walk := uint64(1); walk <= walks; walk++ {
		first <- walk
		sum += <-last
	}
	taken := time.Since(start)
	close(first)
	<-last
	return outcome{walks * hops, taken, sum, sumTo(walks) + walks*daisyStages}
}
