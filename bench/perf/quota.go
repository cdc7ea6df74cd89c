package perf

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// A function of 128 MB has this part, 7.24 %, of a CPU: AWS gives a whole one at
// 1,769 MB (Lambda Developer Guide, "Configure Lambda function memory"). In
// microseconds.
const (
	quotaPeriod = 100000
	quota       = quotaPeriod * 128 / 1769
)

// underQuota measures the wall time of the programs in a control group with the
// CPU of a small function, where the machine allows to make one.
func (w *world) underQuota(rows []*coldRow, s settings) error {
	group, err := makeGroup()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench: no CPU quota here:", err)
		return nil
	}
	defer os.Remove(group)
	for range min(s.rounds, 10) {
		for _, row := range rows {
			if row.program.pkg == "" {
				continue // a minute each
			}
			inner := w.run(row, "https", s)
			// The shell joins the group and becomes the program.
			script := `echo $$ > "$0/cgroup.procs" && exec "$@"`
			cmd := exec.Command("/bin/sh", append([]string{"-c", script, group, inner.Path}, inner.Args[1:]...)...)
			cmd.Env = inner.Env
			start := time.Now()
			if _, err := output(cmd); err != nil {
				return err
			}
			row.quotaWall = append(row.quotaWall, milliseconds(time.Since(start)))
		}
	}
	return nil
}

// makeGroup makes a control group of version 2 or 1 and sets its quota.
func makeGroup() (string, error) {
	const v2, v1 = "/sys/fs/cgroup", "/sys/fs/cgroup/cpu"
	controllers, err := os.ReadFile(filepath.Join(v2, "cgroup.controllers"))
	if err == nil && strings.Contains(string(controllers), "cpu") {
		return group(v2, map[string]string{"cpu.max": fmt.Sprintf("%d %d", quota, quotaPeriod)})
	}
	return group(v1, map[string]string{"cpu.cfs_period_us": fmt.Sprint(quotaPeriod), "cpu.cfs_quota_us": fmt.Sprint(quota)})
}

func group(parent string, files map[string]string) (string, error) {
	dir := filepath.Join(parent, fmt.Sprintf("awsjar-bench-%d", os.Getpid()))
	if err := os.Mkdir(dir, 0o755); err != nil {
		return "", err
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			return "", errors.Join(err, os.Remove(dir))
		}
	}
	return dir, nil
}
