// Package leak holds no code but tests. They check that no goroutine, no
// connection and no file stays behind after any fault, and that a handle
// that is used for a day does not grow.
package leak
