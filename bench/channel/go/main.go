// The Go peer of the channel cases.
package main

import "braid/bench/measurement"

func main() {
	measurement.Main(func(int) []measurement.Case { return cases })
}
