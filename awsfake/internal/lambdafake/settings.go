package lambdafake

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/awsjar/awsjar/internal/lazyregexp"
)

// settings are the members of a request that a function keeps and answers again:
// the first byte that the JSON of each may have, and a further check.
var settings = map[string]struct {
	first string
	check func(json.RawMessage) *apiError
}{
	"Architectures":     {"[", checkArchitectures},
	"DeadLetterConfig":  {"{", nil},
	"Description":       {`"`, nil},
	"EphemeralStorage":  {"{", checkStorage},
	"FileSystemConfigs": {"[", nil},
	"Handler":           {`"`, nil},
	"KMSKeyArn":         {`"`, nil},
	"LoggingConfig":     {"{", nil},
	"MemorySize":        {"-0123456789", between("memorySize", 128, 10240)},
	"PackageType":       {`"`, nil},
	"Role":              {`"`, checkRole},
	"Runtime":           {`"`, nil},
	"SnapStart":         {"{", checkSnapStart},
	"Timeout":           {"-0123456789", between("timeout", 1, 900)},
	"TracingConfig":     {"{", nil},
	"VpcConfig":         {"{", nil},
}

func settingNames() []string { return slices.Sorted(maps.Keys(settings)) }

// role is the pattern of Role in the API reference.
var role = lazyregexp.New(`^arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+$`)

// checkRole, checkArchitectures: recorded, test_create_lambda_exceptions.
func checkRole(raw json.RawMessage) *apiError {
	var arn string
	if json.Unmarshal(raw, &arn) != nil || !role().MatchString(arn) {
		return validation("Value '%s' at 'role' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+", arn)
	}
	return nil
}

func checkArchitectures(raw json.RawMessage) *apiError {
	var names []string
	if json.Unmarshal(raw, &names) != nil {
		return malformed("Architectures is not a list of strings")
	}
	shown := "[" + strings.Join(names, ", ") + "]"
	switch {
	case len(names) > 1:
		return validation("Value '%s' at 'architectures' failed to satisfy constraint: Member must have length less than or equal to 1", shown)
	case len(names) == 0:
		return validation("Value '%s' at 'architectures' failed to satisfy constraint: Member must have length greater than or equal to 1", shown)
	case names[0] != "x86_64" && names[0] != "arm64":
		return validation("Value '%s' at 'architectures' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]", shown)
	}
	return nil
}

// checkStorage: API reference, EphemeralStorage.
func checkStorage(raw json.RawMessage) *apiError {
	var storage struct{ Size json.RawMessage }
	if json.Unmarshal(raw, &storage) != nil {
		return malformed("EphemeralStorage is not an object")
	}
	return between("ephemeralStorage.size", 512, 10240)(storage.Size)
}

// checkSnapStart takes the setting that turns SnapStart off.
func checkSnapStart(raw json.RawMessage) *apiError {
	var snap struct{ ApplyOn string }
	if json.Unmarshal(raw, &snap) != nil {
		return malformed("SnapStart is not an object")
	}
	if snap.ApplyOn != "None" {
		return notImplemented("SnapStart")
	}
	return nil
}

// between returns the check of a number with limits (API reference, CreateFunction).
func between(member string, low, high int) func(json.RawMessage) *apiError {
	return func(raw json.RawMessage) *apiError {
		var n int
		switch {
		case json.Unmarshal(raw, &n) != nil:
			return malformed(member + " is not a whole number")
		case n < low:
			return validation("Value '%d' at '%s' failed to satisfy constraint: Member must have value greater than or equal to %d", n, member, low)
		case n > high:
			return validation("Value '%d' at '%s' failed to satisfy constraint: Member must have value less than or equal to %d", n, member, high)
		}
		return nil
	}
}

// defaultSettings are the settings of a function whose creator gave none.
func defaultSettings(name string) map[string]json.RawMessage {
	return map[string]json.RawMessage{
		"Architectures":    json.RawMessage(`["x86_64"]`),
		"Description":      json.RawMessage(`""`),
		"EphemeralStorage": json.RawMessage(`{"Size":512}`),
		"LoggingConfig":    json.RawMessage(`{"LogFormat":"Text","LogGroup":"/aws/lambda/` + name + `"}`),
		"MemorySize":       json.RawMessage(`128`),
		"PackageType":      json.RawMessage(`"Zip"`),
		"Timeout":          json.RawMessage(`3`),
		"TracingConfig":    json.RawMessage(`{"Mode":"PassThrough"}`),
	}
}

var (
	onlyAtCreation = map[string]bool{"Architectures": true, "PackageType": true}
	null           = []byte("null")
)

// members decodes the body of a request, whose member names are case-sensitive.
func members(body []byte) (map[string]json.RawMessage, *apiError) {
	in := map[string]json.RawMessage{}
	if len(body) == 0 {
		return in, nil
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, malformed("the request body is not a JSON object")
	}
	for name, value := range in {
		if bytes.Equal(value, null) {
			delete(in, name)
		}
	}
	return in, nil
}

// text returns a member that must be a string; "" if it is absent.
func text(in map[string]json.RawMessage, name string) (string, *apiError) {
	var s string
	if raw, ok := in[name]; ok && json.Unmarshal(raw, &s) != nil {
		return "", malformed(name + " is not a string")
	}
	return s, nil
}

// flag returns a member that must be true or false; false if it is absent.
func flag(in map[string]json.RawMessage, name string) (bool, *apiError) {
	var b bool
	if raw, ok := in[name]; ok && json.Unmarshal(raw, &b) != nil {
		return false, malformed(name + " is not a boolean")
	}
	return b, nil
}

// apply puts the settings and the environment of a request into c. Settings that
// the request does not name stay as they are.
func (c *configured) apply(in map[string]json.RawMessage, creation bool) *apiError {
	for _, name := range settingNames() {
		raw, ok := in[name]
		if !ok || name == "SnapStart" && checkSnapStart(raw) == nil {
			continue
		}
		if onlyAtCreation[name] && !creation {
			return notImplemented("the member " + name + " of UpdateFunctionConfiguration")
		}
		setting := settings[name]
		if !bytes.ContainsAny(raw[:1], setting.first) {
			return malformed(name + " has the wrong type")
		}
		if setting.check != nil {
			if err := setting.check(raw); err != nil {
				return err
			}
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, raw); err != nil {
			return malformed(name + " is not JSON")
		}
		c.Settings[name] = compact.Bytes()
	}
	raw, ok := in["Environment"]
	if !ok {
		return nil
	}
	variables, err := readVariables(raw)
	if err != nil {
		return err
	}
	c.Environment = variables
	return nil
}
