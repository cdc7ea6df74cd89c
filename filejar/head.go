package filejar

import (
	"fmt"
	"io"
	"strings"
)

// headName is the file that names the newest version, so that a Load need not
// list the history. It is written before the version becomes part of the
// history, so that no newer one is there if the one that it names is. It is
// never trusted further: it must name a version that is there and has the bytes
// of the value.
const headName = "head"

// headLen is the length of the file: that of the longest name of a version.
const headLen = numberLen + tagLen + sumLen + 2

// readHead returns the version that the file names; ok is false if that is not
// in the history.
func (o *opened) readHead() (v version, ok bool) {
	if o.history == nil {
		return version{}, false
	}
	file, err := o.history.Open(headName)
	if err != nil {
		return version{}, false
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || mustBeFile(info) != nil {
		return version{}, false
	}
	text, err := io.ReadAll(io.LimitReader(file, headLen+1))
	if err != nil {
		return version{}, false
	}
	if v, ok = parseFile(strings.TrimRight(string(text), " ")); !ok {
		return version{}, false
	}
	_, err = o.history.Lstat(v.file())
	return v, err == nil
}

// writeHead names the version that is about to be the newest. One that is lost
// by a power failure costs the next Load a listing, so it is not synced.
func (o *opened) writeHead(v version) error {
	file, err := o.history.OpenLock(headName, filePerm)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := o.shareLock(file); err != nil {
		return err
	}
	_, err = fmt.Fprintf(file, "%-*s", headLen, v.file())
	return err
}

// correctHead names the newest version if the file names another one. Whether
// it can is of no matter.
func (o *opened) correctHead(head version) {
	if named, _ := o.readHead(); named != head && head != (version{}) {
		o.writeHead(head)
	}
}
