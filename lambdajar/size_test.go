package lambdajar_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/lambdajar"
	"github.com/google/go-cmp/cmp"
)

// random is text of which no form makes less than about half.
func random(size int) string {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		sum := sha256.Sum256([]byte(fmt.Sprint(i)))
		b.WriteString(hex.EncodeToString(sum[:]))
	}
	return b.String()[:size]
}

func plain(o *lambdajar.Options) { o.Form = lambdajar.FormPlain }

// TestLimit fills the variables to the last byte: a value that fits here fits at
// AWS, and one that does not is refused here.
func TestLimit(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	ctx := within(t)
	s := newStore(srv, plain)
	before, err := s.Usage(ctx)
	if err != nil {
		t.Fatal(err)
	}
	// ,"jar":"..." and ,"jar_awsjar":"..." with the five ids that there will be
	const own, ids = len(`,"jar":""`) + len(`,"jar_awsjar":""`), len("~xxxxxxxx,xxxxxxxx,xxxxxxxx,xxxxxxxx,xxxxxxxx")
	room := before.Free
	want := lambdajar.TooLargeError{State: own + ids + room + 1, Others: before.Others, Limit: 4096}
	if before.State != 0 || before.Used != before.Others || before.Used+own+ids+before.Free != before.Limit || before.Limit != 4096 {
		t.Errorf("usage of an empty jar: %+v", before)
	}

	_, err = s.Save(ctx, []byte(random(room+1)), awsjar.None)
	var got *lambdajar.TooLargeError
	if !errors.Is(err, awsjar.ErrTooLarge) || !errors.As(err, &got) || *got != want {
		t.Fatalf("Save of one byte too many: %v; want %v", err, &want)
	}
	for _, number := range []int{got.State, got.Others, got.Limit} {
		if !strings.Contains(err.Error(), fmt.Sprint(number)) {
			t.Errorf("the error %q does not say %d", err, number)
		}
	}
	if diff := cmp.Diff(map[string]int{get: 2}, requests(srv)); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}

	// A value that fits once fits again, though the lineage grows.
	for n := range 7 {
		value := fmt.Sprint(n) + random(room)[1:]
		if _, err := s.Save(ctx, []byte(value), awsjar.Any); err != nil {
			t.Fatalf("Save %d of exactly the room there is: %v", n, err)
		}
	}
	after, err := s.Usage(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if after.Free != 0 || after.Used != 4096 || after.State != own+ids+room || after.Others != before.Others {
		t.Errorf("usage of a full jar: %+v", after)
	}
	if diff := cmp.Diff(before.OtherNames, after.OtherNames); diff != "" || len(after.OtherNames) != len(foreign()) {
		t.Errorf("names of the other variables (-empty +full):\n%s", diff)
	}
	for _, value := range []string{`"`, "\\", "é", "a\nb"} {
		_, err := s.Save(ctx, []byte(random(room-1)+value), awsjar.Any)
		if !errors.Is(err, awsjar.ErrTooLarge) {
			t.Errorf("Save of one byte too many, because of %q: %v; want ErrTooLarge", value, err)
		}
	}
	if data, _, err := s.Load(ctx); string(data) != "6"+random(room)[1:] || err != nil {
		t.Errorf("the value is %d bytes, %v; want it as before", len(data), err)
	}
	if got := requests(srv)[update]; got != 7 {
		t.Errorf("%d updates; want the 7 that fitted", got)
	}
}

// TestOthersFillTheLimit: there is no room for even the smallest value.
func TestOthersFillTheLimit(t *testing.T) {
	t.Parallel()
	srv := awsfake.NewServer(t)
	srv.CreateFunction(fn, map[string]string{"FULL": strings.Repeat("x", 4096-len(`{"FULL":""}`))})
	_, err := newStore(srv).Save(within(t), []byte("1"), awsjar.Any)
	var got *lambdajar.TooLargeError
	if !errors.As(err, &got) || got.Others != 4096 || got.Limit != 4096 || got.State <= 0 {
		t.Errorf("Save: %v; want a TooLargeError with 4096 bytes of others", err)
	}
}

// TestForms: the default packs a value that does not fit as it is; a reader of
// each form can read every form.
func TestForms(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	ctx := within(t)
	small, large := `{"n":1}`, strings.Repeat(`{"name":"acorn"},`, 1000)
	for _, c := range []struct {
		form    lambdajar.Form
		value   string
		asItIs  bool
		wantErr error
	}{
		{lambdajar.FormAuto, small, true, nil},
		{lambdajar.FormAuto, large, false, nil},
		{lambdajar.FormAuto, "\xff\x00", false, nil},
		{lambdajar.FormFlate, small, false, nil},
		{lambdajar.FormPython, small, false, nil},
		{lambdajar.FormPlain, small, true, nil},
		{lambdajar.FormPlain, large, true, awsjar.ErrTooLarge},
		{lambdajar.FormPlain, "\xff\x00", false, awsjar.ErrInvalid},
	} {
		_, err := newStore(srv, func(o *lambdajar.Options) { o.Form = c.form }).Save(ctx, []byte(c.value), awsjar.Any)
		if c.wantErr != nil {
			if !errors.Is(err, c.wantErr) {
				t.Errorf("form %s: %v; want %v", c.form, err, c.wantErr)
			}
			continue
		}
		if err != nil {
			t.Errorf("form %s: %v", c.form, err)
		}
		if got := variables(t, srv)["jar"] == c.value; got != c.asItIs {
			t.Errorf("form %s: the variable holds the value as it is: %v; want %v", c.form, got, c.asItIs)
		}
		if data, _, err := newStore(srv).Load(ctx); string(data) != c.value || err != nil {
			t.Errorf("form %s: Load: %.40q, %v", c.form, data, err)
		}
	}
}

// TestSizeRefusedByAWS: AWS measures otherwise than we do, or somebody fills
// the room in between. Its text may repeat every variable.
func TestSizeRefusedByAWS(t *testing.T) {
	t.Parallel()
	const secret = "a-secret-of-another-variable"
	for _, fault := range []awsfake.Fault{
		{Status: http.StatusBadRequest, Code: "InvalidParameterValueException", Message: "Lambda was unable to configure your environment variables because " +
			`the environment variables you have provided exceeded the 4KB limit. String measured: {"PASSWORD":"` + secret + `"}`},
		{Status: http.StatusBadRequest, Code: "InvalidParameterValueException", Message: "Lambda was unable to configure your environment variables because " +
			"the environment variables you have provided exceeded the 4KB limit. Measured size: 4118 bytes " + secret},
		{Status: http.StatusRequestEntityTooLarge, Code: "RequestEntityTooLargeException", Message: "Request must be smaller than 5120 bytes " + secret},
	} {
		srv := newServer(t)
		fault.Op = update
		srv.Inject(fault)
		_, err := newStore(srv).Save(within(t), []byte("1"), awsjar.Any)
		if !errors.Is(err, awsjar.ErrTooLarge) || errors.Is(err, awsjar.ErrUncertain) {
			t.Errorf("%d: %v; want ErrTooLarge", fault.Status, err)
		}
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the error shows a value: %v", err)
		}
		if got := len(statuses(srv)); got != 1 {
			t.Errorf("%d: %d updates; want 1", fault.Status, got)
		}
	}
}
