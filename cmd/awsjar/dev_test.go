package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestDevHosts: a page whose host name leads to this machine reaches nothing, and a
// name that was configured does.
func TestDevHosts(t *testing.T) {
	url := serveDev(t)
	mustAnswer(t, url, "localhost", true)
	mustAnswer(t, url, "127.0.0.1", true)
	mustAnswer(t, url, "evil.example", false)
	mustAnswer(t, url, "aws.test", false)

	url = serveDev(t, "--host", "aws.test")
	mustAnswer(t, url, "localhost", true)
	mustAnswer(t, url, "aws.test", true)
	mustAnswer(t, url, "evil.example", false)
}

// serveDev runs dev until the end of the test, and returns its address.
func serveDev(t *testing.T, args ...string) (url string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		defer in.Close()
		ended <- run(ctx, append([]string{"dev"}, args...), world{stdin: strings.NewReader(""), stdout: in, stderr: io.Discard})
	}()
	t.Cleanup(func() {
		cancel()
		if code := <-ended; code != exitOK {
			t.Errorf("dev ended with %d", code)
		}
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if value, ok := strings.CutPrefix(lines.Text(), "export AWS_ENDPOINT_URL="); ok {
			url = value
			break
		}
	}
	go io.Copy(io.Discard, out)
	return url
}

func mustAnswer(t *testing.T, url, host string, want bool) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = host
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if refused := strings.Contains(string(body), "does not answer to the host name"); err != nil || refused == want {
		t.Errorf("%s: %s %s, %v", host, answer.Status, body, err)
	}
}
