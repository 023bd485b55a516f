// The Go half of selecting.cpp.
package main

import (
	"fmt"
	"time"
)

// [default]
func poll(ch <-chan int) int {
	select {
	case v := <-ch:
		return v
	default:
		return -1
	}
}

// [default]

// [timeout]
func receive(ch <-chan int, limit time.Duration) int {
	select {
	case v := <-ch:
		return v
	case <-time.After(limit):
		return -1
	}
}

// [timeout]

// [both]
func sumOfBoth(a, b <-chan int) (sum int) {
	for a != nil || b != nil {
		select {
		case v, ok := <-a:
			if !ok {
				a = nil // a nil channel is never ready
				continue
			}
			sum += v
		case v, ok := <-b:
			if !ok {
				b = nil
				continue
			}
			sum += v
		}
	}
	return
}

// [both]

// [rate]
func handleAll(requests []int) (handled int) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for range requests {
		<-tick.C
		handled++
	}
	return
}

// [rate]

func of(values ...int) <-chan int {
	ch := make(chan int, len(values))
	for _, v := range values {
		ch <- v
	}
	close(ch)
	return ch
}

func main() {
	empty, full := make(chan int), make(chan int, 2)
	full <- 7
	full <- 8
	fmt.Println("polled:", poll(empty), poll(full))
	fmt.Println("in time:", receive(empty, 5*time.Millisecond), receive(full, time.Hour))
	fmt.Println("sum of both:", sumOfBoth(of(1, 2), of(3, 4, 5)))
	fmt.Println("handled:", handleAll([]int{1, 2, 3}))
}
