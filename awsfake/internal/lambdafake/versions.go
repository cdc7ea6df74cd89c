package lambdafake

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
)

// publishVersion freezes $LATEST under the next number, or answers the newest
// version again if nothing changed since. A change of the environment alone makes a
// new version (LocalStack's test_alias_lifecycle).
func (s *Service) publishVersion(c *call) (any, *apiError) {
	f, _, err := s.find(c)
	if err != nil {
		return nil, err
	}
	in, err := members(c.body)
	if err != nil {
		return nil, err
	}
	if err := s.checkCurrent(f, in); err != nil {
		return nil, err
	}
	sum, err := text(in, "CodeSha256")
	switch {
	case err != nil:
		return nil, err
	case sum != "" && sum != f.CodeSHA256:
		return nil, invalid("CodeSHA256 (" + sum + ") is different from current CodeSHA256 in $LATEST (" + f.CodeSHA256 +
			"). Please try again with the CodeSHA256 in $LATEST.")
	}
	description, err := text(in, "Description")
	if err != nil {
		return nil, err
	}
	v, problem := s.publish(f, description)
	if problem != nil {
		return nil, internal(problem)
	}
	return s.describeVersion(f, v, strconv.Itoa(v.Number)), nil
}

// publish adds a version, with a description of its own if there is one. It gives
// $LATEST a new RevisionId, too.
func (s *Service) publish(f *function, description string) (version, error) {
	if n := len(f.Versions); n > 0 && reflect.DeepEqual(f.Versions[n-1].published(), f.configured) {
		return f.Versions[n-1], nil
	}
	p := f.clone()
	p.Published++
	p.Revision = newRevision()
	v := version{Number: p.Published, configured: f.configured.clone(), Revision: newRevision(), Modified: s.options.Now()}
	if description != "" {
		v.Latest = v.Settings["Description"]
		quoted, err := json.Marshal(description)
		if err != nil {
			return version{}, err
		}
		v.Settings["Description"] = quoted
	}
	p.Versions = append(p.Versions, v)
	return v, s.store(p)
}

// published returns the configuration of $LATEST when v was published.
func (v version) published() configured {
	if v.Latest == nil {
		return v.configured
	}
	c := v.configured.clone()
	c.Settings["Description"] = v.Latest
	return c
}

func (s *Service) listVersions(c *call) (any, *apiError) {
	f, _, err := s.find(c)
	if err != nil {
		return nil, err
	}
	all := []entry{{latest, listed(s.describe(f, latest))}}
	for _, v := range f.Versions {
		all = append(all, entry{latest + fmt.Sprintf("%09d", v.Number), listed(s.describeVersion(f, v, strconv.Itoa(v.Number)))})
	}
	return page(c, "Versions", all)
}

func (s *Service) deleteVersion(f *function, qualifier string) *apiError {
	if qualifier == latest {
		return invalid("$LATEST version cannot be deleted without deleting the function.")
	}
	if _, err := strconv.Atoi(qualifier); err != nil {
		return invalid("Deletion of aliases is not currently supported.")
	}
	for name, a := range f.Aliases {
		if a.FunctionVersion == qualifier {
			return conflict("Version is being used by the following aliases: " + name)
		}
	}
	d := f.clone()
	d.Versions = slices.DeleteFunc(d.Versions, func(v version) bool { return strconv.Itoa(v.Number) == qualifier })
	if err := s.store(d); err != nil {
		return internal(err)
	}
	return nil
}
