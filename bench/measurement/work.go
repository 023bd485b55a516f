package measurement

// Xorshift is work of a set number of dependent steps; of a seed that is not 0 it is never 0.
//
//go:noinline
func Xorshift(seed, steps uint64) uint64 {
	for i := uint64(0); i < steps; i++ {
		seed ^= seed << 13
		seed ^= seed >> 7
		seed ^= seed << 17
	}
	return seed
}

// Worked gives a function that returns its argument, after so many steps of work with it.
func Worked(steps uint64) func(uint64) uint64 {
	return func(value uint64) uint64 {
		if Xorshift(value, steps) == 0 {
			return value + 1
		}
		return value
	}
}
