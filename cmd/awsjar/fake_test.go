package main

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/awsjar/awsjar/awsfake"
)

// fake ACTION ... looks at AWS or changes it, behind the back of the command.
func fake(ts *testscript.TestScript, neg bool, args []string) {
	srv := ts.Value("fake").(*awsfake.Server)
	act, ok := actions[args[0]]
	if neg || !ok {
		ts.Fatalf("fake %s is not known", args[0])
	}
	act(ts, srv, args[1:])
}

var actions = map[string]func(ts *testscript.TestScript, srv *awsfake.Server, args []string){
	// variables: print those of the function
	"variables": func(ts *testscript.TestScript, srv *awsfake.Server, _ []string) {
		variables, _ := srv.Environment("sams-lambda")
		for _, name := range slices.Sorted(maps.Keys(variables)) {
			fmt.Fprintf(ts.Stdout(), "%s=%s\n", name, variables[name])
		}
	},
	// deploy NAME=VALUE ...: replace all variables of the function
	"deploy": func(ts *testscript.TestScript, srv *awsfake.Server, args []string) {
		variables := map[string]string{}
		for _, arg := range args {
			name, value, _ := strings.Cut(arg, "=")
			variables[name] = value
		}
		ts.Check(srv.ReplaceEnvironment("sams-lambda", variables))
	},
	// hide: nobody may decrypt the variables
	"hide": func(ts *testscript.TestScript, srv *awsfake.Server, _ []string) {
		ts.Check(srv.HideEnvironment("sams-lambda", true))
	},
	// fail: the next update of the function is accepted, and then undone
	"fail": func(_ *testscript.TestScript, srv *awsfake.Server, _ []string) {
		srv.FailUpdate("sams-lambda", "KMSKeyAccessDenied", "the key is disabled")
	},
	// hold: updates of the function stay in progress
	"hold": func(_ *testscript.TestScript, srv *awsfake.Server, _ []string) { srv.HoldUpdates("sams-lambda") },
	// object KEY: print it. object KEY FILE: store it
	"object": func(ts *testscript.TestScript, srv *awsfake.Server, args []string) {
		if len(args) == 2 {
			ts.Check(srv.PutObject("acorns", args[0], []byte(ts.ReadFile(args[1])), nil))
			return
		}
		body, _, ok := srv.Object("acorns", args[0])
		if !ok {
			ts.Fatalf("there is no object %q", args[0])
		}
		ts.Stdout().Write(body)
	},
	// object-encoded KEY FILE ENCODING: store it with a Content-Encoding
	"object-encoded": func(ts *testscript.TestScript, srv *awsfake.Server, args []string) {
		ts.Check(srv.PutObject("acorns", args[0], []byte(ts.ReadFile(args[1])), http.Header{"Content-Encoding": {args[2]}}))
	},
	// versioning Enabled|Suspended
	"versioning": func(ts *testscript.TestScript, srv *awsfake.Server, args []string) {
		ts.Check(srv.SetVersioning("acorns", args[0]))
	},
	// careless: the server ignores conditions
	"careless": func(_ *testscript.TestScript, srv *awsfake.Server, _ []string) {
		srv.SetS3(awsfake.S3Trouble{IgnorePutConditions: true, IgnoreDeleteConditions: true})
	},
	// expire: the credentials
	"expire": func(_ *testscript.TestScript, srv *awsfake.Server, _ []string) { srv.ExpireCredentials() },
	// deny OPERATION TARGET ACTION: access
	"deny": func(_ *testscript.TestScript, srv *awsfake.Server, args []string) {
		srv.Deny(args[0], args[1], args[2])
	},
	// fault OPERATION CODE: the next one fails before its effect; fault-after:
	// behind it
	"fault": func(_ *testscript.TestScript, srv *awsfake.Server, args []string) {
		srv.Inject(awsfake.Fault{Op: args[0], Code: args[1]})
	},
	"fault-after": func(_ *testscript.TestScript, srv *awsfake.Server, args []string) {
		srv.Inject(awsfake.Fault{Op: args[0], Code: args[1], After: true})
	},
	// fault-second OPERATION CODE: the one behind the next fails
	"fault-second": func(_ *testscript.TestScript, srv *awsfake.Server, args []string) {
		srv.Inject(awsfake.Fault{Op: args[0], Code: args[1], Skip: 1})
	},
	// cut OPERATION BYTES: answers end too early
	"cut": func(ts *testscript.TestScript, srv *awsfake.Server, args []string) {
		size, err := strconv.Atoi(args[1])
		ts.Check(err)
		srv.Inject(awsfake.Fault{Op: args[0], Truncate: size, Times: -1})
	},
	// rival KEY FILE: at the next PutObject another writer is first
	"rival": func(ts *testscript.TestScript, srv *awsfake.Server, args []string) {
		body := []byte(ts.ReadFile(args[1]))
		srv.Inject(awsfake.Fault{Op: "PutObject", Hook: func() { srv.PutObject("acorns", args[0], body, nil) }})
	},
	// requests OPERATION N: so many were sent
	"requests": func(ts *testscript.TestScript, srv *awsfake.Server, args []string) {
		n := 0
		for _, r := range srv.Requests() {
			if r.Op == args[0] {
				n++
			}
		}
		if strconv.Itoa(n) != args[1] {
			ts.Fatalf("%d requests %s, want %s", n, args[0], args[1])
		}
	},
}
