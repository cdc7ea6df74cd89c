package s3jar_test

import (
	"flag"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/s3jar"
	"github.com/awsjar/awsjar/storetest"
)

var increments = flag.Int("increments", 2, "how often each of the concurrent writers counts up")

// second is a handle of another process: with a client of its own.
func second(srv **awsfake.Server) func(*storetest.Options) {
	return func(o *storetest.Options) {
		o.Increments = *increments
		o.Second = func(*testing.T, awsjar.Store) awsjar.Store {
			return s3jar.NewBucket(newClient(*srv), bucketName).Object(keyName)
		}
	}
}

func TestStore(t *testing.T) {
	for name, setUp := range map[string]func(t *testing.T) (*awsfake.Server, *s3jar.Object){
		"plain":     func(t *testing.T) (*awsfake.Server, *s3jar.Object) { return newObject(t) },
		"versioned": func(t *testing.T) (*awsfake.Server, *s3jar.Object) { return newVersioned(t) },
		"suspended": func(t *testing.T) (*awsfake.Server, *s3jar.Object) {
			srv, object := newVersioned(t)
			setVersioning(t, srv, "Suspended")
			return srv, object
		},
		"keep last": func(t *testing.T) (*awsfake.Server, *s3jar.Object) {
			return newObject(t, func(o *s3jar.Options) { o.KeepLast = true })
		},
		"409s": func(t *testing.T) (*awsfake.Server, *s3jar.Object) {
			srv, object := newObject(t)
			srv.SetS3(awsfake.S3Trouble{ConflictEvery: 2})
			return srv, object
		},
		"https, virtual host": func(t *testing.T) (*awsfake.Server, *s3jar.Object) {
			srv := newServer(t, func(o *awsfake.Options) { o.TLS = true })
			client := s3.NewFromConfig(srv.Config(), func(o *s3.Options) { o.BaseEndpoint = nil })
			return srv, s3jar.NewBucket(client, bucketName).Object(keyName)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var srv *awsfake.Server
			storetest.Run(t, func(t *testing.T) (store awsjar.Store) {
				srv, store = setUp(t)
				return store
			}, second(&srv))
		})
	}
}

func TestStoreFaults(t *testing.T) {
	for name, fault := range map[string]awsfake.Fault{
		"lost connection":    {Drop: true},
		"500":                {Code: "InternalError"},
		"503":                {Code: "ServiceUnavailable", Status: 503},
		"throttled":          {Code: "SlowDown"},
		"502 without a body": {Status: 502},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.RunFaults(t, func(t *testing.T) (awsjar.Store, func(storetest.Fault)) {
				srv, object := newObject(t)
				return object, func(when storetest.Fault) { arm(srv, fault, when) }
			})
		})
		t.Run(name+", versioned", func(t *testing.T) {
			t.Parallel()
			storetest.RunFaults(t, func(t *testing.T) (awsjar.Store, func(storetest.Fault)) {
				srv, object := newVersioned(t)
				return object, func(when storetest.Fault) { arm(srv, fault, when) }
			})
		})
	}
}

// arm makes the next write fail, whichever of the two it is.
func arm(srv *awsfake.Server, fault awsfake.Fault, when storetest.Fault) {
	for _, op := range []string{"PutObject", "DeleteObject"} {
		fault.Op, fault.After = op, when == storetest.Stored
		srv.Inject(fault)
	}
}
