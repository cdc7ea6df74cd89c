package s3jar

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// A Client that can tell its options, as *s3.Client can and each type that
// embeds one, such as that of package awsdirect, shows which server it talks to.
type optionsTeller interface{ Options() s3.Options }

// server is who answers the requests of a Bucket.
type server int

const (
	serverUnknown server = iota // the Client does not tell, or the endpoint cannot be resolved
	serverAWS
	serverFake // package awsfake, by its own Config
	serverForeign
)

// awsfake is known by its credentials: those of its Config name it as their
// source, and its default access key is no key of AWS.
const (
	fakeSource    = "awsfake"
	fakeAccessKey = "AKIDAWSJAR00EXAMPLE"
)

// server returns who answers. It sends nothing for AWS; elsewhere it asks for
// the credentials that the next request needs as well.
func (b *Bucket) server(ctx context.Context) server {
	client, ok := b.client.(optionsTeller)
	if !ok {
		return serverUnknown
	}
	opts := client.Options()
	host, err := b.host(ctx, opts)
	switch {
	case err != nil:
		return serverUnknown
	case isAWS(host):
		return serverAWS
	case opts.Credentials == nil:
		return serverForeign
	}
	credentials, err := opts.Credentials.Retrieve(ctx)
	switch {
	case err != nil:
		return serverUnknown // the request will say so too
	case credentials.Source == fakeSource, credentials.AccessKeyID == fakeAccessKey:
		return serverFake
	}
	return serverForeign
}

// host returns the name that requests about the bucket go to.
func (b *Bucket) host(ctx context.Context, opts s3.Options) (string, error) {
	//lint:ignore SA1019 programs that still use it do so to reach a server that is not AWS's
	if old := opts.EndpointResolver; old != nil {
		endpoint, err := old.ResolveEndpoint(opts.Region, opts.EndpointOptions)
		if err != nil {
			return "", err
		}
		address, err := url.Parse(endpoint.URL)
		if err != nil {
			return "", err
		}
		return address.Hostname(), nil
	}
	endpoint, err := opts.EndpointResolverV2.ResolveEndpoint(ctx, s3.EndpointParameters{
		Bucket: &b.name, Region: &opts.Region, Endpoint: opts.BaseEndpoint, ForcePathStyle: &opts.UsePathStyle,
	}.WithDefaults())
	return endpoint.URI.Hostname(), err
}

// awsDomains are those of every partition of AWS and of its endpoints for both
// versions of IP (the file partitions.json of the AWS SDKs). All that S3 has is
// below them: FIPS and VPC endpoints, access points, directory buckets.
var awsDomains = []string{
	"amazonaws.com", "api.aws",
	"amazonaws.com.cn", "api.amazonwebservices.com.cn",
	"amazonaws.eu", "api.amazonwebservices.eu",
	"c2s.ic.gov", "api.aws.ic.gov",
	"sc2s.sgov.gov", "api.aws.scloud",
	"cloud.adc-e.uk", "api.cloud-aws.adc-e.uk",
	"csp.hci.ic.gov", "api.aws.hci.ic.gov",
}

// isAWS reports whether a host is one of AWS.
func isAWS(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return slices.ContainsFunc(awsDomains, func(domain string) bool { return strings.HasSuffix(host, "."+domain) })
}
