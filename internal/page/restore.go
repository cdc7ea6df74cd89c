package page

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/awsjar/awsjar"
)

// restore stores the value of an earlier version, if the state is still as it was
// shown.
func (p *Page) restore(w http.ResponseWriter, r *http.Request, v view) {
	var in struct {
		Version  string          `json:"version"`
		Revision awsjar.Revision `json:"revision"`
	}
	if json.NewDecoder(r.Body).Decode(&in) != nil || in.Revision == awsjar.Any {
		p.refuse(w, http.StatusBadRequest, problem{Text: "the version or the revision is missing", Hint: "load the state again"})
		return
	}
	entry, err := v.jar.At(r.Context(), in.Version)
	if err == nil {
		entry.Meta, err = v.bringBack(r.Context(), entry, in.Revision)
	}
	switch {
	case errors.Is(err, awsjar.ErrConflict):
		p.refuse(w, http.StatusConflict, problem{Text: "another writer was first; nothing was restored", Hint: "load the state again and look"})
	case err != nil:
		p.fail(w, v.URL, err)
	default:
		p.answer(w, http.StatusOK, saved{true, "Restored, " + thousands(entry.Size) + " bytes."})
	}
}

// bringBack stores the value of a version over the revision that was shown.
func (v view) bringBack(ctx context.Context, old awsjar.Entry[json.RawMessage], replaces awsjar.Revision) (awsjar.Meta, error) {
	if store, ok := v.store.(awsjar.Reviver); ok && replaces == awsjar.None {
		return store.Revive(ctx, old.Value, old.VersionID)
	}
	return v.jar.PutIf(ctx, old.Value, replaces)
}
