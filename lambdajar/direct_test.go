package lambdajar_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/google/go-cmp/cmp"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/direct/directtest"
	"github.com/awsjar/awsjar/lambdajar"
)

// throughSDK is a client of which lambdajar knows no shortcut.
type throughSDK struct{ *lambda.Client }

// outcome is everything that a call shows.
type outcome struct {
	Data  string
	Error string
	Asked []string
}

// compared makes a call through the SDK and by the shortcut.
func compared(t *testing.T, answers []directtest.Answer, call func(*lambdajar.Store) outcome) {
	t.Helper()
	var got [2]outcome
	for i := range got {
		synctest.Test(t, func(t *testing.T) { // there are waits between attempts
			wire := &directtest.Wire{Answers: answers}
			client := lambda.New(lambda.Options{Region: "eu-west-1", HTTPClient: wire, Credentials: directtest.Credentials{}})
			store := lambdajar.New(throughSDK{client}, "sams-lambda")
			if i == 1 {
				store = lambdajar.New(client, "sams-lambda")
				if !lambdajar.Learn(store) {
					t.Fatal("the shortcut cannot build what the SDK sends")
				}
			}
			got[i] = call(store)
			got[i].Asked = wire.Asked
		})
	}
	if diff := cmp.Diff(got[0], got[1]); diff != "" {
		t.Errorf("the outcome (-SDK +shortcut):\n%s", diff)
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func answer(status int, code, body string) directtest.Answer {
	header := map[string]string{"Content-Type": "application/json"}
	if code != "" {
		header["X-Amzn-Errortype"] = code
	}
	return directtest.Answer{Status: status, Header: header, Body: body}
}

// TestSameOutcome: whatever the service answers, a call by the shortcut ends as
// one through the SDK, and asks the service as often.
func TestSameOutcome(t *testing.T) {
	configuration := func(variables string) directtest.Answer {
		return answer(200, "", `{"State":"Active","LastUpdateStatus":"Successful","RevisionId":"r1","Environment":`+variables+`}`)
	}
	right := configuration(`{"Variables":{"jar":"1","jar_id":"x","OTHER":"\u00e9<"}}`)
	changed := answer(200, "", `{"RevisionId":"r2","Environment":{"Variables":{"jar":"3"}}}`)
	load := func(s *lambdajar.Store) outcome {
		data, meta, err := s.Load(context.Background())
		return outcome{Data: string(data) + " " + string(meta.Revision), Error: text(err)}
	}
	for name, first := range map[string]directtest.Answer{
		"value":          right,
		"no environment": configuration("null"),
		"no variables":   configuration("{}"),
		"hidden":         configuration(`{"Error":{"ErrorCode":"AccessDeniedException","Message":"no"}}`),
		"no revision":    answer(200, "", `{"Environment":{"Variables":{"jar":"2"}}}`),
	} {
		t.Run("Load/"+name, func(t *testing.T) { compared(t, []directtest.Answer{first, right}, load) })
	}
	for name, first := range map[string]directtest.Answer{
		"reset":       {},
		"400":         answer(400, "InvalidParameterValueException", `{"message":"so it is"}`),
		"403":         answer(403, "AccessDeniedException", `{"Message":"so it is"}`),
		"404":         answer(404, "ResourceNotFoundException", `{"Message":"so it is"}`),
		"409":         answer(409, "ResourceConflictException", `{"message":"so it is"}`),
		"412":         answer(412, "PreconditionFailedException", `{"message":"so it is"}`),
		"429":         answer(429, "TooManyRequestsException", `{"message":"so it is"}`),
		"500":         answer(500, "ServiceException", `{"Message":"so it is"}`),
		"502":         {Status: 502, Body: "<html>bad gateway"},
		"503":         answer(503, "ServiceUnavailableException", `{}`),
		"cut error":   {Status: 500, Body: `{"Message":"so it is"}`, Cut: true},
		"cut refusal": {Status: 400, Header: map[string]string{"X-Amzn-Errortype": "InvalidParameterValueException"}, Body: `{"Message":"so it is"}`, Cut: true},
	} {
		t.Run("Load/"+name, func(t *testing.T) { compared(t, []directtest.Answer{first, right}, load) })
		t.Run("Load/always "+name, func(t *testing.T) { compared(t, []directtest.Answer{first}, load) })
		save := func(s *lambdajar.Store) outcome {
			ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
			defer cancel()
			_, err := s.Save(ctx, []byte("2"), awsjar.Any)
			return outcome{Error: text(err)}
		}
		t.Run("Save/read "+name, func(t *testing.T) { compared(t, []directtest.Answer{first, right}, save) })
		t.Run("Save/"+name, func(t *testing.T) { compared(t, []directtest.Answer{right, first, right}, save) })
		t.Run("Save/changed, "+name, func(t *testing.T) { compared(t, []directtest.Answer{right, first, changed}, save) })
		t.Run("Save/always "+name, func(t *testing.T) { compared(t, []directtest.Answer{right, first}, save) })
	}
}

// TestSaveAnswers: an update that is answered with 200, but not by Lambda, may
// not have been stored.
func TestSaveAnswers(t *testing.T) {
	before := answer(200, "", `{"State":"Active","LastUpdateStatus":"Successful","RevisionId":"r1","Environment":{"Variables":{"jar":"1"}}}`)
	changed := answer(200, "", `{"RevisionId":"r2","Environment":{"Variables":{"jar":"3"}}}`)
	for name, first := range map[string]directtest.Answer{
		"a proxy": {Status: 200, Body: "<html>hello"}, "cut": {Status: 200, Body: `{"RevisionId":"r2"}`, Cut: true},
	} {
		for kind, after := range map[string]directtest.Answer{"unchanged": before, "changed": changed} {
			t.Run(name+", "+kind, func(t *testing.T) {
				compared(t, []directtest.Answer{before, first, after, after, after, before}, func(s *lambdajar.Store) outcome {
					_, err := s.Save(context.Background(), []byte("2"), awsjar.Any)
					return outcome{Error: text(err)}
				})
			})
		}
	}
}

// stops is an HTTP client that ends the context with the first PUT.
type stops struct {
	*directtest.Wire
	cancel context.CancelFunc
}

func (s stops) Do(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodPut {
		defer s.cancel()
	}
	return s.Wire.Do(r)
}

// TestContextEnds: what became of an update is not forgotten when the context
// ends with it.
func TestContextEnds(t *testing.T) {
	before := answer(200, "", `{"RevisionId":"r1","Environment":{"Variables":{"jar":"1"}}}`)
	for name, c := range map[string]struct {
		answer    directtest.Answer
		uncertain bool
	}{
		"lost":    {directtest.Answer{}, true},
		"500":     {answer(500, "ServiceException", `{}`), true},
		"refused": {answer(429, "TooManyRequestsException", `{}`), false},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		wire := &directtest.Wire{Answers: []directtest.Answer{before, c.answer}}
		store := lambdajar.New(lambda.New(lambda.Options{Region: "eu-west-1", HTTPClient: stops{wire, cancel}, Credentials: directtest.Credentials{}}), "sams-lambda")
		if !lambdajar.Learn(store) {
			t.Fatal("the shortcut cannot build what the SDK sends")
		}
		if _, err := store.Save(ctx, []byte("2"), awsjar.Any); errors.Is(err, awsjar.ErrUncertain) != c.uncertain || !errors.Is(err, context.Canceled) {
			t.Errorf("%s: Save returned %v; want an ErrUncertain: %v", name, err, c.uncertain)
		}
	}
}

// TestUnreadable: an answer that the shortcut cannot read is asked for again,
// through the SDK, which says what is wrong.
func TestUnreadable(t *testing.T) {
	for name, garbled := range map[string]directtest.Answer{
		"not JSON": answer(200, "", `<html>`), "another type": answer(200, "", `{"Environment":{"Variables":{"jar":2}}}`),
		"empty": answer(200, "", ``), "cut": {Status: 200, Body: `{"Environment":{}}`, Cut: true}, "large": answer(200, "", strings.Repeat(" ", 2<<20)),
	} {
		t.Run(name, func(t *testing.T) {
			wire := &directtest.Wire{Answers: []directtest.Answer{garbled, answer(200, "", `{"Environment":{"Variables":{"jar":"1"}}}`)}}
			store := lambdajar.New(lambda.New(lambda.Options{Region: "eu-west-1", HTTPClient: wire, Credentials: directtest.Credentials{}}), "sams-lambda")
			if !lambdajar.Learn(store) {
				t.Fatal("the shortcut cannot build what the SDK sends")
			}
			if data, _, err := store.Load(t.Context()); string(data) != "1" || err != nil || len(wire.Asked) != 2 {
				t.Errorf("Load returned %q, %v after %d requests; want 1 after 2", data, err, len(wire.Asked))
			}
		})
	}
}
