package lambdafake

import (
	"encoding/json"
	"strconv"
)

// updateCode replaces the code of a function, of which only the measure is kept:
// the function runs its program as before. For every other observer it is an update
// like one of the configuration.
func (s *Service) updateCode(c *call) (any, *apiError) {
	f, qualifier, err := s.find(c)
	switch {
	case err != nil:
		return nil, err
	case qualifier != "" && qualifier != latest:
		return nil, invalid("The code of a published version cannot be changed: " + s.arn(f.Name, qualifier))
	}
	in, err := members(c.body)
	if err != nil {
		return nil, err
	}
	next := f.configured.clone()
	if err := next.readArchive(in); err != nil {
		return nil, err
	}
	if err := s.checkCurrent(f, in); err != nil {
		return nil, err
	}
	dry, err := flag(in, "DryRun")
	if err != nil {
		return nil, err
	}
	publish, err := flag(in, "Publish")
	switch {
	case err != nil:
		return nil, err
	case dry:
		return s.describe(f, ""), nil
	}
	if f, err = s.change(f, next); err != nil {
		return nil, err
	}
	if !publish {
		return s.describeNew(f), nil
	}
	v, problem := s.publish(f, "")
	if problem != nil {
		return nil, internal(problem)
	}
	return s.describeVersion(f, v, strconv.Itoa(v.Number)), nil
}

// readArchive puts the measure of new code into c.
func (c *configured) readArchive(in map[string]json.RawMessage) *apiError {
	var zip []byte
	if raw, ok := in["ZipFile"]; ok && json.Unmarshal(raw, &zip) != nil {
		return malformed("ZipFile is not base64")
	}
	if raw, ok := in["Architectures"]; ok {
		if err := checkArchitectures(raw); err != nil {
			return err
		}
		c.Settings["Architectures"] = raw
	}
	bucket, err := text(in, "S3Bucket")
	if err != nil {
		return err
	}
	if bucket == "" && zip == nil {
		return invalid("Please provide a source for function code.")
	}
	if bucket != "" {
		zip = in["S3Key"] // stands for the object, which may be of any account
	}
	c.CodeSHA256, c.CodeSize = codeSHA256(zip), len(zip)
	return nil
}
