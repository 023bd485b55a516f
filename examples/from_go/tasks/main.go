// The Go half of tasks.cpp: goroutines that are waited for, and the first error.
package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// [wait_group]
func squares(numbers []int) []int {
	results := make([]int, len(numbers))
	var wg sync.WaitGroup
	for i, n := range numbers {
		wg.Add(1)
		go func(i, n int) {
			defer wg.Done()
			results[i] = n * n
		}(i, n)
	}
	wg.Wait()
	return results
}

// [wait_group]

func fetch(ctx context.Context, name string) error {
	if name == "c" {
		return errors.New("c is broken")
	}
	select {
	case <-time.After(time.Hour):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// [first_error]
func fetchAll(ctx context.Context, names []string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		wg    sync.WaitGroup
		once  sync.Once
		first error
	)
	for _, name := range names {
		wg.Add(1)
		go func(name string) {
			defer wg.Done()
			if err := fetch(ctx, name); err != nil {
				once.Do(func() { first = err; cancel() })
			}
		}(name)
	}
	wg.Wait()
	return first
}

// [first_error]

// [limit]
func fetchThreeAtATime(names []string) int64 {
	slots := make(chan struct{}, 3) // errgroup: g.SetLimit(3), and g.Go waits
	var fetched int64
	var wg sync.WaitGroup
	for range names {
		slots <- struct{}{}
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer func() { <-slots }()
			atomic.AddInt64(&fetched, 1)
		}()
	}
	wg.Wait()
	return fetched
}

// [limit]

// [try_go]
func fetchIfThereIsASlot(wg *sync.WaitGroup, slots chan struct{}) bool {
	select { // errgroup: g.TryGo(f)
	case slots <- struct{}{}:
	default:
		return false
	}
	wg.Add(1)
	go func() {
		defer wg.Done()
		defer func() { <-slots }()
	}()
	return true
}

// [try_go]

// [single_flight]
type call struct {
	value string
	ended chan struct{}
}

type singleFlight struct {
	mu    sync.Mutex
	calls map[string]*call
}

// join gives the call for that key, and whether the caller is the first.
func (s *singleFlight) join(key string) (*call, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known, ok := s.calls[key]; ok {
		return known, false
	}
	c := &call{ended: make(chan struct{})}
	s.calls[key] = c
	return c, true
}

func (s *singleFlight) finish(key string, c *call, value string) {
	c.value = value
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.calls, key)
	close(c.ended)
}

func (c *call) wait() string {
	<-c.ended
	return c.value
}

// [single_flight]

func main() {
	fmt.Println("squares:", squares([]int{1, 2, 3}))
	fmt.Println("first error:", fetchAll(context.Background(), []string{"a", "b", "c", "d"}))
	fmt.Println("three at a time:", fetchThreeAtATime([]string{"a", "b", "c", "d", "e"}))
	slots := make(chan struct{}, 1)
	slots <- struct{}{}
	var wg sync.WaitGroup
	fmt.Println("a slot for one more:", map[bool]string{true: "yes", false: "no"}[fetchIfThereIsASlot(&wg, slots)])
	wg.Wait()
	flights := singleFlight{calls: map[string]*call{}}
	one, first := flights.join("page")
	same, second := flights.join("page")
	flights.finish("page", one, "the page")
	fmt.Printf("one call: %s, and both have %s\n", map[bool]string{true: "yes", false: "no"}[first && !second], same.wait())
}
