// The Go half of tasks.cpp: goroutines that are waited for, and the first error.
package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
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

func main() {
	fmt.Println("squares:", squares([]int{1, 2, 3}))
	fmt.Println("first error:", fetchAll(context.Background(), []string{"a", "b", "c", "d"}))
}
