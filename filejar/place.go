package filejar

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/failure"
)

// metaName is the directory, beside the values, of their histories.
const metaName = ".awsjar"

const (
	dirPerm  = 0o700
	filePerm = 0o600
)

// The files of a history, beside the versions.
const (
	lockName = "lock"
	tempName = "temp"
)

// place says where a value is.
type place struct {
	value   string // the absolute path of its file
	key     string // the name of the file
	problem error  // the fault of the path, if it has one
}

func placeOf(path string) place {
	abs, err := filepath.Abs(path)
	if err != nil { // the current directory is gone
		problem := badPath("the path is relative to a directory that cannot be found: "+err.Error(), "give an absolute path")
		return place{value: path, problem: problem}
	}
	return place{value: abs, key: filepath.Base(abs), problem: checkPath(path, abs)}
}

func checkPath(path, abs string) error {
	switch {
	case path == "":
		return badPath("the path is empty", "give the path of a file, such as state/value.json")
	case strings.Contains(path, "\x00"):
		return badPath("the path holds a NUL", "choose another name")
	case os.IsPathSeparator(path[len(path)-1]), filepath.Base(path) == ".", filepath.Base(path) == "..":
		return badPath("the path is a directory's", "add a file name to the path")
	case insideMeta(abs):
		return badPath(metaName+" is the directory of the stores' own files", "choose another name")
	case !filepath.IsLocal(filepath.Base(abs)):
		return badPath("the name is reserved by the system", "choose another name")
	}
	return nil
}

func badPath(text, hint string) error {
	return &awsjar.Error{Hint: hint, Err: fmt.Errorf("%w: %s", awsjar.ErrInvalid, text)}
}

// insideMeta reports whether a part of the path has the name of the stores'
// own directories; on some systems the case of letters makes no difference.
func insideMeta(path string) bool {
	for part := range strings.SplitSeq(filepath.ToSlash(path), "/") {
		if part = strings.ToLower(part); part == metaName || strings.HasPrefix(part, metaName+"-") {
			return true
		}
	}
	return false
}

// url returns file:///path, percent-encoded.
func (p place) url() string {
	path := filepath.ToSlash(p.value)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive letter
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// next returns the name of a version's file before it is part of the history.
func (v version) next() string { return nextPrefix + v.file() }

// ready refuses calls that can never succeed, and contexts that have ended.
func (s *Store) ready(ctx context.Context) error {
	switch {
	case s != nil && s.place.problem != nil:
		return s.place.problem
	case s == nil, s.place.value == "":
		return failure.Hinted("make it with New", fmt.Errorf("%w: the Store is nil or zero", awsjar.ErrInvalid))
	}
	return cmp.Or(failure.Negative("Options.MaxSize", s.opts.MaxSize), ctx.Err())
}
