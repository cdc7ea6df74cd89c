# What jq does in the order of an object's members, in that order: gojq would
# sort them by name. A builtin that is needed below its own new definition is
# kept under another name first.

def _awsjar_list: if type == "object" then _awsjar_names else keys end;
def _awsjar_each: if type == "object" then .[_awsjar_names[]] else .[] end;
def _awsjar_each_if_any: if type == "object" or type == "array" then _awsjar_each else empty end;
def _awsjar_elements: if type == "object" then [_awsjar_each] else . end;
def _awsjar_entry($name): {key: $name, value: .[$name]} | _awsjar_literal(["key", "value"]);
def _awsjar_member:
  {(.key // .Key // .name // .Name): (if has("value") then .value else .Value end)};

def _awsjar_last(f): [f] | .[-1];
def _awsjar_some(f): [f] | if length > 0 then .[] else _awsjar_refuse end;

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
def keys_unsorted: _awsjar_list;
def to_entries: [_awsjar_list[] as $name | _awsjar_entry($name)];
def from_entries: map(_awsjar_member) | _awsjar_object;
def with_entries(f):
  if _awsjar_known then to_entries | map(f) | from_entries
  else [keys[] as $name | _awsjar_entry($name) | f | _awsjar_member] | _awsjar_object_in_any_order
  end;

def _awsjar_add: add;
def add: _awsjar_elements | _awsjar_add;
def _awsjar_join($separator): join($separator);
def join($separator): _awsjar_elements | _awsjar_join($separator);
def _awsjar_flatten: flatten;
def flatten: _awsjar_elements | _awsjar_flatten;
def _awsjar_flatten($depth): flatten($depth);
def flatten($depth): _awsjar_elements | _awsjar_flatten($depth);

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

def INDEX(stream; f): reduce stream as $row ({}; .[$row | f | tostring] = $row);
def INDEX(f): INDEX(_awsjar_each; f);
def JOIN($index; f): [_awsjar_each | [., $index[f]]];
