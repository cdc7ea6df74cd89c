package jarvar

import "github.com/awsjar/awsjar"

// Fail returns err as an *awsjar.Error that names the target, or nil for nil.
func Fail(target string, err error) error {
	if err == nil {
		return nil
	}
	known, ok := err.(*awsjar.Error)
	switch {
	case !ok:
		return &awsjar.Error{Target: target, Err: err}
	case known.Target != "":
		return known
	}
	named := *known
	named.Target = target
	return &named
}
