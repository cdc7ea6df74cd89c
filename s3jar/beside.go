package s3jar

import "github.com/awsjar/awsjar"

// Beside returns the Object whose key is this one's, a dot and the id, with the
// same options. It makes an Object an Options.Overflow of package lambdajar,
// which keeps each value that does not fit into a function in an Object of its
// own.
func (o *Object) Beside(id string) awsjar.Store {
	if o == nil || o.key == "" {
		return o // its first call says why
	}
	return &Object{bucket: o.bucket, key: o.key + "." + id}
}
