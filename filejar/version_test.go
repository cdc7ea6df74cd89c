package filejar

import (
	"strings"
	"testing"
)

// FuzzVersion: an id or a file name is refused, or comes back as it was, and
// is never a path.
func FuzzVersion(f *testing.F) {
	for _, seed := range []string{
		"42-9f86d081-884c7d659a2feaa0", "42-9f86d081", "000000000042-9f86d081-884c7d659a2feaa0", "000000000042-9f86d081.deleted",
		"000000000000-9f86d081.deleted", "0-9f86d081", "042-9f86d081", "../../etc/passwd", "42-9f86d081\n", "",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if v, err := parseVersion(text); err == nil {
			if v.String() != text {
				t.Errorf("the id %q comes back as %q", text, v.String())
			}
			if again, ok := parseFile(v.file()); !ok || again != v {
				t.Errorf("the file of %q is %q, which is %+v, %v", text, v.file(), again, ok)
			}
		}
		if v, ok := parseFile(text); ok {
			if v.file() != text || strings.ContainsAny(text, `/\`) {
				t.Errorf("the file %q comes back as %q", text, v.file())
			}
			if again, err := parseVersion(v.String()); err != nil || again != v {
				t.Errorf("the id of %q is %q, which is %+v, %v", text, v.String(), again, err)
			}
			if v.position() > text {
				t.Errorf("the position of %q sorts after it", text)
			}
		}
	})
}
