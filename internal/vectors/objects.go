package main

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/internal/lineage"
)

const objectKey = "state.json"

// metadataName is the header that has the lineage.
const metadataName = "X-Amz-Meta-Awsjar-Lineage"

// objectVector is a value in an object of S3.
type objectVector struct {
	Name        string            `json:"name"`
	Writes      int               `json:"writes"` // so many by awsjar, the last one included
	Body        []byte            `json:"body"`   // in base64
	ContentType string            `json:"content_type"`
	ETag        string            `json:"etag"`
	Metadata    map[string]string `json:"metadata"`
	Value       []byte            `json:"value"` // in base64
	Newest      string            `json:"newest_id"`
	Revision    string            `json:"revision"`
}

func (v objectVector) name() string { return v.Name }

// objectCase is a list of values that are stored one after the other.
type objectCase struct {
	label   string
	foreign bool // by another program
	values  []string
}

func (c objectCase) name() string { return c.label }

func objectCases() []objectCase {
	count := func(n int) (values []string) {
		for i := range n {
			values = append(values, fmt.Sprintf(`{"n":%d}`, i))
		}
		return values
	}
	return []objectCase{
		{label: "one write", values: count(1)},
		{label: "two writes", values: count(2)},
		{label: "a full lineage", values: count(lineage.DeepWrites)},
		{label: "more writes than a lineage has", values: count(lineage.DeepWrites + 4)},
		{label: "a value that came back", values: []string{"1", "2", "1"}},
		{label: "an equal value twice", values: []string{`{"a":1}`, `{"a":1}`}},
		{label: "no JSON, came back", values: []string{"text\n", "other", "text\n"}},
		{label: "empty", values: []string{""}},
		{label: "white space of the value", values: []string{"1 \t\n"}},
		{label: "bytes", values: []string{"\x00\xff\xfe"}},
		{label: "another program", foreign: true, values: []string{`{"n":1}`}},
	}
}

// write stores the values in a new object, and returns its state.
func (c objectCase) write(ctx context.Context, srv *awsfake.Server) (objectVector, error) {
	defer srv.DeleteObject(bucketName, objectKey)
	object := newBucket(srv).Object(objectKey)
	v := objectVector{Name: c.label, Value: []byte(c.values[len(c.values)-1]), Metadata: map[string]string{}}
	for _, value := range c.values {
		if c.foreign {
			if err := srv.PutObject(bucketName, objectKey, []byte(value), http.Header{"Content-Type": {"application/json"}}); err != nil {
				return v, err
			}
			continue
		}
		// By the revision before it: an unconditional Put begins a new lineage.
		_, meta, err := object.Load(ctx)
		rev := meta.Revision
		if err != nil {
			rev = awsjar.None
		}
		if _, err := object.Save(ctx, []byte(value), rev); err != nil {
			return v, err
		}
		v.Writes++
	}
	_, meta, err := object.Load(ctx)
	if err != nil {
		return v, err
	}
	body, header, _ := srv.Object(bucketName, objectKey)
	v.Body, v.ContentType, v.ETag, v.Revision = bytes.Clone(body), header.Get("Content-Type"), header.Get("Etag"), string(meta.Revision)
	if line := header.Get(metadataName); line != "" {
		v.Metadata["awsjar-lineage"] = line
		v.Newest = string(lineage.ParseDeep(line).Newest())
	}
	return v, nil
}

// noise returns so many letters and digits, the same ones each time.
func noise(n int) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	from := rand.New(rand.NewPCG(1, 2))
	text := make([]byte, n)
	for i := range text {
		text[i] = alphabet[from.IntN(len(alphabet))]
	}
	return string(text)
}

func sorted(samples map[string]string) []string { return slices.Sorted(maps.Keys(samples)) }
