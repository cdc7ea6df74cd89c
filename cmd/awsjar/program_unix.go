//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// inGroup puts a program into a process group of its own, which ends with the
// program's context.
func inGroup(program *exec.Cmd) {
	program.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	program.Cancel = func() error { return endGroup(program) }
}

// endGroup ends the processes that are left of a program's group.
func endGroup(program *exec.Cmd) error {
	return syscall.Kill(-program.Process.Pid, syscall.SIGKILL)
}

// askToEnd lets a program, and its group if it has one of its own, end by
// itself.
func askToEnd(program *exec.Cmd) error {
	pid := program.Process.Pid
	if program.SysProcAttr != nil && program.SysProcAttr.Setpgid {
		pid = -pid
	}
	return syscall.Kill(pid, syscall.SIGTERM)
}
