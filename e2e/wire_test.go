package e2e

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/awsjar/awsjar/awsfake"
)

// A wireRule is a rule of S3 that a test of ceph/s3-tests or of minio/mint checks,
// written down anew as requests and answers. Its file, in testdata/wire, has for each
// rule
//
//	# NAME-OF-THE-TEST
//	METHOD TARGET | BODY
//	+ HEADER: VALUE       of the request; "Content-MD5: auto" computes it; "presigned"
//	                      signs the query without a hash, and later headers not at all
//	= STATUS CODE         of the answer
//	= HEADER: VALUE       of the answer; without a value it must be absent
//	~ TEXT                is in the body;  "! TEXT" is not
//	> NAME = HEADER       keeps a header, or an <Element>, for {NAME} in later lines
//
// The buckets are bucket, other, versioned, and foreign, of another account.
type wireRule struct {
	name  string
	lines []string
}

// TestWire holds awsfake to all of the rules, but for those in wireDeviations:
// these must fail, so that the table never says more than is true.
func TestWire(t *testing.T) {
	t.Parallel()
	rules, broken := readWireRules(t), map[string]bool{}
	for _, rule := range rules {
		player := newWirePlayer(t)
		err := player.play(rule.lines)
		reason, listed := wireDeviations[rule.name]
		switch {
		case err != nil && !listed:
			t.Errorf("%s: %v", rule.name, err)
		case err == nil && listed:
			t.Errorf("%s is listed as different (%s), and is not", rule.name, reason)
		case reason == notImitated && player.status != http.StatusNotImplemented:
			t.Errorf("%s is not refused by name: %v", rule.name, err)
		}
		broken[rule.name] = err != nil
	}
	for _, name := range slices.Sorted(maps.Keys(wireDeviations)) {
		if _, there := broken[name]; !there {
			t.Errorf("%s is listed as different, and there is no such rule", name)
		}
	}
	t.Logf("%d rules, %d deviations", len(rules), len(wireDeviations))
}

// TestWireNoticesABrokenRule: a rule is not met by whatever is answered.
func TestWireNoticesABrokenRule(t *testing.T) {
	t.Parallel()
	for _, lines := range [][]string{
		{"GET /bucket/bar", "= 200"},
		{"GET /bucket/bar", "= 404 NoSuchBucket"},
		{"PUT /bucket/foo | x", "= 200", `= ETag: "other"`},
		{"PUT /bucket/foo | x", "= 200", "= ETag:"},
		{"PUT /bucket/foo | x", "= 200", "GET /bucket/foo", "= 200", "~ y"},
		{"PUT /bucket/foo | x", "= 200", "GET /bucket/foo", "= 200", "! x"},
	} {
		if err := newWirePlayer(t).play(lines); err == nil {
			t.Errorf("%q is met", lines)
		}
	}
}

func readWireRules(t *testing.T) []wireRule {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "wire", "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatal("no rules", err)
	}
	var rules []wireRule
	seen := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			line = strings.TrimRight(line, "\n")
			name, begins := strings.CutPrefix(line, "# ")
			switch {
			case begins && seen[name]:
				t.Fatalf("%s: %s is there twice", file, name)
			case begins:
				seen[name] = true
				rules = append(rules, wireRule{name: name})
			case line != "":
				last := &rules[len(rules)-1]
				last.lines = append(last.lines, line)
			}
		}
	}
	return rules
}

// wirePlayer plays one rule against a server of its own.
type wirePlayer struct {
	t     *testing.T
	srv   *awsfake.Server
	named map[string]string

	request []string // the lines of the request that is not sent yet
	status  int
	header  http.Header
	body    string
}

func newWirePlayer(t *testing.T) *wirePlayer {
	srv := awsfake.NewServer(t)
	for _, name := range []string{"bucket", "other", "versioned"} {
		srv.CreateBucket(name)
	}
	srv.CreateBucketIn("foreign", "us-east-1", "210987654321")
	srv.SetVersioning("versioned", "Enabled")
	return &wirePlayer{t: t, srv: srv, named: map[string]string{}}
}

func (p *wirePlayer) play(lines []string) error {
	for _, line := range lines {
		kind, rest, _ := strings.Cut(line, " ")
		if err := p.line(kind, rest, line); err != nil {
			return fmt.Errorf("%s: %w; the answer is %d %v %.600s", line, err, p.status, p.header, p.body)
		}
	}
	return nil
}

// line carries out one line of a rule.
func (p *wirePlayer) line(kind, rest, whole string) error {
	switch kind {
	case "+":
		p.request = append(p.request, rest)
		return nil
	case "=":
		if p.request != nil {
			if err := p.send(); err != nil {
				return err
			}
			return p.checkStatus(rest)
		}
		name, want, _ := strings.Cut(rest, ":")
		if got := p.header.Get(name); got != p.expand(strings.TrimSpace(want), plain) {
			return fmt.Errorf("%s is %q", name, got)
		}
	case "~", "!":
		if strings.Contains(p.body, p.expand(rest, plain)) != (kind == "~") {
			return fmt.Errorf("the body is another")
		}
	case ">":
		name, source, _ := strings.Cut(rest, " = ")
		value := p.header.Get(source)
		if element, ok := strings.CutPrefix(source, "<"); ok {
			found := regexp.MustCompile("<" + element + "([^<]*)<").FindStringSubmatch(p.body)
			value = append(found, "", "")[1]
		}
		if value == "" {
			return fmt.Errorf("there is no %s", source)
		}
		p.named[name] = value
	default:
		p.request = []string{whole}
	}
	return nil
}

func plain(s string) string { return s }

// expand puts the values that were kept in the places of their names.
func (p *wirePlayer) expand(text string, escape func(string) string) string {
	for name, value := range p.named {
		text = strings.ReplaceAll(text, "{"+name+"}", escape(value))
	}
	return text
}

// checkStatus compares the status, and the code of an error, if one is named.
func (p *wirePlayer) checkStatus(want string) error {
	status, code, _ := strings.Cut(want, " ")
	if strconv.Itoa(p.status) != status || code != "" && !strings.Contains(p.body, "<Code>"+code+"</Code>") {
		return fmt.Errorf("another answer")
	}
	return nil
}

// send sends the request, signed unless it says otherwise, and reads the answer.
func (p *wirePlayer) send() error {
	line, body, _ := strings.Cut(p.request[0], " | ")
	method, target, _ := strings.Cut(strings.TrimSpace(line), " ")
	body = p.expand(body, plain)
	r, err := http.NewRequest(method, p.srv.URL()+p.expand(target, url.QueryEscape), strings.NewReader(body))
	if err != nil {
		return err
	}
	signed := true
	for _, header := range p.request[1:] {
		name, value, _ := strings.Cut(header, ":")
		value = p.expand(strings.TrimSpace(value), plain)
		sum := md5.Sum([]byte(body))
		switch {
		case name == "unsigned":
			signed = false
			continue
		case name == "presigned":
			signed = false
			if err := p.presign(r); err != nil {
				return err
			}
			continue
		case name == "Authorization":
			signed = false
		case value == "auto":
			value = base64.StdEncoding.EncodeToString(sum[:])
		}
		r.Header.Set(name, value)
	}
	p.request = nil
	if signed {
		if err := p.sign(r, body); err != nil {
			return err
		}
	}
	answer, err := p.srv.HTTPClient().Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	var got bytes.Buffer
	_, err = io.Copy(&got, answer.Body)
	p.status, p.header, p.body = answer.StatusCode, answer.Header, got.String()
	return err
}

func (p *wirePlayer) sign(r *http.Request, body string) error {
	sum := sha256.Sum256([]byte(body))
	payload := hex.EncodeToString(sum[:])
	r.Header.Set("X-Amz-Content-Sha256", payload)
	cfg := p.srv.Config()
	keys, err := cfg.Credentials.Retrieve(context.Background())
	if err != nil {
		return err
	}
	plainPath := func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }
	return v4.NewSigner().SignHTTP(context.Background(), keys, r, payload, "s3", cfg.Region, time.Now(), plainPath)
}

// presign signs a request in its query, without a hash of the body.
func (p *wirePlayer) presign(r *http.Request) error {
	cfg := p.srv.Config()
	keys, err := cfg.Credentials.Retrieve(context.Background())
	if err != nil {
		return err
	}
	plainPath := func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }
	link, _, err := v4.NewSigner().PresignHTTP(context.Background(), keys, r, "UNSIGNED-PAYLOAD", "s3", cfg.Region, time.Now(), plainPath)
	if err != nil {
		return err
	}
	r.URL, err = url.Parse(link)
	return err
}
