package s3fake

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

const (
	metaPrefix       = "x-amz-meta-"
	maxMetadataBytes = 2048 // user metadata, names without prefix and values together (user guide, "Working with object metadata")
)

// keptHeaders are the request headers that are stored with an object and returned
// with it.
var keptHeaders = [...]string{
	"content-type", "cache-control", "content-disposition", "content-encoding", "content-language", "expires",
	"x-amz-website-redirect-location",
}

// storageClasses are the values of x-amz-storage-class that a general purpose
// bucket accepts.
var storageClasses = [...]string{
	"STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER", "DEEP_ARCHIVE",
	"GLACIER_IR", "EXPRESS_ONEZONE",
}

// objectMetadata reads system and user metadata out of the headers of a write.
// Names become lower-case, as in S3.
func objectMetadata(header headers) (map[string]string, error) {
	kept := map[string]string{}
	for _, name := range keptHeaders {
		if value := header.get(name); value != "" {
			kept[name] = value
		}
	}
	// An empty type is kept (recorded: go-cloud's
	// TestWrite/ContentType_is_left_empty_...).
	kept["content-type"] = header.get("content-type")
	if !header.has("content-type") {
		kept["content-type"] = "binary/octet-stream"
	}
	if encoding := withoutAWSChunked(kept["content-encoding"]); encoding != "" {
		kept["content-encoding"] = encoding
	} else {
		delete(kept, "content-encoding")
	}
	size := 0
	for _, f := range header {
		if strings.HasPrefix(f.name, metaPrefix) {
			value := strings.Join(f.values, ",")
			kept[strings.Clone(f.name)] = value // not the names of all headers
			size += len(f.name) - len(metaPrefix) + len(value)
		}
	}
	if size > maxMetadataBytes {
		return nil, refuse(http.StatusBadRequest, "MetadataTooLarge",
			"Your metadata headers exceed the maximum allowed metadata size",
			"Size", strconv.Itoa(size), "MaxSizeAllowed", strconv.Itoa(maxMetadataBytes))
	}
	return kept, nil
}

// attributes reads everything that is stored beside a body out of the headers of a
// write: metadata, storage class and encryption. With a copy's COPY directive the
// metadata comes from the original instead of the headers.
func (s *Service) attributes(header headers, original *version) (map[string]string, error) {
	if err := refuseObjectLock(header); err != nil {
		return nil, err
	}
	if err := refuseACL(header); err != nil {
		return nil, err
	}
	var kept map[string]string
	if original != nil {
		kept = original.copiedMetadata(header)
	} else {
		var err error
		if kept, err = objectMetadata(header); err != nil {
			return nil, err
		}
	}
	if err := setStorageClass(kept, header); err != nil {
		return nil, err
	}
	return kept, s.setEncryption(kept, header)
}

// withoutAWSChunked removes the framing of the request from a Content-Encoding; S3
// does not store it.
func withoutAWSChunked(encoding string) string {
	var left []string
	for item := range strings.SplitSeq(encoding, ",") {
		if item = strings.TrimSpace(item); item != "" && item != "aws-chunked" {
			left = append(left, item)
		}
	}
	return strings.Join(left, ",")
}

// setStorageClass keeps the storage class of a request, if it is not the default one.
func setStorageClass(kept map[string]string, header headers) error {
	class := cmp.Or(header.get("x-amz-storage-class"), "STANDARD")
	if !slices.Contains(storageClasses[:], class) {
		return refuse(http.StatusBadRequest, "InvalidStorageClass", "The storage class you specified is not valid",
			"StorageClassRequested", class)
	}
	if class != "STANDARD" {
		kept["x-amz-storage-class"] = class
	}
	return nil
}

// refuseObjectLock refuses the headers that need a bucket with Object Lock, which
// the service has none of.
func refuseObjectLock(header headers) error {
	for _, name := range [...]string{"x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date", "x-amz-object-lock-legal-hold"} {
		if header.get(name) != "" {
			return invalidRequest("Bucket is missing Object Lock Configuration")
		}
	}
	return nil
}

// storageClass returns the storage class of a version.
func (v *version) storageClass() string { return cmp.Or(v.Header["x-amz-storage-class"], "STANDARD") }
