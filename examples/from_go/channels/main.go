// The Go half of channels.cpp.
package main

import (
	"fmt"
	"sync"
)

// [hand_over]
func handOver() int {
	ch := make(chan int) // a send waits for a receiver
	go func() { ch <- 1 }()
	buffered := make(chan int, 2)
	buffered <- 2
	buffered <- 3
	return <-ch + <-buffered + <-buffered
}

// [hand_over]

// [range]
func sumTo(n int) int {
	numbers := make(chan int, 8)
	go func() {
		defer close(numbers)
		for i := 1; i <= n; i++ {
			numbers <- i
		}
	}()
	sum := 0
	for i := range numbers {
		sum += i
	}
	return sum
}

// [range]

// [closed]
func sendOnClosed() (sent bool) {
	defer func() { sent = recover() == nil }() // or the process ends
	ch := make(chan string, 1)
	close(ch)
	ch <- "precious"
	return
}

// [closed]

// [generator]
func count(done <-chan struct{}) <-chan int {
	out := make(chan int)
	go func() {
		for i := 0; ; i++ {
			select {
			case out <- i:
			case <-done:
				return
			}
		}
	}()
	return out
}

func firstThree() (three []int) {
	done := make(chan struct{})
	defer close(done) // or the goroutine stays for ever
	numbers := count(done)
	for len(three) < 3 {
		three = append(three, <-numbers)
	}
	return
}

// [generator]

// [broadcast]
type topic struct {
	mu          sync.Mutex
	subscribers []chan string
}

func (t *topic) subscribe() <-chan string {
	t.mu.Lock()
	defer t.mu.Unlock()
	ch := make(chan string, 8)
	t.subscribers = append(t.subscribers, ch)
	return ch
}

func (t *topic) publish(news string) {
	t.mu.Lock() // while one subscriber is slow nobody can subscribe
	defer t.mu.Unlock()
	for _, ch := range t.subscribers {
		ch <- news
	}
}

func (t *topic) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, ch := range t.subscribers {
		close(ch)
	}
}

func heardByBoth() int {
	var t topic
	heard := make(chan int)
	for i := 0; i < 2; i++ {
		news := t.subscribe()
		go func() {
			n := 0
			for range news {
				n++
			}
			heard <- n
		}()
	}
	t.publish("one")
	t.publish("two")
	t.close()
	return <-heard + <-heard
}

// [broadcast]

func main() {
	fmt.Println("handed over:", handOver())
	fmt.Println("sum:", sumTo(10))
	fmt.Println("sent on a closed channel:", sendOnClosed())
	fmt.Println("first three:", firstThree())
	fmt.Println("heard by both:", heardByBoth())
}
