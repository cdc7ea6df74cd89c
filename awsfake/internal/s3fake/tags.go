package s3fake

import (
	"cmp"
	"encoding/xml"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// tag is one tag of an object.
type tag struct {
	Key   string
	Value string
}

// The limits of a set of tags (user guide, "Categorizing your objects using tags").
const (
	maxTags     = 10
	maxTagKey   = 128 // characters
	maxTagValue = 256 // characters
)

const (
	taggingHeaderName = "x-amz-tagging"
	taggingCount      = "x-amz-tagging-count"
	taggingDirective  = "x-amz-tagging-directive"
)

// checkTags refuses a set of tags that S3 refuses. The texts are AWS's (recorded:
// LocalStack's TestS3BucketObjectTagging, test_tagging_validation).
func checkTags(tags []tag) error {
	if len(tags) > maxTags {
		return refuse(http.StatusBadRequest, "BadRequest", "Object tags cannot be greater than 10")
	}
	seen := map[string]bool{}
	for _, t := range tags {
		switch {
		case seen[t.Key]:
			return invalidTag("Cannot provide multiple Tags with the same key", "TagKey", t.Key)
		case strings.HasPrefix(t.Key, "aws:"):
			return invalidTag("Your TagKey cannot be prefixed with aws:", "TagKey", t.Key)
		case t.Key == "" || !validTagText(t.Key, maxTagKey):
			return invalidTag("The TagKey you have provided is invalid", "TagKey", t.Key)
		case !validTagText(t.Value, maxTagValue):
			return invalidTag("The TagValue you have provided is invalid", "TagKey", t.Key, "TagValue", t.Value)
		}
		seen[t.Key] = true
	}
	return nil
}

func invalidTag(message string, details ...string) *apiError {
	return refuse(http.StatusBadRequest, "InvalidTag", message, details...)
}

// validTagText says whether a key or a value has only characters that S3 takes:
// letters, digits, white space and "+ - = . _ : / @" (user guide, as above), and at
// most limit of them.
func validTagText(s string, limit int) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= limit && strings.IndexFunc(s, func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && !unicode.IsSpace(c) && !unicode.IsMark(c) &&
			!strings.ContainsRune("+-=._:/@", c)
	}) < 0
}

// taggingHeader reads the tags out of the header of a write: URL query parameters,
// such as "Project=Blue&Stage=test".
func taggingHeader(header headers) ([]tag, error) {
	value := header.get(taggingHeaderName)
	if value == "" {
		return nil, nil
	}
	malformed := invalidArgument("The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters "+
		"without tag name duplicates.", taggingHeaderName, value)
	var tags []tag
	for part := range strings.SplitSeq(value, "&") {
		if part == "" {
			continue
		}
		name, text, _ := strings.Cut(part, "=")
		key, keyErr := url.QueryUnescape(name)
		content, valueErr := url.QueryUnescape(text)
		duplicate := slices.ContainsFunc(tags, func(t tag) bool { return t.Key == key })
		if keyErr != nil || valueErr != nil || duplicate || !validTagText(key, maxTagKey) || !validTagText(content, maxTagValue) {
			return nil, malformed
		}
		tags = append(tags, tag{key, content})
	}
	if err := checkTags(tags); err != nil {
		return nil, err
	}
	return tags, nil
}

// copiedTags are the tags of a copy: those of the original or, if the request says
// so, its own (API reference, CopyObject).
func copiedTags(header headers, original *version) ([]tag, error) {
	switch directive := cmp.Or(header.get(taggingDirective), "COPY"); directive {
	case "COPY":
		return original.Tags, nil
	case "REPLACE":
		return taggingHeader(header)
	default:
		return nil, invalidArgument("Unknown tagging directive.", taggingDirective, directive)
	}
}

type tagging struct {
	XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ Tagging"`
	TagSet  struct {
		Tag []listedTag
	}
}

type listedTag struct {
	Key, Value text
}

func (s *Service) getObjectTagging(c *call) (*answer, error) {
	v, err := s.taggedVersion(c)
	if err != nil {
		return nil, err
	}
	var document tagging
	for _, t := range v.Tags {
		document.TagSet.Tag = append(document.TagSet.Tag, listedTag{text(t.Key), text(t.Value)})
	}
	a, err := xmlAnswer(document)
	if err != nil {
		return nil, err
	}
	a.setVersion(c.bucket, v)
	return a, nil
}

func (s *Service) putObjectTagging(c *call) (*answer, error) {
	body, err := s.readDocument(c)
	if err != nil {
		return nil, err
	}
	tags, err := parseTagging(body)
	if err != nil {
		return nil, err
	}
	return s.setTags(c, http.StatusOK, tags)
}

// parseTagging reads a Tagging document.
func parseTagging(body []byte) ([]tag, error) {
	var document struct {
		TagSet struct {
			Tag []struct{ Key, Value *string }
		}
	}
	if err := readXML(body, "Tagging", &document); err != nil {
		return nil, err
	}
	var tags []tag
	for _, t := range document.TagSet.Tag {
		if t.Key == nil || t.Value == nil {
			return nil, malformedXML()
		}
		tags = append(tags, tag{*t.Key, *t.Value})
	}
	return tags, checkTags(tags)
}

func (s *Service) deleteObjectTagging(c *call) (*answer, error) {
	return s.setTags(c, http.StatusNoContent, nil)
}

// setTags replaces the tags of the version that a request names. Neither its ETag
// nor its time changes (user guide, as above).
func (s *Service) setTags(c *call, status int, tags []tag) (*answer, error) {
	v, err := s.taggedVersion(c)
	if err != nil {
		return nil, err
	}
	err = s.change(c.bucket, c.key, condition{}, func(*version) error {
		v := c.bucket.find(c.key, v.ID)
		if v == nil {
			return noSuchKey(c.key)
		}
		tagged := *v
		tagged.Tags = tags
		return s.replace(c.bucket, &tagged)
	})
	a := &answer{status: status}
	a.setVersion(c.bucket, v)
	return a, err
}

// taggedVersion finds the version whose tags a request is about. A delete marker
// has none, whether it is named or not.
func (s *Service) taggedVersion(c *call) (*version, error) {
	v, err := s.requested(c)
	if err != nil && asAPIError(err).code == "NoSuchKey" {
		switch newest := c.bucket.newest(c.key); {
		case newest != nil && newest.Marker:
			return nil, markerNotAllowed(c.request.Method, newest)
		case c.op() == "GetObjectTagging":
			return nil, noSuchKey(c.bucketName + "/" + c.key)
		}
	}
	return v, err
}
