package e2e

// deviation is a place where a server does not do as AWS does.
type deviation struct {
	server  string
	setting string // the versioning of the bucket; "" for any
	test    string // the test
	check   string // the check in it
	reason  string
}

const (
	markerExists  = "versitygw takes a delete marker for an object: If-None-Match:* over a marker is 412 (AWS: 200)"
	markerMatches = "versitygw compares If-Match with the version before the delete marker: 200 (AWS: 404 NoSuchKey)"
)

// deviations are all that are known. TestConditions shows that each is still
// there.
var deviations = []deviation{
	{"versitygw", "Enabled", "TestStore", "Delete", markerExists},
	{"versitygw", "Suspended", "TestStore", "Delete", markerExists},
	{"versitygw", "Enabled", "TestStore", "RevisionAfterDelete", markerExists},
	{"versitygw", "Suspended", "TestStore", "RevisionAfterDelete", markerExists},
	{"versitygw", "Enabled", "TestStore", "ReplaceMissing", markerMatches},
	{"versitygw", "Suspended", "TestStore", "ReplaceMissing", markerMatches},
	{"versitygw", "Enabled", "TestVersions", "DeleteMarker", markerExists},
	{"versitygw", "Enabled", "TestVersions", "Restore", markerExists},
	{"versitygw", "Enabled", "TestVersions", "Undelete", markerExists},
	{"versitygw", "Enabled", "TestVersions", "Revive", markerExists},
	{"versitygw", "Enabled", "TestVersions", "OneReviver", markerExists},
	{"versitygw", "Enabled", "TestVersions", "DeleteVersion", "versitygw answers 400 for deleting a version that is gone (AWS: 204)"},
	{"versitygw", "", "TestLinear", "delete", "versitygw removes without the lock of its conditional PUT: a PUT that has checked If-Match before is stored after"},
	{"versitygw", "", "TestLinear", "deleteif", "versitygw checks If-Match of a DELETE outside of the lock: a write that comes between is removed"},
	{"minio", "", "TestLinear", "deleteif", "MinIO ignores If-Match of a DELETE: a write between the HEAD of s3jar and the DELETE is removed"},
}

// exceptions returns the checks of a test that cannot pass on a server.
func exceptions(server, setting, test string) map[string]string {
	checks := map[string]string{}
	for _, d := range deviations {
		if d.server == server && d.test == test && (d.setting == "" || d.setting == setting) {
			checks[d.check] = d.reason
		}
	}
	return checks
}
