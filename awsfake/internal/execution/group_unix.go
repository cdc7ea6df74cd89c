//go:build unix

package execution

import (
	"os/exec"
	"syscall"
)

// startGroup starts a command as the leader of a process group of its own. The
// function that it returns kills the command and all that it has started, also if
// the command itself has ended.
func startGroup(cmd *exec.Cmd) (kill func(), err error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }, nil
}
