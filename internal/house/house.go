// Package house holds the tests that keep the plan of the house (docs/house.md): which room may import which, and
// what no room may contain. It has no code of its own.
package house
