//go:build !unix

package main

import "os/exec"

// inGroup does nothing: the context ends the program itself and not the
// processes that it started.
func inGroup(*exec.Cmd) {}

func endGroup(*exec.Cmd) error { return nil }

// askToEnd ends the program: there is no signal that asks.
func askToEnd(program *exec.Cmd) error { return program.Process.Kill() }
