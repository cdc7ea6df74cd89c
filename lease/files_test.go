package lease

import (
	"errors"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/awsjar/awsjar/filejar"
)

// TestHolderOfAFileDies: a program that starts anew for each try, as a cron job
// does, gets the lease of a dead holder once its time has passed.
func TestHolderOfAFileDies(t *testing.T) {
	path := filepath.Join(t.TempDir(), "job.lease")
	synctest.Test(t, func(t *testing.T) {
		try := func() (*Held, error) { return New(filejar.New(path)).TryAcquire(t.Context()) }
		dead, err := try()
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if _, err := try(); !errors.Is(err, ErrHeld) {
			t.Errorf("after the TTL, without the allowance for clocks: %v", err)
		}
		time.Sleep(5*time.Second + time.Millisecond) // 5 % of the TTL, and two roundings
		held, err := try()
		if err != nil {
			if _, meta, _ := filejar.New(path).Load(t.Context()); meta.Now.IsZero() {
				t.Skip("THE CLAIM WAS NOT TAKEN OVER: the file system of ", path, " is none that filejar knows as one of this machine")
			}
			t.Fatal(err)
		}
		if held.Token() <= dead.Token() || dead.Valid() {
			t.Errorf("tokens %d and %d; the dead holder is valid: %v", dead.Token(), held.Token(), dead.Valid())
		}
	})
}
