"""Reads all vectors of a directory, and prints each that is read otherwise.

    python3 check.py DIRECTORY TEXTS

DIRECTORY has the vectors of the stores, TEXTS those of the packer.
"""

import base64
import json
import pathlib
import re
import sys

import reader


def load(name):
    return json.loads((pathlib.Path(sys.argv[1]) / name).read_text())


def overflow_of(vector):
    objects = vector.get("overflow", {})
    return {key.rpartition(".")[2]: base64.b64decode(body) for key, body in objects.items()}


def check_jar(vector):
    want = base64.b64decode(vector["value"])
    got = reader.read_jar(vector["variables"], overflow_of(vector))
    return got == (want, vector["ids"], vector["revision"])


def check_object(vector):
    got = reader.read_object(base64.b64decode(vector["body"]), vector["metadata"], vector["etag"])
    return got == (base64.b64decode(vector["value"]), vector["newest_id"], vector["revision"])


def check_refused(vector):
    try:
        reader.read_jar(vector["variables"], overflow_of(vector))
    except reader.Refused:
        return True
    return False


def check_text(vector):
    head, _, value = vector.partition(b"\n\n")
    text = re.search(rb"^text: ((?s:.*))", head, re.M)[1]
    try:
        return reader.value_of(text.decode(), {}) == value
    except (reader.Refused, UnicodeDecodeError):
        return False


def main():
    count, wrong = 0, 0
    for name, check in (("environment.json", check_jar), ("objects.json", check_object), ("refused.json", check_refused)):
        for vector in load(name):
            count += 1
            try:
                good = check(vector)
            except reader.Refused as refusal:
                good = refusal
            if good is not True:
                wrong += 1
                print(name, vector["name"], good, file=sys.stderr)
    for file in sorted(pathlib.Path(sys.argv[2]).iterdir()):
        count += 1
        if not check_text(file.read_bytes()):
            wrong += 1
            print(file, file=sys.stderr)
    print(count, "vectors,", wrong, "wrong")
    sys.exit(1 if wrong else 0)


main()
