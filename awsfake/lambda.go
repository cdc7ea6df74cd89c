package awsfake

import "time"

// The methods in this file and in s3.go look at and change the state past the API:
// no request is logged and no fault strikes. On a server made by NewServer those
// that return an error also fail the test with it.

// CreateFunction makes a Lambda function that is Active at once. With a nil env it
// never had variables, which AWS shows differently from having none. It fails if
// the function exists, and for variables that AWS would refuse.
func (s *Server) CreateFunction(name string, env map[string]string) error {
	return s.direct(s.lambda.CreateFunction(name, env))
}

// DeleteFunction removes a function, if there is one.
func (s *Server) DeleteFunction(name string) error {
	return s.direct(s.lambda.DeleteFunction(name))
}

// Environment returns a copy of the variables of a function's $LATEST version,
// hidden or not, and false if there is no such function.
func (s *Server) Environment(name string) (map[string]string, bool) {
	return s.lambda.Environment(name)
}

// ReplaceEnvironment replaces all variables of a function, as a deploy tool does.
// The function gets a new RevisionId, and is Active and Successful at once.
func (s *Server) ReplaceEnvironment(name string, env map[string]string) error {
	return s.direct(s.lambda.ReplaceEnvironment(name, env))
}

// HideEnvironment makes a function answer as AWS does to a caller without
// permission for kms:Decrypt, or ends that: with success, and an error where the
// variables should be.
func (s *Server) HideEnvironment(name string, hidden bool) error {
	return s.direct(s.lambda.HideEnvironment(name, hidden))
}

// SetSettle sets Options.Settle for the creations and updates that start from now on.
func (s *Server) SetSettle(d time.Duration) { s.lambda.SetSettle(d) }

// HoldUpdates keeps a function's updates in progress until release is called. The
// function need not exist yet.
func (s *Server) HoldUpdates(name string) (release func()) { return s.lambda.HoldUpdates(name) }

// FailUpdate makes the next update of a function end with LastUpdateStatus Failed,
// a reason code such as "KMSKeyAccessDenied" and a reason. The configuration before
// it then is in force again.
func (s *Server) FailUpdate(name, reasonCode, reason string) {
	s.lambda.FailUpdate(name, reasonCode, reason)
}

// PublishVersion publishes a function's $LATEST and returns the version's number.
// If nothing changed since the newest version, it returns that.
func (s *Server) PublishVersion(name string) (string, error) {
	version, err := s.lambda.PublishVersion(name)
	return version, s.direct(err)
}
