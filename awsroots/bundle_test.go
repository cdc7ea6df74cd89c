package awsroots

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	mathrand "math/rand/v2"
	"strings"
	"testing"
	"time"
)

// certificate makes a root certificate of that name.
func certificate(t testing.TB, name string) (*x509.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{Organization: []string{name}, CommonName: name + " Root"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// bundleOf makes a bundle of three certificates, the second by Amazon and the
// third by Starfield.
func bundleOf(t testing.TB) (text, amazon string, certs []*x509.Certificate) {
	one, first := certificate(t, "One")
	two, second := certificate(t, "Amazon")
	three, third := certificate(t, "Starfield")
	return first + "# a comment\n" + second + third, second, []*x509.Certificate{one, two, three}
}

// mustAgree checks that nothing is trusted that crypto/x509 does not trust, and,
// where nothing in a certificate was changed, all of Amazon that it does.
func mustAgree(t *testing.T, text string, certs []*x509.Certificate, all bool) {
	t.Helper()
	system, ours := x509.NewCertPool(), scan([]byte(text))
	system.AppendCertsFromPEM([]byte(text))
	for i, cert := range certs {
		known := holds(system, cert)
		got, want := holds(ours, cert), known && i > 0 // the first is not Amazon's
		if got && !known || all && got != want {
			t.Errorf("%s is trusted: %v; by crypto/x509: %v, in the bundle\n%s", cert.Subject.CommonName, got, known, text)
		}
	}
}

// holds reports whether a pool has a root: adding it makes no difference.
func holds(pool *x509.CertPool, cert *x509.Certificate) bool {
	if pool == nil {
		return false
	}
	more := pool.Clone()
	more.AddCert(cert)
	return more.Equal(pool)
}

// TestSameBlocks: a bundle that people have edited means the same to this
// package and to crypto/x509.
func TestSameBlocks(t *testing.T) {
	text, amazon, certs := bundleOf(t)
	const begin, end = "-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n"
	change := func(old, new string) string {
		return strings.Replace(text, amazon, strings.Replace(amazon, old, new, 1), 1)
	}
	for name, text := range map[string]string{
		"as it is":                text,
		"BEGIN commented out":     change(begin, "# disabled: "+begin),
		"BEGIN indented":          change(begin, " "+begin),
		"END annotated":           change(end, "-----END CERTIFICATE----- until 2030\n"),
		"END with spaces":         change(end, "-----END CERTIFICATE-----  \n"),
		"BEGIN annotated":         change(begin, "-----BEGIN CERTIFICATE----- x\n"),
		"trusted certificates":    strings.ReplaceAll(text, "CERTIFICATE", "TRUSTED CERTIFICATE"),
		"headers":                 change(begin, begin+"Reason: none\n\n"),
		"BEGIN twice":             change(begin, begin+begin),
		"END twice":               change(end, end+end),
		"no END":                  change(end, ""),
		"no END before":           strings.Replace(text, end, "", 1),
		"no BEGIN":                change(begin, ""),
		"another END":             change(end, "-----END KEY-----\n"),
		"no line break":           change("\n-----END", "-----END"),
		"carriage returns":        strings.ReplaceAll(text, "\n", "\r\n"),
		"one line":                change(amazon, begin+strings.ReplaceAll(amazon[len(begin):len(amazon)-len(end)], "\n", "")+"\n"+end),
		"a letter lost":           change("M", ""),
		"dashes before":           strings.Replace(text, "# a comment", "# ----- a comment", 1),
		"BEGIN in a comment":      strings.Replace(text, "# a comment\n", "# a comment\n"+begin, 1),
		"cut":                     text[:len(text)/2],
		"nothing":                 "",
		"a block in a block":      change(begin, begin+"AAAA\n"+begin),
		"a byte order mark":       "\ufeff" + text,
		"no line break at an end": strings.TrimSuffix(text, "\n"),
		"two blocks on a line":    strings.ReplaceAll(text, end+"-", strings.TrimSuffix(end, "\n")+"-"),
	} {
		t.Run(name, func(t *testing.T) { mustAgree(t, text, certs, true) })
	}
}

// TestMutatedBundles: so does a bundle that chance has edited.
func TestMutatedBundles(t *testing.T) {
	text, _, certs := bundleOf(t)
	random := mathrand.New(mathrand.NewPCG(1, 2))
	pieces := []string{"", "-", "-----", "\n", "\r\n", " ", "#", "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----",
		"-----BEGIN CERTIFICATE-----\n", "\n-----END CERTIFICATE-----\n", "A: b\n", "=", "\x00"}
	for range 6000 { // FuzzBundle makes more
		mutated := text
		for range 1 + random.IntN(3) {
			at := random.IntN(len(mutated) + 1)
			if next := strings.Index(mutated[at:], "-----"); next >= 0 && random.IntN(4) > 0 {
				at = min(at+next+random.IntN(3), len(mutated)) // most edits are near the lines that matter
			}
			until := min(at+random.IntN(3)*random.IntN(30), len(mutated))
			mutated = mutated[:at] + pieces[random.IntN(len(pieces))] + mutated[until:]
		}
		if mustAgree(t, mutated, certs, false); t.Failed() {
			return
		}
	}
}

// FuzzBundle is TestMutatedBundles with edits that a fuzzer makes.
func FuzzBundle(f *testing.F) {
	text, _, certs := bundleOf(f)
	f.Add(0, 0, "# ")
	f.Fuzz(func(t *testing.T, at, until int, piece string) {
		if at >= 0 && until >= at && until <= len(text) {
			mustAgree(t, text[:at]+piece+text[until:], certs, false)
		}
	})
}

// TestPlainBundle: the text of a usual bundle is not decoded as a whole.
func TestPlainBundle(t *testing.T) {
	text, _, _ := bundleOf(t)
	for rest := []byte(text); ; {
		start := bytes.Index(rest, dashes)
		if start < 0 {
			return
		}
		size := plainBlock(rest, start)
		if size < 0 {
			t.Fatalf("this is not plain:\n%s", rest)
		}
		rest = rest[start+size:]
	}
}
