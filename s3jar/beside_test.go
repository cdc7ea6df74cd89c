package s3jar_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/s3jar"
)

func TestBeside(t *testing.T) {
	t.Parallel()
	bucket := s3jar.NewBucket(nil, "acorns")
	beside := bucket.Object("state.json", func(o *s3jar.Options) { o.KeepLast = true }).Beside("Ab3dEf7-")
	if got, want := fmt.Sprint(beside), "s3://acorns/state.json.Ab3dEf7-"; got != want {
		t.Errorf("it is %s; want %s", got, want)
	}
	var none *s3jar.Object
	for name, o := range map[string]*s3jar.Object{"nil": none, "no key": bucket.Object("")} {
		if _, _, err := o.Beside("Ab3dEf7-").Load(t.Context()); !errors.Is(err, awsjar.ErrInvalid) {
			t.Errorf("%s: %v; want ErrInvalid", name, err)
		}
	}
}
