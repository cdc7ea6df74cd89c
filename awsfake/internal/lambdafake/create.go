package lambdafake

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
)

// createFunction makes a function that is Pending until it settles.
func (s *Service) createFunction(c *call) (any, *apiError) {
	in, err := members(c.body)
	if err != nil {
		return nil, err
	}
	named, err := text(in, "FunctionName")
	if err != nil {
		return nil, err
	}
	name, qualifier, err := s.resolve(named, "", c.op)
	switch {
	case err != nil:
		return nil, err
	case qualifier != "":
		return nil, badName(named)
	}
	if s.lookup(name) != nil {
		return nil, conflict("Function already exist: " + name)
	}
	f, err := s.functionOf(name, in)
	if err != nil {
		return nil, err
	}
	publish, err := flag(in, "Publish")
	if err != nil {
		return nil, err
	}
	f.State, f.Update = pending, updateStatus{}
	f.Change = &change{Settles: f.Modified.Add(s.settle), Revision: newRevision()}
	if err := s.store(f); err != nil {
		return nil, internal(err)
	}
	out := s.describe(f, "")
	if publish {
		// The number of the version, with the ARN of the function (recorded:
		// test_publish_version_on_create).
		v, err := s.publish(f, "")
		if err != nil {
			return nil, internal(err)
		}
		out["Version"] = strconv.Itoa(v.Number)
	}
	return out, nil
}

// functionOf returns a new function with the settings, variables, code and tags of
// a request.
func (s *Service) functionOf(name string, in map[string]json.RawMessage) (*function, *apiError) {
	f := s.newFunction(name)
	if err := f.apply(in, true); err != nil {
		return nil, err
	}
	if err := s.checkEnvironment(f.Environment); err != nil {
		return nil, err
	}
	if err := f.readCode(in); err != nil {
		return nil, err
	}
	var err *apiError
	if f.Tags, err = readTags(in); err != nil {
		return nil, err
	}
	return f, checkTagCount(f.Tags)
}

// newFunction returns a function that is Active, without variables.
func (s *Service) newFunction(name string) *function {
	return &function{
		Name: name,
		configured: configured{
			Settings:   defaultSettings(name),
			CodeSHA256: codeSHA256(nil),
		},
		Revision: newRevision(), Generation: newRevision(),
		Modified: s.options.Now(),
		State:    active,
		Update:   updateStatus{Status: successful},
	}
}

// readCode keeps the measure of the code, not the code.
func (f *function) readCode(in map[string]json.RawMessage) *apiError {
	var code struct {
		ZipFile                                    []byte
		S3Bucket, S3Key, S3ObjectVersion, ImageURI *string // kept by nobody
	}
	if raw, ok := in["Code"]; ok && json.Unmarshal(raw, &code) != nil {
		return malformed("Code.ZipFile is not base64")
	}
	f.CodeSHA256, f.CodeSize = codeSHA256(code.ZipFile), len(code.ZipFile)
	return nil
}

func codeSHA256(code []byte) string {
	sum := sha256.Sum256(code)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// deleteFunction removes a function, or the version that the qualifier names.
func (s *Service) deleteFunction(c *call) (any, *apiError) {
	f, qualifier, err := s.find(c)
	if err != nil {
		return nil, err
	}
	if qualifier == "" {
		if err := s.remove(f.Name); err != nil {
			return nil, internal(err)
		}
		return nothing{}, nil
	}
	return nothing{}, s.deleteVersion(f, qualifier)
}

// listFunctions pages through the functions by name or, with FunctionVersion=ALL,
// through all their versions.
func (s *Service) listFunctions(c *call) (any, *apiError) {
	all := c.query.Get("FunctionVersion")
	if all != "" && all != "ALL" {
		return nil, validation("Value '%s' at 'functionVersion' failed to satisfy constraint: Member must satisfy enum value set: [ALL]", all)
	}
	var found []entry
	for _, name := range s.names() {
		f := s.lookup(name)
		if all == "" {
			found = append(found, entry{name, listed(s.describe(f, ""))})
			continue
		}
		found = append(found, entry{name, listed(s.describe(f, latest))})
		for _, v := range f.Versions {
			number := strconv.Itoa(v.Number)
			found = append(found, entry{fmt.Sprintf("%s:%09d", name, v.Number), listed(s.describeVersion(f, v, number))})
		}
	}
	return page(c, "Functions", found)
}

// entry is one entry of a list. Its marker is larger than those of the entries
// before it.
type entry struct {
	marker string
	out    any
}

// page answers the part of a list that a call asks for. The marker is the one of
// the last entry of the page before.
func page(c *call, member string, all []entry) (any, *apiError) {
	size := 50
	if text := c.query.Get("MaxItems"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 10000 {
			return nil, validation("Value '%s' at 'maxItems' failed to satisfy constraint: Member must be between 1 and 10000", text)
		}
		size = min(n, size)
	}
	marker, list, out := c.query.Get("Marker"), []any{}, map[string]any{}
	last := ""
	for _, e := range all {
		if e.marker <= marker && marker != "" {
			continue
		}
		if len(list) == size {
			out["NextMarker"] = last
			break
		}
		list, last = append(list, e.out), e.marker
	}
	out[member] = list
	return out, nil
}
