package lambdajar_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/lambdajar"
)

// TestJars: a listing names the form of each jar by its mark, the size of a value
// in an overflow, and none for a damaged value; variables that are no jars are
// counted.
func TestJars(t *testing.T) {
	t.Parallel()
	srv := newOverflowServer(t)
	value := `["` + strings.Repeat("acorn ", 50) + `"]`
	for name, form := range map[string]lambdajar.Form{"plain": lambdajar.FormPlain, "flate": lambdajar.FormFlate, "dense": lambdajar.FormDense, "python": lambdajar.FormPython} {
		mustSave(t, newStore(srv, named(name), func(o *lambdajar.Options) { o.Form = form }), value)
	}
	elsewhere := noise(1)
	mustSave(t, newOverflowing(srv), elsewhere)
	mustSave(t, newStore(srv, named("damaged")), value)
	env := variables(t, srv)
	env["damaged"] = "^0" + env["damaged"]
	srv.ReplaceEnvironment(fn, env)

	got, want := map[string]lambdajar.Found{}, map[string]lambdajar.Found{
		"damaged": {}, "dense": {Form: "dense"}, "flate": {Form: "flate"}, "plain": {Form: "plain"}, "python": {Form: "python"},
		"jar": {OverflowSize: int64(len(elsewhere))},
	}
	for found, err := range lambdajar.Jars(within(t), client(srv)) {
		if err != nil {
			t.Fatal(err)
		}
		if found.Function != fn || found.Used <= found.State || found.State <= found.IDs || found.IDs == 0 || len(found.OtherSizes) != len(foreign()) {
			t.Errorf("%+v", found)
		}
		got[found.Name] = lambdajar.Found{Form: found.Form, OverflowSize: found.OverflowSize}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the jars (-want +got):\n%s", diff)
	}
}

// TestJarsEnds: an error of the listing names the account, and ends it.
func TestJarsEnds(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	ctx, cancel := context.WithCancel(within(t))
	cancel()
	errs := 0
	for found, err := range lambdajar.Jars(ctx, client(srv)) {
		if errs++; err == nil || !strings.HasPrefix(err.Error(), "lambda://: ") {
			t.Errorf("%+v, %v", found, err)
		}
	}
	if errs != 1 {
		t.Errorf("%d errors; want one", errs)
	}
}

// TestJarsDenied: the hint names the one resource with which a policy allows a
// listing.
func TestJarsDenied(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	srv.Inject(awsfake.Fault{Op: "ListFunctions", Code: "AccessDeniedException"})
	for _, err := range lambdajar.Jars(within(t), client(srv)) {
		if hint := "allow the caller lambda:ListFunctions on *"; !errors.Is(err, awsjar.ErrAccessDenied) || awsjar.Hint(err) != hint {
			t.Errorf("%v, with the hint %q; want %q", err, awsjar.Hint(err), hint)
		}
	}
}
