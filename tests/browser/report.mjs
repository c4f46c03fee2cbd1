// The report that `pendeen link` writes: one page that stands by itself, whole tables in it or two files.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { readFileSync, writeFileSync } from 'node:fs'
import { look, newFolder, runAlone, visit } from './support.mjs'

// A register with repeats, and its two halves.
function makeFiles () {
  const folder = newFolder()
  runAlone(['synth', '--records', '3000', '--seed', '3', '-o', folder])
  const [header, ...lines] = readFileSync(join(folder, 'people.csv'), 'utf8').trimEnd().split('\n')
  writeFileSync(join(folder, 'a.csv'), [header, ...lines.slice(0, 1500)].join('\n') + '\n')
  writeFileSync(join(folder, 'b.csv'), [header, ...lines.slice(1500)].join('\n') + '\n')
  return folder
}

export async function linkReport () {
  const folder = makeFiles()
  for (const [what, files, says] of [
    ['the report of one file', ['people.csv'], 'By way of others of its cluster'],
    ['the report of two files', ['a.csv', 'b.csv'], 'Before anything is compared']]) {
    await test(`${what} is read wide and on a phone, and asks nobody for anything`, async () => {
      const report = join(folder, 'report.html')
      runAlone(['link', ...files.map((name) => join(folder, name)), '-o', join(folder, 'pairs.csv'), '--report', report])
      const visitor = await visit({ address: 'null' }, { baseURL: undefined }) // files have no origin
      const { page } = visitor
      await page.goto(pathToFileURL(report).href)
      await page.getByRole('heading', { level: 1 }).waitFor()
      assert.ok(await page.getByRole('img', { name: 'Match weights', exact: true }).isVisible())
      await page.getByText(says).first().waitFor()
      await look(page, what)
      await visitor.leave()
    })
  }
}
