// The Go half of contexts.cpp.
package main

import (
	"context"
	"errors"
	"fmt"
	"os/signal"
	"syscall"
	"time"
)

// [cancel]
func work(ctx context.Context, jobs <-chan int) error {
	for {
		select { // each wait has to name the context
		case <-jobs:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func workUntilCancelled() error {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- work(ctx, make(chan int)) }()
	cancel()
	return <-ended
}

// [cancel]

// [deadline]
func priceOf(ctx context.Context) (int, error) {
	select {
	case <-time.After(time.Hour): // the shop does not answer
		return 100, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

func priceInTime() (int, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
	defer cancel()
	return priceOf(ctx)
}

// [deadline]

// [value]
type userKey struct{}

func greet(ctx context.Context) string {
	name, ok := ctx.Value(userKey{}).(string) // any type may lie there
	if !ok {
		return "hello"
	}
	return "hello " + name
}

func greetAnna() string {
	return greet(context.WithValue(context.Background(), userKey{}, "Anna"))
}

// [value]

// [signal]
func serveUntilSignal(requests <-chan int) (served int) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	for {
		select {
		case <-requests:
			served++
		case <-ctx.Done():
			return // what was begun is finished
		}
	}
}

// [signal]

func main() {
	fmt.Println("cancelled:", errors.Is(workUntilCancelled(), context.Canceled))
	_, err := priceInTime()
	fmt.Println("timed out:", errors.Is(err, context.DeadlineExceeded))
	fmt.Println(greetAnna())
	requests := make(chan int)
	go func() {
		for i := 0; i < 3; i++ {
			requests <- i
		}
		syscall.Kill(syscall.Getpid(), syscall.SIGTERM)
	}()
	fmt.Println("served:", serveUntilSignal(requests))
}
