package main

import (
	"os/exec"
	"syscall"
)

// endWithParent lets Linux kill a program when the thread that starts it ends,
// as it does if this process is killed: the program must not go on without its
// lock.
func endWithParent(program *exec.Cmd) {
	if program.SysProcAttr == nil {
		program.SysProcAttr = &syscall.SysProcAttr{}
	}
	program.SysProcAttr.Pdeathsig = syscall.SIGKILL
}
