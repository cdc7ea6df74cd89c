package s3fake

import (
	"encoding/xml"
	"net/http"
	"strings"

	"github.com/awsjar/awsjar/internal/lazyregexp"
)

// bucketNames and the rules beside it are those of the user guide, "General purpose
// bucket naming rules". S3 checks them when a bucket is made.
var (
	bucketNames = lazyregexp.New(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	ipAddresses = lazyregexp.New(`^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$`)
	accountIDs  = lazyregexp.New(`^[0-9]{12}$`)
	regionNames = lazyregexp.New(`^[a-z]{2}(-[a-z]+)+-[0-9]+$`)
)

func validBucketName(name string) bool {
	return bucketNames().MatchString(name) && !ipAddresses().MatchString(name) && !strings.Contains(name, "..") &&
		!strings.HasPrefix(name, "xn--") && !strings.HasSuffix(name, "-s3alias")
}

func invalidBucketName(name string) *apiError {
	return refuse(http.StatusBadRequest, "InvalidBucketName", "The specified bucket is not valid.", "BucketName", name)
}

// openBucket finds the bucket of a request and checks who owns it and that it is in
// the Region of the endpoint.
func (s *Service) openBucket(c *call) (*bucket, error) {
	b := s.lookUp(c.bucketName)
	if b == nil {
		if !validBucketName(c.bucketName) {
			return nil, invalidBucketName(c.bucketName)
		}
		return nil, noSuchBucket(c.bucketName)
	}
	settings := b.currentSettings()
	if settings.Owner != s.options.AccountID {
		return nil, accessDenied().withHeader("x-amz-bucket-region", settings.Region)
	}
	if err := checkOwner(c.header.get("x-amz-expected-bucket-owner"), settings.Owner); err != nil {
		return nil, err
	}
	// The location of a bucket can be asked for from any Region.
	if settings.Region != s.options.Region && c.op() != "GetBucketLocation" {
		return nil, permanentRedirect(b.name, settings.Region)
	}
	return b, nil
}

func (s *Service) lookUp(name string) *bucket {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.buckets[name]
}

// checkOwner compares the account a request expects to own a bucket, "" if it
// expects none, with the one that does.
func checkOwner(expected, owner string) error {
	switch {
	case expected == "" || expected == owner:
		return nil
	case !accountIDs().MatchString(expected):
		return refuse(http.StatusBadRequest, "InvalidBucketOwnerAWSAccountID",
			"The value of the expected bucket owner parameter must be an AWS Account ID... ["+expected+"]")
	}
	return accessDenied()
}

// permanentRedirect is the answer for a bucket of another Region (user guide,
// "Making requests using the REST API").
func permanentRedirect(name, region string) *apiError {
	return refuse(http.StatusMovedPermanently, "PermanentRedirect",
		"The bucket you are attempting to access must be addressed using the specified endpoint. "+
			"Please send all future requests to this endpoint.",
		"Endpoint", name+".s3."+region+".amazonaws.com", "Bucket", name, "Region", region).
		withHeader("x-amz-bucket-region", region)
}

func (s *Service) createBucket(c *call) (*answer, error) {
	if !validBucketName(c.bucketName) {
		return nil, invalidBucketName(c.bucketName)
	}
	if err := refuseBucketOptions(c.header); err != nil {
		return nil, err
	}
	body, err := s.readDocument(c)
	if err != nil {
		return nil, err
	}
	region, err := s.bucketRegion(body)
	if err != nil {
		return nil, err
	}
	if err := s.makeBucket(c.bucketName, region); err != nil {
		return nil, err
	}
	a := &answer{status: http.StatusOK}
	a.set("Location", "/"+c.bucketName)
	return a, nil
}

// bucketRegion reads the Region out of a CreateBucket document. The endpoint of
// us-east-1 makes buckets anywhere, any other endpoint in its own Region only,
// which must be named.
func (s *Service) bucketRegion(body []byte) (string, error) {
	var document struct{ LocationConstraint string }
	if len(body) > 0 {
		if err := readXML(body, "CreateBucketConfiguration", &document); err != nil {
			return "", err
		}
	}
	region := document.LocationConstraint
	if s.options.Region != "us-east-1" {
		if region == s.options.Region || region == "EU" && s.options.Region == "eu-west-1" {
			return s.options.Region, nil
		}
		if region == "" {
			region = "unspecified"
		}
		return "", refuse(http.StatusBadRequest, "IllegalLocationConstraintException",
			"The "+region+" location constraint is incompatible for the region specific endpoint this request was sent to.")
	}
	switch {
	case region == "":
		return "us-east-1", nil
	case region == "EU":
		return "eu-west-1", nil
	case region == "us-east-1" || !regionNames().MatchString(region):
		return "", refuse(http.StatusBadRequest, "InvalidLocationConstraint",
			"The specified location-constraint is not valid", "LocationConstraint", region)
	}
	return region, nil
}

// makeBucket makes a bucket of the Service's account. One's own bucket may be made
// again in us-east-1 only (API reference, CreateBucket, BucketAlreadyOwnedByYou).
func (s *Service) makeBucket(name, region string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b := s.buckets[name]; b != nil {
		switch settings := b.currentSettings(); {
		case settings.Owner != s.options.AccountID:
			return refuse(http.StatusConflict, "BucketAlreadyExists", "The requested bucket name is not available. "+
				"The bucket namespace is shared by all users of the system. Please select a different name and try again.",
				"BucketName", name)
		case region == "us-east-1" && settings.Region == "us-east-1":
			return nil
		}
		return refuse(http.StatusConflict, "BucketAlreadyOwnedByYou",
			"Your previous request to create the named bucket succeeded and you already own it.", "BucketName", name)
	}
	return s.addBucket(name, region, s.options.AccountID)
}

// addBucket adds a bucket that does not exist yet. The caller holds mu.
func (s *Service) addBucket(name, region, owner string) error {
	settings := bucketSettings{Region: region, Owner: owner, Created: s.options.Now()}
	if err := s.disk.createBucket(name, settings); err != nil {
		return err
	}
	s.buckets[name] = newBucket(name, settings)
	return nil
}

func (s *Service) headBucket(c *call) (*answer, error) {
	a := &answer{status: http.StatusOK}
	a.set("x-amz-bucket-region", c.bucket.currentSettings().Region)
	a.set("x-amz-access-point-alias", "false")
	a.set("Content-Type", "application/xml")
	return a, nil
}

func (s *Service) deleteBucket(c *call) (*answer, error) {
	b := c.bucket
	s.mu.Lock()
	defer s.mu.Unlock()
	b.settings.Lock()
	defer b.settings.Unlock()
	if b.gone {
		return nil, noSuchBucket(b.name)
	}
	if len(b.index.versions) > 0 {
		message := "The bucket you tried to delete is not empty"
		if b.Versioning != "" {
			message += ". You must delete all versions in the bucket."
		}
		return nil, refuse(http.StatusConflict, "BucketNotEmpty", message, "BucketName", b.name)
	}
	if err := s.disk.removeBucket(b.name); err != nil {
		return nil, err
	}
	b.gone = true
	delete(s.buckets, b.name)
	return &answer{status: http.StatusNoContent}, nil
}

func (s *Service) getBucketLocation(c *call) (*answer, error) {
	region := c.bucket.currentSettings().Region
	if region == "us-east-1" {
		region = "" // API reference, GetBucketLocation
	}
	return xmlAnswer(struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ LocationConstraint"`
		Region  string   `xml:",chardata"`
	}{Region: region})
}
