package awsfake_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	static "github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/awsjar/awsjar/awsfake"
)

// TestWhoAmIAndTheCredentialsOfARole: the STS API reference, GetCallerIdentity and
// AssumeRole.
func TestWhoAmIAndTheCredentialsOfARole(t *testing.T) {
	now := newClock()
	srv := awsfake.NewServer(t, func(o *awsfake.Options) { o.Now = now.Now })
	srv.CreateBucket("bucket")
	c := sts.NewFromConfig(srv.Config())
	me, err := c.GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	if err != nil || *me.Account != "123456789012" || *me.Arn != "arn:aws:iam::123456789012:user/awsfake" || *me.UserId == "" {
		t.Fatalf("%+v %v", me, err)
	}
	role, err := c.AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::123456789012:role/team/deploy"), RoleSessionName: aws.String("test"), DurationSeconds: aws.Int32(900)})
	if err != nil {
		t.Fatal(err)
	}
	if *role.AssumedRoleUser.Arn != "arn:aws:sts::123456789012:assumed-role/deploy/test" || !role.Credentials.Expiration.Equal(now.Now().Add(15*time.Minute).Truncate(time.Second)) {
		t.Errorf("%+v %+v", *role.AssumedRoleUser, *role.Credentials)
	}
	cfg := srv.Config()
	keys := role.Credentials
	cfg.Credentials = static.NewStaticCredentialsProvider(*keys.AccessKeyId, *keys.SecretAccessKey, *keys.SessionToken)
	if me, err = sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{}); err != nil || *me.Arn != "arn:aws:sts::123456789012:assumed-role/deploy/test" {
		t.Errorf("%+v %v", me, err)
	}
	once := s3.NewFromConfig(cfg, func(o *s3.Options) { o.RetryMaxAttempts = 1 })
	if err := putObject(t.Context(), once, "x"); err != nil {
		t.Error(err)
	}
	now.advance(15*time.Minute + time.Second)
	if err := putObject(t.Context(), once, "x"); code(err) != "ExpiredToken" {
		t.Errorf("after the end of the session: %v", err)
	}
	for want, wrong := range map[string][3]string{
		"InvalidClientTokenId":  {"ASIAOTHER", *keys.SecretAccessKey, *keys.SessionToken},
		"SignatureDoesNotMatch": {awsfake.DefaultAccessKey, "other", ""},
	} {
		cfg.Credentials = static.NewStaticCredentialsProvider(wrong[0], wrong[1], wrong[2])
		if _, err := sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{}); code(err) != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestAssumeRoleRefused(t *testing.T) {
	srv := awsfake.NewServer(t)
	c := sts.NewFromConfig(srv.Config())
	role, name := aws.String("arn:aws:iam::123456789012:role/deploy"), aws.String("test")
	for _, tt := range []struct {
		in   sts.AssumeRoleInput
		want string
	}{
		{sts.AssumeRoleInput{RoleArn: aws.String("deploy-the-function-role"), RoleSessionName: name}, "ValidationError"},
		{sts.AssumeRoleInput{RoleArn: role, RoleSessionName: aws.String("a b")}, "ValidationError"},
		{sts.AssumeRoleInput{RoleArn: role, RoleSessionName: name, DurationSeconds: aws.Int32(899)}, "ValidationError"},
		{sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::210987654321:role/deploy"), RoleSessionName: name}, "AccessDenied"},
		{sts.AssumeRoleInput{RoleArn: role, RoleSessionName: name, Policy: aws.String("{}")}, "NotImplemented"},
	} {
		if _, err := c.AssumeRole(t.Context(), &tt.in); code(err) != tt.want {
			t.Errorf("%+v: %v", tt.in, err)
		}
	}
	if _, err := c.GetSessionToken(t.Context(), &sts.GetSessionTokenInput{}); code(err) != "NotImplemented" || message(err) != `awsfake does not imitate the action "GetSessionToken" of STS` {
		t.Error(err)
	}
	srv.Inject(awsfake.Fault{Op: "GetCallerIdentity", Code: "Throttling"})
	if _, err := c.GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{}); err != nil {
		t.Error("the SDK does not try again:", err)
	}
}

// TestEnvHidesThePersonsToken: a program of a shell that has temporary credentials.
func TestEnvHidesThePersonsToken(t *testing.T) {
	for name, value := range map[string]string{"AWS_SESSION_TOKEN": "a person's", "AWS_PROFILE": "", "AWS_CA_BUNDLE": ""} {
		t.Setenv(name, value)
	}
	for _, line := range awsfake.NewServer(t).Env() {
		name, value, _ := strings.Cut(line, "=")
		t.Setenv(name, value)
	}
	cfg, err := config.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), nil); err != nil {
		t.Error(err)
	}
}
