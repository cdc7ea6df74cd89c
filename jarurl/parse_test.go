package jarurl

import (
	"errors"
	"strings"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/lambdajar"
	"github.com/awsjar/awsjar/s3jar"
	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	const arn = "arn:aws:lambda:eu-west-1:123456789012:function:sams-lambda"
	tests := []struct {
		url       string
		want      Target
		canonical string // "" if it is url itself
	}{
		{url: "lambda://sams-lambda", want: Target{Scheme: Lambda, Function: "sams-lambda"}},
		{url: "lambda://", want: Target{Scheme: Lambda}},
		{url: "LAMBDA://f1", want: Target{Scheme: Lambda, Function: "f1"}, canonical: "lambda://f1"},
		{url: "lambda://" + arn, want: Target{Scheme: Lambda, Function: arn}},
		{url: "lambda://123456789012:function:f1", want: Target{Scheme: Lambda, Function: "123456789012:function:f1"}},
		{url: "lambda://f1:$LATEST", want: Target{Scheme: Lambda, Function: "f1:$LATEST"}},
		{url: "lambda://f1?name=cursor&form=plain", want: Target{Scheme: Lambda, Function: "f1", Variable: "cursor", Form: "plain"}},
		{url: "lambda://?name=cursor", want: Target{Scheme: Lambda, Variable: "cursor"}},
		{
			url:       "lambda://f1?region=eu-west-1&name=cursor",
			want:      Target{Scheme: Lambda, Function: "f1", Variable: "cursor", Region: "eu-west-1"},
			canonical: "lambda://f1?name=cursor&region=eu-west-1",
		},
		{
			url:       "lambda://f1?endpoint=http://127.0.0.1:9000",
			want:      Target{Scheme: Lambda, Function: "f1", Endpoint: "http://127.0.0.1:9000"},
			canonical: "lambda://f1?endpoint=http%3A%2F%2F127.0.0.1%3A9000",
		},

		{
			url:       "lambda://f1?overflow=s3://b/state.json",
			want:      Target{Scheme: Lambda, Function: "f1", Overflow: "s3://b/state.json"},
			canonical: "lambda://f1?overflow=s3%3A%2F%2Fb%2Fstate.json",
		},
		{
			url:       "lambda://f1?region=eu-west-1&overflow=s3://b/100%2525?region=us-east-1%26path-style=true",
			want:      Target{Scheme: Lambda, Function: "f1", Region: "eu-west-1", Overflow: "s3://b/100%25?region=us-east-1&path-style=true"},
			canonical: "lambda://f1?overflow=s3%3A%2F%2Fb%2F100%2525%3Fregion%3Dus-east-1%26path-style%3Dtrue&region=eu-west-1",
		},
		{
			url:       "env:jar?overflow=s3://b/k",
			want:      Target{Scheme: Env, Variable: "jar", Overflow: "s3://b/k"},
			canonical: "env:jar?overflow=s3%3A%2F%2Fb%2Fk",
		},

		{url: "s3://b/state.json", want: Target{Scheme: S3, Bucket: "b", Key: "state.json"}},
		{url: "s3://b", want: Target{Scheme: S3, Bucket: "b"}},
		{url: "s3://b/", want: Target{Scheme: S3, Bucket: "b"}, canonical: "s3://b"},
		{url: "s3://b/a//b/../c/", want: Target{Scheme: S3, Bucket: "b", Key: "a//b/../c/"}},
		{url: "s3://b//a", want: Target{Scheme: S3, Bucket: "b", Key: "/a"}},
		{url: "s3://b/a%20b", want: Target{Scheme: S3, Bucket: "b", Key: "a b"}},
		{url: "s3://b/a b", want: Target{Scheme: S3, Bucket: "b", Key: "a b"}, canonical: "s3://b/a%20b"},
		{url: "s3://b/a+b", want: Target{Scheme: S3, Bucket: "b", Key: "a+b"}},
		{url: "s3://b/a%2Fb", want: Target{Scheme: S3, Bucket: "b", Key: "a/b"}, canonical: "s3://b/a/b"},
		{url: "s3://b/100%25%3F%23", want: Target{Scheme: S3, Bucket: "b", Key: "100%?#"}},
		{url: "s3://b/%2541", want: Target{Scheme: S3, Bucket: "b", Key: "%41"}},
		{url: "s3://b/Nüsse/🐿", want: Target{Scheme: S3, Bucket: "b", Key: "Nüsse/🐿"}},
		{url: "s3://b/N%C3%BCsse", want: Target{Scheme: S3, Bucket: "b", Key: "Nüsse"}, canonical: "s3://b/Nüsse"},
		{url: "s3://b/a%0Ab", want: Target{Scheme: S3, Bucket: "b", Key: "a\nb"}},
		{
			url:  "s3://arn:aws:s3:us-east-1:123456789012:accesspoint/ap/a/b",
			want: Target{Scheme: S3, Bucket: "arn:aws:s3:us-east-1:123456789012:accesspoint/ap", Key: "a/b"},
		},
		{url: "s3://b/sam@example.com", want: Target{Scheme: S3, Bucket: "b", Key: "sam@example.com"}},
		{
			url:  "s3://b/k?region=eu-west-1&endpoint=https%3A%2F%2Fexample.com&path-style=false&expected-owner=123456789012&direct=true",
			want: Target{Scheme: S3, Bucket: "b", Key: "k", Region: "eu-west-1", Endpoint: "https://example.com", PathStyle: SwitchOff, ExpectedOwner: "123456789012", Direct: true},
		},

		{url: "file:state.json", want: Target{Scheme: File, Path: "state.json"}},
		{url: "file:./state.json", want: Target{Scheme: File, Path: "./state.json"}},
		{url: "file:///var/lib/state.json", want: Target{Scheme: File, Path: "/var/lib/state.json"}},
		{url: "file:/var/state.json", want: Target{Scheme: File, Path: "/var/state.json"}, canonical: "file:///var/state.json"},
		{url: "file:///C:/data/k", want: Target{Scheme: File, Path: "/C:/data/k"}},
		{
			url: "s3://b/k?sse=aws%3Akms&kms-key=arn%3Aaws%3Akms%3Aeu-west-1%3A123456789012%3Akey%2Fa-b&storage-class=STANDARD_IA&content-type=text%2Fplain" +
				"&tags=asked&requester-pays=true&checksums=when-required&max-size=1000&keep-last=true&scratch-prefix=scratch%2F&skip-probe=true",
			want: Target{Scheme: S3, Bucket: "b", Key: "k", SSE: "aws:kms", KMSKey: "arn:aws:kms:eu-west-1:123456789012:key/a-b", StorageClass: "STANDARD_IA",
				ContentType: "text/plain", Tags: s3jar.TagsAsked, RequesterPays: true, Checksums: "when-required", MaxSize: 1000, KeepLast: true, ScratchPrefix: "scratch/", SkipProbe: true},
		},
		{url: "file:a?max-size=1", want: Target{Scheme: File, Path: "a", MaxSize: 1}},
		{url: "lambda://f1?form=dense&confirm=false", want: Target{Scheme: Lambda, Function: "f1", Form: lambdajar.FormDense, Confirm: SwitchOff}},
		{url: "lambda://f1?confirm=true&unguarded=false", want: Target{Scheme: Lambda, Function: "f1", Confirm: SwitchOn}, canonical: "lambda://f1?confirm=true"},
		{url: "s3://b/k?tags=seen&direct=false&max-size=007", want: Target{Scheme: S3, Bucket: "b", Key: "k", MaxSize: 7}, canonical: "s3://b/k?max-size=7"},
		{url: "file:a?keep=all&keep-bytes=9000000000", want: Target{Scheme: File, Path: "a", Keep: All, KeepBytes: 9_000_000_000}},
		{url: "lambda://f1?unguarded=true", want: Target{Scheme: Lambda, Function: "f1", Unguarded: true}},
		{url: "file:a?keep=10&keep-bytes=all", want: Target{Scheme: File, Path: "a", Keep: 10, KeepBytes: All}},
		{url: "file:~a", want: Target{Scheme: File, Path: "~a"}},
		{url: "file:./~/a", want: Target{Scheme: File, Path: "./~/a"}},
		{url: "file:%7E/a", want: Target{Scheme: File, Path: "~/a"}},
		{url: "file:%7Esam/a%20b", want: Target{Scheme: File, Path: "~sam/a b"}},
		{url: "file:a%20b%3F", want: Target{Scheme: File, Path: "a b?"}},

		{url: "env:jar", want: Target{Scheme: Env, Variable: "jar"}},
		{url: "mem:", want: Target{Scheme: Mem}},
	}
	for _, test := range tests {
		got, err := Parse(test.url)
		if err != nil {
			t.Errorf("Parse(%q): %v", test.url, err)
			continue
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("Parse(%q) (-want +got):\n%s", test.url, diff)
		}
		canonical := test.canonical
		if canonical == "" {
			canonical = test.url
		}
		if got.String() != canonical {
			t.Errorf("Parse(%q).String() = %q, want %q", test.url, got.String(), canonical)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	tests := []struct{ url, text, hint string }{
		{"", "open: invalid argument: the URL is empty", "write lambda://NAME, s3://BUCKET/KEY or file:PATH"},
		{"./state.json", "open ./state.json: invalid argument: this is not a URL", "write a file as file:./state.json"},
		{"/tmp/a b", "open /tmp/a b: invalid argument: this is not a URL", "write a file as file:/tmp/a%20b"},
		{"acorns/a b", "open acorns/a b: invalid argument: this is not a URL", "write a file as file:acorns/a%20b, and an object as s3://acorns/a%20b"},
		{"s3//b/k", "open s3//b/k: invalid argument: the colon is missing", "write s3://b/k"},
		{"lambda//f1", "open lambda//f1: invalid argument: the colon is missing", "write lambda://f1"},
		{"./a:b", "open ./a:b: invalid argument: this is not a URL", "write a file as file:./a:b"},
		{"sams-lambda", "open sams-lambda: invalid argument: this is not a URL", "write a function as lambda://sams-lambda, a file as file:sams-lambda"},
		{"https://b.s3.amazonaws.com/k", "open https://b.s3.amazonaws.com/k: invalid argument: the scheme is unknown", "write an object in S3 as s3://BUCKET/KEY, with ?endpoint=URL for a server that is not Amazon's"},
		{"dynamodb://t", "open dynamodb://t: invalid argument: the scheme is unknown", "write lambda://NAME, s3://BUCKET/KEY, file:PATH, env:NAME or mem:"},
		{"arn:aws:lambda:us-east-1:123456789012:function:f1", "open arn:...: invalid argument: the scheme is unknown", "write lambda:// before the ARN: lambda://ARN"},
		{"arn:aws:s3:::b/k", "open arn:...: invalid argument: the scheme is unknown", "write s3://b/k"},
		{"lambda:f1", "open lambda:f1: invalid argument: the two slashes are missing", "write lambda://f1"},
		{"lambda:///f1", "open lambda:///f1: invalid argument: a function's name has no slash, space or percent sign", "write lambda://NAME or lambda://ARN"},
		{"lambda://f1/", "open lambda://f1/: invalid argument: a function's name has no slash, space or percent sign", "write lambda://NAME or lambda://ARN"},
		{"lambda://f1?nmae=x", `open lambda://f1: invalid argument: parameter "nmae" is unknown`, "lambda: takes name, form, confirm, unguarded, overflow, history, region, endpoint"},
		{"lambda://f1?name=a&name=b", "open lambda://f1: invalid argument: parameter name must be there once and have a value", "write ?name=VALUE"},
		{"lambda://f1?name=", "open lambda://f1: invalid argument: parameter name must be there once and have a value", "write ?name=VALUE"},
		{"lambda://f1?region=a/b", "open lambda://f1: invalid argument: the region is malformed", "write ?region=us-east-1"},
		{"lambda://f1?a;b", "open lambda://f1: invalid argument: the parameters are malformed", "write them as ?name=value&name=value, odd characters percent-encoded"},
		{"lambda://f1?form=Plain", "open lambda://f1: invalid argument: the form is none of auto, plain, flate, dense and python", "write ?form=plain"},
		{"lambda://f1?overflow=file:a", "open lambda://f1: invalid argument: the overflow is not the URL of an object in S3", "write ?overflow=s3://BUCKET/KEY, such as ?overflow=s3://my-bucket/state.json"},
		{"lambda://f1?overflow=lambda://f2?overflow=s3://b/k", "open lambda://f1: invalid argument: the overflow is not the URL of an object in S3", "write ?overflow=s3://BUCKET/KEY, such as ?overflow=s3://my-bucket/state.json"},
		{"lambda://f1?overflow=s3://b/", "open lambda://f1: invalid argument: the overflow has no key", "write ?overflow=s3://BUCKET/KEY, such as ?overflow=s3://my-bucket/state.json"},
		{"lambda://f1?overflow=s3:b/k", "open lambda://f1: invalid argument: the overflow: the two slashes are missing", "write s3://b/k"},
		{"env:jar?overflow=s3://b/k?regoin=x", `open env:jar: invalid argument: the overflow: parameter "regoin" is unknown`, "s3: takes region, endpoint, path-style, expected-owner, sse, kms-key, storage-class, content-type, tags, requester-pays, checksums, max-size, keep-last, scratch-prefix, skip-probe, direct"},
		{"env:jar?name=x", `open env:jar: invalid argument: parameter "name" is unknown`, "env: takes overflow"},
		{"s3:b/k", "open s3:b/k: invalid argument: the two slashes are missing", "write s3://b/k"},
		{"s3:///k", "open s3:///k: invalid argument: the bucket is missing", "write s3://BUCKET/KEY"},
		{"s3://arn:aws:s3:::b/k", "open s3://arn:aws:s3:::b/k: invalid argument: a bucket's name has no colon, space or percent sign", "write s3://b/k"},
		{"s3://my bucket/k", "open s3://my bucket/k: invalid argument: a bucket's name has no colon, space or percent sign", "write s3://BUCKET/KEY"},
		{"s3://b/100%", "open s3://b/100%: invalid argument: a % is not followed by two hexadecimal digits", "write a % that belongs to the name as %25"},
		{"s3://b/a#b", "open s3://b/a#b: invalid argument: the URL has a fragment", "write a # that belongs to the name as %23"},
		{"s3://b/%ff", "open s3://b/%ff: invalid argument: the decoded name is not UTF-8", "encode the UTF-8 bytes of each character"},
		{"s3://b/k?endpoint=127.0.0.1:9000", "open s3://b/k: invalid argument: the endpoint is not an http or https URL", "write ?endpoint=http://127.0.0.1:9000"},
		{"s3://b/k?skip-probe=yes", "open s3://b/k: invalid argument: skip-probe is neither true nor false", "write ?skip-probe=true"},
		{"s3://b/k?direct=yes", "open s3://b/k: invalid argument: direct is neither true nor false", "write ?direct=true"},
		{"s3://b/k?path-style=yes", "open s3://b/k: invalid argument: path-style is neither true nor false", "write ?path-style=true"},
		{"s3://b/k?expected-owner=me", "open s3://b/k: invalid argument: the expected owner is not an account id", "write ?expected-owner=123456789012"},
		{"file:~/state.json", "open file:~/state.json: invalid argument: a ~ stands for no home directory in a URL", errHome.hint},
		{"file:~sam/state.json", "open file:~sam/state.json: invalid argument: a ~ stands for no home directory in a URL", errHome.hint},
		{"file:~", "open file:~: invalid argument: a ~ stands for no home directory in a URL", errHome.hint},
		{"~/state.json", "open ~/state.json: invalid argument: this is not a URL", errHome.hint},
		{"file:", "open file:: invalid argument: the path is missing", "write file:PATH, such as file:state.json"},
		{"file://state.json", "open file://state.json: invalid argument: a file is on this machine and has no host", "write file:state.json, or file:///PATH for an absolute one"},
		{"file:a?b=c", `open file:a: invalid argument: parameter "b" is unknown`, "file: takes keep, keep-bytes, max-size"},
		{"mem:?b=c", `open mem:: invalid argument: parameter "b" is unknown`, "mem: takes no parameters; write a ? that belongs to the name as %3F"},
		{"file:a?keep=0", "open file:a: invalid argument: keep is not a number of versions", "write ?keep=10, ?keep=1 for no earlier versions, or ?keep=all"},
		{"file:a?keep=x", "open file:a: invalid argument: keep is not a number of versions", "write ?keep=10, ?keep=1 for no earlier versions, or ?keep=all"},
		{"file:a?keep-bytes=-1", "open file:a: invalid argument: keep-bytes is not a number of bytes", "write ?keep-bytes=1000000, or ?keep-bytes=all"},
		{"env:", "open env:: invalid argument: the variable is missing", "write env:NAME, such as env:jar"},
		{"mem:x", "open mem:x: invalid argument: memory has no name", "write mem:"},
		{"file:a\n", "open file:a\n: invalid argument: the URL holds a control character or is not UTF-8", "write such characters percent-encoded, a newline as %0A"},
	}
	for _, test := range tests {
		target, err := Parse(test.url)
		if !errors.Is(err, awsjar.ErrInvalid) {
			t.Errorf("Parse(%q) = %+v, %v; want ErrInvalid", test.url, target, err)
			continue
		}
		if err.Error() != test.text {
			t.Errorf("Parse(%q)\n got text %q\nwant text %q", test.url, err.Error(), test.text)
		}
		if told, _ := errors.AsType[*awsjar.Error](err); told.Hint != test.hint {
			t.Errorf("Parse(%q)\n got hint %q\nwant hint %q", test.url, told.Hint, test.hint)
		}
	}
}

// TestParseKeepsSecretsToItself: for every fault, and wherever credentials
// stand, an error does not repeat them.
func TestParseKeepsSecretsToItself(t *testing.T) {
	for _, url := range []string{
		"s3://AKIA:hunter2@b/k",
		"lambda://sam:hunter2@f1",
		"file://sam:hunter2@host/state.json",
		"https://sam:hunter2@example.com/",
		"sam:hunter2@example.com",
		"hunter2@example.com",
		"s3://b/k?secret-key=hunter2",
		"s3://b/k?endpoint=https://sam:hunter2@example.com",
		"s3://b/k?endpoint=hunter2",
		"s3://b/k?expected-owner=hunter2",
		"s3://b/k?region=hunter2!",
		"s3://AKIA:hunter2@b/%zz",
		"lambda://f1?overflow=s3://AKIA:hunter2@b/k",
		"lambda://f1?overflow=hunter2",
		"s3:AKIA:hunter2@b/k",
		"s3:/AKIA:hunter2@b/k",
		"s3:AKIA:hunter2/x@b/k",
		"s3:AKIA:hunter2",
		"s3://AKIA:hunter2",
		"s3://AKIA:hunter2/k@b",
		"s3://AKIA:hun?hunter2@b/k",
		"S3:AKIA:hunter2@b/k",
		"lambda:AKIA:hunter2@f1",
		"lambda:AKIA:hunter2",
		"lambda://AKIA:hunter2/x",
		"file://AKIA:hunter2",
		"file://AKIA:hunter2/x@host/k",
		"mem:AKIA:hunter2@x",
		"mem://AKIA:hunter2",
		"env://AKIA:hunter2@x",
		"env://AKIA:hunter2",
		"AKIAIOSFODNN7EXAMPLE:hunter2",
		"AKIA:hunter2@b/k",
		"https:sam:hunter2@example.com",
		"https://sam:hunter2",
		"s3://b/k?hunter2",
		"s3://b/k?AKIA:hunter2@x",
		"s3://b/k?sse=hunter2", "s3://b/k?kms-key=hunter2!", "s3://b/k?storage-class=hunter2", "s3://b/k?content-type=%0ahunter2",
		"s3://b/k?tags=hunter2", "s3://b/k?checksums=hunter2", "s3://b/k?max-size=hunter2", "s3://b/k?requester-pays=hunter2",
		"lambda://f1?history=s3:AKIA:hunter2@b/k",
		"lambda://f1?history=file://AKIA:hunter2",
		"env:jar?overflow=s3:AKIA:hunter2@b/k",
		"lambda://f1?overflow=s3://b/k?expected-owner=hunter2",
	} {
		_, err := Parse(url)
		told, ok := errors.AsType[*awsjar.Error](err)
		if !ok {
			t.Errorf("Parse(%q): %v, want an *awsjar.Error", url, err)
			continue
		}
		if strings.Contains(err.Error()+told.Hint, "hunter2") {
			t.Errorf("Parse(%q) repeats the secret: %v; %s", url, err, told.Hint)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, url := range []string{
		"lambda://f1?name=cursor&region=eu-west-1", "lambda://arn:aws:lambda:us-east-1:123456789012:function:f1",
		"s3://b/a%20b//%3F?endpoint=http%3A%2F%2F127.0.0.1&path-style=true", "file:////x", "file:a%25", "env:jar", "env:jar?overflow=s3://b/k%253F?region=x%26path-style=true", "mem:", "a@b:c",
		"lambda://f1?confirm=false&unguarded=true&form=plain", "s3://b/k?tags=dropped&direct=true&max-size=7&path-style=false", "file:a?keep=all&keep-bytes=10", "file:a?keep=3&max-size=1",
	} {
		f.Add(url)
	}
	f.Fuzz(func(t *testing.T, url string) {
		target, err := Parse(url)
		if err != nil {
			if !errors.Is(err, awsjar.ErrInvalid) || target != (Target{}) {
				t.Fatalf("Parse(%q) = %+v, %v", url, target, err)
			}
			return
		}
		again, err := Parse(target.String())
		if err != nil {
			t.Fatalf("Parse(%q).String() = %q, which does not parse: %v", url, target.String(), err)
		}
		if again != target {
			t.Fatalf("%q: %+v became %+v through %q", url, target, again, target.String())
		}
		if again.String() != target.String() {
			t.Fatalf("String is not stable: %q, then %q", target.String(), again.String())
		}
	})
}
