// Command hello is how little a Go program can take.
package main

import "fmt"

func main() { fmt.Println("hello") }
