// The Go half of pools.cpp.
package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
)

func work(job int) int { return job * job }

// [pool]
func pool(workers int, jobs []int) (sum int) {
	queue, results := make(chan int), make(chan int)
	var wg sync.WaitGroup
	for w := 0; w < workers; w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for job := range queue {
				results <- work(job)
			}
		}()
	}
	go func() {
		defer close(queue)
		for _, job := range jobs {
			queue <- job
		}
	}()
	go func() {
		wg.Wait()
		close(results)
	}()
	for result := range results {
		sum += result
	}
	return
}

// [pool]

// [bounded]
func mostAtOnce(limit int, jobs []int) int64 {
	slots := make(chan struct{}, limit)
	var running, most int64
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, job := range jobs {
		wg.Add(1)
		slots <- struct{}{}
		go func(job int) {
			defer wg.Done()
			defer func() { <-slots }()
			now := atomic.AddInt64(&running, 1)
			mu.Lock()
			if now > most {
				most = now
			}
			mu.Unlock()
			work(job)
			atomic.AddInt64(&running, -1)
		}(job)
	}
	wg.Wait()
	return most
}

// [bounded]

// [stages]
func numbers(ctx context.Context, n int) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for i := 1; i <= n; i++ {
			select {
			case out <- i:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

func squared(ctx context.Context, in <-chan int) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for i := range in {
			select {
			case out <- i * i:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

// [stages]

// [pipeline]
func pipeline(n int) (sum int) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for square := range squared(ctx, numbers(ctx, n)) {
		sum += square
	}
	return
}

// [pipeline]

// [fan]
func merge(ctx context.Context, ins ...<-chan int) <-chan int {
	out := make(chan int)
	var wg sync.WaitGroup
	for _, in := range ins {
		wg.Add(1)
		go func(in <-chan int) {
			defer wg.Done()
			for i := range in {
				select {
				case out <- i:
				case <-ctx.Done():
					return
				}
			}
		}(in)
	}
	go func() {
		wg.Wait()
		close(out)
	}()
	return out
}

func fan(n int) (sum int) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	in := numbers(ctx, n)
	for square := range merge(ctx, squared(ctx, in), squared(ctx, in), squared(ctx, in)) {
		sum += square
	}
	return
}

// [fan]

func main() {
	jobs := []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	fmt.Println("pool:", pool(3, jobs))
	fmt.Println("never more than 3 at once:", mostAtOnce(3, jobs) <= 3)
	fmt.Println("pipeline:", pipeline(10))
	fmt.Println("fan:", fan(10))
}
