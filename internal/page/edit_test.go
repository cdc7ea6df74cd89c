package page

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/memjar"
	"github.com/awsjar/awsjar/s3jar"
)

// stored returns the stored text and its revision.
func stored(t *testing.T, store awsjar.Store) (string, awsjar.Revision) {
	t.Helper()
	data, meta, err := store.Load(t.Context())
	if err != nil && !isAbsent(err) {
		t.Fatal(err)
	}
	return string(data), meta.Revision
}

type body map[string]any

func TestSave(t *testing.T) {
	store := fileStore(t, `{"a":1,"b":1}`)
	b := serve(t, Options{Write: true, Places: []Place{only("file:state.json", store)}})
	id := b.id()
	b.shows(id+"/edit", "&#34;a&#34;: 1", "Save")
	_, revision := stored(t, store)
	status, answer := b.post(id+"/save", body{"text": "{\"a\": 2.50,\n\"b\": 1}", "base": `{"a":1,"b":1}`, "revision": revision})
	if got, _ := stored(t, store); status != http.StatusOK || got != `{"a":2.50,"b":1}` {
		t.Errorf("stored is %s; answer %d %s", got, status, answer)
	}
}

func TestSaveOfAFirstValue(t *testing.T) {
	store := memjar.New()
	b := serve(t, Options{Write: true, Places: []Place{only("mem:", store)}})
	id := b.id()
	b.shows(id+"/edit", "{}", "nothing is stored")
	b.post(id+"/save", body{"text": `{"a":1}`, "base": nil, "revision": ""})
	if got, _ := stored(t, store); got != `{"a":1}` {
		t.Errorf("stored is %q", got)
	}
}

func TestSaveRefusesOtherText(t *testing.T) {
	store := fileStore(t, `{"a":1}`)
	b := serve(t, Options{Write: true, Places: []Place{only("file:state.json", store)}})
	id := b.id()
	_, revision := stored(t, store)
	text := "{\n  \"é\": 1\n  \"b\": 2\n}"
	for _, path := range []string{"/check", "/save"} {
		_, answer := b.post(id+path, body{"text": text, "base": `{"a":1}`, "revision": revision})
		var v verdict
		if err := json.Unmarshal([]byte(answer), &v); err != nil {
			t.Fatalf("%s: %v: %s", path, err, answer)
		}
		if v.OK || v.Line != 3 || v.Column != 3 || v.At != strings.Index(text, `"b"`)-1 || v.Message == "" {
			t.Errorf("%s: %+v", path, v)
		}
	}
	for _, broken := range []string{"", "NaN", `"\ud800"`, "{\"a\":1}\x00", "\xff"} {
		b.post(id+"/save", body{"text": broken, "base": `{"a":1}`, "revision": revision})
	}
	if got, now := stored(t, store); got != `{"a":1}` || now != revision {
		t.Errorf("stored is %s", got)
	}
}

func TestSaveIsConditional(t *testing.T) {
	store := fileStore(t, `{"size":250,"paused":false,"cursor":"a"}`)
	b := serve(t, Options{Write: true, Places: []Place{only("file:state.json", store)}})
	id := b.id()
	base, revision := stored(t, store)
	theirs := `{"size":500,"paused":false,"cursor":"b"}`
	put(t, store, theirs)
	mine := body{"text": `{"size":100,"paused":true,"cursor":"a"}`, "base": base, "revision": revision}

	status, view := b.post(id+"/save", mine)
	if got, _ := stored(t, store); status != http.StatusConflict || got != theirs {
		t.Fatalf("%d, and stored is %s", status, got)
	}
	for _, want := range []string{"1 left to choose", "/size", "both changed it: choose", "only you changed it", "only they changed it", "250", "100", "500"} {
		if !strings.Contains(view, want) {
			t.Errorf("the conflict does not show %q:\n%s", want, view)
		}
	}
	// A third writer comes before the choice.
	_, mine["revision"] = stored(t, store)
	mine["theirs"] = []string{"/size"}
	put(t, store, `{"size":500,"paused":false,"cursor":"c"}`)
	if status, _ := b.post(id+"/save-joined", mine); status != http.StatusConflict {
		t.Errorf("the choice is stored over a third writer: %d", status)
	}
	_, mine["revision"] = stored(t, store)
	status, answer := b.post(id+"/join", mine)
	if !strings.Contains(answer, `\"cursor\": \"c\"`) {
		t.Errorf("joined: %d %s", status, answer)
	}
	status, answer = b.post(id+"/save-joined", mine)
	if got, _ := stored(t, store); status != http.StatusOK || got != `{"size":500,"paused":true,"cursor":"c"}` {
		t.Errorf("stored is %s; answer %d %s", got, status, answer)
	}
}

// TestSaveAgain: a save that is sent again, since its answer was lost, finds its own
// value and no conflict.
func TestSaveAgain(t *testing.T) {
	store := fileStore(t, `{"a":1}`)
	b := serve(t, Options{Write: true, Places: []Place{only("file:state.json", store)}})
	id := b.id()
	_, revision := stored(t, store)
	mine := body{"text": `{"a": 2}`, "base": `{"a":1}`, "revision": revision}
	b.post(id+"/save", mine)
	_, now := stored(t, store)
	status, answer := b.post(id+"/save", mine)
	if status != http.StatusOK || !strings.Contains(answer, `"saved":true`) {
		t.Errorf("%d %s", status, answer)
	}
	if _, after := stored(t, store); after != now {
		t.Error("it was stored twice")
	}
}

// TestConflictOfLongTexts: who chooses between two long texts sees how they differ.
func TestConflictOfLongTexts(t *testing.T) {
	same := strings.Repeat("é", 1000)
	store := fileStore(t, `{"s":""}`)
	b := serve(t, Options{Write: true, Places: []Place{only("file:state.json", store)}})
	id := b.id()
	_, revision := stored(t, store)
	put(t, store, `{"s":"`+same+` of theirs"}`)
	_, view := b.post(id+"/save", body{"text": `{"s":"` + same + ` of mine"}`, "base": `{"s":""}`, "revision": revision})
	for _, want := range []string{"… é", " of theirs", " of mine", "1 left to choose"} {
		if !strings.Contains(view, want) {
			t.Errorf("the conflict does not show %q:\n%s", want, view)
		}
	}
}

// TestUndoIsNotPromised: an object without a version is gone once it is written over.
func TestUndoIsNotPromised(t *testing.T) {
	srv := awsfake.NewServer(t)
	if err := errors.Join(srv.CreateBucket("acorns"), srv.PutObject("acorns", "state.json", []byte(`1`), nil)); err != nil {
		t.Fatal(err)
	}
	client := s3.NewFromConfig(srv.Config(), func(o *s3.Options) { o.UsePathStyle = true })
	store := s3jar.NewBucket(client, "acorns").Object("state.json")
	b := serve(t, Options{Write: true, Places: []Place{only("s3://acorns/state.json", store)}})
	id := b.id()
	b.shows(id+"/edit", "not here, unless the bucket keeps versions by now")
	if err := srv.SetVersioning("acorns", "Enabled"); err != nil {
		t.Fatal(err)
	}
	put(t, store, "2")
	b.shows(id+"/edit", "restore the version that is there now")
}

// TestDeploymentIsSaid: a write to a function says that it is a deployment, also where
// its history hides the budget.
func TestDeploymentIsSaid(t *testing.T) {
	for url, deploys := range map[string]bool{"lambda://f?history=file:x": true, "file:state.json": false} {
		b := serve(t, Options{Write: true, Places: []Place{only(url, fileStore(t, `1`, `2`))}})
		id := b.id()
		for _, path := range []string{id, id + "/edit"} {
			if got := strings.Contains(b.shows(path), "a deployment"); got != deploys {
				t.Errorf("%s%s says that it is a deployment: %v", url, path, got)
			}
		}
	}
}

func TestNoWriteIsUnconditional(t *testing.T) {
	store := fileStore(t, `1`, `2`)
	b := serve(t, Options{Write: true, Places: []Place{only("file:state.json", store)}})
	id := b.id()
	version := oldest(t, store)
	for path, in := range map[string]body{
		"/save":        {"text": "3", "base": "2", "revision": "*"},
		"/save-joined": {"text": "3", "base": "2", "revision": "*"},
		"/restore":     {"version": version, "revision": "*"},
	} {
		if status, answer := b.post(id+path, in); status < 400 {
			t.Errorf("%s: %d %s", path, status, answer)
		}
	}
	if got, _ := stored(t, store); got != "2" {
		t.Errorf("stored is %s", got)
	}
}

func oldest(t *testing.T, store awsjar.Versioned) (id string) {
	t.Helper()
	for meta, err := range store.Versions(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		id = meta.VersionID
	}
	return id
}

func TestRestore(t *testing.T) {
	store := fileStore(t, `{"a":1}`, `{"a":2}`)
	b := serve(t, Options{Write: true, Places: []Place{only("file:state.json", store)}})
	id, version := b.id(), oldest(t, store)
	_, before := stored(t, store)
	put(t, store, `{"a":3}`)
	if status, _ := b.post(id+"/restore", body{"version": version, "revision": before}); status != http.StatusConflict {
		t.Errorf("a restore over another writer: %d", status)
	}
	_, now := stored(t, store)
	status, answer := b.post(id+"/restore", body{"version": version, "revision": now})
	if got, _ := stored(t, store); status != http.StatusOK || got != `{"a":1}` {
		t.Errorf("stored is %s; answer %d %s", got, status, answer)
	}
	// After a delete nothing is there to be replaced.
	if err := store.Delete(t.Context(), awsjar.Any); err != nil {
		t.Fatal(err)
	}
	b.shows(id, "Nothing is stored.", "delete marker")
	b.post(id+"/restore", body{"version": version, "revision": ""})
	if got, _ := stored(t, store); got != `{"a":1}` {
		t.Errorf("stored is %q", got)
	}
}

// TestRestoreKeepsProperties: where nothing is stored, an object comes back with
// the properties that the version had.
func TestRestoreKeepsProperties(t *testing.T) {
	srv := awsfake.NewServer(t)
	header := http.Header{"Content-Type": {"application/vnd.acorns+json"}}
	if err := errors.Join(srv.CreateBucket("acorns"), srv.SetVersioning("acorns", "Enabled"),
		srv.PutObject("acorns", "state.json", []byte(`{"a":1}`), header)); err != nil {
		t.Fatal(err)
	}
	client := s3.NewFromConfig(srv.Config(), func(o *s3.Options) { o.UsePathStyle = true })
	store := s3jar.NewBucket(client, "acorns").Object("state.json")
	version := oldest(t, store)
	if err := store.Delete(t.Context(), awsjar.Any); err != nil {
		t.Fatal(err)
	}
	b := serve(t, Options{Write: true, Places: []Place{only("s3://acorns/state.json", store)}})
	if status, answer := b.post(b.id()+"/restore", body{"version": version, "revision": ""}); status != http.StatusOK {
		t.Fatalf("%d %s", status, answer)
	}
	value, now, _ := srv.Object("acorns", "state.json")
	if string(value) != `{"a":1}` || now.Get("Content-Type") != header.Get("Content-Type") {
		t.Errorf("stored is %s as %q", value, now.Get("Content-Type"))
	}
}

func TestReadOnly(t *testing.T) {
	store := fileStore(t, `{"a":1}`, `{"a":2}`)
	b := serve(t, Options{Places: []Place{only("file:state.json", store)}})
	id, version := b.id(), oldest(t, store)
	_, revision := stored(t, store)
	b.shows(id, "Started read-only: restoring needs --write.")
	b.shows(id+"/edit", "readonly", "Started read-only: saving needs --write.")
	for path, in := range map[string]body{
		"/save":        {"text": `{"a":3}`, "base": `{"a":2}`, "revision": revision},
		"/save-joined": {"text": `{"a":3}`, "base": `{"a":2}`, "revision": revision},
		"/restore":     {"version": version, "revision": revision},
	} {
		if status, _ := b.post(id+path, in); status != http.StatusForbidden {
			t.Errorf("%s: %d", path, status)
		}
	}
	if got, now := stored(t, store); got != `{"a":2}` || now != revision {
		t.Errorf("stored is %s", got)
	}
}
