// Hostile text in every field of every form, sown by tests/http/hostile.py; then every kind
// of page that each role can open is opened: no script runs, no dialog, no word against the
// policy, nothing typed became part of a page; tables hold no formula.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { linksOf, newFolder, root, startServer, visit } from './support.mjs'
import { kindOf } from './pages.mjs'

const ROLES = ['', 'practitioner', 'representative', 'safeguarding', 'analyst', 'coordinator', 'maru',
  'auditor', 'administrator']
const NOT_A_PAGE = /^\/(assets|health)|\.json(\?|$)|^\/sign-out/
const FILE = /\.(csv|pdf|svg|graphml)(\?|$)/
const EACH = 1
const SIDE_BY_SIDE = 3

// In the page: what stands there that nobody of us wrote, and whether hostile text is shown.
function lookForStrangers () {
  for (const details of document.querySelectorAll('details')) details.open = true
  const strange = []
  for (const element of document.querySelectorAll('*')) {
    const names = element.getAttributeNames().filter((name) => /^on|hostile/.test(name))
    const address = /^\s*(javascript|data|vbscript):/i.test(element.getAttribute('href') ?? '')
    const script = element.localName === 'script' && !element.getAttribute('src')?.startsWith('/assets/')
    const image = element.localName === 'img' && element.getAttribute('src') === 'x'
    if (/hostile/.test(element.localName) || /^(iframe|object|embed|base)$/.test(element.localName) ||
        names.length || address || script || image)
      strange.push(element.outerHTML.slice(0, 120))
  }
  const written = document.body.innerText +
    [...document.querySelectorAll('input, textarea')].map((box) => box.value).join(' ')
  return { strange, ran: window.hostileRan, shows: /<hostile-tag|onhostile=|javascript:hostile/.test(written) }
}

// Numbers are given in turn: the newest first, since those are what was sown.
const newestFirst = (links) => links.sort((a, b) => Number(b.match(/\d+/)?.[0] ?? 1e9) - Number(a.match(/\d+/)?.[0] ?? 1e9))

async function lookAtFile (visitor, path) {
  const cookies = (await visitor.context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')
  const answer = await visitor.context.request.get(path, { maxRedirects: 0, headers: { cookie: cookies } })
  if (answer.status() !== 200) return 0 // asked to confirm, or gone
  assert.match(answer.headers()['content-disposition'] ?? '', /^(attachment|inline)/, path)
  if (/\.(svg|graphml)/.test(path)) assert.doesNotMatch(await answer.text(), /<(hostile|script|img)|<[^<>]*\s(on\w+|href)=/, path)
  if (!/\.csv/.test(path)) return 1
  const cells = [...(await answer.text()).matchAll(/(?:^|,|\n)(?:"((?:[^"]|"")*)"|([^",\n]*))/g)]
  for (const cell of cells.map(([, quoted, plain]) => quoted ?? plain ?? ''))
    assert.doesNotMatch(cell, /^[=+\-@\t\r][^\r\n]/, `${path} holds a formula`)
  return 1
}

async function goRound (server, role) {
  const visitor = await visit(server)
  const { page } = visitor
  const told = { shows: 0, files: 0, pages: 0 }
  page.on('dialog', (dialog) => { throw new Error('a script ran: ' + dialog.message()) })
  await page.addInitScript(() => { window.hostile = () => { window.hostileRan = true } })
  if (role) await visitor.signIn(role + '@example.org')
  const waiting = ['/', '/search?q=' + encodeURIComponent('"\'><hostile-tag onhostile=1>'),
    '/search/words?q=hostile']
  const seen = new Map()
  const paths = new Set()
  while (waiting.length) {
    const path = waiting.shift()
    const kind = kindOf(path)
    if (paths.has(path) || NOT_A_PAGE.test(path) || (seen.get(kind) ?? 0) >= EACH) continue
    paths.add(path)
    seen.set(kind, (seen.get(kind) ?? 0) + 1)
    if (FILE.test(path)) {
      told.files += await lookAtFile(visitor, path)
      continue
    }
    const answer = await page.goto(path, { waitUntil: 'domcontentloaded' })
    assert.ok(answer.status() < 500, `${path} answers ${answer.status()}`)
    const found = await page.evaluate(lookForStrangers)
    assert.deepEqual(found.strange, [], `${role} ${path} holds what was typed`)
    assert.ok(!found.ran, `${role} ${path} ran what was typed`)
    told.shows += found.shows
    told.pages++
    waiting.push(...newestFirst(await linksOf(page)))
  }
  await visitor.leave()
  return told
}

export async function sown () {
  let server
  await test('hostile text is sown into every form', async () => {
    server = await startServer(newFolder(), ['demo', '--reports', '30'])
    await promisify(execFile)('python3', [join(root, 'tests/http/hostile.py'), server.address])
  })
  await test('in no page of any role does it run, or become part of the page', async () => {
    const waiting = [...ROLES]
    const told = new Map()
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, async () => {
      for (let role = waiting.shift(); role !== undefined; role = waiting.shift())
        told.set(role, await goRound(server, role))
    }))
    // That it was there to be run: not so for the auditor, who sees nothing that was typed.
    for (const role of ROLES.filter((each) => each && each !== 'auditor'))
      assert.ok(told.get(role).shows > 0, `${role} was shown it: ${JSON.stringify([...told])}`)
    assert.ok(told.get('auditor').files > 0 && told.get('maru').files > 0, JSON.stringify([...told]))
  })
  await test('and its server ends as it should', async () => assert.equal(await server?.stop(), 0))
}
