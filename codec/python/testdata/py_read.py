"""Read stored texts as Python awsjar does, to check what the Go codec writes.

Standard input is a JSON list of {"store": "jar" or "bucket", "text": ...}.
Standard output is the list of what get() of awsjar 0.2.9 with
decoder=datetime_decoder returns for each, in the notation of
python-vectors.json: $datetime, $float and $str_surrogatepass_base64 tag what
JSON cannot say.
"""

import base64
import datetime
import json
import math
import sys
import zlib


def decode_datetime(members):
    if "_dt_" not in members:
        return members
    # The original evaluates the text, so this does. It comes from our own tests.
    names = {"__builtins__": {}, "datetime": datetime}
    return eval(members["repr"], names)


def get(store, text):
    if store == "jar":
        if text == "":
            return {}
        try:
            text = zlib.decompress(base64.b64decode(text.encode())).decode()
        except Exception:
            pass  # not compressed
    try:
        return json.loads(text, object_hook=decode_datetime)
    except Exception:
        pass
    if store == "jar":
        try:
            return float(text)
        except ValueError:
            pass
    return text


def tag_datetime(value):
    fields = {
        "iso": value.isoformat(),
        "aware": value.tzinfo is not None,
        "repr": repr(value),
    }
    if value.tzinfo is not None:
        fields["utcoffset_us"] = value.utcoffset() // datetime.timedelta(microseconds=1)
        fields["tzname"] = value.tzname()
        fields["utc"] = value.astimezone(datetime.timezone.utc).isoformat()
    if value.fold:
        fields["fold"] = value.fold
    return {"$datetime": fields}


def tag(value):
    if isinstance(value, dict):
        return {name: tag(member) for name, member in value.items()}
    if isinstance(value, list):
        return [tag(element) for element in value]
    if isinstance(value, datetime.datetime):
        return tag_datetime(value)
    if isinstance(value, float) and not math.isfinite(value):
        return {"$float": str(value)}
    if isinstance(value, str) and any(0xD800 <= ord(c) <= 0xDFFF for c in value):
        data = value.encode("utf-8", "surrogatepass")
        return {"$str_surrogatepass_base64": base64.b64encode(data).decode()}
    return value


cases = json.load(sys.stdin)
json.dump([tag(get(case["store"], case["text"])) for case in cases], sys.stdout)
