package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/s3jar"
)

// Servers that look whether a condition holds, and then store without a lock.
const (
	s3sVersion     = "0.14.1"
	s3proxyVersion = "4.1.0"
	s3mockVersion  = "5.2.0"
)

// racingServers lose updates where several writers meet.
var racingServers = []launcher{s3sFS(), s3proxy(), s3mock()}

func s3sFS() launcher {
	return launcher{name: "s3s-fs", args: func(dir, addr string, _ certificate) ([]string, []string, error) {
		binary, err := cargoBuilt("s3s-fs", s3sVersion, "--features", "binary")
		if err != nil {
			return nil, nil, err
		}
		host, port, _ := strings.Cut(addr, ":")
		data := filepath.Join(dir, "data")
		return []string{binary, "--access-key", accessKey, "--secret-key", secretKey, "--host", host, "--port", port, data}, nil, os.MkdirAll(data, 0o755)
	}}
}

func s3proxy() launcher {
	return launcher{name: "s3proxy", args: func(dir, addr string, _ certificate) ([]string, []string, error) {
		lib, err := mavenBuilt("s3proxy", s3proxyVersion, "org.gaul:s3proxy:"+s3proxyVersion, "com.fasterxml.jackson.core:jackson-annotations:2.21")
		if err != nil {
			return nil, nil, err
		}
		data, settings := filepath.Join(dir, "data"), filepath.Join(dir, "s3proxy.conf")
		text := fmt.Sprintf("s3proxy.endpoint=http://%s\ns3proxy.authorization=aws-v2-or-v4\ns3proxy.identity=%s\ns3proxy.credential=%s\ns3proxy.ignore-unknown-headers=true\njclouds.provider=filesystem-nio2\njclouds.filesystem.basedir=%s\n",
			addr, accessKey, secretKey, data)
		err = errors.Join(os.MkdirAll(data, 0o755), os.WriteFile(settings, []byte(text), 0o600))
		return []string{"java", "-cp", filepath.Join(lib, "*"), "org.gaul.s3proxy.Main", "--properties", settings}, nil, err
	}}
}

func s3mock() launcher {
	return launcher{name: "s3mock", args: func(dir, addr string, _ certificate) ([]string, []string, error) {
		lib, err := mavenBuilt("s3mock", s3mockVersion, "com.adobe.testing:s3mock:"+s3mockVersion, "org.slf4j:slf4j-api:2.0.17")
		if err != nil {
			return nil, nil, err
		}
		other, err := freeAddr() // for https
		_, port, _ := strings.Cut(addr, ":")
		_, otherPort, _ := strings.Cut(other, ":")
		return []string{"java", "-Djava.io.tmpdir=" + dir, "-cp", filepath.Join(lib, "*"), "com.adobe.testing.s3mock.S3MockApplication",
			"--server.address=127.0.0.1", "--http.port=" + port, "--server.port=" + otherPort}, nil, err
	}}
}

// cargoBuilt returns the path of a command built by cargo install.
func cargoBuilt(name, version string, args ...string) (string, error) {
	dir, err := cacheDir(name, version)
	if err != nil {
		return "", err
	}
	binary := filepath.Join(dir, "bin", name)
	if _, err := os.Stat(binary); err == nil {
		return binary, nil
	}
	fmt.Fprintf(os.Stderr, "e2e: building %s %s, once\n", name, version)
	return binary, patiently(append([]string{"cargo", "install", "--quiet", name, "--version", version, "--root", dir}, args...)...)
}

// mavenBuilt returns the directory that holds Java archives and all that they
// depend on.
func mavenBuilt(name, version string, artifacts ...string) (string, error) {
	dir, err := cacheDir(name, version)
	if err != nil {
		return "", err
	}
	lib, done := filepath.Join(dir, "lib"), filepath.Join(dir, "complete")
	if _, err := os.Stat(done); err == nil {
		return lib, nil
	}
	fmt.Fprintf(os.Stderr, "e2e: downloading %s %s, once\n", name, version)
	var project strings.Builder
	project.WriteString("<project><modelVersion>4.0.0</modelVersion><groupId>e2e</groupId><artifactId>e2e</artifactId><version>1</version><dependencies>")
	for _, artifact := range artifacts {
		parts := strings.Split(artifact, ":")
		fmt.Fprintf(&project, "<dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version></dependency>", parts[0], parts[1], parts[2])
	}
	project.WriteString("</dependencies></project>")
	file := filepath.Join(dir, "pom.xml")
	if err := os.WriteFile(file, []byte(project.String()), 0o644); err != nil {
		return "", err
	}
	if err := patiently("mvn", "-q", "-B", "-f", file, "dependency:copy-dependencies", "-DincludeScope=runtime", "-DoutputDirectory="+lib); err != nil {
		return "", err
	}
	return lib, os.WriteFile(done, nil, 0o644)
}

// patiently runs a command that builds something.
func patiently(args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), buildPatience)
	defer cancel()
	if out, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput(); err != nil {
		return fmt.Errorf("%v: %w\n%s", args, err, out)
	}
	return nil
}

// eachRacing runs a test against each of these servers but the one that the
// environment leaves out, where the tool that builds it is missing.
func eachRacing(t *testing.T, test func(t *testing.T, l launcher)) {
	for _, l := range racingServers {
		t.Run(l.name, func(t *testing.T) {
			if os.Getenv("E2E_WITHOUT") == l.name {
				t.Skip("left out by E2E_WITHOUT")
			}
			test(t, l)
		})
	}
}

// TestCheckFindsRaces: Check says of each of these servers that it is racy.
func TestCheckFindsRaces(t *testing.T) {
	eachRacing(t, func(t *testing.T, l launcher) {
		client := l.start(t).s3Client()
		found, err := s3jar.NewBucket(client, newBucket(t, client, false)).Check(t.Context())
		if !errors.Is(err, awsjar.ErrUnsupported) || found.Create != s3jar.SupportRacy && found.Replace != s3jar.SupportRacy {
			t.Errorf("Check found %+v, %v; want a race", found, err)
		}
		t.Logf("%+v", found)
	})
}

// increments are those of several writers of one jar.
type increments struct {
	bucket          *s3jar.Bucket
	stored, refused atomic.Int64 // Updates that returned nil, and ErrUnsupported
}

func (i *increments) jar() *awsjar.Jar[int] { return awsjar.New[int](i.bucket.Object("state.json")) }

func (i *increments) make(ctx context.Context, jar *awsjar.Jar[int], n int) {
	for range n {
		switch _, err := jar.Update(ctx, func(n *int) error { *n++; return nil }); {
		case err == nil:
			i.stored.Add(1)
		case errors.Is(err, awsjar.ErrUnsupported):
			i.refused.Add(1)
		}
	}
}

// meet lets 8 writers make 12 increments each.
func (i *increments) meet(ctx context.Context) {
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { i.make(ctx, i.jar(), 12) })
	}
	wg.Wait()
}

// there returns the value that is stored; -1 if it cannot be read, as two writes
// at once may leave it on such a server.
func (i *increments) there(t *testing.T) int64 {
	t.Helper()
	n, err := i.jar().Get(t.Context())
	if err != nil && !errors.Is(err, awsjar.ErrNotFound) {
		t.Log(err)
		return -1
	}
	return int64(n)
}

// TestNoUpdateIsLost: on these servers concurrent Updates are exact or refused:
// each that returned nil is in the value, and the server is found out. A probe
// may miss a race on a machine that is overloaded, but not twice in five; then the
// writers still get the error of a lost update.
func TestNoUpdateIsLost(t *testing.T) {
	eachRacing(t, func(t *testing.T, l launcher) {
		client, missed := l.start(t).s3Client(), 0
		for range 5 {
			i := increments{bucket: s3jar.NewBucket(client, newBucket(t, client, false))}
			i.meet(t.Context())
			if i.refused.Load() == 0 {
				t.Errorf("%d updates were stored, %d are there, and none was refused", i.stored.Load(), i.there(t))
			}
			if i.there(t) != i.stored.Load() {
				missed++
				t.Logf("missed: %d updates were stored, %d are there, %d were refused", i.stored.Load(), i.there(t), i.refused.Load())
			}
		}
		if missed > 1 {
			t.Errorf("the probe missed the race of %d Buckets of 5", missed)
		}
	})
}

// TestLostUpdatesAreNoticed: where nothing is tried out before, concurrent
// updates of these servers lose increments, until a writer gets an error.
func TestLostUpdatesAreNoticed(t *testing.T) {
	eachRacing(t, func(t *testing.T, l launcher) {
		client := l.start(t).s3Client()
		i := increments{bucket: s3jar.NewBucket(client, newBucket(t, client, false), func(o *s3jar.Options) { o.SkipProbe = true })}
		i.make(t.Context(), i.jar(), 3) // a lineage, before the writers meet
		meetings := 0
		for ; meetings < 50 && i.refused.Load() == 0; meetings++ {
			i.meet(t.Context())
		}
		lost := i.stored.Load() - i.there(t)
		if lost <= 0 || i.refused.Load() == 0 {
			t.Errorf("after %d meetings %d updates are lost, and %d were refused; want some of both", meetings, lost, i.refused.Load())
		}
		t.Logf("%d meetings, %d stored, %d lost, %d refused", meetings, i.stored.Load(), lost, i.refused.Load())
	})
}
