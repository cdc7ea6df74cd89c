package s3fake

import "testing"

// TestContendedWrite: with Trouble.ConflictEvery a write that had to wait for
// another one of its key is answered 409 even if its condition holds; a write
// without condition never is.
func TestContendedWrite(t *testing.T) {
	s, err := New(Options{Trouble: Trouble{ConflictEvery: 1}})
	if err != nil {
		t.Fatal(err)
	}
	current := &version{ETag: `"a"`}
	for _, row := range []struct {
		name      string
		cond      condition
		contended bool
		code      string
	}{
		{"holds", condition{ifMatch: `"a"`}, false, ""},
		{"holds, contended", condition{ifMatch: `"a"`}, true, "ConditionalRequestConflict"},
		{"fails", condition{ifNoneMatch: true}, false, "ConditionalRequestConflict"},
		{"none, contended", condition{}, true, ""},
	} {
		code := ""
		if err := s.checkCondition(row.cond, current, row.contended); err != nil {
			code = asAPIError(err).code
		}
		if code != row.code {
			t.Errorf("%s: %q, want %q", row.name, code, row.code)
		}
	}
}
