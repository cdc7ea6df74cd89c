package s3jar

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// FuzzOrder: the SDK gets to see each answer that a server sends in the place of
// a listing, and the order is used only where it fits.
func FuzzOrder(f *testing.F) {
	f.Add([]byte("<ListVersionsResult><Version/><DeleteMarker/></ListVersionsResult>"), 1, 1)
	f.Add([]byte("<Error><Code>NoSuchBucket</Code></Error>"), 0, 0)
	f.Add([]byte("<html"), 1, 0)
	f.Add([]byte("<a><DeleteMarker/><DeleteMarker/></a>"), 2, 0)
	f.Fuzz(func(t *testing.T, body []byte, versions, markers int) {
		response := &smithyhttp.Response{Response: &http.Response{Body: io.NopCloser(bytes.NewReader(body))}}
		var kinds order
		if err := kinds.BeforeDeserialization(t.Context(), &smithyhttp.InterceptorContext{Response: response}); err != nil {
			t.Fatal(err)
		}
		if left, err := io.ReadAll(response.Body); err != nil || !bytes.Equal(left, body) {
			t.Fatalf("the SDK gets %q, %v", left, err)
		}
		merged, err := kinds.merge(&s3.ListObjectVersionsOutput{
			Versions:      make([]types.ObjectVersion, min(max(versions, 0), 100)),
			DeleteMarkers: make([]types.DeleteMarkerEntry, min(max(markers, 0), 100)),
		})
		deleted := 0
		for _, v := range merged {
			if v.meta.Deleted {
				deleted++
			}
		}
		if err == nil && (deleted != min(max(markers, 0), 100) || len(merged)-deleted != min(max(versions, 0), 100)) {
			t.Fatalf("%d versions and %d markers became %d entries, %d of them deleted", versions, markers, len(merged), deleted)
		}
	})
}

// TestHugePage: a page without an end is not read into memory.
func TestHugePage(t *testing.T) {
	body := io.MultiReader(strings.NewReader("<a>"), endlessSpaces{})
	response := &smithyhttp.Response{Response: &http.Response{Body: io.NopCloser(body)}}
	var kinds order
	if err := kinds.BeforeDeserialization(t.Context(), &smithyhttp.InterceptorContext{Response: response}); err == nil {
		t.Error("no error")
	}
}

type endlessSpaces struct{}

func (endlessSpaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}
