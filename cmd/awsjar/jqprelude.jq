# What jq does in the order of an object's members, in that order: gojq would
# sort them by name. A builtin that is needed below its own new definition is
# kept under another name first.

def _awsjar_list: if type == "object" then _awsjar_names else keys end;
def _awsjar_each: if type == "object" then .[_awsjar_names[]] else .[] end;
def _awsjar_each_if_any: if type == "object" or type == "array" then _awsjar_each else empty end;
def _awsjar_elements: if type == "object" then [_awsjar_each] else . end;
def _awsjar_entry($name): {key: $name, value: .[$name]} | _awsjar_literal(["key", "value"]; 2);
def _awsjar_member:
  {(.key // .Key // .name // .Name): (if has("value") then .value else .Value end)};

def _awsjar_last(f): [f] | .[-1];
def _awsjar_some(f): [f] | if length > 0 then .[] else _awsjar_refuse end;

def _awsjar_plus($right; $left):
  if ($left | type) == "object" and ($right | type) == "object"
  then [$left, $right] | _awsjar_sum else $left + $right end;
def _awsjar_times($right; $left):
  if ($left | type) == "object" and ($right | type) == "object"
  then [$left, $right] | _awsjar_product else $left * $right end;

def _awsjar_delpaths($paths): delpaths($paths);
def delpaths($paths): . as $before | _awsjar_delpaths($paths) | _awsjar_without($paths; $before);
def del(places): delpaths([path(places)]);
def _awsjar_setpath($path; $value): . as $before | setpath($path; $value) | _awsjar_along($path; $before);
def setpath(at; $value): at as $path | _awsjar_setpath($path; $value);
def pick(places): . as $v | reduce path(places) as $path (null; _awsjar_setpath($path; $v | getpath($path)));

# An assignment to one place, and one to many. gojq does one to many places at
# once, if they stand apart.
def _awsjar_assign(place; $value): _awsjar_setpath(path(place); $value);
def _awsjar_modify(place; f):
  path(place) as $path | [first(getpath($path) | f)] as $new |
  if $new == [] then delpaths([$path]) else _awsjar_setpath($path; $new[0]) end;
def _awsjar_assign_each(places; ordered; $value):
  . as $before | [path(places)] as $paths |
  if $paths | _awsjar_apart then (places = $value) | _awsjar_around($paths; $before)
  else reduce path(ordered) as $path (.; _awsjar_setpath($path; $value)) end;
def _awsjar_modify_each(places; ordered; f):
  . as $before | [path(places)] as $paths |
  if $paths | _awsjar_apart then (places |= f) | _awsjar_around($paths; $before)
  else
    reduce path(ordered) as $path ({changed: ., gone: []};
      .gone as $gone | .changed | [first(getpath($path) | f)] as $new |
      if $new == [] then {changed: ., gone: ($gone + [$path])}
      else {changed: _awsjar_setpath($path; $new[0]), gone: $gone} end)
    | .gone as $gone | .changed | delpaths($gone)
  end;
def _awsjar_map_values(f): map_values(f);
def map_values(f): . as $before | _awsjar_map_values(f) | _awsjar_names_of($before);

def _awsjar_recurse_in_any_order: recurse;
def recurse: recurse(_awsjar_each_if_any);
def paths: path(recurse) | select(length > 0);
def paths(f): path(recurse | select(f)) | select(length > 0);
def leaf_paths: paths(scalars);

def map(f): [_awsjar_each | f];
def any(f): any(_awsjar_each; f);
def any: any(.);
def all(f): all(_awsjar_each; f);
def all: all(.);
def walk(f):
  def inner: if type == "object" then map_values(inner) elif type == "array" then map(inner) else . end | f;
  inner;
def keys_unsorted: _awsjar_list;
def to_entries: [_awsjar_list[] as $name | _awsjar_entry($name)];
def from_entries: map(_awsjar_member) | _awsjar_object;
def with_entries(f):
  if _awsjar_known then to_entries | map(f) | from_entries
  else [keys[] as $name | _awsjar_entry($name) | f | _awsjar_member] | _awsjar_object_in_any_order
  end;

def _awsjar_add: add;
def add:
  _awsjar_elements |
  if type == "array" and any(type == "object") and all(. == null or type == "object") then _awsjar_sum else _awsjar_add end;
def add(f): reduce f as $x (null; _awsjar_plus($x; .));
def _awsjar_join($separator): join($separator);
def join($separator): _awsjar_elements | _awsjar_join($separator);
def _awsjar_flatten: flatten;
def flatten: _awsjar_elements | _awsjar_flatten;
def _awsjar_flatten($depth): flatten($depth);
def flatten($depth): _awsjar_elements | _awsjar_flatten($depth);

def _awsjar_fromjson: fromjson;
def fromjson: . as $text | _awsjar_fromjson | _awsjar_as_in($text);
def tojson: _awsjar_json;
def tostring: if type == "string" then . else _awsjar_json end;
def _awsjar_html: _tohtml;
def _tohtml: tostring | _awsjar_html;
def _awsjar_uri: _touri;
def _touri: tostring | _awsjar_uri;
def _awsjar_urid: _tourid;
def _tourid: tostring | _awsjar_urid;
def _awsjar_base64: _tobase64;
def _tobase64: tostring | _awsjar_base64;
def _awsjar_base64d: _tobase64d;
def _tobase64d: tostring | _awsjar_base64d;
def _awsjar_format($name): format($name);
def format($name):
  if $name == "json" then tojson
  elif $name == "csv" or $name == "tsv" or $name == "sh" then _awsjar_format($name)
  else tostring | _awsjar_format($name)
  end;

def _awsjar_match($re; $flags): match($re; $flags);
def match($re; $flags): _awsjar_match($re; $flags) | _awsjar_matched;
def match($re): if $re | type == "array" then match($re[0]; $re[1]) else match($re; null) end;
def capture($re; $flags): match($re; $flags) | .captures | map(select(.name != null) | {key: .name, value: .string}) | from_entries;
def capture($re): if $re | type == "array" then capture($re[0]; $re[1]) else capture($re; null) end;

def fromstream(f):
  foreach f as $event (null;
    if .whole then null end |
    $event[0] as $path |
    if $event | length == 2 then {value: (.value | _awsjar_setpath($path; $event[1])), whole: ($path == [])}
    else {value, whole: ($path | length == 1)} end;
    if .whole then .value else empty end);

def INDEX(stream; f): reduce stream as $row ({}; _awsjar_setpath([$row | f | tostring]; $row));
def INDEX(f): INDEX(_awsjar_each; f);
def JOIN($index; f): [_awsjar_each | [., $index[f]]];
