// What the benches in Chromium share: a browser that is signed in at a partnership which is served,
// and how times are taken and said.
//
//   node bench/NAME.mjs ADDRESS [RUNS [PID]]
import { createRequire } from 'node:module'
import { readdirSync, readFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
const { chromium } = createRequire(new URL('../tests/browser/package.json', import.meta.url))('playwright-core')

export const [address, runs = 5, pid] = process.argv.slice(2)
// Of all threads of the server, in milliseconds; 0 where its PID is not known.
export const serverUsed = () => pid ? readdirSync(`/proc/${pid}/task`).reduce((sum, task) => sum + Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]), 0) / 1e6 : 0
export const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
})
export const context = await browser.newContext({ baseURL: address, viewport: { width: 1280, height: 900 } })
export const page = await context.newPage()
export const said = (list) => {
  if (!list.length) return 'not measured'
  const sorted = [...list].sort((a, b) => a - b)
  return `${sorted[0].toFixed(0)} ms (median ${sorted[Math.floor(sorted.length / 2)].toFixed(0)})`
}
// By the page itself: its cookie is not given to anything else.
export const taken = (path) => page.evaluate(async (where) => {
  const before = performance.now()
  const answer = await fetch(where, { redirect: 'error' })
  if (!answer.ok) throw new Error(`${where} answers ${answer.status}`)
  await answer.text()
  return performance.now() - before
}, path)
export const machine = () => `${cpus()[0].model}, ${cpus().length} processors, load ${loadavg().map((load) => load.toFixed(1)).join(' ')}`
export async function signIn () {
  await page.goto('/sign-in')
  await page.getByLabel('Email address').fill('analyst@example.org')
  await page.getByLabel('Password').fill('three words for trying')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Sign out' }).waitFor()
}
