package envjar_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/envjar"
	"github.com/awsjar/awsjar/lambdajar"
	"github.com/awsjar/awsjar/memjar"
)

// noise is a value that fits into no environment.
func noise() []byte {
	random := rand.New(rand.NewPCG(1, 2))
	data := make([]byte, 5000)
	for i := range data {
		data[i] = byte(random.Uint32())
	}
	return data
}

// TestOverflow reads a value that a lambdajar.Store has put into its overflow:
// with the same overflow, without one, and after it was replaced.
func TestOverflow(t *testing.T) {
	srv := awsfake.NewServer(t)
	srv.CreateFunction("fn", nil)
	memory := memjar.New()
	store := lambdajar.New(lambda.NewFromConfig(srv.Config()), "fn", func(o *lambdajar.Options) { o.Overflow = memory })
	save := func(value []byte) awsjar.Meta {
		meta, err := store.Save(t.Context(), value, awsjar.Any)
		if err != nil {
			t.Fatal(err)
		}
		return meta
	}
	saved := save(noise())
	env, _ := srv.Environment("fn") // that of a process which starts now
	overflow := func(o *envjar.Options) { o.Overflow = memory }

	data, meta, err := envjar.New("jar", from(env), overflow).Load(t.Context())
	if string(data) != string(noise()) || meta != saved || err != nil {
		t.Errorf("Load: %d bytes, %+v, %v; want %+v", len(data), meta, err, saved)
	}
	_, meta, err = envjar.New("jar", from(env)).Load(t.Context())
	if !errors.Is(err, awsjar.ErrUnsupported) || errors.Is(err, awsjar.ErrCorrupt) || errors.Is(err, awsjar.ErrNotFound) ||
		meta.Revision != saved.Revision || !strings.Contains(awsjar.Hint(err), "Options.Overflow") {
		t.Errorf("without Overflow: %q, %v, hint %q", meta.Revision, err, awsjar.Hint(err))
	}

	save([]byte("1"))
	save([]byte("2"))
	_, meta, err = envjar.New("jar", from(env), overflow).Load(t.Context())
	if !errors.Is(err, awsjar.ErrCorrupt) || errors.Is(err, awsjar.ErrNotFound) || meta.Revision != saved.Revision ||
		!strings.Contains(awsjar.Hint(err), "lambdajar") {
		t.Errorf("after it was replaced: %q, %v, hint %q", meta.Revision, err, awsjar.Hint(err))
	}

	newer := map[string]string{"jar": "^~from the future"}
	_, _, err = envjar.New("jar", from(newer), overflow).Load(t.Context())
	if !errors.Is(err, awsjar.ErrCorrupt) || !strings.Contains(awsjar.Hint(err), "@latest") {
		t.Errorf("a newer format: %v, hint %q", err, awsjar.Hint(err))
	}
}
