//go:build !unix && !windows

package execution

import "os/exec"

// startGroup starts a command. The function that it returns kills the command, and
// not the processes that it has started.
func startGroup(cmd *exec.Cmd) (kill func(), err error) {
	return func() { _ = cmd.Process.Kill() }, cmd.Start()
}
