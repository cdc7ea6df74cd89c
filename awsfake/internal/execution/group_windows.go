package execution

import (
	"errors"
	"os/exec"
	"sync"

	"golang.org/x/sys/windows"
)

// startGroup starts a command. The function that it returns kills the command and
// all that it has started, also if the command itself has ended: they belong to one
// job object (Windows, "Job Objects"). A process that is started before the command
// belongs to its job is not killed.
func startGroup(cmd *exec.Cmd) (kill func(), err error) {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(err, windows.CloseHandle(job))
	}
	var joined error
	err = cmd.Process.WithHandle(func(process uintptr) {
		joined = windows.AssignProcessToJobObject(job, windows.Handle(process))
	})
	alone := errors.Join(err, joined) != nil
	return sync.OnceFunc(func() {
		if alone {
			_ = cmd.Process.Kill()
		}
		_ = windows.TerminateJobObject(job, 1)
		_ = windows.CloseHandle(job)
	}), nil
}
