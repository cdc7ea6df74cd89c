package main

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// TestRemoval: of the rules of a bucket those count that are enabled, are about
// the key, and remove the state or its versions.
func TestRemoval(t *testing.T) {
	enabled, disabled := s3types.ExpirationStatusEnabled, s3types.ExpirationStatusDisabled
	expire := &s3types.LifecycleExpiration{Days: aws.Int32(1)}
	noncurrent := &s3types.NoncurrentVersionExpiration{NoncurrentDays: aws.Int32(30)}
	for _, test := range []struct {
		rule s3types.LifecycleRule
		want string
	}{
		{s3types.LifecycleRule{Status: enabled, ID: aws.String("old"), NoncurrentVersionExpiration: noncurrent}, `the rule "old" removes earlier versions after 30 days`},
		{s3types.LifecycleRule{Status: enabled, ID: aws.String("all"), Expiration: expire}, `the rule "all" removes the state itself after 1 day`},
		{s3types.LifecycleRule{Status: enabled, Expiration: expire, Filter: &s3types.LifecycleRuleFilter{Prefix: aws.String("jobs/")}}, `the rule "" removes the state itself after 1 day`},
		{s3types.LifecycleRule{Status: enabled, Expiration: expire, Filter: &s3types.LifecycleRuleFilter{And: &s3types.LifecycleRuleAndOperator{Prefix: aws.String("logs/")}}}, ""},
		//lint:ignore SA1019 rules that were made before 2016 have it
		{s3types.LifecycleRule{Status: enabled, Expiration: expire, Prefix: aws.String("logs/")}, ""},
		{s3types.LifecycleRule{Status: disabled, Expiration: expire}, ""},
		{s3types.LifecycleRule{Status: enabled, Expiration: &s3types.LifecycleExpiration{ExpiredObjectDeleteMarker: aws.Bool(true)}}, ""},
	} {
		if got := removal([]s3types.LifecycleRule{test.rule}, "jobs/a.json"); got != test.want {
			t.Errorf("%+v: %q, want %q", test.rule, got, test.want)
		}
	}
}
