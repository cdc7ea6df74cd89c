package s3fake

import (
	"cmp"
	"crypto/md5"
	"crypto/rand"
	"encoding/hex"
	"strings"
)

const (
	ssePrefix    = "x-amz-server-side-encryption"
	sseKeyID     = ssePrefix + "-aws-kms-key-id"
	sseBucketKey = ssePrefix + "-bucket-key-enabled"
)

// setEncryption keeps the encryption that a write asks for. Nothing is encrypted;
// the answers are imitated. SSE-S3 is the default of every bucket; SSE-C is
// refused.
func (s *Service) setEncryption(kept map[string]string, header headers) error {
	if err := refuseCustomerKeys(header); err != nil {
		return err
	}
	kept[ssePrefix] = cmp.Or(header.get(ssePrefix), "AES256")
	switch kept[ssePrefix] {
	case "AES256":
		if header.get(sseKeyID) != "" {
			return invalidArgument("Server Side Encryption with AWS KMS managed key requires HTTP header "+
				"x-amz-server-side-encryption : aws:kms", "x-amz-server-side-encryption", "AES256")
		}
		return nil
	case "aws:kms", "aws:kms:dsse":
		kept[sseKeyID] = cmp.Or(header.get(sseKeyID),
			"arn:aws:kms:"+s.options.Region+":"+s.options.AccountID+":key/00000000-0000-0000-0000-000000000000")
		if header.get(sseBucketKey) == "true" {
			kept[sseBucketKey] = "true"
		}
		return nil
	}
	return invalidArgument("The encryption method specified is not supported", ssePrefix, kept[ssePrefix])
}

func refuseCustomerKeys(header headers) error {
	for _, f := range header {
		if strings.Contains(f.name, "server-side-encryption-customer-") {
			return notImitated("encryption with keys of the customer (SSE-C), the header " + f.name)
		}
	}
	return nil
}

// refuseEncryptionHeaders refuses a read that names an encryption; S3 answers 400
// (API reference, GetObject).
func refuseEncryptionHeaders(header headers) error {
	if value := header.get(ssePrefix); value != "" {
		return invalidArgument("x-amz-server-side-encryption header is not supported for this operation.", ssePrefix, value)
	}
	return nil
}

// etagOf makes the quoted ETag of a body: its MD5, or 32 random digits where S3
// says that the ETag is not the MD5, which is under SSE-KMS and in directory
// buckets.
func etagOf(bucketName string, header map[string]string, body []byte) string {
	sum := md5.Sum(body)
	if strings.HasPrefix(header[ssePrefix], "aws:kms") || isDirectory(bucketName) {
		_, _ = rand.Read(sum[:]) // never fails, by its documentation
	}
	quoted := append(make([]byte, 0, 34), '"')
	return string(append(hex.AppendEncode(quoted, sum[:]), '"'))
}
