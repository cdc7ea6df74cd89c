package e2e

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar/awsfake"
)

// recordings are answers of S3 itself to the conformance tests of
// google/go-cloud, as its repository has them (blob/s3blob/testdata). They are
// data to compare with, and not part of this module.
const recordings = "../../shared/data/aws-recordings/gocloud-s3blob.tar.gz"

// recorded is a recorded request and AWS's answer.
type recorded struct {
	Request struct {
		Method, URL, MediaType string
		Header                 http.Header
		BodyParts              [][]byte
	}
	Response struct {
		StatusCode int
		Header     http.Header
		Body       []byte
	}
}

// unlike are the answers in which awsfake differs from the recordings, by test
// and number of the exchange, with the reason. TestRecordings fails for one that
// is not listed, and for one that is listed and does not differ.
var unlike = map[string]string{
	"TestConformance/TestNonexistentBucket#1":                restOfBucket,
	"TestConformanceUsingLegacyList/TestNonexistentBucket#1": restOfBucket,
	"TestConformance/TestSignedURL#3":                        anonymous,
	"TestConformanceUsingLegacyList/TestSignedURL#3":         anonymous,
}

const (
	restOfBucket = "the bucket held more objects than the recording shows"
	anonymous    = "the request was not signed, and is signed here"
)

// TestRecordings sends the requests that were recorded to awsfake, in their
// order, and compares its answers with those of AWS: status, error code, the
// headers that say something about the object, and the body. Ids, dates and
// tokens are compared by their form.
func TestRecordings(t *testing.T) {
	t.Parallel()
	files, err := readRecordings(recordings)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		running.Lock()
		running.errs["the recordings of AWS"] = err
		running.Unlock()
		t.Skip(err)
	}
	compared, different := 0, map[string]bool{}
	contents := bodies(files)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		p := newPlayer(t)
		p.seed(files[name], contents)
		for i, e := range files[name] {
			if strings.Contains(e.Request.URL, "X-Amz-Algorithm=") {
				continue // cannot be signed anew: AWS was asked whether the signature fits
			}
			diff := p.play(e)
			compared++
			at := fmt.Sprintf("%s#%d", name, i)
			reason, listed := unlike[at]
			switch {
			case diff != "" && !listed:
				t.Errorf("%s: %s %s (-AWS +awsfake):\n%s", at, e.Request.Method, e.Request.URL, diff)
			case diff == "" && listed:
				t.Errorf("%s is listed as different (%s), and is not", at, reason)
			}
			if diff != "" {
				different[at] = true
			}
		}
	}
	t.Logf("%d exchanges of %d recordings, %d different", compared, len(files), len(different))
	if compared < 1000 {
		t.Errorf("only %d exchanges were compared", compared)
	}
}

func readRecordings(archive string) (map[string][]recorded, error) {
	f, err := os.Open(archive)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	files := map[string][]recorded{}
	for entries := tar.NewReader(unzipped); ; {
		h, err := entries.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		if filepath.Ext(h.Name) != ".replay" {
			continue
		}
		var document struct{ Entries []recorded }
		if err := json.NewDecoder(entries).Decode(&document); err != nil {
			return nil, fmt.Errorf("%s: %w", h.Name, err)
		}
		if len(document.Entries) > 0 {
			files[strings.TrimSuffix(strings.TrimPrefix(h.Name, "testdata/"), ".replay")] = document.Entries
		}
	}
}

// player sends recorded requests to a server of its own.
type player struct {
	t     *testing.T
	srv   *awsfake.Server
	given map[string]string // tokens of AWS and those of the server in their place
}

func newPlayer(t *testing.T) *player {
	srv := awsfake.NewServer(t, func(o *awsfake.Options) { o.Region = "us-west-1" })
	srv.CreateBucket("go-cloud-testing-2")
	return &player{t: t, srv: srv, given: map[string]string{}}
}

// bodies are the bodies of all objects that were put, by their MD5, and of
// objects that were there before.
func bodies(files map[string][]recorded) map[string]string {
	all := map[string]string{}
	add := func(body string) { all[fmt.Sprintf("%x", md5.Sum([]byte(body)))] = body }
	add("hello")
	for _, entries := range files {
		for _, e := range entries {
			body := bytes.Join(e.Request.BodyParts, nil)
			if _, rest, ok := bytes.Cut(body, []byte("\r\n")); ok { // one aws-chunked chunk
				body, _, _ = bytes.Cut(rest, []byte("\r\n0\r\n"))
			}
			add(string(body))
		}
	}
	return all
}

// seed stores the objects that were there before a recording began: those that
// an answer shows before a request made them.
func (p *player) seed(entries []recorded, contents map[string]string) {
	p.t.Helper()
	client := s3.NewFromConfig(p.srv.Config(), func(o *s3.Options) { o.UsePathStyle = true })
	made := map[string]bool{}
	for _, e := range entries {
		address, err := url.Parse(e.Request.URL)
		if err != nil {
			p.t.Fatal(err)
		}
		key := strings.TrimPrefix(address.Path, "/")
		shown := map[string]string{}
		var list struct {
			Contents []struct{ Key, ETag string }
		}
		if xml.Unmarshal(e.Response.Body, &list) == nil {
			for _, o := range list.Contents {
				shown[o.Key] = o.ETag
			}
		}
		if e.Response.StatusCode == http.StatusOK && (e.Request.Method == http.MethodHead || e.Request.Method == http.MethodGet) && key != "" {
			shown[key] = e.Response.Header.Get("ETag")
		}
		if e.Request.Method == http.MethodPut {
			made[key] = true
		}
		for key, etag := range shown {
			if body, ok := contents[strings.Trim(etag, `"`)]; ok && !made[key] {
				made[key] = true
				_, err := client.PutObject(p.t.Context(), &s3.PutObjectInput{
					Bucket: aws.String("go-cloud-testing-2"), Key: &key, Body: strings.NewReader(body), ContentType: aws.String("text/plain"),
				})
				if err != nil {
					p.t.Fatal(err)
				}
			}
		}
	}
}

// play sends one request and returns how the answer differs from AWS's.
func (p *player) play(e recorded) string {
	p.t.Helper()
	resp, err := p.srv.HTTPClient().Do(p.request(e))
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	p.learn(e.Response.Body, body)
	theirs := e.Response.Body
	if bytes.Count(theirs, []byte("<ChecksumAlgorithm>")) < bytes.Count(theirs, []byte("<Contents>")) {
		// S3 has objects without a checksum, from before it made one of its own.
		theirs, body = checksums.ReplaceAll(theirs, nil), checksums.ReplaceAll(body, nil)
	}
	return difference(seen(e.Request.Method, e.Response.StatusCode, e.Response.Header, theirs), seen(e.Request.Method, resp.StatusCode, resp.Header, body))
}

// request makes the request anew, signed for the server.
func (p *player) request(e recorded) *http.Request {
	p.t.Helper()
	body := []byte(p.translate(string(bytes.Join(e.Request.BodyParts, nil)), strings.Clone))
	address, err := url.Parse(p.translate(e.Request.URL, url.QueryEscape))
	if err != nil {
		p.t.Fatal(err)
	}
	query := address.Query()
	for name := range query {
		if strings.HasPrefix(name, "X-Amz-") {
			query.Del(name)
		}
	}
	address.RawQuery, address.Scheme = query.Encode(), "http"
	r, err := http.NewRequest(e.Request.Method, address.String(), bytes.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	for name, values := range e.Request.Header {
		switch name {
		case "Authorization", "X-Amz-Date", "Content-Length", "User-Agent":
		default:
			r.Header[name] = values
		}
	}
	if e.Request.MediaType != "" || e.Request.Method == http.MethodPut {
		r.Header.Set("Content-Type", e.Request.MediaType)
	}
	payload := r.Header.Get("X-Amz-Content-Sha256")
	if payload == "" {
		sum := sha256.Sum256(body)
		payload = hex.EncodeToString(sum[:])
		r.Header.Set("X-Amz-Content-Sha256", payload)
	}
	cfg := p.srv.Config()
	keys, err := cfg.Credentials.Retrieve(context.Background())
	if err != nil {
		p.t.Fatal(err)
	}
	plain := func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }
	if err := v4.NewSigner().SignHTTP(context.Background(), keys, r, payload, "s3", cfg.Region, time.Now(), plain); err != nil {
		p.t.Fatal(err)
	}
	return r
}

// translate puts the server's tokens in the place of AWS's.
func (p *player) translate(text string, escape func(string) string) string {
	for theirs, ours := range p.given {
		text = strings.ReplaceAll(text, escape(theirs), escape(ours))
	}
	return text
}

var tokens = regexp.MustCompile(`<(NextContinuationToken|UploadId|VersionId)>([^<]*)<`)

var checksums = regexp.MustCompile(`<Checksum(Algorithm|Type)>[^<]*</Checksum(Algorithm|Type)>`)

// learn notes which tokens of the server stand for which of AWS's.
func (p *player) learn(theirs, ours []byte) {
	mine := tokens.FindAllSubmatch(ours, -1)
	for i, m := range tokens.FindAllSubmatch(theirs, -1) {
		if i < len(mine) {
			p.given[string(m[2])] = string(mine[i][2])
		}
	}
}

// difference returns the lines that only one of two answers has; "" if they
// are the same.
func difference(aws, fake string) string {
	if aws == fake {
		return ""
	}
	theirs, ours := strings.Split(aws, "\n"), strings.Split(fake, "\n")
	var out []string
	for _, line := range theirs {
		if !slices.Contains(ours, line) {
			out = append(out, "-"+line)
		}
	}
	for _, line := range ours {
		if !slices.Contains(theirs, line) {
			out = append(out, "+"+line)
		}
	}
	if len(out) == 0 {
		return "the same lines in another order or number"
	}
	return strings.Join(out, "\n")
}

// byForm are the headers and elements whose values are another each time.
var byForm = map[string]bool{
	"Last-Modified": true, "LastModified": true, "RequestId": true, "HostId": true, "ID": true, "NextContinuationToken": true,
	"ContinuationToken": true, "UploadId": true, "Initiated": true, "CreationDate": true, "X-Amz-Version-Id": true, "VersionId": true,
	"DisplayName": true,
}

// aside are headers that say nothing about the object.
var aside = map[string]bool{"Date": true, "X-Amz-Id-2": true, "X-Amz-Request-Id": true, "Connection": true, "Transfer-Encoding": true, "Content-Length": true}

// seen is the part of an answer that is compared, as lines.
func seen(method string, status int, header http.Header, body []byte) string {
	lines := []string{}
	for name, values := range header {
		name = http.CanonicalHeaderKey(name)
		value := strings.Join(values, ",")
		if byForm[name] {
			value = "(by form)"
		}
		if name == "Content-Type" {
			value, _, _ = strings.Cut(value, ";") // the recorder keeps no parameters of requests
		}
		if !aside[name] {
			lines = append(lines, name+": "+value)
		}
	}
	if method == http.MethodHead && status < 300 {
		lines = append(lines, "Content-Length: "+header.Get("Content-Length"))
	}
	slices.Sort(lines)
	lines = slices.Insert(lines, 0, fmt.Sprint("status ", status))
	if strings.Contains(header.Get("Content-Type"), "xml") && len(body) > 0 {
		return strings.Join(append(lines, outline(body)), "\n")
	}
	return strings.Join(append(lines, string(body)), "\n")
}

// outline is the document as lines of path and text. Elements of one name stay
// in their order; to that of different ones S3 gives no meaning.
func outline(document []byte) string {
	var root node
	if err := xml.Unmarshal(document, &root); err != nil {
		return string(document)
	}
	return strings.Join(root.lines(""), "\n")
}

type node struct {
	XMLName  xml.Name
	Text     string `xml:",chardata"`
	Children []node `xml:",any"`
}

func (e node) lines(path string) []string {
	path += "/" + e.XMLName.Local
	text := e.Text
	if byForm[e.XMLName.Local] {
		text = "(by form)"
	}
	var lines []string
	if len(e.Children) == 0 && text != "" {
		lines = append(lines, path+"="+text)
	}
	slices.SortStableFunc(e.Children, func(a, b node) int { return strings.Compare(a.XMLName.Local, b.XMLName.Local) })
	for _, child := range e.Children {
		lines = append(lines, child.lines(path)...)
	}
	return lines
}
