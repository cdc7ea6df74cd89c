package execution

import (
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
)

// variables returns the variables of a function's process, but for the address of
// its runtime API: those of the server, the function's own, and those that Lambda
// reserves (developer guide, "Working with Lambda environment variables").
func variables(f Function, server []string) []string {
	all := slices.Clone(server)
	for _, name := range slices.Sorted(maps.Keys(f.Variables)) {
		all = append(all, name+"="+f.Variables[name])
	}
	return append(all,
		"_HANDLER="+f.Handler,
		"AWS_LAMBDA_FUNCTION_NAME="+f.Name,
		"AWS_LAMBDA_FUNCTION_VERSION="+f.Version,
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE="+strconv.Itoa(f.Memory),
		"AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/"+f.Name,
		"AWS_LAMBDA_LOG_STREAM_NAME=awsfake",
	)
}

// passedOn are the variables of this process that a command needs to run at all on
// a developer's machine, and that "go run" needs to build. Everything else stays
// out: a function has no such variables on AWS, and they may hold credentials.
var passedOn = []string{
	"PATH", "HOME", "TMPDIR", "TZ", "LANG", "USER", "LOGNAME",
	"SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "TEMP", "TMP", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA",
	"GOCACHE", "GOENV", "GOFLAGS", "GOMODCACHE", "GONOSUMDB", "GOPATH", "GOPROXY", "GOROOT", "GOSUMDB", "GOTOOLCHAIN", "GOWORK",
}

// noCredentials keeps the SDKs away from the credentials that lie in files or are
// served to the machine.
var noCredentials = []string{
	"AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull, "AWS_CONFIG_FILE=" + os.DevNull, "AWS_EC2_METADATA_DISABLED=true",
}

// inherited returns the variables that a command has from this process.
func inherited(environ []string) []string {
	var kept []string
	for _, line := range environ {
		if name, _, _ := strings.Cut(line, "="); slices.Contains(passedOn, strings.ToUpper(name)) {
			kept = append(kept, line)
		}
	}
	return append(kept, noCredentials...)
}
