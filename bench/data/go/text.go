package main

import "strings"

// text.hpp says what such a text is; it is the same here.
const vocabulary = 46_000

// rank is the product of three dice of 2^21 sides, scaled.
func rank(dice uint64) uint64 {
	const sides = 1<<21 - 1
	two := (dice & sides) * (dice >> 21 & sides) >> 21
	return (two * (dice >> 43) >> 21) * vocabulary >> 21
}

// makeText gives a text and the sum of the weights of all its words.
func makeText(words uint64) (string, uint64) {
	var letters strings.Builder
	letters.Grow(int(7*words + 16))
	var weight uint64
	dice := uint64(0x9e3779b97f4a7c15)
	for i := uint64(0); i < words; i++ {
		dice ^= dice << 13
		dice ^= dice >> 7
		dice ^= dice << 17
		number := rank(dice)
		for _, place := range [...]uint64{17_576, 676, 26, 1} {
			letters.WriteByte('a' + byte(number/place%26))
		}
		for more := number % 4; more > 0; more-- {
			letters.WriteByte('a' + byte((number+more)%26))
		}
		weight += (number + 1) * (4 + number%4)
		letters.WriteByte(' ')
	}
	return letters.String(), weight
}

func weightOf(word string) uint64 {
	var number uint64
	for i := 0; i < 4 && i < len(word); i++ {
		number = 26*number + uint64(word[i]-'a')
	}
	return (number + 1) * uint64(len(word))
}

// parts cuts between words.
func parts(letters string, size int) []string {
	var all []string
	for len(letters) > 0 {
		cut := len(letters)
		if size < cut {
			cut = size + strings.IndexByte(letters[size:], ' ') + 1
		}
		all = append(all, letters[:cut])
		letters = letters[cut:]
	}
	return all
}
