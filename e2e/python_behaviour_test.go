package e2e

import (
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
)

// step is an expression and its result: JSON in the notation of session.py,
// or "!" and the class of an exception.
type step struct{ expr, want string }

// behaviour is one that the original's own tests or its guide promise.
type behaviour struct {
	name  string
	steps []step
}

const (
	bigInt   = "123412343959235182312759283518273923"
	someList = "[1, 2, 3, 4, 5, {'test': 'example'}, ['a', 'b', {'test': 'test'}], {'dt1': datetime(2019, 1, 9, 18, 49, 44, 5)}]"
	asText   = `[1, 2, 3, 4, 5, {"test": "example"}, ["a", "b", {"test": "test"}], {"dt1": "2019-01-09 18:49:44.000005"}]`
	asTimes  = `[1, 2, 3, 4, 5, {"test": "example"}, ["a", "b", {"test": "test"}], {"dt1": {"$datetime": {"iso": "2019-01-09T18:49:44.000005"}}}]`
)

// jarBehaviours are those of a Jar; J stands for the store, and those of the
// first list hold with compression and without.
var jarBehaviours = []behaviour{
	{"empty, without variables", []step{{"J.get()", `{}`}}},
	{"delete, get, put, get", []step{{"J.delete()", `null`}, {"J.get()", `{}`}, {"J.put({'test': 1})", `200`}, {"J.get()", `{"test": 1}`}}},
	{"dict", []step{{"J.put({'list': [1, 23, 4, 5], 'xyz': 'xyz'})", `200`}, {"J.get()", `{"list": [1, 23, 4, 5], "xyz": "xyz"}`}}},
	{"list, a datetime becomes text", []step{{"J.put(" + someList + ")", `200`}, {"J.get()", asText}}},
	{"datetimes by codec", []step{{"D.put(" + someList + ")", `200`}, {"D.get()", asTimes}}},
	{"integer", []step{{"J.put(" + bigInt + ")", `200`}, {"J.get()", bigInt}}},
	{"negative integer", []step{{"J.put(-" + bigInt + ")", `200`}, {"J.get()", "-" + bigInt}}},
	{"zero", []step{{"J.put(0)", `200`}, {"J.get()", `0`}}},
	{"float", []step{{"J.put(12341234395923518231.2759283518273923)", `200`}, {"J.get()", `1.2341234395923517e+19`}}},
	{"string", []step{{"J.put('1242u51234usdfhashf1u23hajsd' * 2)", `200`}, {"J.get()", `"1242u51234usdfhashf1u23hajsd1242u51234usdfhashf1u23hajsd"`}}},
	{"delete, then put", []step{{"J.delete()", `null`}, {"J.put(0)", `200`}, {"J.get()", `0`}}},
	{"only datetimes by codec", []step{{"D.put(['before'])", `200`}, {"D.put({'set': {1}})", "!TypeError"}, {"D.get()", `["before"]`}}},
}

// sizeBehaviours are those of one Jar, P plain and Z compressed.
var sizeBehaviours = []behaviour{
	{"too large", []step{{"P.put(['before'])", `200`}, {"P.put(list(range(1000)))", "!InvalidParameterValueException"}, {"P.get()", `["before"]`}}},
	{"fits compressed", []step{{"Z.put(list(range(1000)))", `200`}, {"Z.get() == list(range(1000))", `true`}}},
	{"the guide's list fits compressed", []step{{"Z.put(list(range(1400)))", `200`}, {"P.get() == list(range(1400))", `true`}}},
	{"too large compressed", []step{{"Z.put(list(range(1500)))", "!InvalidParameterValueException"}}},
	{"compressed to plain", []step{{"Z.put({'test': 1})", `200`}, {"P.get()", `{"test": 1}`}}},
	{"plain to compressed", []step{{"P.put({'test': 2})", `200`}, {"Z.get()", `{"test": 2}`}}},
	{"no such function", []step{{"Jar('nobody').get()", "!ResourceNotFoundException"}}},
	{"numbers from text", []step{{"[utils._convert_str_to_number(s) for s in '123 0 -12 12.3 0.0 -1.2 123asd 12a312 asdf'.split()]", `[123.0, 0.0, -12.0, 12.3, 0.0, -1.2, "123asd", "12a312", "asdf"]`}}},
}

// bucketBehaviours are those of a Bucket.
var bucketBehaviours = []behaviour{
	{"put says where", []step{{"Bucket('regular', 'k').put({'a': 1}).bucket_name", `"regular"`}}},
	{"dict", []step{{"Bucket('regular', 'k').get()", `{"a": 1}`}}},
	{"list, a datetime becomes text", []step{{"Bucket('regular', 'k').put(" + someList + ") and None", `null`}, {"Bucket('regular', 'k').get()", asText}}},
	{"datetimes by codec", []step{{"Bucket('regular', 'k', **DATETIMES).put(" + someList + ") and None", `null`}, {"Bucket('regular', 'k', **DATETIMES).get()", asTimes}}},
	{"pretty", []step{{"Bucket('regular', 'k', pretty=True).put([1, {'a': 2}]).get()['Body'].read().decode()", `"[\n  1,\n  {\n    \"a\": 2\n  }\n]"`}, {"Bucket('regular', 'k').get()", `[1, {"a": 2}]`}}},
	{"integer", []step{{"Bucket('regular', 'k').put(-" + bigInt + ") and None", `null`}, {"Bucket('regular', 'k').get()", "-" + bigInt}}},
	{"zero", []step{{"Bucket('regular', 'k').put(0) and None", `null`}, {"Bucket('regular', 'k').get()", `0`}}},
	{"float", []step{{"Bucket('regular', 'k').put(12341234395923518231.2759283518273923) and None", `null`}, {"Bucket('regular', 'k').get()", `1.2341234395923517e+19`}}},
	{"string", []step{{"Bucket('regular', 'k').put('hello') and None", `null`}, {"Bucket('regular', 'k').get()", `"hello"`}}},
	{"another key", []step{{"Bucket('regular', 'k').put({'abc': [1, 2, 3]}, key='override.json').key", `"override.json"`}, {"Bucket('regular', 'k').get(key='override.json')", `{"abc": [1, 2, 3]}`}, {"Bucket('regular', 'k').get()", `"hello"`}}},
	{"delete", []step{{"Bucket('regular', 'k').delete()['ResponseMetadata']['HTTPStatusCode']", `204`}, {"Bucket('regular', 'k').get()", `{}`}, {"Bucket('regular', 'k').get(key='override.json')", `{"abc": [1, 2, 3]}`}}},
	{"delete another key", []step{{"Bucket('regular', 'k').delete(key='override.json') and None", `null`}, {"Bucket('regular', 'override.json').get()", `{}`}}},
	{"no such bucket", []step{{"Bucket('no-such-bucket', 'k')", "!ClientError"}}},
	{"forbidden bucket", []step{{"Bucket('foreign')", "!ClientError"}}},
	{"forbidden object", []step{{"Bucket('regular', 'forbidden').get()", "!ClientError"}}},
	{"no such object", []step{{"Bucket('regular', 'none').get()", `{}`}}},
	{"no such object, versioned", []step{{"Bucket('versioned', 'none').get()", `{}`}}},
	{"version id without versioning", []step{{"Bucket('regular', 'seed')._get_latest_ver_id_of_obj().id", `"null"`}}},
	{"version id of no object", []step{{"Bucket('versioned', 'none')._get_latest_ver_id_of_obj()", `null`}}},
	{"is versioning enabled", []step{{"Bucket('versioned').is_versioning_enabled()", `true`}, {"Bucket('regular').is_versioning_enabled()", `false`}}},
	{"enable and disable", []step{{"Bucket('other').enable_versioning()", `null`}, {"Bucket('other').is_versioning_enabled()", `true`}, {"Bucket('other').disable_versioning()", `null`}, {"Bucket('other').is_versioning_enabled()", `false`}}},
	{"five versions in a row", []step{{"[(b := Bucket('versioned', 'row'), b.put({'data': list(range(i ** 2))}), b.get() == {'data': list(range(i ** 2))})[2] for i in range(5)]", `[true, true, true, true, true]`}}},
	{"deleted, versioned", []step{{"Bucket('versioned', 'row').delete() and None", `null`}, {"Bucket('versioned', 'row').get()", `{}`}}},
	{"delete a version", []step{{"[(b := Bucket('versioned', 'ver'), b.put([1]), b.put([2]), b.delete(version_id=b._get_latest_ver_id_of_obj().id), b.get())[4]][0]", `[1]`}}},
	{"str and repr", []step{{"str(Bucket('regular', 'k'))", `"s3://regular/k"`}, {"repr(Bucket('regular', 'k'))", `"Bucket(bucket='regular', key='k')"`}}},
}

// TestPythonBehaviour runs the checks of the original's own tests, which the
// package on PyPI does not contain, against awsfake.
func TestPythonBehaviour(t *testing.T) {
	srv, p := newFake(t)
	for _, mode := range []string{"compression=False", "compression=True"} {
		name := "fn-" + strings.ToLower(mode[len("compression="):])
		srv.CreateFunction(name, nil)
		run(t, p, mode, jarBehaviours, "J", "Jar('"+name+"', "+mode+")", "D", "Jar('"+name+"', "+mode+", **DATETIMES)")
	}
	srv.CreateFunction("size", nil)
	run(t, p, "size", sizeBehaviours, "P", "Jar('size')", "Z", "Jar('size', compression=True)")
	for _, bucket := range []string{"regular", "versioned", "other"} {
		srv.CreateBucket(bucket)
	}
	srv.SetVersioning("versioned", "Enabled")
	srv.CreateBucketIn("foreign", region, "999999999999")
	srv.PutObject("regular", "seed", []byte("{}"), http.Header{})
	srv.PutObject("regular", "forbidden", []byte("{}"), http.Header{})
	srv.Deny("GetObject", "regular/forbidden", "s3:GetObject")
	run(t, p, "bucket", bucketBehaviours)
}

// run takes the steps of some behaviours, with names in the place of stores.
func run(t *testing.T, p *interop, group string, behaviours []behaviour, names ...string) {
	for i := 0; i < len(names); i += 2 {
		names[i] += "."
		names[i+1] += "."
	}
	replacer := strings.NewReplacer(names...)
	for _, b := range behaviours {
		t.Run(group+"/"+b.name, func(t *testing.T) {
			for _, s := range b.steps {
				got, err := p.python.try("%s", replacer.Replace(s.expr))
				if class, fails := strings.CutPrefix(s.want, "!"); fails {
					var exception *pythonError
					if !errors.As(err, &exception) || exception.Class != class {
						t.Errorf("%s: %v; want %s", s.expr, err, class)
					}
				} else if err != nil || !reflect.DeepEqual(got, fromJSON(t, s.want)) {
					t.Errorf("%s: %s, %v; want %s", s.expr, asJSON(got), err, s.want)
				}
			}
		})
	}
}

func fromJSON(t *testing.T, text string) (v any) {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}
