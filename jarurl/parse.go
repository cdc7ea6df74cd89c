package jarurl

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/percent"
)

// Parse takes a URL apart. It looks at nothing but the text. The error is
// [awsjar.ErrInvalid]; it never holds a user name, a password or the value of
// a parameter.
func Parse(text string) (Target, error) {
	target, err := parse(text)
	if err != nil {
		return Target{}, invalid(text, err)
	}
	return target, nil
}

// problem is the fault of a URL and the text to write instead.
type problem struct{ text, hint string }

func (p *problem) Error() string { return p.text }

func invalid(text string, err error) error {
	wrapped := &awsjar.Error{Op: "open", Target: shown(text), Err: fmt.Errorf("%w: %w", awsjar.ErrInvalid, err)}
	if p, ok := errors.AsType[*problem](err); ok {
		wrapped.Hint = p.hint
	}
	return wrapped
}

// shown is as much of a URL as may stand in an error: no parameters, and
// nothing where there may be a password.
func shown(text string) string {
	place, _, _ := strings.Cut(text, "?")
	scheme, rest, isURL := strings.Cut(place, ":")
	isURL = isURL && !strings.ContainsAny(scheme, "/.@")
	switch {
	case isURL && !looksLikeScheme(scheme), !isURL && strings.Contains(text, "@"):
		return "..."
	case isURL && (strings.Contains(text, "@") || mayHoldSecret(rest)):
		return scheme + ":..."
	}
	return place
}

// looksLikeScheme reports whether a text may be a scheme, perhaps misspelt, and
// is no access key.
func looksLikeScheme(text string) bool {
	return text != "" && len(text) <= 12 && strings.Trim(strings.ToLower(text), "abcdefghijklmnopqrstuvwxyz0123456789+-") == ""
}

// mayHoldSecret reports whether the part after a scheme may hold a user name and
// a password, as in KEY:SECRET@bucket. ARNs, names of functions and the drives
// of Windows have colons too.
func mayHoldSecret(rest string) bool {
	if strings.Contains(rest, "@") {
		return true
	}
	first, _, _ := strings.Cut(strings.TrimLeft(rest, "/"), "/")
	before, _, found := strings.Cut(first, ":")
	return found && before != "arn" && len(before) != 1 && !validOwner().MatchString(before)
}

// written returns the start of a hint and the part of the URL that goes there,
// or example where it may hold a secret.
func written(start, part, example string) string {
	if mayHoldSecret(part) {
		part = example
	}
	return start + part
}

func parse(text string) (Target, error) {
	if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
		return Target{}, &problem{"the URL holds a control character or is not UTF-8", "write such characters percent-encoded, a newline as %0A"}
	}
	scheme, rest, isURL := strings.Cut(text, ":")
	if !isURL || strings.ContainsAny(scheme, "/.@") {
		return Target{}, notURL(text)
	}
	if strings.Contains(rest, "#") {
		return Target{}, &problem{"the URL has a fragment", "write a # that belongs to the name as %23"}
	}
	rest, query, hasQuery := strings.Cut(rest, "?")
	target := Target{Scheme: strings.ToLower(scheme)}
	if err := target.setPlace(rest); err != nil {
		return Target{}, err
	}
	if hasQuery {
		if err := target.setParameters(query); err != nil {
			return Target{}, err
		}
	}
	return target, nil
}

func notURL(text string) error {
	p := &problem{text: "this is not a URL"}
	switch {
	case text == "":
		p.text, p.hint = "the URL is empty", "write lambda://NAME, s3://BUCKET/KEY or file:PATH"
	case asInShell(text) && !strings.Contains(text, "@"):
		p.hint = errHome.hint
	case strings.Contains(text, "@"):
		p.hint = "write lambda://NAME, s3://BUCKET/KEY or file:PATH"
	case strings.HasPrefix(text, S3+"//") || strings.HasPrefix(text, Lambda+"//"):
		scheme, rest, _ := strings.Cut(text, "//")
		p.text, p.hint = "the colon is missing", written("write "+scheme+"://", rest, "NAME")
	case strings.ContainsAny(text, "/.\\"):
		p.hint = "write a file as file:" + percent.Encode(text)
		if bucket, _, ok := strings.Cut(text, "/"); ok && bucket != "" && strings.Trim(bucket, ".") != "" && !strings.Contains(bucket, ":") {
			p.hint += ", and an object as s3://" + percent.Encode(text)
		}
	default:
		p.hint = "write a function as lambda://" + percent.Encode(text) + ", a file as file:" + percent.Encode(text)
	}
	return p
}

// setPlace sets the part between the scheme and the parameters.
func (t *Target) setPlace(rest string) error {
	authority, hasAuthority := strings.CutPrefix(rest, "//")
	if host, _, _ := strings.Cut(authority, "/"); strings.Contains(host, "@") && (hasAuthority || t.Scheme == Lambda || t.Scheme == S3) {
		return &problem{"a URL must not hold a user name or password", "give credentials by the environment, such as AWS_PROFILE"}
	}
	switch t.Scheme {
	case Lambda:
		return t.setFunction(authority, hasAuthority)
	case S3:
		return t.setObject(authority, hasAuthority)
	case File:
		return t.setPath(authority, hasAuthority)
	case Env:
		if hasAuthority || rest == "" {
			return &problem{"the variable is missing", "write env:NAME, such as env:jar"}
		}
		t.Variable = rest
		return nil
	case Mem:
		if rest != "" {
			return &problem{"memory has no name", "write mem:"}
		}
		return nil
	}
	return unknownScheme(t.Scheme, rest)
}

// unknownScheme is the problem of a URL with the scheme of something else.
func unknownScheme(scheme, rest string) error {
	hint := "write lambda://NAME, s3://BUCKET/KEY, file:PATH, env:NAME or mem:"
	_, object, isObject := strings.Cut(rest, ":s3:::")
	switch {
	case scheme == "http" || scheme == "https":
		hint = "write an object in S3 as s3://BUCKET/KEY, with ?endpoint=URL for a server that is not Amazon's"
	case scheme == "arn" && isObject:
		hint = written("write s3://", object, "BUCKET/KEY")
	case scheme == "arn" && strings.Contains(rest, ":lambda:"):
		hint = "write lambda:// before the ARN: lambda://ARN"
	}
	return &problem{"the scheme is unknown", hint}
}

func (t *Target) setFunction(name string, ok bool) error {
	if !ok {
		return &problem{"the two slashes are missing", written("write lambda://", strings.TrimLeft(name, "/"), "NAME")}
	}
	if strings.ContainsAny(name, "/% ") {
		return &problem{"a function's name has no slash, space or percent sign", "write lambda://NAME or lambda://ARN"}
	}
	t.Function = name
	return nil
}

func (t *Target) setObject(place string, ok bool) error {
	if !ok {
		return &problem{"the two slashes are missing", written("write s3://", strings.TrimLeft(place, "/"), "BUCKET/KEY")}
	}
	bucket, key, _ := strings.Cut(place, "/")
	isARN := strings.HasPrefix(bucket, "arn:") && strings.HasSuffix(bucket, ":accesspoint")
	if isARN {
		name, rest, _ := strings.Cut(key, "/")
		bucket, key = bucket+"/"+name, rest
	}
	if bucket == "" {
		return &problem{"the bucket is missing", "write s3://BUCKET/KEY"}
	}
	if strings.ContainsAny(bucket, "% ") || strings.Contains(bucket, ":") && !isARN {
		_, object, isObject := strings.Cut(place, ":s3:::")
		if !isObject {
			object = "BUCKET/KEY"
		}
		return &problem{"a bucket's name has no colon, space or percent sign", written("write s3://", object, "BUCKET/KEY")}
	}
	key, err := unescape(key)
	t.Bucket, t.Key = bucket, key
	return err
}

func (t *Target) setPath(place string, hasAuthority bool) error {
	if hasAuthority && !strings.HasPrefix(place, "/") {
		return &problem{"a file is on this machine and has no host", written("write file:", place, "PATH") + ", or file:///PATH for an absolute one"}
	}
	if asInShell(place) {
		return errHome
	}
	path, err := unescape(place)
	if path == "" && err == nil {
		return &problem{"the path is missing", "write file:PATH, such as file:state.json"}
	}
	t.Path = path
	return err
}

// errHome refuses a directory named ~ that nobody meant.
var errHome = &problem{"a ~ stands for no home directory in a URL", `write the whole path, in a shell "file:$HOME/state.json"; a directory that has such a name is file:./~`}

// asInShell reports whether a shell would read a path as one below a home
// directory: ~, ~/PATH or ~NAME/PATH.
func asInShell(path string) bool {
	first, _, below := strings.Cut(path, "/")
	return first == "~" || below && strings.HasPrefix(first, "~")
}

func unescape(path string) (string, error) {
	decoded, err := url.PathUnescape(path)
	if err != nil {
		return "", &problem{"a % is not followed by two hexadecimal digits", "write a % that belongs to the name as %25"}
	}
	if !utf8.ValidString(decoded) {
		return "", &problem{"the decoded name is not UTF-8", "encode the UTF-8 bytes of each character"}
	}
	return decoded, nil
}
