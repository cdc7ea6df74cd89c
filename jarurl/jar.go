package jarurl

import (
	"context"

	"github.com/awsjar/awsjar"
)

// OpenJar opens the store that a URL names, as [Open] does, and returns the Jar
// of it, with the options in Options.Jar:
//
//	jar, err := jarurl.OpenJar[State](ctx, os.Getenv("STATE_URL"))
func OpenJar[T any](ctx context.Context, text string, optFns ...func(*Options)) (*awsjar.Jar[T], error) {
	store, err := Open(ctx, text, optFns...)
	if err != nil {
		return nil, err
	}
	return awsjar.New[T](store, func(o *awsjar.Options) { *o = settings(optFns).Jar }), nil
}
