"""Evaluate expressions with the real Python awsjar.

Each line of standard input is a JSON string, a Python expression. Each line of
standard output is {"value": ...} or {"error": class, "text": message}. In a
value, {"$datetime": ...}, {"$float": ...}, {"$surrogates": ...} and
{"$repr": ...} stand for what JSON has no form for.

Jar and Bucket open each store once, as a running program does;
awsjar.Jar and awsjar.Bucket open it anew.
"""

import collections
import datetime
import decimal
import functools
import json
import math
import sys

import awsjar
import awsjar.utils


def tag(value):
    if isinstance(value, dict):
        return {name: tag(member) for name, member in value.items()}
    if isinstance(value, list):
        return [tag(element) for element in value]
    if isinstance(value, datetime.datetime):
        fields = {"iso": value.isoformat()}
        if value.tzinfo is not None:
            fields["tzname"] = value.tzname()
        if value.fold:
            fields["fold"] = value.fold
        return {"$datetime": fields}
    if isinstance(value, float) and not math.isfinite(value):
        return {"$float": str(value)}
    if isinstance(value, str) and any(0xD800 <= ord(c) <= 0xDFFF for c in value):
        return {"$surrogates": ascii(value)}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return {"$repr": repr(value)}


NAMES = {
    "awsjar": awsjar,
    "utils": awsjar.utils,
    "Jar": functools.lru_cache(maxsize=None)(awsjar.Jar),
    "Bucket": functools.lru_cache(maxsize=None)(awsjar.Bucket),
    "DATETIMES": {
        "encoder": awsjar.datetime_encoder,
        "decoder": awsjar.datetime_decoder,
    },
    "OrderedDict": collections.OrderedDict,
    "Decimal": decimal.Decimal,
    "date": datetime.date,
    "datetime": datetime.datetime,
    "timedelta": datetime.timedelta,
    "timezone": datetime.timezone,
}

for line in sys.stdin:
    try:
        reply = {"value": tag(eval(json.loads(line), dict(NAMES)))}
    except Exception as error:
        reply = {"error": type(error).__name__, "text": str(error)}
    print(json.dumps(reply), flush=True)
