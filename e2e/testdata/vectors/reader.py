"""Reads the states that awsjar stores, without awsjar.

Written from docs/format.md and docs/format-packed.md alone, with nothing but the
standard library. columns.py unpacks format 1.
"""

import base64
import hashlib
import pathlib
import re
import zlib

import columns

DIGITS = "!#$%()*+,-./0123456789:;?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~"
CODE = "A-Za-z0-9_-"
BASE64 = re.compile(r"[A-Za-z0-9+/=\r\n]*")


class Refused(Exception):
    """The state holds no value that can be read."""


# --- the envelope ---


def check_of(kind, rest):
    total = ord(kind)
    for char in rest:
        total = (total * 31415926 + ord(char)) % 57289759
    digits = ""
    for _ in range(4):
        total, digit = divmod(total, 87)
        digits = DIGITS[digit] + digits
    return digits


def is_envelope(text):
    """Whether a text is a packed text without its mark."""
    return (
        len(text) >= 6
        and text[0] in "01@"
        and all(char in DIGITS for char in text)
        and text[1:5] == check_of(text[0], text[5:])
    )


def envelope(text):
    """The bytes of the body of a text that begins with a mark."""
    if not is_envelope(text[1:]):
        raise Refused("the check is wrong")
    turn, body = DIGITS.index(text[6]), text[7:]
    digits = [(DIGITS.index(char) - turn) % 87 for char in body]
    size = len(digits) * 45 // 56  # bytes: exact, or one too many or too few
    sizes = [n for n in range(max(size - 1, 0), size + 2) if 7 * (8 * n // 45) + needed(8 * n % 45) == len(digits)]
    if not sizes:
        raise Refused("no bytes have this length")
    whole, rest = divmod(8 * sizes[0], 45)
    bits = "".join(number(digits[7 * n : 7 * n + 7], 45) for n in range(whole))
    if rest:
        bits += number(digits[7 * whole :], rest)
    return bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))


def needed(bits):
    digits = 0
    while 87**digits < 2**bits:
        digits += 1
    return digits


def number(digits, width):
    value = 0
    for digit in digits:
        value = 87 * value + digit
    if value >> width:
        raise Refused("a number needs more bits than there are")
    return format(value, "0%db" % width)


def varint(data):
    """A number and the bytes after it."""
    value = 0
    for n, byte in enumerate(data):
        value |= (byte & 0x7F) << 7 * n
        if not byte & 0x80:
            return value, data[n + 1 :]
    raise Refused("a number does not end")


# --- the text of a variable ---


def is_zlib_head(text):
    try:
        two = base64.b64decode(text[:3] + "A", validate=True)[:2]
    except ValueError:
        return False
    return len(two) == 2 and two[0] == 0x78 and not two[1] & 0x20 and (256 * two[0] + two[1]) % 31 == 0


def inflated(text):
    """The content of a base64 zlib stream, or None."""
    try:
        stream = zlib.decompressobj()
        content = stream.decompress(base64.b64decode(text.replace("\r", "").replace("\n", ""), validate=True))
    except (ValueError, zlib.error):
        return None
    return content if stream.eof else None


def value_of(text, overflow):
    """The value that a text holds. Overflow has objects by the id of their write."""
    if text == "":
        raise Refused("nothing is stored")
    if text[0] == "^":
        return packed(text, overflow)
    if is_envelope(text) or is_envelope(text[1:]):
        raise Refused("the mark is damaged")
    if is_zlib_head(text):
        content = inflated(text)
        if content is not None:
            return content
        odd = len(BASE64.sub("", text))
        if odd == 0 or odd == 1 and len(text) >= 32:
            raise Refused("the zlib stream is damaged")
    for head in ("eNo", "eNp", "eNq", "eNr"):
        for length in (2, 3, 4):
            if text[:3] != head and inflated(head + text[3:]) is not None:
                raise Refused("the head of the zlib stream is damaged")
    return text.encode()


def packed(text, overflow):
    kind = text[1:2]
    if kind not in ("0", "1", "@") or kind == "":
        raise Refused("a format that this reader does not know")
    body = envelope(text)
    if kind == "@":
        return pointed(body, overflow)
    if len(body) < 2:
        raise Refused("there is no checksum")
    checksum, rest = 256 * body[0] + body[1], body[2:]
    if kind == "1":
        value = columned(rest)
        if zlib.crc32(value) & 0xFFFF != checksum:
            raise Refused("the value has another checksum")
        return value
    try:
        stream = zlib.decompressobj(-15)
        value = stream.decompress(rest)
    except zlib.error as error:
        raise Refused(error)
    if not stream.eof or zlib.crc32(value) & 0xFFFF != checksum:
        raise Refused("the stream is damaged")
    return value


def columned(data):
    size, code = varint(data)
    try:
        return columns.unpack(code, size, pathlib.Path(__file__).parents[3])
    except (columns.Damaged, LookupError, ValueError) as error:
        raise Refused("the code is damaged") from error


def pointed(body, overflow):
    name, digest = body[:8].decode("ascii", "replace"), body[8:24]
    size, rest = varint(body[24:])
    value = overflow.get(name)
    if rest or value is None or len(value) != size or hashlib.sha256(value).digest()[:16] != digest:
        raise Refused("the overflow does not have the value")
    return value


# --- a jar ---


def read_jar(variables, overflow):
    """The value, the ids of the last writes and the revision of the jar "jar"."""
    text = variables.get("jar", "")
    value = value_of(text, overflow)
    ids = ids_of(variables.get("jar_awsjar", ""))
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()[:12]).decode()
    return value, ids, (ids[0] if ids else "") + "~" + digest


def ids_of(text):
    if text == "":
        return []
    if not re.fullmatch("~" + ID + "(," + ID + "){0,4}", text):
        raise Refused("somebody else's")
    return [part[:8] for part in text[1:].split(",")]


ID = "[%s]{8}(\\.[%s]{6})?" % (CODE, CODE)

# --- an object in S3 ---


def read_object(body, metadata, etag):
    """The value, the id of the last write and the revision of an object."""
    line = metadata.get("awsjar-lineage", "")
    match = re.fullmatch("((?:[%s]{6})+)\\.((?:[%s]{2})+)" % (CODE, CODE), line)
    if not match or len(match[1]) != 3 * len(match[2]) or len(match[2]) > 2 * 96:
        return body, "", etag
    newest = line[:6]
    if len(body) > 18 and body.endswith(whitened(newest)):
        body = body[:-18]
    if sum_of(body) != match[2][:2]:
        raise Refused("the newest checksum is not that of the value")
    return body, newest, etag + " " + line


def whitened(name):
    text = b""
    for char in name:
        six = base64.urlsafe_b64decode("AAA" + char)[2]
        for shift in (4, 2, 0):
            text += b" \t\n\r"[six >> shift & 3 :][:1]
    return text


def sum_of(value):
    crc = crc32c(value)
    return base64.urlsafe_b64encode(crc.to_bytes(4, "big") + b"\0\0").decode()[:2]


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF
