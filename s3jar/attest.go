package s3jar

import (
	"slices"
	"strings"
)

// Some metadata and tags describe the body at the time when it was stored: its
// hash, its time, the verdict of a scanner. Over another body they would be a
// lie, so a write over a revision leaves them out. Names are in lower case, as S3
// returns those of metadata.

// attesting are names of metadata with such a description.
var attesting = []string{
	// Names that programs of many makers chose, and that nobody has specified.
	"content-length", "filesize", "file-size", "original-size",
	"last-modified", "modified", "lastmodified",
	"hash", "content-hash", "file-hash", "etag", "signature",

	"md5chksum",         // the MD5 of a large file, beside mtime (rclone, "Amazon S3", under Metadata)
	"s3cmd-attrs",       // times and MD5 of the file (s3cmd, S3/S3.py)
	"mc-attrs",          // times of the file (MinIO, "mc cp", --preserve)
	"cb-modifiedtime",   // CloudBerry, now MSP360
	"s3b-last-modified", // S3 Browser, beside sha256

	// Metadata and tags of bucket-antivirus-function (its README).
	"av-status", "av-signature", "av-timestamp",

	// Amazon S3 Encryption Client (its developer guide, and its specification
	// on the content metadata of formats 1 to 3).
	"x-amz-unencrypted-content-length", "x-amz-unencrypted-content-md5",
	"x-amz-key", "x-amz-key-v2", "x-amz-iv", "x-amz-matdesc", "x-amz-cek-alg", "x-amz-wrap-alg", "x-amz-tag-len",
	"x-amz-c", "x-amz-3", "x-amz-w", "x-amz-m", "x-amz-t", "x-amz-d", "x-amz-i",
}

// attestingWords are parts of such names, between characters that are no
// letters and digits: file-mtime of AWS DataSync and Storage Gateway (DataSync
// user guide, "Understanding how DataSync handles file and object metadata"),
// mtime, ctime and atime of rclone and s3fs, sha256, x-checksum-crc32.
var attestingWords = []string{
	"mtime", "ctime", "atime",
	"md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "blake3", "xxhash",
	"crc32", "crc32c", "crc64", "crc64nvme", "checksum", "digest",
}

// attestingTags are the names of tags, in lower case, each with its product.
var attestingTags = []string{
	"guarddutymalwarescanstatus",                                                                         // Amazon GuardDuty user guide, "Malware Protection for S3"
	"bucketav",                                                                                           // bucketAV
	"fss-scanned", "fss-scan-date", "fss-scan-result", "fss-scan-detail-code", "fss-scan-detail-message", // Trend Micro File Storage Security
	"scan-result", "date-scanned", "virus-name", "scan-status", "scan-date", // Cloud Storage Security
}

// attests reports whether metadata or a tag of that name is about the body.
func attests(name string) bool {
	name = strings.ToLower(name)
	if slices.Contains(attesting, name) || slices.Contains(attestingTags, name) {
		return true
	}
	for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return !('a' <= r && r <= 'z' || '0' <= r && r <= '9') }) {
		if slices.Contains(attestingWords, word) {
			return true
		}
	}
	return false
}
