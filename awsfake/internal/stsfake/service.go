// Package stsfake is the STS service of awsfake, as far as SDKs, Terraform and the
// hints of awsjar ask it: who am I, and temporary credentials of a role. It expects
// requests that the frame around it has already authenticated.
//
// The rules are those of the STS API reference. Any role of the account may be
// assumed: roles and policies are not imitated.
package stsfake

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/awsjar/awsjar/awsfake/internal/execution"
	"github.com/awsjar/awsjar/internal/lazyregexp"
)

// Identity is who signed a request.
type Identity struct {
	ARN    string
	UserID string
}

// Credentials are temporary credentials.
type Credentials struct {
	AccessKeyID, SecretAccessKey, SessionToken string
	Expiration                                 time.Time
}

// Options are the settings of a Service.
type Options struct {
	AccountID string
	// Caller tells who signed a request.
	Caller func(r *http.Request) Identity
	// Issue makes credentials for an identity that end after a while.
	Issue func(who Identity, life time.Duration) Credentials
}

// Service is an STS service. It is safe for concurrent use.
type Service struct{ options Options }

// New returns a Service.
func New(o Options) *Service { return &Service{o} }

// parameters are the parameters of each operation. A request with any other is refused.
var parameters = map[string][]string{
	"GetCallerIdentity": nil,
	"AssumeRole":        {"RoleArn", "RoleSessionName", "DurationSeconds"},
}

// Operations returns the names of all operations.
func Operations() []string { return []string{"AssumeRole", "GetCallerIdentity"} }

// form reads the parameters of a request, and puts the body back.
func form(r *http.Request) url.Values {
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	values, parseErr := url.ParseQuery(string(body))
	if err != nil || parseErr != nil {
		return url.Values{}
	}
	for name, value := range r.URL.Query() {
		if !strings.HasPrefix(name, "X-Amz-") {
			values[name] = value
		}
	}
	return values
}

// Operation names the action, and the role that it is for. The name is empty for a
// request that the service does not know.
func (s *Service) Operation(r *http.Request) (op, target string) {
	values := form(r)
	if _, ok := parameters[values.Get("Action")]; !ok {
		return "", ""
	}
	return values.Get("Action"), values.Get("RoleArn")
}

// ServeHTTP answers a request that is already authenticated.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	values := form(r)
	action := values.Get("Action")
	known, ok := parameters[action]
	if !ok {
		WriteError(w, r, http.StatusNotImplemented, "NotImplemented", "awsfake does not imitate the action "+strconv.Quote(action)+" of STS")
		return
	}
	for name := range values {
		if name != "Action" && name != "Version" && !slices.Contains(known, name) {
			WriteError(w, r, http.StatusNotImplemented, "NotImplemented", "awsfake does not imitate the parameter "+name+" of "+action)
			return
		}
	}
	if action == "AssumeRole" {
		s.assumeRole(w, r, values)
		return
	}
	who := s.options.Caller(r)
	var answer struct {
		XMLName   xml.Name `xml:"https://sts.amazonaws.com/doc/2011-06-15/ GetCallerIdentityResponse"`
		Arn       string   `xml:"GetCallerIdentityResult>Arn"`
		UserID    string   `xml:"GetCallerIdentityResult>UserId"`
		Account   string   `xml:"GetCallerIdentityResult>Account"`
		RequestID string   `xml:"ResponseMetadata>RequestId"`
	}
	answer.Arn, answer.UserID, answer.Account, answer.RequestID = who.ARN, who.UserID, s.options.AccountID, execution.NewID()
	write(w, http.StatusOK, answer)
}

var (
	roleARN     = lazyregexp.New(`^arn:aws[a-zA-Z-]*:iam::(\d{12}):role/(?:[\x21-\x7e]+/)?([\w+=,.@-]{1,64})$`)
	sessionName = lazyregexp.New(`^[\w+=,.@-]{2,64}$`)
)

// How long credentials of a role may live (API reference, AssumeRole).
const (
	minLife     = 15 * time.Minute
	defaultLife = time.Hour
	maxLife     = 12 * time.Hour
)

func (s *Service) assumeRole(w http.ResponseWriter, r *http.Request, values url.Values) {
	refuse := func(message string) {
		WriteError(w, r, http.StatusBadRequest, "ValidationError", "1 validation error detected: "+message)
	}
	role := roleARN().FindStringSubmatch(values.Get("RoleArn"))
	name, life := values.Get("RoleSessionName"), defaultLife
	if text := values.Get("DurationSeconds"); text != "" {
		seconds, err := strconv.Atoi(text)
		if life = time.Duration(seconds) * time.Second; err != nil || life < minLife || life > maxLife {
			refuse("Value '" + text + "' at 'durationSeconds' failed to satisfy constraint: Member must be between 900 and 43200")
			return
		}
	}
	switch {
	case role == nil:
		WriteError(w, r, http.StatusBadRequest, "ValidationError", values.Get("RoleArn")+" is invalid")
		return
	case !sessionName().MatchString(name):
		refuse("Value '" + name + "' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*")
		return
	case role[1] != s.options.AccountID:
		WriteError(w, r, http.StatusForbidden, "AccessDenied", fmt.Sprintf("User: %s is not authorized to perform: sts:AssumeRole on resource: %s", s.options.Caller(r).ARN, role[0]))
		return
	}
	who := Identity{ARN: "arn:aws:sts::" + role[1] + ":assumed-role/" + role[2] + "/" + name, UserID: "AROAAWSFAKE0EXAMPLE00:" + name}
	c := s.options.Issue(who, life)
	var answer struct {
		XMLName         xml.Name `xml:"https://sts.amazonaws.com/doc/2011-06-15/ AssumeRoleResponse"`
		AssumedRoleID   string   `xml:"AssumeRoleResult>AssumedRoleUser>AssumedRoleId"`
		Arn             string   `xml:"AssumeRoleResult>AssumedRoleUser>Arn"`
		AccessKeyID     string   `xml:"AssumeRoleResult>Credentials>AccessKeyId"`
		SecretAccessKey string   `xml:"AssumeRoleResult>Credentials>SecretAccessKey"`
		SessionToken    string   `xml:"AssumeRoleResult>Credentials>SessionToken"`
		Expiration      string   `xml:"AssumeRoleResult>Credentials>Expiration"`
		RequestID       string   `xml:"ResponseMetadata>RequestId"`
	}
	answer.AssumedRoleID, answer.Arn = who.UserID, who.ARN
	answer.AccessKeyID, answer.SecretAccessKey, answer.SessionToken = c.AccessKeyID, c.SecretAccessKey, c.SessionToken
	answer.Expiration, answer.RequestID = c.Expiration.UTC().Format(time.RFC3339), execution.NewID()
	write(w, http.StatusOK, answer)
}

// WriteError answers with an error of STS.
func WriteError(w http.ResponseWriter, _ *http.Request, status int, code, message string) {
	var answer struct {
		XMLName   xml.Name `xml:"https://sts.amazonaws.com/doc/2011-06-15/ ErrorResponse"`
		Type      string   `xml:"Error>Type"`
		Code      string   `xml:"Error>Code"`
		Message   string   `xml:"Error>Message"`
		RequestID string   `xml:"RequestId"`
	}
	answer.Type, answer.Code, answer.Message, answer.RequestID = "Sender", code, message, execution.NewID()
	write(w, status, answer)
}

func write(w http.ResponseWriter, status int, answer any) {
	body, err := xml.Marshal(answer)
	if err != nil {
		panic(err) // structs of strings always marshal
	}
	w.Header().Set("Content-Type", "text/xml")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client may be gone; there is nobody else to tell
}
