//go:build !unix

package execution

import "os/exec"

func ownGroup(*exec.Cmd) {}

// killGroup kills a command, but not the processes that it has started.
func killGroup(cmd *exec.Cmd) { _ = cmd.Process.Kill() }
