"""Unpacks the code of format 1, written from docs/format-packed.md alone."""

import functools
import pickle
import re
from pathlib import Path


class Damaged(Exception):
    """The code is none that a writer wrote."""


def ensure(fact):
    if not fact:
        raise Damaged


M32, M64 = 2**32 - 1, 2**64 - 1


def mixed_hash(a, b):
    h = (a * 0x9E3779B1 ^ b * 0x85EBCA6B) & M32
    h = (h ^ h >> 15) * 0x2C1B3C6D & M32
    return h ^ h >> 13


def signed64(x):
    return ((x & M64) ^ 1 << 63) - (1 << 63)


def quotient(a, b):
    """a/b, rounded towards zero."""
    return a // b if a >= 0 else -(-a // b)


# --- bits ---


class Bit:
    def __init__(self, p=32768, seen=0):
        self.chance, self.seen = 64 * min(p, 65535), seen

    def p(self):
        return self.chance >> 6

    def learn(self, bit):
        self.chance += (bit * (2**22 - 1) - self.chance) * (131072 // (2 * self.seen + 3)) >> 16
        self.seen = min(self.seen + 1, 127)


class Models(dict):
    """Models by any key, made when they are first needed."""

    def __missing__(self, key):
        self[key] = Bit()
        return self[key]


class Reader:
    def __init__(self, code):
        self.code, self.width, self.distance = code, M32, 0
        for _ in range(4):
            self.distance = self.distance << 8 | self.next()

    def next(self):
        byte, self.code = (self.code[0], self.code[1:]) if self.code else (0, b"")
        return byte

    def renew(self):
        while self.width < 1 << 24:
            self.width, self.distance = self.width << 8, self.distance << 8 | self.next()

    def chance(self, p):
        ones = self.width * p >> 16
        bit = int(self.distance < ones)
        if bit:
            self.width = ones
        else:
            self.distance, self.width = self.distance - ones, self.width - ones
        self.renew()
        return bit

    def uniform(self, n):
        self.width //= n
        number = min(self.distance // self.width, n - 1)
        self.distance -= number * self.width
        self.renew()
        return number

    def plain(self, bits):
        number = 0
        while bits > 0:
            piece = min(bits, 16)
            number, bits = number << piece | self.uniform(1 << piece), bits - piece
        return number

    def bit(self, model):
        bit = self.chance(min(max(model.p(), 32), 65504))
        model.learn(bit)
        return bit

    def tree(self, models, depth):
        node = 1
        for _ in range(depth):
            node = 2 * node + self.bit(models[node])
        return node - (1 << depth)

    def mantissa(self, models, length):
        if length <= 1:
            return length
        top = 2 | self.bit(models["mantissa", length])
        return top << length - 2 | self.plain(length - 2)

    def number(self, models):
        return self.mantissa(models, min(self.tree(models, 7), 64))

    def signed(self, models):
        folded = self.number(models)
        return -(folded + 1) // 2 if folded & 1 else folded // 2


# --- text ---


def squash_table():
    table, power = [0] * 5679, M64
    for k in range(2840):
        p = min(65535, 2**126 // (2**63 + power // 2) >> 47)
        table[2839 + k], table[2839 - k] = p, 65536 - p
        power = power * 18374827034086858296 >> 64
    return table


def stretch_table(squash):
    table, logit = [], 0
    for p in range(4096):
        while logit < 5678 and squash[logit] < 16 * p + 8:
            logit += 1
        table.append(logit - 2839)
    return table


def history_tables():
    def after(state, bit):
        counts = list(state[:2])
        counts[bit] = min(counts[bit] + 1, 20)
        other = counts[1 - bit]
        counts[1 - bit] = other if other < 3 else other - 1 if other < 6 else 4 if other < 10 else 5
        return counts[0], counts[1], bit

    states, following = [(0, 0, 0)], []
    for state in states:
        for bit in (0, 1):
            if after(state, bit) not in states:
                states.append(after(state, bit))
        following.append([states.index(after(state, bit)) for bit in (0, 1)])
    return states, following


SQUASH = squash_table()
STRETCH = stretch_table(SQUASH)
HISTORIES, FOLLOWING = history_tables()


def cut(logit):
    return min(max(logit, -2839), 2839)


def is_word(byte):
    return byte >= 128 or chr(byte).isalnum()


def class_of(byte):
    if byte >= 128:
        return 3
    char = chr(byte)
    if char.isdigit():
        return 0
    if char.isalpha():
        return 1 if char.islower() else 2
    return {0: 4, 32: 5}.get(byte, 6)


class Text:
    """The model of text. A coder is a Reader, or a Known for bytes that are known."""

    def __init__(self, priming):
        self.text = bytearray(4)
        self.slots, self.places = {}, {}
        self.meanings = [[self.first_meaning(*h) for h in HISTORIES] for _ in range(7)]
        self.mixers = [{}, {}]
        self.flags = [Bit(65536 - 65536 // (n + 2), 6) for n in range(64)]
        self.echoes = []
        for r in range(64):
            p = 32768 + 32768 * (r + 1) // (r + 3)
            self.echoes.append((Bit(65536 - p, 4), Bit(p, 4)))
        self.forget()
        self.word = self.classes = 0
        for line in priming:
            self.code(Known(line + b"\0"), 0)

    @staticmethod
    def first_meaning(zeros, ones, _):
        return Bit(65536 * (2 * ones + 1) // (2 * zeros + 2 * ones + 2), 12)

    def forget(self):
        self.place, self.length = None, 0

    def code(self, coder, column):
        start = len(self.text)
        while self.byte(coder, column):
            pass
        return bytes(self.text[start:-1])

    def byte(self, coder, column):
        if self.length >= 32:
            expected = self.text[self.place]
            if coder.goes_on(self.flags[self.length], expected):
                self.take(expected)
                return expected
            self.forget()
        one, two, three = self.text[-1], self.text[-2], self.text[-3]
        hashes = [
            0,
            mixed_hash(one, column),
            mixed_hash(one | two << 8, 1 << 20),
            mixed_hash(one | two << 8 | three << 16, 2 << 24),
            mixed_hash(self.word, one | 3 << 16),
            mixed_hash(self.word, column + (4 << 16)),
            mixed_hash(self.classes, column + (5 << 16)),
        ]
        partial = 1
        for known in range(8):
            if known in (0, 4):
                slots, node = [self.slot(h + partial * 0x9E3779B1 & M32) for h in hashes], 1
            bit = self.bit(coder, slots, node, partial, known)
            partial, node = 2 * partial + bit, 2 * node + bit
        self.take(partial & 255)
        return partial & 255

    def slot(self, h):
        h = h * 0x85EBCA6B & M32
        h ^= h >> 15
        check = h & 255 | 1
        place = (h * 0xC2B2AE35 & M32) >> 17
        empty = [0] * 16
        first, second = self.slots.get(place, empty), self.slots.get(place ^ 1, empty)
        if first[0] == check:
            return place
        if second[0] == check:
            return place ^ 1
        if first[0] != 0 and (second[0] == 0 or sum(HISTORIES[second[1]][:2]) < sum(HISTORIES[first[1]][:2])):
            place ^= 1
        self.slots[place] = [check] + [0] * 15
        return place

    def bit(self, coder, slots, node, partial, known):
        opinions = []
        for meanings, place in zip(self.meanings, slots):
            history = self.slots[place][node]
            opinions.append(STRETCH[meanings[history].p() >> 4] if history else 0)
        echo, c = None, 0
        if self.place is not None and (self.text[self.place] | 256) >> 8 - known == partial:
            echo = self.echoes[self.length][self.text[self.place] >> 7 - known & 1]
            c = 1 + min(self.length // 16, 2)
        opinions.append(STRETCH[echo.p() >> 4] if echo else 0)
        outputs, chosen = [], []
        for mixer, key in zip(self.mixers, (256 * c + partial, 8 * class_of(self.text[-1]) + known)):
            weights = mixer.setdefault(key, [0] + [12000] * 8)
            chosen.append(weights)
            outputs.append(cut(sum(w * o for w, o in zip(weights[1:], opinions)) >> 16))
        bit = coder.chance(min(max(SQUASH[2839 + quotient(sum(outputs), 2)], 16), 65520))
        for weights, o in zip(chosen, outputs):
            step = (65536 * bit - SQUASH[2839 + o]) * (26 + 135000 // (150 + weights[0])) >> 4
            weights[0] += 1
            for i, opinion in enumerate(opinions):
                weights[1 + i] += opinion * step + 2**17 >> 18
        for meanings, place in zip(self.meanings, slots):
            slot = self.slots[place]
            meanings[slot[node]].learn(bit)
            slot[node] = FOLLOWING[slot[node]][bit]
        if echo:
            echo.learn(bit)
        return bit

    def note(self):
        key = mixed_hash(int.from_bytes(self.text[-4:], "big"), 99) >> 20
        before, self.places[key] = self.places.get(key), len(self.text)
        return before

    def take(self, byte):
        went_on = self.place is not None and self.text[self.place] == byte
        self.text.append(byte)
        if went_on:
            self.place, self.length = self.place + 1, min(self.length + 1, 63)
        else:
            self.forget()
        before = self.note()
        if self.place is None and before:
            agree = 0
            while agree < min(40, before) and self.text[before - 1 - agree] == self.text[-1 - agree]:
                agree += 1
            if agree >= 4:
                self.place, self.length = before, agree
        if byte == 0:
            self.word = self.classes = 0
            return
        self.classes = (self.classes << 3 | class_of(byte)) & M32
        self.word = mixed_hash(self.word, byte | 0x20) if is_word(byte) else 0

    def passed(self, string):
        for byte in string + b"\0":
            self.text.append(byte)
            self.note()
        self.forget()
        self.word = self.classes = 0


class Known:
    """A coder of bytes that are known."""

    def __init__(self, data):
        self.bits = [byte >> 7 - i & 1 for byte in data for i in range(8)]

    def chance(self, _):
        return self.bits.pop(0)

    def goes_on(self, flag, expected):
        bits = [expected >> 7 - i & 1 for i in range(8)]
        goes_on = self.bits[:8] == bits
        if goes_on:
            del self.bits[:8]
        flag.learn(int(goes_on))
        return goes_on


Reader.goes_on = lambda self, flag, expected: self.bit(flag)

# --- the document ---

NULL, TRUE, FALSE, NUMBER, STRING, RECORD, MAP, ARRAY, TUPLE = range(9)


class Unpacker:
    def __init__(self, code, size, root):
        self.reader, self.size, self.root = Reader(code), size, root
        self.models, self.model = {}, None
        self.keys, self.numbers, self.pieces = [], {}, 0
        self.integer_columns, self.in_order = {}, False

    def named(self, name):
        return self.models.setdefault(name, Models())

    def choice(self, name, bits):
        return self.reader.tree(self.named(name), bits)

    def number(self, name):
        return self.reader.number(self.named(name))

    def signed(self, name):
        return self.reader.signed(self.named(name))

    def text(self, column):
        if self.model is None:
            self.model = pickle.loads(primed(self.root))
        return self.model.code(self.reader, column)

    def value(self):
        layout = 0 if self.reader.chance(64512) else 1 + self.reader.uniform(24)
        if layout == 24:
            whole = b""
            while len(whole) <= self.size:
                whole += self.text(0) + b"\0"
            ensure(len(whole) == self.size + 1)
            return whole[:-1]
        self.layout = layout % 12
        out = self.write(self.column(1, 2, 0), 0) + b"\n" * (layout >= 12)
        ensure(len(out) == self.size)
        return out

    # columns: each becomes a function that returns its next value

    def column(self, n, name, deep):
        ensure(deep <= 61)
        if n == 0:
            return None
        m = self.choice("many kinds", 4) if n > 1 else 1
        ensure(0 < m <= min(n, 9))
        kinds = [self.choice("kind", 4) for _ in range(m)]
        ensure(max(kinds) < 9)
        each = [kinds[symbol] for symbol in self.symbols(n, m)]
        parts = {}
        for kind in range(NUMBER, TUPLE + 1):
            count = each.count(kind)
            if not count:
                continue
            if kind == NUMBER:
                parts[kind] = self.numbers_column(count, name)
            elif kind == STRING:
                parts[kind] = self.strings(count, name)
            else:
                parts[kind] = self.group(kind, count, name, deep)
        return iter(each), parts

    def group(self, kind, n, name, deep):
        keys, under, counts = None, [], []
        if kind == RECORD:
            return self.records(n, deep)
        if kind == TUPLE:
            counts = [self.choice("tuple", 4)] * n
            columns = [self.column(n, name, deep + 1) for _ in range(counts[0])]
            return iter([[(None, column) for column in columns]] * n)
        counts = self.integers(n)
        ensure(min(counts) >= 0)
        if kind == MAP:
            keys = self.strings(sum(counts), name + 1)
        values = self.column(sum(counts), name, deep + 1)
        return iter([[(keys, values)] * count for count in counts])

    def records(self, n, deep):
        m = self.number("shapes")
        ensure(0 < m <= n)
        shapes = [[self.key() for _ in range(self.number("shape size"))] for _ in range(m)]
        each = [shapes[symbol] for symbol in self.symbols(n, m)]
        columns = {}
        for key in dict.fromkeys(key for shape in shapes for key in shape):
            count = sum(shape.count(key) for shape in each)
            columns[key] = self.column(count, 4 + 2 * self.numbers[key], deep + 1)
        return iter([[(key, columns[key]) for key in shape] for shape in each])

    def key(self):
        if self.keys and self.reader.bit(self.named("known key")[0]):
            return self.keys[self.reader.uniform(len(self.keys))]
        key = self.text(0)
        self.numbers[key] = len(self.keys)
        self.keys.append(key)
        return key

    def symbols(self, n, m):
        if m == 1:
            return [0] * n
        tree, depth, is_new, seen, out = Models(), (m - 1).bit_length(), Bit(), 0, []
        for _ in range(n):
            if seen == 0 or seen < m and self.reader.bit(is_new):
                symbol, node, seen = seen, 1, seen + 1
                for i in range(depth - 1, -1, -1):
                    tree[node].learn(symbol >> i & 1)
                    node = 2 * node + (symbol >> i & 1)
            else:
                symbol = self.reader.tree(tree, depth)
                ensure(symbol < seen)
            out.append(symbol)
        return out

    def integers(self, n, may_have_dictionary=True):
        if n == 0:
            return []
        if n == 1:
            return [self.signed("lone")]
        mode = self.choice("mode", 3)
        ensure(mode < 4 or mode == 4 and may_have_dictionary)
        if mode == 4:
            m = self.number("entries")
            ensure(0 < m <= n)
            entries = self.integers(m, False)
            v = [entries[symbol] for symbol in self.symbols(n, m)]
        else:
            v = self.residuals(n, mode)
        if may_have_dictionary:
            self.integer_columns[n] = v
        return v

    def residuals(self, n, mode):
        has_sign = self.choice("signed", 1)
        base = 0 if has_sign else self.signed("base")
        origins = [self.signed("origin") for _ in range(mode if mode < 3 else 0)]
        depth = self.choice("depth", 3)
        lengths, others, v = Models(), Models(), []
        for _ in range(n):
            length = min(self.reader.tree(lengths, depth), 64)
            x = self.reader.mantissa(others, length)
            negative = has_sign and x and self.reader.bit(others["sign", length])
            v.append(-x if negative else x + base)
        for origin in reversed(origins):
            for i in range(n):
                v[i] = signed64(v[i] + (v[i - 1] if i else origin))
        if mode == 3:
            ensure(n in self.integer_columns)
            v = [x + y for x, y in zip(v, self.integer_columns[n])]
        return [signed64(x) for x in v]

    def numbers_column(self, n, name):
        if not self.choice("decimal", 1):
            return iter(self.plan(n, name, 1))
        least, most = self.choice("least", 5), self.choice("most", 5)
        ensure(most <= 18)
        return iter([decimal(x, least, most) for x in self.integers(n)])

    def strings(self, n, name):
        strings = iter(()) if n == 0 else self.plan(n, name, 0)
        if strings is not None:
            return iter(strings)
        self.in_order = True
        return name

    def plan(self, n, name, deep):
        """The strings, or None if they are text in the order of the document."""
        ensure(deep <= 6)
        plan = self.choice("plan", 3)
        ensure(plan < 5)
        if plan == 0 and deep == 0:
            return None
        if n == 0:
            return []
        return [self.texts, self.dictionary, self.digits, self.random, self.split][plan](n, name, deep + 1)

    def texts(self, n, name, _):
        return [self.text(name) for _ in range(n)]

    def dictionary(self, n, name, deep):
        m = self.number("entries")
        ensure(0 < m <= n)
        entries = self.plan(m, name, deep)
        return [entries[symbol] for symbol in self.symbols(n, m)]

    def alphabet(self):
        number = self.choice("alphabet", 4)
        ensure(number < len(alphabets(self.root)))
        return alphabets(self.root)[number]

    def digits(self, n, _, __):
        length = self.number("length")
        ensure(length <= 18)
        if length == 0:
            return [b"%d" % x for x in self.integers(n)]
        alphabet, strings = self.alphabet(), []
        for x in self.integers(n):
            string, x = b"", x & M64
            for _ in range(length):
                x, digit = divmod(x, len(alphabet))
                string = alphabet[digit : digit + 1] + string
            strings.append(string)
        return strings

    def random(self, n, _, __):
        alphabet = self.alphabet()
        return [bytes(alphabet[self.reader.uniform(len(alphabet))] for _ in range(x)) for x in self.integers(n)]

    def split(self, n, _, deep):
        m = self.number("skeletons")
        ensure(0 < m <= n)
        skeletons = [self.text(1) for _ in range(m)]
        each, pieces = self.symbols(n, m), []
        for number, skeleton in enumerate(skeletons):
            columns = []
            for _ in range(skeleton.count(1)):
                name, self.pieces = 32768 + self.pieces, self.pieces + 1
                columns.append(iter(self.plan(each.count(number), name, deep)))
            pieces.append(columns)
        strings = []
        for symbol in each:
            between = skeletons[symbol].split(b"\1")
            strings.append(between[0] + b"".join(next(p) + b for p, b in zip(pieces[symbol], between[1:])))
        return strings

    # the document

    def write(self, column, deep):
        each, parts = column
        kind = next(each)
        if kind <= FALSE:
            return (b"null", b"true", b"false")[kind]
        if kind == NUMBER:
            number = next(parts[kind])
            self.show(number)
            return number
        if kind == STRING:
            return self.string(parts[kind])
        opening, closing = (b"[", b"]") if kind >= ARRAY else (b"{", b"}")
        members = []
        out = opening
        for key, values in next(parts[kind]):
            out += (b"," if out != opening else b"") + self.line(deep + 1, out != opening)
            if kind == RECORD:
                out += b'"' + key + b'"'
            elif kind == MAP:
                out += self.string(key)
            if kind in (RECORD, MAP):
                out += b": " if self.layout else b":"
            out += self.write(values, deep + 1)
            members.append(key)
        return out + (self.line(deep, False) if members else b"") + closing

    def line(self, deep, after_comma):
        if self.layout < 2:
            return b" " * (self.layout == 1 and after_comma)
        return b"\n" + (b"\t" if self.layout == 2 else b" " * (self.layout - 3)) * deep

    def string(self, strings):
        if isinstance(strings, int):
            return b'"' + self.text(strings) + b'"'
        string = next(strings)
        self.show(string)
        return b'"' + string + b'"'

    def show(self, string):
        if len(string) >= 4 and self.in_order and self.model is not None:
            self.model.passed(string)


def decimal(units, least, most):
    places = most
    while places > least and units % 10 == 0:
        units, places = units // 10, places - 1
    whole, fraction = divmod(abs(units), 10**places)
    text = "-" * (units < 0) + str(whole)
    return (text + "." + str(fraction).zfill(places) if places else text).encode()


def alphabets(root):
    source = Path(root, "internal", "pack", "columns", "digits.go").read_text()
    table = re.search(r"alphabets = \[...\]string\{(.*?)\n\}", source, re.S)[1]
    return [line.encode() for line in re.findall(r'"(.*)"', table)]


@functools.cache
def primed(root):
    """The model that has learnt the priming text, as bytes."""
    lines = Path(root, "internal", "pack", "text", "priming.txt").read_bytes().split(b"\n")
    return pickle.dumps(Text(lines[:-1]))


def unpack(code, size, root):
    """The value of a code that claims a size; root is the repository."""
    return Unpacker(code, size, root).value()
