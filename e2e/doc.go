// Package e2e runs awsjar against independent servers that speak S3 and
// Lambda: versitygw, MinIO and moto. It is a module of its own, so that
// nothing of them is linked into the library or stands in its go.mod.
//
//	cd e2e && go test ./...
//
// builds the servers once (MinIO takes ten minutes), keeps them in the user's
// cache directory, and starts them on free ports of 127.0.0.1. A server that
// cannot be had fails the tests that need it if CI=true, and is named in a
// loud line otherwise. See docs/testing.md for a real AWS account.
package e2e
