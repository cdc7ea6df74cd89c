package lambdajar

import (
	"errors"
	"strings"
	"testing"

	"github.com/awsjar/awsjar"
)

func TestParseFunction(t *testing.T) {
	const arn = "arn:aws:lambda:us-east-1:123456789012:function:fn"
	long := strings.Repeat("n", 64)
	for given, want := range map[string]string{
		"fn":                               "fn",
		"fn:$LATEST":                       "fn",
		"A-b_9":                            "A-b_9",
		"function":                         "function",
		long:                               long,
		"123456789012:function:fn":         "123456789012:function:fn",
		"123456789012:function:fn:$LATEST": "123456789012:function:fn",
		arn:                                arn,
		arn + ":$LATEST":                   arn,
		"arn:aws-cn:lambda:cn-north-1:123456789012:function:fn":               "arn:aws-cn:lambda:cn-north-1:123456789012:function:fn",
		"arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:fn":        "arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:fn",
		"arn:aws-iso-b:lambda:us-isob-east-1:123456789012:function:fn":        "arn:aws-iso-b:lambda:us-isob-east-1:123456789012:function:fn",
		"arn:aws-eusc:lambda:eusc-de-east-1:123456789012:function:fn":         "arn:aws-eusc:lambda:eusc-de-east-1:123456789012:function:fn",
		"arn:aws:lambda:ap-southeast-2:123456789012:function:fn:$LATEST":      "arn:aws:lambda:ap-southeast-2:123456789012:function:fn",
		"arn:aws:lambda:us-west-2:000000000000:function:" + long:              "arn:aws:lambda:us-west-2:000000000000:function:" + long,
		"arn:aws-iso-f:lambda:us-isof-south-1:123456789012:function:f":        "arn:aws-iso-f:lambda:us-isof-south-1:123456789012:function:f",
		"arn:aws:lambda:mx-central-1:123456789012:function:with-dash:$LATEST": "arn:aws:lambda:mx-central-1:123456789012:function:with-dash",
	} {
		if got, err := parseFunction(given); got != want || err != nil {
			t.Errorf("parseFunction(%q): %q, %v; want %q", given, got, err, want)
		}
	}
	for _, given := range []string{
		"", ":", "fn:", ":fn", "fn:$latest", "fn:$LATEST:", "with space", "with/slash", "with.dot", "ümlaut", "fn\n", "$LATEST",
		long + "n", "12345678901:function:fn", "123456789012:func:fn", "123456789012:function:", "123456789012:fn:x",
		"arn:aws:s3:us-east-1:123456789012:function:fn", "arn:aws:lambda::123456789012:function:fn", "arn:aws:lambda:us-east-1::function:fn",
		"arn:aws:lambda:us-east-1:123456789012:layer:fn", "arn:aws:lambda:us-east-1:123456789012:function:", arn + ":$LATEST:1",
		"https://lambda.us-east-1.amazonaws.com", "s3://bucket/key", strings.Repeat("x", 1<<20), strings.Repeat(":", 1000),
	} {
		got, err := parseFunction(given)
		if !errors.Is(err, awsjar.ErrInvalid) || got != "" {
			t.Errorf("parseFunction(%.60q): %q, %v; want ErrInvalid", given, got, err)
		}
		if err != nil && len(err.Error()) > 1000 {
			t.Errorf("parseFunction(%.60q): the error has %d bytes", given, len(err.Error()))
		}
	}
}

func TestPublishedNames(t *testing.T) {
	const arn = "arn:aws:lambda:us-east-1:123456789012:function:fn"
	for given, hint := range map[string]string{
		"fn:1": "fn", "fn:live": "fn", "123456789012:function:fn:7": "123456789012:function:fn", arn + ":prod": arn,
	} {
		name, err := parseFunction(given)
		if name != given || err != nil || !strings.HasSuffix(functionARN(name), name) {
			t.Errorf("parseFunction(%q): %q, %v", given, name, err)
		}
		var e *awsjar.Error
		err = checkUnpublished(name)
		if !errors.Is(err, awsjar.ErrInvalid) || !errors.As(err, &e) || e.Hint != "leave out the qualifier: "+hint {
			t.Errorf("checkUnpublished(%q): %v; want ErrInvalid and a hint to write %q", given, err, hint)
		}
	}
	for _, given := range []string{"fn", "123456789012:function:fn", arn} {
		if err := checkUnpublished(given); err != nil {
			t.Errorf("checkUnpublished(%q): %v", given, err)
		}
	}
}

func FuzzParseFunction(f *testing.F) {
	for _, given := range []string{
		"fn", "fn:$LATEST", "fn:7", "123456789012:function:fn", "arn:aws:lambda:us-east-1:123456789012:function:fn:live", "::::::", "",
	} {
		f.Add(given)
	}
	f.Fuzz(func(t *testing.T, given string) {
		name, err := parseFunction(given)
		if err != nil {
			if !errors.Is(err, awsjar.ErrInvalid) || name != "" {
				t.Fatalf("%q: %q, %v", given, name, err)
			}
			return
		}
		if name != given && name+":"+latest != given {
			t.Fatalf("%q became %q", given, name)
		}
		if again, err := parseFunction(name); again != name || err != nil {
			t.Fatalf("%q became %q, and that %q, %v", given, name, again, err)
		}
		if strings.ContainsAny(name, "/?#% \n$") || !strings.HasSuffix(functionARN(name), name) {
			t.Fatalf("%q became %q", given, name)
		}
	})
}
