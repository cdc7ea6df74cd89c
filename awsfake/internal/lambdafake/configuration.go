package lambdafake

import (
	"encoding/json"
	"strconv"
)

// timestamp is the form of LastModified.
const timestamp = "2006-01-02T15:04:05.000+0000"

// describe returns the answer's FunctionConfiguration of $LATEST. The ARN carries
// the qualifier the caller gave.
func (s *Service) describe(f *function, qualifier string) map[string]any {
	c := f.configured
	if f.Change != nil && f.State == active && s.options.OldWhileInProgress {
		c = f.Change.Previous
	}
	out := s.describeVersion(f, version{configured: c, Revision: f.Revision, Modified: f.Modified}, qualifier)
	out["Version"] = latest
	out["State"] = f.State
	if f.State == pending {
		out["StateReason"], out["StateReasonCode"] = creating.Reason, creating.ReasonCode
		delete(out, "LastUpdateStatus")
		return out
	}
	out["LastUpdateStatus"] = f.Update.Status
	if f.Update.Reason != "" {
		out["LastUpdateStatusReason"], out["LastUpdateStatusReasonCode"] = f.Update.Reason, f.Update.ReasonCode
	}
	return out
}

// listed takes out of a FunctionConfiguration the members that lists of functions
// and versions leave out (recorded: test_list_functions).
func listed(out map[string]any) map[string]any {
	for _, name := range []string{"State", "StateReason", "StateReasonCode", "LastUpdateStatus", "LastUpdateStatusReason", "LastUpdateStatusReasonCode"} {
		delete(out, name)
	}
	return out
}

// describeVersion returns the answer's FunctionConfiguration of a published version.
func (s *Service) describeVersion(f *function, v version, qualifier string) map[string]any {
	out := map[string]any{
		"FunctionName":     f.Name,
		"FunctionArn":      s.arn(f.Name, qualifier),
		"Version":          strconv.Itoa(v.Number),
		"RevisionId":       v.Revision,
		"LastModified":     v.Modified.UTC().Format(timestamp),
		"CodeSha256":       v.CodeSHA256,
		"CodeSize":         v.CodeSize,
		"State":            active,
		"LastUpdateStatus": successful,
		"SnapStart":        map[string]string{"ApplyOn": "None", "OptimizationStatus": "Off"},
	}
	for name, value := range v.Settings {
		out[name] = json.RawMessage(value)
	}
	switch {
	case v.Environment == nil:
	case f.HiddenEnvironment:
		out["Environment"] = s.hiddenEnvironment()
	default:
		out["Environment"] = map[string]any{"Variables": v.Environment}
	}
	return out
}

// read returns the configuration of the version that c asks for: $LATEST, a number,
// or an alias.
func (s *Service) read(c *call) (map[string]any, *function, *apiError) {
	f, qualifier, err := s.find(c)
	if err != nil {
		return nil, nil, err
	}
	number := qualifier
	if a, ok := f.Aliases[qualifier]; ok {
		number = a.FunctionVersion
	}
	if number == "" || number == latest {
		return s.describe(f, qualifier), f, nil
	}
	v, ok := f.version(number)
	if !ok {
		return nil, nil, notFound("Function not found: " + s.arn(f.Name, qualifier))
	}
	return s.describeVersion(f, v, qualifier), f, nil
}

func (s *Service) getConfiguration(c *call) (any, *apiError) {
	out, _, err := s.read(c)
	return out, err
}

func (s *Service) getFunction(c *call) (any, *apiError) {
	out, f, err := s.read(c)
	if err != nil {
		return nil, err
	}
	answer := map[string]any{
		"Configuration": out,
		"Code": map[string]string{
			"RepositoryType": "S3",
			"Location":       "https://awslambda-" + s.options.Region + "-tasks.s3." + s.options.Region + ".amazonaws.com/snapshots/" + s.options.AccountID + "/" + f.Name,
		},
	}
	if len(f.Tags) > 0 {
		answer["Tags"] = f.Tags
	}
	if f.Reserved != nil {
		answer["Concurrency"] = f.concurrency()
	}
	return answer, nil
}

// updateConfiguration replaces the settings that the request names. It succeeds at
// once and settles later, even if nothing changed (LocalStack's
// test_redundant_updates).
func (s *Service) updateConfiguration(c *call) (any, *apiError) {
	f, qualifier, err := s.find(c)
	if err != nil {
		return nil, err
	}
	if qualifier != "" && qualifier != latest {
		// An assumption: the API reference says only that the configuration of a
		// published version cannot be changed.
		return nil, invalid("The configuration of a published version cannot be changed: " + s.arn(f.Name, qualifier))
	}
	in, err := members(c.body)
	if err != nil {
		return nil, err
	}
	next := f.configured.clone()
	if err := next.apply(in, false); err != nil {
		return nil, err
	}
	if err := s.checkEnvironment(next.Environment); err != nil {
		return nil, err
	}
	if err := s.checkCurrent(f, in); err != nil {
		return nil, err
	}
	if f, err = s.change(f, next); err != nil {
		return nil, err
	}
	return s.describeNew(f), nil
}

// checkCurrent refuses a stale RevisionId and a change that comes too early.
func (s *Service) checkCurrent(f *function, in map[string]json.RawMessage) *apiError {
	revision, err := text(in, "RevisionId")
	if err != nil {
		return err
	}
	busy := s.busy(f)
	if _, given := in["RevisionId"]; given && revision != f.Revision && (busy == nil || !s.options.ConflictFirst) {
		return stale()
	}
	return busy
}

// change starts an update of f to next.
func (s *Service) change(f *function, next configured) (*function, *apiError) {
	now := s.options.Now()
	u := f.clone()
	u.configured = next
	u.Revision = newRevision()
	u.Modified = now
	u.Update = creating
	u.Generation = newRevision()
	u.Change = &change{
		Settles: now.Add(s.settle), Revision: newRevision(), Previous: f.configured.clone(), Generation: f.Generation,
	}
	if why, ok := s.failing[f.Name]; ok {
		u.Change.Failure = &why
	}
	if err := s.store(u); err != nil {
		return nil, internal(err)
	}
	delete(s.failing, f.Name)
	return u, nil
}

// describeNew is the answer to an update: always the new configuration, not yet in
// force.
func (s *Service) describeNew(f *function) map[string]any {
	shown := *f
	change := *f.Change
	change.Previous = f.configured
	shown.Change = &change
	return s.describe(&shown, "")
}
