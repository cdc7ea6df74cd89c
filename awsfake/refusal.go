package awsfake

import (
	"fmt"
	"net/http"
	"time"

	"github.com/awsjar/awsjar/awsfake/internal/s3fake"
)

// refusal is why a request is not authentic, in the words of either service.
type refusal struct {
	s3, lambda apiError
	details    []string // further elements of S3's answer: pairs of name and value
	region     string   // the Region S3 names to a client that signed for another
}

var (
	missingAuthentication = refusal{
		s3:     apiError{http.StatusForbidden, "AccessDenied", "Access Denied"},
		lambda: apiError{http.StatusForbidden, "MissingAuthenticationTokenException", "Missing Authentication Token"},
	}
	unsupportedAlgorithm = refusal{
		s3:     apiError{http.StatusBadRequest, "InvalidRequest", "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."},
		lambda: apiError{http.StatusBadRequest, "IncompleteSignatureException", "Unsupported algorithm in the Authorization header. Please use AWS4-HMAC-SHA256."},
	}
	unknownKey = refusal{
		s3:     apiError{http.StatusForbidden, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."},
		lambda: apiError{http.StatusForbidden, "UnrecognizedClientException", "The security token included in the request is invalid."},
	}
	wrongToken = refusal{
		s3:     apiError{http.StatusBadRequest, "InvalidToken", "The provided token is malformed or otherwise invalid."},
		lambda: unknownKey.lambda,
	}
	expiredToken = refusal{
		s3:     apiError{http.StatusBadRequest, "ExpiredToken", "The provided token has expired."},
		lambda: apiError{http.StatusForbidden, "ExpiredTokenException", "The security token included in the request is expired"},
	}
	wrongSignature = refusal{
		s3:     apiError{http.StatusForbidden, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided. Check your key and signing method."},
		lambda: apiError{http.StatusForbidden, "InvalidSignatureException", "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."},
	}
	linkExpired = refusal{
		s3:     apiError{http.StatusForbidden, "AccessDenied", "Request has expired"},
		lambda: apiError{http.StatusForbidden, "InvalidSignatureException", "Signature expired"},
	}
	unsignedHeaders      = onlyS3(http.StatusForbidden, "AccessDenied", "There were headers present in the request which were not signed")
	missingPayloadHash   = onlyS3(http.StatusBadRequest, "InvalidRequest", "Missing required header for this request: x-amz-content-sha256")
	incompleteBody       = onlyS3(http.StatusBadRequest, "IncompleteBody", "The request body terminated unexpectedly")
	unsupportedStreaming = onlyS3(http.StatusNotImplemented, "NotImplemented", "A header you provided implies functionality that is not implemented")
)

func onlyS3(status int, code, message string) refusal {
	return refusal{s3: apiError{status, code, message}}
}

// wrongPayload refuses a body of another hash than the one that is signed.
func wrongPayload(signed, computed string) *refusal {
	r := onlyS3(http.StatusBadRequest, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.")
	r.details = []string{"ClientComputedContentSHA256", signed, "S3ComputedContentSHA256", computed}
	return &r
}

func malformedHeader(why string) *refusal {
	return &refusal{
		s3:     apiError{http.StatusBadRequest, "AuthorizationHeaderMalformed", "The authorization header is malformed; " + why},
		lambda: apiError{http.StatusBadRequest, "IncompleteSignatureException", "The Authorization header is incomplete: " + why},
	}
}

func malformedQuery(why string) *refusal {
	r := malformedHeader(why)
	r.s3.code, r.s3.message = "AuthorizationQueryParametersError", why
	return r
}

func wrongService(got, want string) *refusal {
	r := malformedHeader(fmt.Sprintf("incorrect service %q. This endpoint belongs to %q.", got, want))
	r.lambda = apiError{http.StatusForbidden, "InvalidSignatureException", "Credential should be scoped to correct service: '" + want + "'. "}
	return r
}

func wrongRegion(got, want string) *refusal {
	r := malformedHeader(fmt.Sprintf("the region '%s' is wrong; expecting '%s'", got, want))
	r.lambda = apiError{http.StatusForbidden, "InvalidSignatureException", "Credential should be scoped to a valid region. "}
	r.region, r.details = want, []string{"Region", want}
	return r
}

func tooOld(signed, now time.Time) *refusal {
	limit := now.Add(-maxSkew)
	return skewed(fmt.Sprintf("Signature expired: %s is now earlier than %s (%s - 15 min.)", stamp(signed), stamp(limit), stamp(now)))
}

func notYet(signed, now time.Time) *refusal {
	limit := now.Add(maxSkew)
	return skewed(fmt.Sprintf("Signature not yet current: %s is still later than %s (%s + 15 min.)", stamp(signed), stamp(limit), stamp(now)))
}

func skewed(lambda string) *refusal {
	return &refusal{
		s3:     apiError{http.StatusForbidden, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large."},
		lambda: apiError{http.StatusForbidden, "InvalidSignatureException", lambda},
	}
}

func stamp(t time.Time) string { return t.UTC().Format(amzDate) }

// refuse answers a request that is not authentic.
func (s *Server) refuse(w http.ResponseWriter, asked *received, why *refusal) {
	switch e := why.s3; {
	case asked.name == "sts":
		asked.writeError(w, asked.request, why.lambda.status, stsCode(why.lambda.code), why.lambda.message)
	case asked.name == "lambda":
		asked.writeError(w, asked.request, why.lambda.status, why.lambda.code, why.lambda.message)
	default:
		if why.region != "" {
			w.Header().Set("X-Amz-Bucket-Region", why.region)
		}
		s3fake.Error{Status: e.status, Code: e.code, Message: e.message, Details: why.details}.Write(w, asked.request)
	}
}
