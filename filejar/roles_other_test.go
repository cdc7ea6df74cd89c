//go:build !linux

package filejar_test

func addRoles() {}
