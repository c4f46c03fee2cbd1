// The passwords that many people use, as sorted 64-bit hashes: node tools/passwords.mjs OUT.c
//
// The list is that of @zxcvbn-ts/language-common (MIT licence). The hash is FNV-1a of the
// lower-cased text, as str_hash of src/base/str.c makes it; eight bytes a password.
import { readFileSync, writeFileSync } from 'node:fs'

const out = process.argv[2]
const list = JSON.parse(readFileSync('assets/node_modules/@zxcvbn-ts/language-common/src/passwords.json', 'utf8'))

function hash (text) {
  let h = 0xcbf29ce484222325n
  for (const byte of Buffer.from(text, 'utf8')) h = ((h ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn
  return h
}

const hashes = new BigUint64Array(new Set(list.filter((text) => text.length >= 4)
  .map((text) => hash(text.toLowerCase())))).sort()
const bytes = out.replace(/\.c$/, '.bin')
writeFileSync(bytes, Buffer.from(hashes.buffer))
writeFileSync(out, `/* Made by tools/passwords.mjs: common passwords. */
#include "seal/common.h"

__asm__(".pushsection .rodata\\n.balign 8\\n"
        ".global common_passwords\\ncommon_passwords: .incbin \\"${bytes}\\"\\n"
        ".popsection\\n");
const size_t common_passwords_count = ${hashes.length};
`)
