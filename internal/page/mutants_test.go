package page

import (
	"testing"

	"github.com/awsjar/awsjar/internal/mutant"
)

// TestMutants: each guard of the page is missed by a test when it is off.
func TestMutants(t *testing.T) {
	mutant.Check(t, []mutant.Mutant{
		{
			Name: "other machines reach the page", File: "page.go", Run: "TestListensOnThisMachineAlone|TestHost",
			Old: `"127.0.0.1:0"`, New: `"0.0.0.0:0"`,
		},
		{
			Name: "any host is served", File: "guard.go", Run: "TestHostIsTheLiteralAddress",
			Old: "if r.Host != p.host() {", New: "if false {",
		},
		{
			Name: "localhost is served", File: "guard.go", Run: "TestHostIsTheLiteralAddress",
			Old: "if r.Host != p.host() {", New: `if r.Host != p.host() && !strings.HasPrefix(r.Host, "localhost:") {`,
		},
		{
			Name: "other sites may write", File: "guard.go", Run: "TestNoOtherSite",
			Old: "	next = http.NewCrossOriginProtection().Handler(next)\n", New: "",
		},
		{
			Name: "no key is asked for", File: "guard.go", Run: "TestNothingWithoutTheKey",
			Old: "if !p.session.admits(r) {", New: "if false {",
		},
		{
			Name: "the key may be a cookie", File: "session.go", Run: "TestNothingWithoutTheKey",
			Old: "	return ok && equal(key, s.key)", New: "	if c, err := r.Cookie(\"key\"); err == nil {\n		key, ok = c.Value, true\n	}\n	return ok && equal(key, s.key)",
		},
		{
			Name: "one view needs no key", File: "routes.go", Run: "TestNothingWithoutTheKey",
			Old: `p.known(p.ofState(p.changes))`, New: `p.ofState(p.changes)`,
		},
		{
			Name: "the token opens the page again", File: "session.go", Run: "TestOpensOnce",
			Old: "	s.opened = true\n", New: "",
		},
		{
			Name: "any token opens the page", File: "session.go", Run: "TestOpensOnce",
			Old: "s.opened || !equal(token, s.opening)", New: "s.opened",
		},
		{
			Name: "the key is in the address", File: "page.go", Run: "TestOpensOnce",
			Old: `"/#" + p.session.opening`, New: `"/#" + p.session.key`,
		},
		{
			Name: "a form of another site is taken for JSON", File: "guard.go", Run: "TestNoOtherSite",
			Old: `return strings.TrimSpace(kind) == "application/json"`, New: `return true || kind == ""`,
		},
		{
			Name: "no policy", File: "guard.go", Run: "TestHeaders",
			Old: `	h.Set("Content-Security-Policy", policy)`, New: "	_ = policy",
		},
		{
			Name: "the policy lets inline scripts run", File: "guard.go", Run: "TestHeaders",
			Old: "script-src 'self';", New: "script-src 'self' 'unsafe-inline';",
		},
		{
			Name: "other pages may frame it", File: "guard.go", Run: "TestHeaders",
			Old: "; frame-ancestors 'none'", New: "",
		},
		{
			Name: "answers are kept by the browser", File: "guard.go", Run: "TestHeaders",
			Old: `	h.Set("Cache-Control", "no-store")` + "\n", New: "",
		},
		{
			Name: "the address is sent to other sites", File: "guard.go", Run: "TestHeaders",
			Old: `	h.Set("Referrer-Policy", "no-referrer")` + "\n", New: "",
		},
		{
			Name: "read-only is written to", File: "guard.go", Run: "TestReadOnly",
			Old: "if !p.opts.Write {", New: "if false {",
		},
		{
			Name: "restore is open to the read-only page", File: "routes.go", Run: "TestReadOnly",
			Old: "p.writing(p.ofState(p.restore))", New: "p.known(p.ofState(p.restore))",
		},
		{
			Name: "a write without a revision", File: "edit.go", Run: "TestNoWriteIsUnconditional",
			Old: "if e.Revision == awsjar.Any {", New: "if false {",
		},
		{
			Name: "a restore without a revision", File: "restore.go", Run: "TestNoWriteIsUnconditional",
			Old: "!= nil || in.Revision == awsjar.Any {", New: "!= nil {",
		},
		{
			Name: "a restore over another writer", File: "restore.go", Run: "TestRestore",
			Old: "old.Value, replaces)", New: "old.Value, awsjar.Any)",
		},
		{
			Name: "a restore forgets the properties", File: "restore.go", Run: "TestRestoreKeepsProperties",
			Old: "ok && replaces == awsjar.None", New: "false && ok",
		},
		{
			Name: "a save over another writer", File: "edit.go", Run: "TestSaveIsConditional",
			Old: "v.jar.PutIf(r.Context(), value, e.Revision)", New: "v.jar.PutIf(r.Context(), value, awsjar.Any)",
		},
		{
			Name: "a choice over a third writer", File: "conflict.go", Run: "TestSaveIsConditional",
			Old: "if revision != e.Revision {", New: "e.Revision = revision\n		if false {",
		},
		{
			Name: "a body has no limit", File: "guard.go", Run: "TestBodyIsBounded",
			Old: "r.Body = http.MaxBytesReader(w, r.Body, maxBody)", New: "_ = maxBody",
		},
		{
			Name: "streams read without a place", File: "live.go", Run: "TestReadsAreBounded",
			Old: "bytesOf(inTurn{v.store, p})", New: "v.jar",
		},
		{
			Name: "streams have no limit", File: "live.go", Run: "TestStreamsAreBounded",
			Old: "	default:\n		http.Error(w, \"too many views are open\", http.StatusTooManyRequests)\n		return nil, false",
			New: "	default:\n		p.streams = make(chan struct{}, 1)",
		},
		{
			Name: "values are HTML", File: "routes.go", Run: "TestHostileValues/script|TestHostileNames",
			Old: "	\"visible\":   visible,", New: "	\"visible\": func(text string) (all []any) {\n		for _, p := range visible(text) {\n			all = append(all, map[string]any{\"Code\": p.Code, \"Text\": template.HTML(p.Text)})\n		}\n		return all\n	},",
		},
		{
			Name: "characters that do not show are left", File: "visible.go", Run: "TestHostileValues/direction",
			Old: "case r == '\\n' || strconv.IsPrint(r):\n		return \"\"", New: "case true:\n		return \"\"",
		},
		{
			Name: "the editor has them as they are", File: "edit.go", Run: "TestHostileValues/direction",
			Old: "return escaped(string(s.Value.whole()))", New: "return string(s.Value.whole())",
		},
		{
			Name: "a tree has no limit", File: "tree.go", Run: "TestHostileValues/many_members|TestHostileValues/wide",
			Old: "if n.Count >= maxChildren || b.nodes >= maxNodes {", New: "if false {",
		},
		{
			Name: "depth has no limit", File: "tree.go", Run: "TestHostileValues/deep",
			Old: "if depth >= maxDepth {", New: "if false {",
		},
		{
			Name: "a text has no limit", File: "layout.go", Run: "TestHostileValues/10_MB",
			Old: "	return maxListed\n}", New: "	return 1 << 30\n}",
		},
		{
			Name: "deep JSON is laid out", File: "layout.go", Run: "TestLaidOutIsBounded",
			Old: "indentedSize(compact) > maxLaidOut {", New: "false {",
		},
	})
}
