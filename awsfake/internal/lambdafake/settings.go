package lambdafake

import (
	"bytes"
	"encoding/json"
)

// settings names the members of a request that a function keeps and answers again, and the first byte that the JSON of each
// may have. What they mean does not matter to a function that never runs.
var settings = map[string]string{
	"Architectures":     "[",
	"DeadLetterConfig":  "{",
	"Description":       `"`,
	"EphemeralStorage":  "{",
	"FileSystemConfigs": "[",
	"Handler":           `"`,
	"KMSKeyArn":         `"`,
	"LoggingConfig":     "{",
	"MemorySize":        "123456789",
	"PackageType":       `"`,
	"Role":              `"`,
	"Runtime":           `"`,
	"Timeout":           "123456789",
	"TracingConfig":     "{",
	"VpcConfig":         "{",
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

// apply puts the settings and the environment of a request into c. What the request does not name stays as it is.
func (c *configured) apply(in map[string]json.RawMessage, creation bool) *apiError {
	for name, first := range settings {
		raw, ok := in[name]
		if !ok || onlyAtCreation[name] && !creation {
			continue
		}
		if !bytes.ContainsAny(raw[:1], first) {
			return malformed(name + " has the wrong type")
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
