"""Reads all vectors of a directory, and prints each that is read otherwise.

    python3 check.py DIRECTORY TEXTS

DIRECTORY has the vectors of the stores, TEXTS those of the packer.
"""

import base64
import json
import pathlib
import re
import sys

import jobs
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


def check_files(vector):
    files = {name: base64.b64decode(content) for name, content in vector["files"].items()}
    want = None if vector["value"] is None else base64.b64decode(vector["value"])
    return jobs.read_directory(files, "state.json") == (want, vector.get("revision", ""), vector["versions"])


def check_journal(vector):
    value = None if vector["value"] is None else vector["value"].encode()
    got = jobs.read_history(vector["of"], value, [entry["data"].encode() for entry in vector["entries"]])
    return got == [(entry["state"], entry["value"].encode()) for entry in vector["entries"]]


def check_claim(vector):
    state, claim = jobs.read_claim(vector["claim"])
    members = ("token", "owner", "ttl_ms", "input", "result")
    return state == vector["state"] and all(claim.get(name) == vector.get(name) for name in members)


CHECKS = {
    "environment.json": check_jar,
    "objects.json": check_object,
    "refused.json": check_refused,
    "files.json": check_files,
    "journals.json": check_journal,
    "claims.json": check_claim,
}


def check_text(vector):
    head, _, value = vector.partition(b"\n\n")
    text = re.search(rb"^text: ((?s:.*))", head, re.M)[1]
    try:
        return reader.value_of(text.decode(), {}) == value
    except (reader.Refused, UnicodeDecodeError):
        return False


def main():
    count, wrong = 0, 0
    for name, check in CHECKS.items():
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
