// Vectors writes the test vectors of the stored formats into a directory:
//
//	go run ./internal/vectors
//
// Each case is written by the stores themselves, to a Lambda and an S3 in this
// process, to memory or to a directory. Ids are random, so a vector that is there
// stays as it is; only missing ones are added. From the first release on none may
// be changed or removed.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"

	"github.com/awsjar/awsjar/awsfake"
)

// directory is the place of the vectors, from the root of the repository.
const directory = "vectors"

// The files of the directory.
const (
	environmentFile = "environment.json"
	objectsFile     = "objects.json"
	refusedFile     = "refused.json"
	filesFile       = "files.json"
	journalsFile    = "journals.json"
	claimsFile      = "claims.json"
)

func main() {
	dir := flag.String("dir", directory, "the `directory` to complete")
	flag.Parse()
	if err := complete(context.Background(), *dir); err != nil {
		log.Fatal(err)
	}
}

// complete adds the vectors that are missing.
func complete(ctx context.Context, dir string) error {
	srv, err := awsfake.Start()
	if err != nil {
		return err
	}
	defer srv.Close()
	if err := srv.CreateBucket(bucketName); err != nil {
		return err
	}
	environment, err := add(filepath.Join(dir, environmentFile), environmentCases(), func(c environmentCase) (environmentVector, error) {
		return c.write(ctx, srv)
	})
	if err != nil {
		return err
	}
	_, err = add(filepath.Join(dir, objectsFile), objectCases(), func(c objectCase) (objectVector, error) { return c.write(ctx, srv) })
	if err != nil {
		return err
	}
	_, err = add(filepath.Join(dir, refusedFile), refusedCases(environment), func(r refusedVector) (refusedVector, error) { return r, nil })
	if err != nil {
		return err
	}
	_, err = add(filepath.Join(dir, filesFile), filesCases(), func(c filesCase) (filesVector, error) { return c.write(ctx) })
	if err != nil {
		return err
	}
	_, err = add(filepath.Join(dir, journalsFile), journalCases(), func(c journalCase) (journalVector, error) { return c.write(ctx) })
	if err != nil {
		return err
	}
	_, err = add(filepath.Join(dir, claimsFile), claimCases(), func(c claimCase) (claimVector, error) { return c.write(ctx) })
	return err
}

// named is a case or a vector.
type named interface{ name() string }

// add returns the vectors of a file and those of the cases that it does not
// have, and writes them.
func add[C, V named](path string, cases []C, write func(C) (V, error)) ([]V, error) {
	vectors, err := read[V](path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	known := map[string]bool{}
	for _, v := range vectors {
		known[v.name()] = true
	}
	for _, c := range cases {
		if known[c.name()] {
			continue
		}
		v, err := write(c)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.name(), err)
		}
		vectors = append(vectors, v)
	}
	fmt.Printf("%4d vectors in %s\n", len(vectors), path)
	return vectors, save(path, vectors)
}

func read[V any](path string) (vectors []V, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	return vectors, decoder.Decode(&vectors)
}

func save(path string, vectors any) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(vectors); err != nil {
		return err
	}
	return os.WriteFile(path, text.Bytes(), 0o644)
}
