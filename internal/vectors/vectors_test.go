package main

import (
	"bytes"
	"errors"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/envjar"
	"github.com/awsjar/awsjar/filejar"
)

var sentinels = map[string]error{corrupt: awsjar.ErrCorrupt, invalid: awsjar.ErrInvalid}

// vectors reads a file of the directory, and checks that it has the cases and no
// others.
func vectors[V named, C named](t *testing.T, file string, cases []C) []V {
	t.Helper()
	found, err := read[V](filepath.Join("..", "..", directory, file))
	if err != nil {
		t.Fatal(err)
	}
	have, want := names(found), names(cases)
	if !slices.Equal(have, want) {
		t.Errorf("%s has the vectors %q, the cases are %q; go run ./internal/vectors adds those that are missing", file, have, want)
	}
	return found
}

func names[N named](list []N) (found []string) {
	for _, n := range list {
		found = append(found, n.name())
	}
	slices.Sort(found)
	return found
}

func server(t *testing.T) *awsfake.Server {
	srv := awsfake.NewServer(t)
	if err := srv.CreateBucket(bucketName); err != nil {
		t.Fatal(err)
	}
	return srv
}

// stored returns a store of a function with these variables and objects.
func stored(t *testing.T, srv *awsfake.Server, variables map[string]string, overflow map[string][]byte) awsjar.Store {
	t.Helper()
	err := srv.CreateFunction(functionName, variables)
	for key, body := range overflow {
		err = errors.Join(err, srv.PutObject(bucketName, key, body, nil))
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		srv.DeleteFunction(functionName)
		for key := range overflow {
			srv.DeleteObject(bucketName, key)
		}
	})
	return environmentCase{overflow: true}.store(srv)
}

// TestEnvironment: lambdajar and envjar read each vector.
func TestEnvironment(t *testing.T) {
	srv := server(t)
	for _, v := range vectors[environmentVector](t, environmentFile, environmentCases()) {
		t.Run(v.Name, func(t *testing.T) {
			store := stored(t, srv, v.Variables, v.Overflow)
			env := envjar.New("jar", func(o *envjar.Options) {
				o.Lookup = func(name string) (string, bool) { text, ok := v.Variables[name]; return text, ok }
				o.Overflow = newBucket(srv).Object(overflowKey)
			})
			for _, s := range []awsjar.Store{store, env} {
				data, meta, err := s.Load(t.Context())
				if err != nil || !bytes.Equal(data, v.Value) {
					t.Errorf("%T: %q, %v; want %q", s, data, err, v.Value)
				}
				if string(meta.Revision) != v.Revision {
					t.Errorf("%T: the revision is %q, want %q", s, meta.Revision, v.Revision)
				}
			}
		})
	}
}

// TestObjects: s3jar reads each vector, and its revision names it.
func TestObjects(t *testing.T) {
	srv := server(t)
	for _, v := range vectors[objectVector](t, objectsFile, objectCases()) {
		header := http.Header{"Content-Type": {v.ContentType}}
		for name, value := range v.Metadata {
			header.Set("X-Amz-Meta-"+name, value)
		}
		if err := srv.PutObject(bucketName, objectKey, v.Body, header); err != nil {
			t.Fatal(err)
		}
		data, meta, err := newBucket(srv).Object(objectKey).Load(t.Context())
		if err != nil || !bytes.Equal(data, v.Value) || string(meta.Revision) != v.Revision {
			t.Errorf("%s: %q with %q, %v; want %q with %q", v.Name, data, meta.Revision, err, v.Value, v.Revision)
		}
	}
}

// TestRefused: each state is refused with its error.
func TestRefused(t *testing.T) {
	srv := server(t)
	environment := vectors[environmentVector](t, environmentFile, environmentCases())
	for _, v := range vectors[refusedVector](t, refusedFile, refusedCases(environment)) {
		t.Run(v.Name, func(t *testing.T) {
			store := stored(t, srv, v.Variables, v.Overflow)
			_, _, err := store.Load(t.Context())
			if v.Refuses == "write" {
				if err != nil {
					t.Errorf("cannot be read: %v", err)
				}
				_, err = store.Save(t.Context(), []byte("2"), awsjar.Any)
			}
			if want, ok := sentinels[v.Error]; !ok || !errors.Is(err, want) {
				t.Errorf("%v, want %s", err, v.Error)
			}
		})
	}
}

// TestFiles: filejar reads each directory.
func TestFiles(t *testing.T) {
	for _, v := range vectors[filesVector](t, filesFile, filesCases()) {
		t.Run(v.Name, func(t *testing.T) {
			dir := t.TempDir()
			for name, content := range v.Files {
				path := filepath.Join(dir, filepath.FromSlash(name))
				err := os.MkdirAll(filepath.Dir(path), 0o700)
				if err := errors.Join(err, os.WriteFile(path, content, 0o600)); err != nil {
					t.Fatal(err)
				}
			}
			value, revision, versions, err := seen(t.Context(), filejar.New(filepath.Join(dir, fileKey)))
			if err != nil || !reflect.DeepEqual(value, v.Value) || revision != v.Revision || !slices.Equal(versions, v.Versions) {
				t.Errorf("%q, %s, %s, %v; want %+v", value, revision, versions, err, v)
			}
		})
	}
}

// TestComplete: a vector that is there stays, and one that is missing is made
// again, with another id.
func TestComplete(t *testing.T) {
	dir := t.TempDir()
	if err := complete(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, objectsFile)
	first, err := read[objectVector](path)
	if err != nil {
		t.Fatal(err)
	}
	if err := save(path, first[1:]); err != nil {
		t.Fatal(err)
	}
	if err := complete(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	second, err := read[objectVector](path)
	if err != nil || len(second) != len(first) {
		t.Fatalf("%d vectors, %v", len(second), err)
	}
	for _, v := range first {
		n := slices.IndexFunc(second, func(w objectVector) bool { return w.Name == v.Name })
		same := maps.Equal(second[n].Metadata, v.Metadata)
		if same != (v.Name != first[0].Name) {
			t.Errorf("%s: the same metadata: %v", v.Name, same)
		}
	}
	if !strings.Contains(second[0].Revision, " ") {
		t.Errorf("no lineage in the revision %q", second[0].Revision)
	}
}
