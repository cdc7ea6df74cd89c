package s3jar

import "strings"

// isBucketName reports whether S3 may have a bucket of that name (user guide,
// "General purpose bucket naming rules"). Names with one or two characters pass:
// some S3-compatible servers have them.
func isBucketName(name string) bool {
	if len(name) > 63 || !isAlphanumeric(name[0]) || !isAlphanumeric(name[len(name)-1]) || strings.Contains(name, "..") {
		return false
	}
	for i := range len(name) {
		if c := name[i]; !isAlphanumeric(c) && c != '-' && c != '.' {
			return false
		}
	}
	return !isAddress(name)
}

func isAlphanumeric(c byte) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' }

// isAddress reports whether a name is formatted as an IPv4 address, such as
// 192.168.5.4.
func isAddress(name string) bool {
	for part := range strings.SplitSeq(name, ".") {
		if len(part) > 3 || strings.Trim(part, "0123456789") != "" {
			return false
		}
	}
	return strings.Count(name, ".") == 3
}
