#!/usr/bin/env python3
"""Checks an audit export by RFC 9162 and C2SP signed notes, with nothing of Pendeen's.

    audit_verify.py EXPORT KEY      KEY: as 'pendeen audit key' prints it

Prints "SIZE ROOT CHECKPOINTS" and ends with 0, or says what is wrong and ends with 1.
Written from docs/AUDIT.md alone; hashlib and an Ed25519 of its own (RFC 8032).
"""
import base64
import hashlib
import json
import sys

# --- Ed25519, RFC 8032, section 6 -------------------------------------------------
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def add(a, b):
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = f - e, d - c, d + c, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(n, point):
    result = (0, 1, 1, 0)
    while n:
        if n & 1:
            result = add(result, point)
        point, n = add(point, point), n >> 1
    return result


def same(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def recover(y, sign):
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - x2) % P:
        raise ValueError('no point')
    return P - x if (x & 1) != sign else x


def point_of(raw):
    y = int.from_bytes(raw, 'little')
    sign, y = y >> 255, y & (1 << 255) - 1
    x = recover(y, sign)
    return x, y, 1, x * y % P


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def signed(public, message, signature):
    s = int.from_bytes(signature[32:], 'little')
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), 'little') % L
    return s < L and same(times(s, BASE), add(point_of(signature[:32]), times(h, point_of(public))))


# --- the tree, RFC 9162, section 2.1.1 ----------------------------------------------
def sha(data):
    return hashlib.sha256(data).digest()


class Tree:
    """The full trees of all sizes, as they grow: the root at any size in turn."""

    def __init__(self):
        self.full, self.size = [], 0

    def append(self, leaf):
        self.full.append(leaf)
        self.size += 1
        size = self.size
        while size % 2 == 0:
            right, left = self.full.pop(), self.full.pop()
            self.full.append(sha(b'\x01' + left + right))
            size //= 2

    def root(self):
        if not self.full:
            return sha(b'')
        result = self.full[-1]
        for left in reversed(self.full[:-1]):
            result = sha(b'\x01' + left + result)
        return result


def leaf_text(row):
    fields = ['pendeen audit 1', row['line'], row['at'], row['kind'], row['action'], row['outcome'],
              row['reason'], row['who'] or '-', ''.join(row['records']) or '-', row['key'], row['sealed']]
    return ''.join(f'{field}\n' for field in fields).encode()


def read_note(note, name, public):
    text, _, signatures = note.rpartition('\n\n')
    text += '\n'
    key_id = sha(name.encode() + b'\n\x01' + public)[:4]
    for line in signatures.splitlines():
        dash, who, encoded = line.split(' ')
        raw = base64.b64decode(encoded, validate=True)
        if dash == '\u2014' and who == name and raw[:4] == key_id:
            if not signed(public, text.encode(), raw[4:]):
                raise ValueError('a checkpoint has a false signature')
            origin, size, root = text.splitlines()[:3]
            if origin != name:
                raise ValueError('a checkpoint is of another log')
            return int(size), base64.b64decode(root)
    raise ValueError('a checkpoint is not signed by this key')


def main():
    name, key_id, encoded = sys.argv[2].split('+', 2)
    raw = base64.b64decode(encoded, validate=True)
    public = raw[1:]
    if raw[0] != 1 or sha(name.encode() + b'\n\x01' + public)[:4].hex() != key_id:
        raise ValueError('that is not a key')
    rows = [json.loads(row) for row in open(sys.argv[1], encoding='utf-8')]
    notes = [read_note(row['checkpoint'], name, public) for row in rows if 'checkpoint' in row]
    tree, roots = Tree(), {0: sha(b'')}
    for row in rows:
        if 'leaf' not in row:
            continue
        leaf = sha(b'\x00' + leaf_text(row))
        if row['line'] != tree.size + 1 or leaf.hex() != row['leaf']:
            raise ValueError(f'line {row["line"]} is not what was written')
        tree.append(leaf)
        roots[tree.size] = tree.root()
    if rows[0]['size'] != tree.size or base64.b64decode(rows[0]['root']) != tree.root():
        raise ValueError('the head does not fit the lines')
    for size, root in notes:
        if roots.get(size) != root:
            raise ValueError(f'the checkpoint of {size} lines does not hold')
    print(tree.size, base64.b64encode(tree.root()).decode(), len(notes))


try:
    main()
except (ValueError, KeyError) as problem:
    print(problem)
    sys.exit(1)
