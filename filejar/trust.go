package filejar

import (
	"fmt"
	"io/fs"
	"strconv"

	"github.com/awsjar/awsjar/internal/durable"
)

// untrustedError is a directory of the history that somebody else controls.
type untrustedError struct {
	reason string
	narrow bool // the owner may still use it, with a narrower mode
}

func (e *untrustedError) Error() string { return "the directory of the history " + e.reason }

// owner is the user and the group of a file.
type owner struct{ user, group int }

// historyName returns the name of the directory of the histories. Where others
// may make files but not take ours, as in /tmp, each user has one.
func historyName(at, value fs.FileInfo) string {
	if at.Mode()&fs.ModeSticky == 0 {
		return metaName
	}
	user := effectiveUser()
	if value != nil {
		if of, ok := ownerOf(value); ok {
			user = of.user
		}
	}
	return metaName + "-" + strconv.Itoa(user)
}

// trust says which directories of a history may be used: only those that nobody
// controls who does not control the value anyway.
type trust struct {
	at, value fs.FileInfo // the directory of the value, and the value; nil: there is none
	users     []int       // whose directories may be used
	group     bool        // members of the value's group may have made it
}

func trustIn(at, value fs.FileInfo, toWrite bool) trust {
	t := trust{at: at, value: value, users: []int{effectiveUser()}}
	// The owner of the directory of the value can replace all that is in it.
	if of, ok := ownerOf(at); ok {
		t.users = append(t.users, of.user)
	}
	if value == nil {
		return t
	}
	if of, ok := ownerOf(value); ok && (effectiveUser() == 0 || !toWrite) {
		t.users = append(t.users, of.user)
	}
	open := at.Mode()&fs.ModeSticky != 0 || at.Mode()&0o002 != 0
	t.group = value.Mode()&0o020 != 0 && !open
	return t
}

// check refuses a directory that somebody else controls.
func (t trust) check(dir fs.FileInfo) error {
	of, ok := ownerOf(dir)
	if !ok {
		return nil // a system without such owners
	}
	mode := dir.Mode().Perm()
	sameGroup := false
	if t.value != nil {
		value, _ := ownerOf(t.value)
		sameGroup = value.group == of.group && t.value.Mode()&0o020 != 0
	}
	trusted := t.group && sameGroup
	for _, user := range t.users {
		trusted = trusted || user == of.user
	}
	switch {
	case !trusted:
		return &untrustedError{reason: fmt.Sprintf("belongs to another user, with id %d", of.user)}
	case mode&0o002 != 0:
		return &untrustedError{reason: "can be written by every user"}
	case mode&0o020 != 0 && !sameGroup:
		return &untrustedError{"can be written by a group that cannot write the value", of.user == effectiveUser() || effectiveUser() == 0}
	}
	return nil
}

// adapt gives a directory of the history the owner that it should have, if this
// process may, and lets those read and write it who may read and write the
// value. The directory of all histories belongs to the owner of the directory
// around it, unless each user has one.
func (t trust) adapt(dir *durable.Dir, info fs.FileInfo, all bool) error {
	of, ok := ownerOf(info)
	if user := effectiveUser(); !ok || user != of.user && user != 0 {
		return nil
	}
	var readers, writers fs.FileMode
	if t.value != nil {
		readers = t.value.Mode().Perm() & 0o044
		writers = t.value.Mode().Perm() & 0o020
	}
	like := t.value
	if all {
		writers = 0
		if t.at.Mode()&fs.ModeSticky == 0 {
			like = t.at
		}
	}
	if like == nil {
		like = info
	}
	mode := (info.Mode().Perm()|readers|readers>>2)&^0o022 | writers
	target, _ := ownerOf(like)
	if mode == info.Mode().Perm() && (target == of || effectiveUser() != 0) {
		return nil
	}
	return dir.Liken(like, mode)
}

// likeness returns the file whose owner, group and mode new files take. Without
// a value, it is the directory of the history, so that values of root stay
// its owner's.
func (t trust) likeness(history *durable.Dir) (fs.FileInfo, error) {
	if t.value != nil {
		return t.value, nil
	}
	info, err := history.Stat()
	if err != nil || effectiveUser() != 0 {
		return nil, err
	}
	return durable.WithMode(info, filePerm), nil
}
