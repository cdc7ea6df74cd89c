package lambdafake

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"github.com/awsjar/awsjar/internal/lazyregexp"
)

// aliasName is the pattern of Alias in the API reference, which also excludes plain
// numbers.
var aliasName = lazyregexp.New(`^[a-zA-Z0-9-_]{1,128}$`)

func (s *Service) createAlias(c *call) (any, *apiError) {
	f, _, err := s.find(c)
	if err != nil {
		return nil, err
	}
	in, err := members(c.body)
	if err != nil {
		return nil, err
	}
	name, err := text(in, "Name")
	if err != nil {
		return nil, err
	}
	if _, err := strconv.Atoi(name); err == nil || !aliasName().MatchString(name) {
		return nil, validation(`Value '%s' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)`, name)
	}
	next, err := s.readAlias(f, in, aliased{})
	if err != nil {
		return nil, err
	}
	if _, ok := f.Aliases[name]; ok {
		return nil, conflict("Alias already exists: " + s.arn(f.Name, name))
	}
	return s.putAlias(f, name, next)
}

// readAlias changes an alias as a request says.
func (s *Service) readAlias(f *function, in map[string]json.RawMessage, a aliased) (aliased, *apiError) {
	for member, to := range map[string]*string{"FunctionVersion": &a.FunctionVersion, "Description": &a.Description} {
		value, err := text(in, member)
		if err != nil {
			return a, err
		}
		if _, given := in[member]; given {
			*to = value
		}
	}
	if _, ok := f.version(a.FunctionVersion); !ok && a.FunctionVersion != latest {
		return a, notFound("Function not found: " + s.arn(f.Name, a.FunctionVersion))
	}
	return a, nil
}

// putAlias stores an alias, with a new RevisionId.
func (s *Service) putAlias(f *function, name string, a aliased) (any, *apiError) {
	u := f.clone()
	if u.Aliases == nil {
		u.Aliases = map[string]aliased{}
	}
	a.Revision = newRevision()
	u.Aliases[name] = a
	if err := s.store(u); err != nil {
		return nil, internal(err)
	}
	return s.describeAlias(u, name), nil
}

func (s *Service) updateAlias(c *call) (any, *apiError) {
	f, _, err := s.find(c)
	if err != nil {
		return nil, err
	}
	in, err := members(c.body)
	if err != nil {
		return nil, err
	}
	a, ok := f.Aliases[c.alias]
	if !ok {
		return nil, notFound("Alias not found: " + s.arn(f.Name, c.alias)) // recorded: test_non_existent_alias_update
	}
	revision, err := text(in, "RevisionId")
	if err != nil {
		return nil, err
	}
	if _, given := in["RevisionId"]; given && revision != a.Revision {
		return nil, stale()
	}
	if a, err = s.readAlias(f, in, a); err != nil {
		return nil, err
	}
	return s.putAlias(f, c.alias, a)
}

func (s *Service) listAliases(c *call) (any, *apiError) {
	f, _, err := s.find(c)
	if err != nil {
		return nil, err
	}
	var all []entry
	for _, name := range slices.Sorted(maps.Keys(f.Aliases)) {
		if wanted := c.query.Get("FunctionVersion"); wanted == "" || wanted == f.Aliases[name].FunctionVersion {
			all = append(all, entry{name, s.describeAlias(f, name)})
		}
	}
	return page(c, "Aliases", all)
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

func (s *Service) deleteAlias(c *call) (any, *apiError) {
	f, _, err := s.find(c)
	if err != nil {
		return nil, err
	}
	d := f.clone()
	delete(d.Aliases, c.alias)
	if err := s.store(d); err != nil {
		return nil, internal(err)
	}
	return nothing{}, nil
}
