// Command plumbline runs the yearly review of a layered organisation.
package main

import (
	"os"

	"plumbline/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
