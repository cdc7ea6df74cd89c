package filejar

// SetBefore lets a test stop or fail the store's system calls.
func (s *Store) SetBefore(before func(call, name string) error) { s.disk.Before = before }
