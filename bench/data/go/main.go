// The Go peer of the data cases.
package main

import "braid/bench/measurement"

func main() {
	measurement.Main(func(int) []measurement.Case {
		return []measurement.Case{
			{Name: "pmap", Run: mapValues},
			{Name: "preduce", Run: sumValues},
			{Name: "wc", Run: countWords},
		}
	})
}
