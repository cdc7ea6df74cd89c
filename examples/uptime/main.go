// Uptime asks a site whether it is up, and raises an alert after two failures
// in a row, once, and another one when the site is back. The state is written
// only when it changes, so that a site that stays up costs no deployment.
package main

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/lambdaenv"
	"github.com/awsjar/awsjar/lambdajar"
)

// alertAfter is how many failures in a row raise an alert.
const alertAfter = 2

// State is kept from one invocation to the next.
type State struct {
	Failures int  `json:"failures"` // in a row, up to alertAfter
	Alerted  bool `json:"alerted"`
}

// Report is the result of an invocation.
type Report struct {
	Up    bool   `json:"up"`
	Alert string `json:"alert,omitempty"`
}

func main() {
	// The function that holds the jar is another one, which does nothing
	// else: writing the state does not make this one start cold.
	client := awslambda.NewFromConfig(lambdaenv.Config())
	jar := awsjar.New[State](lambdajar.New(client, os.Getenv("JAR_FUNCTION")))
	warm, cancel := context.WithTimeout(context.Background(), 5*time.Second) // AWS ends an initialization after ten
	_ = jar.Warm(warm)                                                       // a failure shows again in the first invocation
	cancel()

	site := &http.Client{Timeout: 10 * time.Second}
	lambda.Start(func(ctx context.Context) (Report, error) {
		report := Report{Up: isUp(ctx, site, os.Getenv("SITE"))}
		_, err := jar.Update(ctx, func(s *State) error {
			report.Alert = s.observe(report.Up) // may run again: it only edits
			return nil
		})
		if err == nil && report.Alert != "" {
			slog.Warn(report.Alert, "site", os.Getenv("SITE"))
		}
		return report, err
	})
}

// observe takes one more observation in, and returns the alert that it raises.
func (s *State) observe(up bool) string {
	switch {
	case up && s.Alerted:
		*s = State{}
		return "the site is back"
	case up:
		*s = State{}
	case !s.Alerted:
		s.Failures++
		if s.Alerted = s.Failures >= alertAfter; s.Alerted {
			return "the site is down"
		}
	}
	return ""
}

func isUp(ctx context.Context, client *http.Client, site string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, site, nil)
	if err != nil {
		return false
	}
	resp, err := client.Do(req)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode < 400
}
