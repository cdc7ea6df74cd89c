package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// The servers' versions. Each is built into a directory named after its
// version, so that another version is another build.
const (
	versitygwPackage = "github.com/versity/versitygw/cmd/versitygw"
	versitygwVersion = "v1.8.0"
	minioPackage     = "github.com/minio/minio"
	minioVersion     = "v0.0.0-20260212201848-7aac2a2c5b7c"
	motoVersion      = "5.2.4"
)

// buildPatience bounds the building of one server: MinIO takes ten minutes on
// two cores.
const buildPatience = 40 * time.Minute

// cacheDir returns the directory in which built servers are kept.
func cacheDir(name, version string) (string, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(base, "awsjar-e2e", name+"-"+version)
	return dir, os.MkdirAll(dir, 0o755)
}

// goBuilt returns the path of a command built by go install.
func goBuilt(name, pkg, version string) (string, error) {
	dir, err := cacheDir(name, version)
	if err != nil {
		return "", err
	}
	binary := filepath.Join(dir, name)
	if _, err := os.Stat(binary); err == nil {
		return binary, nil
	}
	fmt.Fprintf(os.Stderr, "e2e: building %s %s, once\n", name, version)
	ctx, cancel := context.WithTimeout(context.Background(), buildPatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "install", pkg+"@"+version)
	cmd.Dir = dir // outside of any module
	cmd.Env = append(os.Environ(), "GOBIN="+dir, "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go install %s@%s: %w\n%s", pkg, version, err, out)
	}
	return binary, nil
}

// pythonBuilt returns the python of a virtual environment that holds the
// given packages.
func pythonBuilt(name, version string, packages ...string) (string, error) {
	dir, err := cacheDir(name, version)
	if err != nil {
		return "", err
	}
	python := filepath.Join(dir, "bin", "python")
	done := filepath.Join(dir, "complete")
	if _, err := os.Stat(done); err == nil {
		return python, nil
	}
	fmt.Fprintf(os.Stderr, "e2e: installing %s %s, once\n", name, version)
	ctx, cancel := context.WithTimeout(context.Background(), buildPatience)
	defer cancel()
	for _, args := range [][]string{
		{"python3", "-m", "venv", dir},
		append([]string{python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"}, packages...),
	} {
		if out, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput(); err != nil {
			return "", fmt.Errorf("%v: %w\n%s", args, err, out)
		}
	}
	return python, os.WriteFile(done, nil, 0o644)
}
