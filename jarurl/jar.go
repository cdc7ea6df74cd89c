package jarurl

import (
	"context"

	"github.com/awsjar/awsjar"
)

// OpenJar opens the store that a URL names, as [Open] does, and returns the Jar
// of it, with the options in Options.Jar, and the Logger in Options.Logger if
// those have none:
//
//	jar, err := jarurl.OpenJar[State](ctx, os.Getenv("STATE_URL"))
func OpenJar[T any](ctx context.Context, text string, optFns ...func(*Options)) (*awsjar.Jar[T], error) {
	store, err := Open(ctx, text, optFns...)
	if err != nil {
		return nil, err
	}
	opts := settings(optFns)
	return awsjar.New[T](store, func(o *awsjar.Options) {
		*o = opts.Jar
		if o.Logger == nil {
			o.Logger = opts.Logger
		}
	}), nil
}
