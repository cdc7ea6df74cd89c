package lambdafake

import (
	"reflect"
	"regexp"
	"slices"
	"strconv"
)

// publishVersion freezes $LATEST under the next number, or answers the newest version again if nothing changed since.
// A change of the environment alone makes a new version (LocalStack's test_alias_lifecycle).
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
	v, problem := s.publish(f)
	if problem != nil {
		return nil, internal(problem)
	}
	return s.describeVersion(f, v, strconv.Itoa(v.Number)), nil
}

// publish adds a version. It gives $LATEST a new RevisionId, too.
func (s *Service) publish(f *function) (version, error) {
	if n := len(f.Versions); n > 0 && reflect.DeepEqual(f.Versions[n-1].configured, f.configured) {
		return f.Versions[n-1], nil
	}
	p := f.clone()
	p.Published++
	p.Revision = newRevision()
	v := version{Number: p.Published, configured: f.configured.clone(), Revision: newRevision(), Modified: s.options.Now()}
	p.Versions = append(p.Versions, v)
	return v, s.store(p)
}

func (s *Service) listVersions(c *call) (any, *apiError) {
	f, _, err := s.find(c)
	if err != nil {
		return nil, err
	}
	out := []map[string]any{s.describe(f, latest)}
	for _, v := range f.Versions {
		out = append(out, s.describeVersion(f, v, strconv.Itoa(v.Number)))
	}
	return map[string]any{"Versions": out}, nil
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

// aliasName is the pattern of Alias in the API reference, which also excludes plain numbers.
var aliasName = regexp.MustCompile(`^[a-zA-Z0-9-_]{1,128}$`)

func (s *Service) createAlias(c *call) (any, *apiError) {
	f, _, err := s.find(c)
	if err != nil {
		return nil, err
	}
	in, err := members(c.body)
	if err != nil {
		return nil, err
	}
	var values [3]string
	for i, member := range []string{"Name", "FunctionVersion", "Description"} {
		if values[i], err = text(in, member); err != nil {
			return nil, err
		}
	}
	name, number := values[0], values[1]
	if _, err := strconv.Atoi(name); err == nil || !aliasName.MatchString(name) {
		return nil, validation(`Value '%s' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)`, name)
	}
	if _, ok := f.version(number); !ok && number != latest {
		return nil, notFound("Function not found: " + s.arn(f.Name, number))
	}
	if _, ok := f.Aliases[name]; ok {
		return nil, conflict("Alias already exists: " + s.arn(f.Name, name))
	}
	a := f.clone()
	if a.Aliases == nil {
		a.Aliases = map[string]aliased{}
	}
	a.Aliases[name] = aliased{FunctionVersion: number, Description: values[2], Revision: newRevision()}
	if err := s.store(a); err != nil {
		return nil, internal(err)
	}
	return s.describeAlias(a, name), nil
}

func (s *Service) describeAlias(f *function, name string) map[string]string {
	a := f.Aliases[name]
	return map[string]string{
		"AliasArn": s.arn(f.Name, name), "Name": name, "FunctionVersion": a.FunctionVersion,
		"Description": a.Description, "RevisionId": a.Revision,
	}
}

func (s *Service) getAlias(c *call) (any, *apiError) {
	f, _, err := s.find(c)
	if err != nil {
		return nil, err
	}
	if _, ok := f.Aliases[c.alias]; !ok {
		return nil, notFound("Cannot find alias arn: " + s.arn(f.Name, c.alias))
	}
	return s.describeAlias(f, c.alias), nil
}

func (s *Service) deleteAlias(c *call) *apiError {
	f, _, err := s.find(c)
	if err != nil {
		return err
	}
	d := f.clone()
	delete(d.Aliases, c.alias)
	if err := s.store(d); err != nil {
		return internal(err)
	}
	return nil
}
