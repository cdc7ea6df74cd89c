"""Reads directories, histories and claims, written from docs/format.md alone."""

import hashlib
import json
import re

HISTORY = ".awsjar/"


def sha256(data):
    return hashlib.sha256(data).hexdigest()


# --- a directory ---


def read_directory(files, key):
    """The value, the revision and the ids of the versions, newest first."""
    value, versions = files.get(key), {}
    for name in files:
        match = re.fullmatch(re.escape(HISTORY + key) + "/(next-)?([0-9]{12})-([0-9a-f]{8})(-([0-9a-f]{16})|\\.deleted)", name)
        if not match:
            continue
        under_way, number, tag, _, digest = match.groups()
        if under_way and digest != (None if value is None else sha256(value)[:16]):
            continue  # its write ended before the value changed
        versions[int(number)] = "-".join(filter(None, (str(int(number)), tag, digest)))
    ids = [versions[number] for number in sorted(versions, reverse=True)]
    return value, ids[0] if value is not None else "", ids


# --- a history ---


def read_history(of, value, entries):
    """The state and the value of each entry, newest first."""
    found, void, replaced = [], set(), {"none" if value is None else sha256(value)}
    for data in entries:
        head, state, content = entry_of(data, of)
        if state == "stored":
            if head["id"] in void:
                state = "void"
            elif not head.get("seen") and head["digest"] not in replaced:
                state = "unconfirmed"
            elif head["digest"] == "none":
                state = "deletion"
            void.update(head.get("void", []))
            replaced.add(head.get("over"))
        found.append((state, content))
    return found


def entry_of(data, of):
    line, newline, content = data.partition(b"\n")
    try:
        head = json.loads(line)
    except ValueError:
        head = {}
    known = newline and len(line) <= 16 << 10 and head.get("awsjar_journal") == 1 and head["of"] == of
    if not known or head["digest"] not in ("none", sha256(content)):
        return {}, "refused", b""
    return head, "stored", content


# --- a claim ---


def read_claim(text):
    """The state of a claim, and its members."""
    try:
        claim = json.loads(text)
    except ValueError:
        claim = {}
    if claim.get("kind") == "lease":
        return "lease, held" if "id" in claim else "lease, free", claim
    if claim.get("kind") == "once":
        return "run, " + claim["state"], claim
    return "another kind", {}
