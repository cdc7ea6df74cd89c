"""Prints the given templates and Terraform files as one JSON object.

Blocks of Terraform are lists of objects, as in its own JSON syntax; the argument
of jsonencode stands in place of the call; other expressions are "${...}".
"""

import json
import sys

import hcl2
from cfnlint.decode import decode

OPTIONS = hcl2.SerializationOptions(
    with_comments=False, explicit_blocks=False, strip_string_quotes=True
)
CALL = "${jsonencode("


def unquoted(name):
    return name.strip('"')


def plain(value):
    if isinstance(value, dict):
        return {unquoted(k): plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    if isinstance(value, str) and value.startswith(CALL):
        inner = value[len(CALL) : -len(")}")]
        return plain(hcl2.loads(f"x = {inner}\n", serialization_options=OPTIONS)["x"])
    return value


def read(path):
    if path.endswith(".tf"):
        with open(path, encoding="utf-8") as f:
            return plain(hcl2.load(f, serialization_options=OPTIONS))
    template, problems = decode(path)
    if problems:
        raise ValueError(f"{path}: {problems}")
    return template


json.dump({path: read(path) for path in sys.argv[1:]}, sys.stdout)
