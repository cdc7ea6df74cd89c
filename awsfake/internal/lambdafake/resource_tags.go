package lambdafake

import (
	"encoding/json"
	"maps"
	"strings"
	"unicode/utf8"

	"github.com/awsjar/awsjar/internal/lazyregexp"
)

// The limits of the tags of a function (developer guide, "Using tags on Lambda
// functions").
const (
	maxTags     = 50
	maxTagKey   = 128 // characters
	maxTagValue = 256 // characters
)

var functionARN = lazyregexp.New(`^arn:aws[a-zA-Z-]*:lambda:[a-z0-9-]+:\d{12}:function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?$`)

// findTagged finds the function whose ARN a call of tags names. The caller holds mu.
func (s *Service) findTagged(c *call) (*function, *apiError) {
	if !functionARN().MatchString(c.name) {
		return nil, validation("Value '%s' at 'resource' failed to satisfy constraint: Member must satisfy regular expression pattern: %s", c.name, functionARN())
	}
	name, qualifier, err := s.resolve(c.name, "", c.op)
	switch {
	case err != nil:
		return nil, err
	case qualifier != "":
		return nil, invalid("Tags on function aliases and versions are not supported. Please specify a function ARN.")
	}
	f := s.lookup(name)
	if f == nil {
		return nil, notFound("Function not found: " + s.arn(name, ""))
	}
	return f, nil
}

// readTags decodes the tags of a request, nil if it has none.
func readTags(in map[string]json.RawMessage) (map[string]string, *apiError) {
	var tags map[string]string
	if raw, ok := in["Tags"]; ok && json.Unmarshal(raw, &tags) != nil {
		return nil, malformed("Tags is not a map of strings")
	}
	for key, value := range tags {
		switch {
		case strings.HasPrefix(key, "aws:"):
			return nil, invalid("System tags cannot be added/updated by requester.")
		case key == "" || utf8.RuneCountInString(key) > maxTagKey || utf8.RuneCountInString(value) > maxTagValue:
			return nil, validation("Value at 'tags' failed to satisfy constraint: Map keys must have 1 to 128 characters, and values at most 256")
		}
	}
	return tags, nil
}

func checkTagCount(tags map[string]string) *apiError {
	if len(tags) > maxTags {
		return invalid("Number of tags exceeds resource tag limit.") // recorded: test_tag_limits
	}
	return nil
}

func (s *Service) tagResource(c *call) (any, *apiError) {
	f, err := s.findTagged(c)
	if err != nil {
		return nil, err
	}
	in, err := members(c.body)
	if err != nil {
		return nil, err
	}
	tags, err := readTags(in)
	switch {
	case err != nil:
		return nil, err
	case len(tags) == 0:
		return nil, invalid("An error occurred and the request cannot be processed.") // recorded: test_tag_exceptions
	}
	if err := s.busy(f); err != nil {
		return nil, err
	}
	u := f.clone()
	if u.Tags == nil {
		u.Tags = map[string]string{}
	}
	maps.Copy(u.Tags, tags)
	if err := checkTagCount(u.Tags); err != nil {
		return nil, err
	}
	if err := s.store(u); err != nil {
		return nil, internal(err)
	}
	return nothing{}, nil
}

func (s *Service) untagResource(c *call) (any, *apiError) {
	f, err := s.findTagged(c)
	switch {
	case err != nil:
		return nil, err
	case !c.query.Has("tagKeys"):
		return nil, validation("Value null at 'tagKeys' failed to satisfy constraint: Member must not be null")
	}
	u := f.clone()
	for _, key := range c.query["tagKeys"] {
		delete(u.Tags, key)
	}
	if err := s.store(u); err != nil {
		return nil, internal(err)
	}
	return nothing{}, nil
}

func (s *Service) listTags(c *call) (any, *apiError) {
	f, err := s.findTagged(c)
	if err != nil {
		return nil, err
	}
	tags := f.Tags
	if tags == nil {
		tags = map[string]string{}
	}
	return map[string]any{"Tags": tags}, nil
}
