package e2e

import (
	"errors"
	"fmt"
	"maps"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/s3jar"
)

// TestManyObjects: many keys are put, listed, read and deleted.
func TestManyObjects(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		const n = 1010 // more than a page
		ctx := t.Context()
		client := s.s3Client()
		bucket := s3jar.NewBucket(client, newBucket(t, client, false))
		want := map[string]int{}
		for i := range n {
			want[fmt.Sprintf("states/%04d.json", i)] = i
		}
		if stored, err := s3jar.PutAll(ctx, bucket, maps.All(want)); stored != n || err != nil {
			t.Fatalf("PutAll stored %d, %v; want %d", stored, err, n)
		}
		got := map[string]int{}
		for entry, err := range s3jar.GetAll[int](ctx, bucket, bucket.Keys(ctx, "states/")) {
			if err != nil {
				t.Fatal(err)
			}
			got[entry.Key] = entry.Value
		}
		if !maps.Equal(got, want) {
			t.Errorf("GetAll returned %d values; want the %d that were put", len(got), n)
		}
		if removed, err := s3jar.DeleteAll(ctx, bucket, bucket.Keys(ctx, "states/")); removed != n || err != nil {
			t.Errorf("DeleteAll removed %d, %v; want %d", removed, err, n)
		}
		for key, err := range bucket.Keys(ctx, "") {
			t.Errorf("%q is left, %v", key.Key, err)
		}
	})
}

// TestVersioning: the three states of a bucket.
func TestVersioning(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		ctx := t.Context()
		client := s.s3Client()
		bucket := s3jar.NewBucket(client, newBucket(t, client, false))
		expect := func(want s3jar.Versioning) {
			t.Helper()
			if got, err := bucket.Versioning(ctx); got != want || err != nil {
				t.Errorf("Versioning is %v, %v; want %v", got, err, want)
			}
		}
		expect(s3jar.VersioningNever)
		if err := bucket.EnableVersioning(ctx); err != nil {
			t.Fatal(err)
		}
		expect(s3jar.VersioningEnabled)
		if err := bucket.SuspendVersioning(ctx); err != nil {
			t.Fatal(err)
		}
		expect(s3jar.VersioningSuspended)
	})
}

// TestKeepLast: a value that has not changed is not sent again.
func TestKeepLast(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		ctx := t.Context()
		client := s.s3Client()
		bucket := s3jar.NewBucket(client, newBucket(t, client, true))
		writer := awsjar.New[string](bucket.Object("state.json"))
		reader := awsjar.New[string](bucket.Object("state.json", func(o *s3jar.Options) { o.KeepLast = true }))
		for _, want := range []string{"one", "two"} {
			if err := writer.Put(ctx, want); err != nil {
				t.Fatal(err)
			}
			for range 3 {
				if got, err := reader.Get(ctx); got != want || err != nil {
					t.Errorf("Get returned %q, %v; want %q", got, err, want)
				}
			}
		}
		if err := writer.Delete(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := reader.Load(ctx); !errors.Is(err, awsjar.ErrNotFound) {
			t.Errorf("Load after Delete: %v; want ErrNotFound", err)
		}
	})
}

// TestCheck: each server treats conditions as the tables say.
func TestCheck(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.s3Client()
		name := newBucket(t, client, false)
		want := s3jar.Capabilities{Create: s3jar.SupportHonoured, Replace: s3jar.SupportHonoured, Delete: s3jar.SupportHonoured, Rounds: 20}
		if s.name == "minio" {
			want.Delete = s3jar.SupportIgnored
		}
		if got, err := s3jar.NewBucket(client, name).Check(t.Context()); got != want || err != nil {
			t.Errorf("Check found %+v, %v; want %+v", got, err, want)
		}
		setVersioning(t, client, name, types.BucketVersioningStatusEnabled)
		want.Versions = true
		if got, err := s3jar.NewBucket(client, name).Check(t.Context()); got != want || err != nil {
			t.Errorf("Check with versioning found %+v, %v; want %+v", got, err, want)
		}
	})
}

// TestMissingPlaces: errors of servers that are not AWS are distinguished too.
func TestMissingPlaces(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		ctx := t.Context()
		client := s.s3Client()
		if _, err := awsjar.New[int](s3jar.NewBucket(client, "no-such-bucket").Object("k.json")).Get(ctx); !errors.Is(err, awsjar.ErrNoStore) {
			t.Errorf("Get in no bucket: %v; want ErrNoStore", err)
		}
		jar := awsjar.New[int](s3jar.NewBucket(client, newBucket(t, client, true)).Object("k.json"))
		if n, err := jar.Get(ctx); n != 0 || err != nil {
			t.Errorf("Get of nothing: %d, %v", n, err)
		}
		if _, err := jar.At(ctx, "no-such-version"); !errors.Is(err, awsjar.ErrNotFound) && !errors.Is(err, awsjar.ErrInvalid) {
			t.Errorf("At of no version: %v; want ErrNotFound or ErrInvalid", err)
		}
	})
}
