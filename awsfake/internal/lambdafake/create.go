package lambdafake

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
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
	f.State, f.Update = pending, updateStatus{}
	f.Change = &change{Settles: f.Modified.Add(s.settle), Revision: newRevision()}
	if err := s.store(f); err != nil {
		return nil, internal(err)
	}
	return s.describe(f, ""), nil
}

// newFunction returns a function that is Active, without variables.
func (s *Service) newFunction(name string) *function {
	return &function{
		Name: name,
		configured: configured{
			Settings:   defaultSettings(name),
			CodeSHA256: codeSHA256(nil),
		},
		Revision: newRevision(),
		Modified: s.options.Now(),
		State:    active,
		Update:   updateStatus{Status: successful},
	}
}

// readCode keeps the measure of the code, not the code.
func (f *function) readCode(in map[string]json.RawMessage) *apiError {
	var code struct{ ZipFile []byte }
	if raw, ok := in["Code"]; ok && json.Unmarshal(raw, &code) != nil {
		return malformed("Code.ZipFile is not base64")
	}
	if raw, ok := in["Tags"]; ok && json.Unmarshal(raw, &f.Tags) != nil {
		return malformed("Tags is not a map of strings")
	}
	f.CodeSHA256, f.CodeSize = codeSHA256(code.ZipFile), len(code.ZipFile)
	return nil
}

func codeSHA256(code []byte) string {
	sum := sha256.Sum256(code)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// deleteFunction removes a function, or the version that the qualifier names.
func (s *Service) deleteFunction(c *call) *apiError {
	f, qualifier, err := s.find(c)
	if err != nil {
		return err
	}
	if qualifier == "" {
		if err := s.remove(f.Name); err != nil {
			return internal(err)
		}
		return nil
	}
	return s.deleteVersion(f, qualifier)
}

// listFunctions pages through the functions by name. The marker is the last name of the page before.
func (s *Service) listFunctions(c *call) (any, *apiError) {
	page := 50
	if text := c.query.Get("MaxItems"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 10000 {
			return nil, validation("Value '%s' at 'maxItems' failed to satisfy constraint: Member must be between 1 and 10000", text)
		}
		page = min(n, page)
	}
	marker := c.query.Get("Marker")
	functions := []map[string]any{}
	out := map[string]any{}
	for _, name := range s.names() {
		if name <= marker {
			continue
		}
		if len(functions) == page {
			out["NextMarker"] = functions[page-1]["FunctionName"]
			break
		}
		functions = append(functions, s.describe(s.lookup(name), ""))
	}
	out["Functions"] = functions
	return out, nil
}
