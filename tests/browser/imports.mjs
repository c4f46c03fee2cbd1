// The spreadsheet that a forum keeps today: looked at, tried, imported, mended,
// imported again.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { checkAccessibility, look, mainText, picture, visit } from './support.mjs'

const ROWS = [
  'Date,What happened,Name,Reg,Phone',
  '03/11/2026,"Seen at the quay, again",Kit Penrose,WK98 7RB,07700 900321',
  '04/11/2026,Given a lift home,Kit,WK98 7R?,',
  '31/02/2026,A date that is none,Someone,WK97 1AA,',
  '05/11/2026,A new phone,,,07700 900322'
]

const file = (name, rows) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(rows.join('\r\n') + '\r\n') })

async function upload (page, name, rows) {
  await page.goto('/imports')
  await page.getByLabel(/^CSV file/).setInputFiles(file(name, rows))
  await page.getByRole('button', { name: 'Look at the columns' }).click()
  await page.getByRole('heading', { name }).waitFor()
}

async function press (page, name) {
  await Promise.all([page.waitForEvent('load'),
    page.getByRole('button', { name, exact: true }).click()])
  await page.locator('.pendeen-figures').waitFor() // the running page reloads itself
}

const figures = (page) => page.locator('.pendeen-figures > div').evaluateAll((list) =>
  Object.fromEntries(list.map((each) =>
    [each.querySelector('dt').textContent, Number(each.querySelector('dd').textContent)])))

export async function imports (server) {
  await test('no file, and a file that is no table, are refused in words', async () => {
    const visitor = await visit(server)
    const { page } = visitor
    await visitor.signIn('representative@example.org')
    await page.goto('/imports')
    await page.getByRole('button', { name: 'Look at the columns' }).click()
    await page.getByRole('heading', { name: 'There is a problem' }).waitFor()
    await look(page, 'an import without a file')
    await upload(page, 'broken.csv', ['a,b', '"never closed,1'])
    assert.match(await mainText(page), /quote|row|table|column/i)
    await look(page, 'a broken file')
    await visitor.leave()
  })

  await test('a spreadsheet is tried, imported, mended; again adds nothing', async () => {
    const visitor = await visit(server)
    const { page } = visitor
    await visitor.signIn('representative@example.org')
    await upload(page, 'forum.csv', ROWS)
    const guess = (header) => page.getByLabel(`What “${header}” is`).evaluate((list) =>
      list.selectedOptions[0].textContent)
    assert.match(await guess('Date'), /^When/)
    assert.match(await guess('Name'), /Name/)
    assert.match(await guess('Reg'), /Registration/)
    assert.match(await guess('Phone'), /Phone number/)
    await look(page, 'the columns of an import')
    await picture(page, 'import')

    await press(page, 'Try it, store nothing')
    assert.match(await mainText(page), /nothing was stored/)
    await press(page, 'Import')
    const first = await figures(page)
    assert.deepEqual([first.Taken, first.Refused], [3, 1])
    await look(page, 'the report of an import')
    await picture(page, 'import-report')

    const [download] = await Promise.all([page.waitForEvent('download'),
      page.getByRole('link', { name: 'Get these rows as a file' }).click()])
    const refused = readFileSync(await download.path(), 'utf8').replace(/^\uFEFF/, '')
    assert.match(refused, /31\/02\/2026/)
    await upload(page, 'mended.csv', refused.replace('31/02/2026', '28/02/2026').trimEnd().split(/\r?\n/))
    await press(page, 'Import')
    assert.equal((await figures(page)).Taken, 1)

    await upload(page, 'forum.csv', ROWS)
    await press(page, 'Import')
    const again = await figures(page)
    assert.deepEqual([again.Taken, again['Known already']], [0, 3])
    await page.goto('/imports')
    await look(page, 'the list of imports')
    await visitor.leave()
  })

  await test('a long import shows how far it is', async () => {
    const visitor = await visit(server)
    const { page } = visitor
    await visitor.signIn('representative@example.org')
    const rows = Array.from({ length: 30000 }, (_, i) =>
      `05/11/2026,Row ${i} of a long list,,WK9${i % 10} ${String(i).padStart(5, '0')},`)
    await upload(page, 'long.csv', [ROWS[0], ...rows])
    const said = []
    page.on('response', async (answer) => {
      if (answer.url().endsWith('/progress')) said.push(await answer.json().catch(() => ({})))
    })
    await page.route('**/progress', (route) => route.abort('aborted'), { times: 1 }) // the network is away once
    await page.getByRole('button', { name: 'Try it, store nothing', exact: true }).click()
    await page.locator('progress, .pendeen-figures').first().waitFor() // it may be quick
    await checkAccessibility(page, 'a running import')
    await page.locator('.pendeen-figures').waitFor({ timeout: 120000 })
    assert.equal((await figures(page)).Rows, rows.length)
    const percents = said.filter((each) => each.state === 'running').map((each) => each.percent)
    assert.ok(percents.every((percent, i) => percent >= (percents[i - 1] ?? 0) && percent <= 100),
      percents.join())
    await visitor.leave()
  })
}
