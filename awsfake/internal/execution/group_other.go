//go:build !unix

package execution

import "os/exec"

func ownGroup(*exec.Cmd) {}

// killGroup kills a command. What that has started it must end itself.
func killGroup(cmd *exec.Cmd) { _ = cmd.Process.Kill() }
